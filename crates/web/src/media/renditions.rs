//! Smaller copies of stored pictures. A picture may be hostile: its size is read before anything is decoded, memory is
//! bounded, and there is no rendition if anything goes wrong.

use std::{
    fmt,
    io::{Cursor, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::file::FileKind;
use fast_image_resize::{ResizeOptions, Resizer};
use image::{
    DynamicImage, ImageDecoder, ImageEncoder, Limits,
    codecs::{
        jpeg::{JpegDecoder, JpegEncoder},
        png::{CompressionType, FilterType, PngDecoder, PngEncoder},
        webp::{WebPDecoder, WebPEncoder},
    },
};

/// The maximum size in bytes of a stored picture that has renditions.
pub const MAX_ENCODED_BYTES: u64 = 32 * 1024 * 1024;
/// The maximum number of pixels of such a picture.
const MAX_PIXELS: u64 = 50_000_000;
/// The maximum number of bytes of memory for decoding and shrinking it.
const MAX_MEMORY_BYTES: u64 = 256 * 1024 * 1024;
/// The quality of a JPEG, from 1 to 100.
const QUALITY: u8 = 80;

/// A smaller copy of a picture, the right way up, with the media type of its original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// The width in pixels, one of the requested widths.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The encoded picture.
    pub bytes: Vec<u8>,
}

/// The reason why there is no rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRendition {
    /// The file is not a PNG, JPEG or WebP.
    Kind,
    /// It has too many bytes or pixels, or decoding takes too much memory.
    TooLarge,
    /// It is animated.
    Animated,
    /// It cannot be decoded.
    Unreadable,
    /// Its bytes could not be read, with the reason. Another attempt may succeed.
    NotRead(String),
}

impl fmt::Display for NoRendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoRendition::Kind => "it is not a PNG, JPEG or WebP",
            NoRendition::TooLarge => "it is too large",
            NoRendition::Animated => "it is animated",
            NoRendition::Unreadable => "it cannot be decoded",
            NoRendition::NotRead(why) => return write!(f, "it could not be read: {why}"),
        })
    }
}

impl std::error::Error for NoRendition {}

/// Makes the renditions of a stored picture in the `widths` that are smaller than its own; a rendition with at least as
/// many bytes as its original is left out. The picture is decoded once. This takes up to some seconds, and [`MAX_ENCODED_BYTES`]
/// bytes and 256 MiB of memory.
///
/// # Errors
/// Returns the reason why there is none.
pub fn renditions(kind: FileKind, picture: impl Read, widths: &[u32]) -> Result<Vec<Rendition>, NoRendition> {
    if !kind.has_renditions() {
        return Err(NoRendition::Kind);
    }
    let mut encoded = Vec::new();
    picture
        .take(MAX_ENCODED_BYTES + 1)
        .read_to_end(&mut encoded)
        .map_err(|error| NoRendition::NotRead(error.to_string()))?;
    if encoded.len() as u64 > MAX_ENCODED_BYTES {
        return Err(NoRendition::TooLarge);
    }
    catch_unwind(AssertUnwindSafe(|| make(kind, &encoded, widths))).unwrap_or(Err(NoRendition::Unreadable))
}

fn make(kind: FileKind, encoded: &[u8], widths: &[u32]) -> Result<Vec<Rendition>, NoRendition> {
    let unreadable = |_| NoRendition::Unreadable;
    let input = || Cursor::new(encoded);
    match kind {
        FileKind::Jpeg => shrink(kind, encoded, JpegDecoder::new(input()).map_err(unreadable)?, widths),
        FileKind::Png => {
            let decoder = PngDecoder::with_limits(input(), limits()).map_err(unreadable)?;
            if decoder.is_apng().map_err(unreadable)? {
                return Err(NoRendition::Animated);
            }
            shrink(kind, encoded, decoder, widths)
        }
        FileKind::Webp => {
            let decoder = WebPDecoder::new(input()).map_err(unreadable)?;
            if decoder.has_animation() {
                return Err(NoRendition::Animated);
            }
            shrink(kind, encoded, decoder, widths)
        }
        _ => Err(NoRendition::Kind),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY_BYTES);
    limits
}

fn shrink(
    kind: FileKind,
    encoded: &[u8],
    mut decoder: impl ImageDecoder,
    widths: &[u32],
) -> Result<Vec<Rendition>, NoRendition> {
    let unreadable = |_| NoRendition::Unreadable;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || memory(kind, encoded, &decoder) > MAX_MEMORY_BYTES {
        return Err(NoRendition::TooLarge);
    }
    decoder.set_limits(limits()).map_err(|_| NoRendition::TooLarge)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let is_turned = orientation.to_exif() >= 5;
    let (upright_width, upright_height) = if is_turned { (height, width) } else { (width, height) };
    if widths.iter().all(|wanted| *wanted >= upright_width) {
        return Ok(Vec::new());
    }
    let profile = decoder.icc_profile().unwrap_or_default();
    let picture = eight_bits(DynamicImage::from_decoder(decoder).map_err(unreadable)?);
    // A profile of another colour model, such as CMYK, does not apply to the decoded picture.
    let model =
        if matches!(picture, DynamicImage::ImageLuma8(_) | DynamicImage::ImageLumaA8(_)) { b"GRAY" } else { b"RGB " };
    let profile = profile.filter(|profile| profile.get(16..20) == Some(model));
    let mut made = Vec::new();
    for wanted in widths.iter().copied().filter(|wanted| *wanted < upright_width) {
        let scaled = u64::from(upright_height) * u64::from(wanted) / u64::from(upright_width.max(1));
        let tall = u32::try_from(scaled).unwrap_or(u32::MAX).max(1);
        let (stored_width, stored_height) = if is_turned { (tall, wanted) } else { (wanted, tall) };
        let mut small = DynamicImage::new(stored_width, stored_height, picture.color());
        Resizer::new().resize(&picture, &mut small, &ResizeOptions::new()).map_err(|_| NoRendition::Unreadable)?;
        small.apply_orientation(orientation);
        let bytes = encode(kind, &small, profile.clone()).map_err(unreadable)?;
        if bytes.len() < encoded.len() {
            made.push(Rendition { width: small.width(), height: small.height(), bytes });
        }
    }
    Ok(made)
}

/// The maximum number of bytes that decoding and shrinking take, by the header.
fn memory(kind: FileKind, encoded: &[u8], decoder: &impl ImageDecoder) -> u64 {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let colour = decoder.color_type();
    let decoded = decoder.total_bytes();
    // Multiplying by the transparency makes a copy, and so does reducing 16 bits for each colour to 8.
    let copy = if colour.has_alpha() || colour.bytes_per_pixel() / colour.channel_count() > 1 { 4 * pixels } else { 0 };
    // The scans of a progressive JPEG are collected as 16 bits for each colour.
    let scans = if kind == FileKind::Jpeg && is_progressive(encoded) { 2 * decoded } else { 0 };
    decoded.saturating_add(copy).saturating_add(scans)
}

/// Whether a JPEG has several scans.
fn is_progressive(encoded: &[u8]) -> bool {
    let mut rest = encoded.get(2..).unwrap_or_default();
    while let Some(&[0xFF, marker, high, low]) = rest.first_chunk() {
        match marker {
            0xC2 | 0xC6 | 0xCA | 0xCE => return true,
            0xDA => return false,
            0xFF => rest = rest.get(1..).unwrap_or_default(),
            _ => rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..).unwrap_or_default(),
        }
    }
    false
}

/// The picture with 8 bits for each colour.
fn eight_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
        DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => DynamicImage::ImageRgb8(picture.into_rgb8()),
        DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_) => DynamicImage::ImageRgba8(picture.into_rgba8()),
        picture => picture,
    }
}

fn encode(kind: FileKind, picture: &DynamicImage, profile: Option<Vec<u8>>) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    match kind {
        FileKind::Jpeg => write(JpegEncoder::new_with_quality(&mut bytes, QUALITY), picture, profile),
        FileKind::Png => {
            let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
            write(encoder, picture, profile)
        }
        _ => write(WebPEncoder::new_lossless(&mut bytes), picture, profile),
    }?;
    Ok(bytes)
}

fn write(mut encoder: impl ImageEncoder, picture: &DynamicImage, profile: Option<Vec<u8>>) -> image::ImageResult<()> {
    if let Some(profile) = profile {
        // An encoder that cannot keep a profile makes a picture without one.
        let _ = encoder.set_icc_profile(profile);
    }
    picture.write_with_encoder(encoder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::samples;
    use domain::file::WIDTHS;

    #[test]
    fn renditions_are_smaller_and_upright_and_of_the_same_kind() {
        for (kind, picture) in samples::pictures(1200, 720) {
            let made = renditions(kind, &picture[..], &WIDTHS).unwrap();
            let sizes: Vec<(u32, u32)> = made.iter().map(|made| (made.width, made.height)).collect();
            assert_eq!(sizes, [(480, 288), (960, 576)], "{kind:?}");
            for made in made {
                let format = image::guess_format(&made.bytes).unwrap();
                assert_eq!(format.to_mime_type(), kind.media_type());
                let decoded = image::load_from_memory(&made.bytes).unwrap();
                assert_eq!((decoded.width(), decoded.height()), (made.width, made.height));
            }
        }
    }

    #[test]
    fn an_orientation_is_applied() {
        let (_, jpeg) = samples::pictures(1000, 600).remove(0);
        let turned = samples::with_exif(&jpeg, &samples::exif(true, 6));
        let made = renditions(FileKind::Jpeg, &turned[..], &WIDTHS).unwrap();
        assert_eq!(made.iter().map(|made| (made.width, made.height)).collect::<Vec<_>>(), [(480, 800)]);
    }

    #[test]
    fn a_small_picture_has_none() {
        for (kind, picture) in samples::pictures(100, 100) {
            assert_eq!(renditions(kind, &picture[..], &WIDTHS), Ok(Vec::new()));
        }
    }

    #[test]
    fn bombs_cost_nothing() {
        let begun = std::time::Instant::now();
        for side in [65_535_u16, 30_000, 8_000] {
            for (kind, bomb) in samples::bombs(side) {
                assert!(renditions(kind, &bomb[..], &WIDTHS).is_err(), "{kind:?} {side}");
            }
        }
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_picture_that_could_not_be_read_is_not_one_that_cannot_be_decoded() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("locked"))
            }
        }
        let (kind, picture) = samples::pictures(600, 20).remove(0);
        let broken = picture[..100].chain(Broken);
        assert_eq!(renditions(kind, broken, &WIDTHS), Err(NoRendition::NotRead("locked".into())));
    }

    #[test]
    fn an_animated_and_a_cut_picture_have_none() {
        assert_eq!(renditions(FileKind::Gif, &samples::gif()[..], &WIDTHS), Err(NoRendition::Kind));
        assert_eq!(renditions(FileKind::Png, &samples::apng()[..], &WIDTHS), Err(NoRendition::Animated));
        for (kind, picture) in samples::pictures(600, 20) {
            for end in (0..picture.len() / 2).step_by(37) {
                let _ = renditions(kind, &picture[..end], &WIDTHS);
            }
            assert_eq!(renditions(kind, &picture[..10], &WIDTHS), Err(NoRendition::Unreadable));
        }
    }
}
