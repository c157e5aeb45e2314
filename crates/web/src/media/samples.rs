//! Small files of each kind, made in code, with all the metadata that is removed from them.

use std::io::Cursor;

use domain::file::FileKind;
use image::{DynamicImage, ImageFormat, RgbImage};

/// An Exif with an orientation, a maker, and a position.
pub(super) fn exif(is_big: bool, orientation: u8) -> Vec<u8> {
    let short = |value: u16| if is_big { value.to_be_bytes() } else { value.to_le_bytes() };
    let long = |value: u32| if is_big { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut exif = if is_big { b"MM\0\x2a".to_vec() } else { b"II\x2a\0".to_vec() };
    exif.extend(long(8));
    exif.extend(short(3));
    for (tag, kind, count, value) in [(0x010F, 2, 4, *b"Cam\0"), (0x0112, 3, 1, [0; 4]), (0x8825, 4, 1, long(50))] {
        exif.extend(short(tag));
        exif.extend(short(kind));
        exif.extend(long(count));
        if tag == 0x0112 {
            exif.extend(short(u16::from(orientation)));
            exif.extend([0, 0]);
        } else {
            exif.extend(value);
        }
    }
    exif.extend(long(0));
    // The directory of the position: the latitude is north, 52 degrees.
    exif.extend(short(2));
    for (tag, kind, count, value) in [(1, 2, 2, *b"N\0\0\0"), (2, 5, 3, long(80))] {
        exif.extend(short(tag));
        exif.extend(short(kind));
        exif.extend(long(count));
        exif.extend(value);
    }
    exif.extend(long(0));
    for number in [52, 1, 31, 1, 12, 1] {
        exif.extend(long(number));
    }
    exif
}

/// A picture of a gradient with noise in each kind that has renditions; JPEG first.
pub(super) fn pictures(width: u32, height: u32) -> Vec<(FileKind, Vec<u8>)> {
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7;
        image::Rgb([(x % 256) as u8, (y % 256) as u8, noise as u8])
    }));
    [(FileKind::Jpeg, ImageFormat::Jpeg), (FileKind::Png, ImageFormat::Png), (FileKind::Webp, ImageFormat::WebP)]
        .map(|(kind, format)| {
            let mut bytes = Vec::new();
            picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
            (kind, bytes)
        })
        .into()
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    [&[0xFF, marker], &(content.len() as u16 + 2).to_be_bytes()[..], content].concat()
}

/// A JPEG with an Exif after its start.
pub(super) fn with_exif(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    [&jpeg[..2], &segment(0xE1, &[b"Exif\0\0", exif].concat()), &jpeg[2..]].concat()
}

/// A JPEG with all the metadata that cameras and programs write.
pub(super) fn jpeg() -> Vec<u8> {
    let (_, plain) = pictures(16, 8).remove(0);
    let mut jpeg = plain[..2].to_vec();
    jpeg.extend(segment(0xE1, &[&b"Exif\0\0"[..], &exif(true, 6)].concat()));
    jpeg.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='52,31N' secret='1'/>"));
    jpeg.extend(segment(0xE2, &[&b"ICC_PROFILE\0\x01\x01"[..], &[7; 300]].concat()));
    jpeg.extend(segment(0xE2, b"MPF\0secret"));
    jpeg.extend(segment(0xED, b"Photoshop 3.0\0secret"));
    jpeg.extend(segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"));
    jpeg.extend(segment(0xFE, b"secret"));
    jpeg.extend(segment(0xE1, &vec![b's'; 60_000]));
    jpeg.extend(&plain[2..]);
    jpeg.extend(with_exif(&plain, &exif(false, 3)));
    jpeg.extend(b"secret");
    jpeg
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(content);
    [&(content.len() as u32).to_be_bytes()[..], kind, content, &crc.sum().to_be_bytes()].concat()
}

/// A PNG with texts, a time, an Exif, a gamma, and more after its end.
pub(super) fn png() -> Vec<u8> {
    let (_, plain) = pictures(16, 8).remove(1);
    let mut png = plain[..33].to_vec();
    png.extend(chunk(b"gAMA", &45_455_u32.to_be_bytes()));
    png.extend(chunk(b"eXIf", &exif(true, 6)));
    png.extend(chunk(b"tEXt", b"Author\0secret"));
    png.extend(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x exif:GPSLatitude='52,31N' secret='1'/>"));
    png.extend(chunk(b"zTXt", b"Comment\0\0secret"));
    png.extend(chunk(b"tIME", &[7, 0xEA, 1, 2, 3, 4, 5]));
    png.extend(&plain[33..]);
    png.extend(b"secret");
    png
}

/// An animated PNG.
pub(super) fn apng() -> Vec<u8> {
    let (_, plain) = pictures(500, 8).remove(1);
    [&plain[..33], &chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]), &plain[33..]].concat()
}

fn riff(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let pad = vec![0; content.len() % 2];
    [&kind[..], &(content.len() as u32).to_le_bytes(), content, &pad].concat()
}

/// A WebP with an Exif and XMP, and more after its end.
pub(super) fn webp() -> Vec<u8> {
    let (_, plain) = pictures(16, 8).remove(2);
    let mut chunks = riff(b"VP8X", &[0x2C, 0, 0, 0, 15, 0, 0, 7, 0, 0]);
    chunks.extend(riff(b"ICCP", &[7; 301]));
    chunks.extend(&plain[12..]);
    chunks.extend(riff(b"EXIF", &exif(true, 6)));
    chunks.extend(riff(b"XMP ", b"<x exif:GPSLatitude='52,31N' secret='1'/>"));
    chunks.extend(riff(b"sECR", b"secret"));
    let mut webp = riff(b"RIFF", &[b"WEBP", &chunks[..]].concat());
    webp.extend(b"secret");
    webp
}

/// A GIF of two pictures with a comment and XMP.
pub(super) fn gif() -> Vec<u8> {
    let mut gif = b"GIF89a\x02\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    gif.extend(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0");
    gif.extend(b"\x21\xfe\x06secret\0");
    gif.extend(b"\x21\xff\x0bXMP DataXMP\x06secret\0");
    for _ in 0..2 {
        gif.extend(b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x02\0\x01\0\0\x02\x02\x44\x0a\0");
    }
    gif.extend(b"\x3bsecret");
    gif
}

fn box_(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], name, content].concat()
}

/// A film with a position in all places where phones and cameras write one; its description is before its data if
/// `is_first`.
pub(super) fn mp4(is_first: bool) -> Vec<u8> {
    let mut tkhd = vec![0; 84];
    tkhd[44..48].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    tkhd[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(480_u32 << 16).to_be_bytes());
    let position = b"\0\x12\x15\xc7+52.5200+013.4050/secret";
    let key = |name: &[u8]| [&(name.len() as u32 + 8).to_be_bytes()[..], b"mdta", name].concat();
    let keys = [
        &[0, 0, 0, 0, 0, 0, 0, 2][..],
        &key(b"com.apple.quicktime.location.ISO6709"),
        &key(b"com.apple.quicktime.title"),
    ];
    let data = |text: &[u8]| box_(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], text].concat());
    let list = [box_(&[0, 0, 0, 1], &data(b"+52.5200+013.4050+034.000/secret")), box_(&[0, 0, 0, 2], &data(b"Title"))]
        .concat();
    let meta = box_(
        b"meta",
        &[
            box_(b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0"),
            box_(b"keys", &keys.concat()),
            box_(b"ilst", &list),
        ]
        .concat(),
    );
    let texts =
        [box_(b"\xa9xyz", position), box_(b"loci", b"secret"), box_(b"GPMF", b"secret"), box_(b"name", b"Title")]
            .concat();
    let track = box_(b"trak", &[box_(b"tkhd", &tkhd), box_(b"udta", &texts), box_(b"uuid", b"secret")].concat());
    let moov = box_(
        b"moov",
        &[
            box_(b"mvhd", &[0; 100]),
            track,
            box_(b"udta", &[&texts[..], &[0; 4]].concat()),
            meta,
            box_(b"gps ", b"secret"),
        ]
        .concat(),
    );
    let uuid = box_(
        b"uuid",
        b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac<x exif:GPSLatitude='52,31N' secret='1'/>",
    );
    let mdat = box_(b"mdat", &[9; 700]);
    let head = [box_(b"ftyp", b"qt  \0\0\0\0qt  "), box_(b"free", b"freeGPS secret"), uuid].concat();
    if is_first { [head, moov, mdat].concat() } else { [head, mdat, moov].concat() }
}

/// An AVIF or HEIC of 64 by 48 pixels, turned by a quarter.
pub(super) fn still(brand: &[u8; 4]) -> Vec<u8> {
    let ispe = box_(b"ispe", &[0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 48]);
    let ipco = box_(b"ipco", &[ispe, box_(b"irot", &[1])].concat());
    let meta = box_(b"meta", &[&[0; 4][..], &box_(b"hdlr", &[0; 24]), &box_(b"iprp", &ipco)].concat());
    [box_(b"ftyp", &[brand, &[0; 4][..], b"mif1"].concat()), meta, box_(b"mdat", &[1; 50])].concat()
}

/// A file of each kind, by its name.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a.jpg", jpeg()),
        ("a.png", png()),
        ("b.png", apng()),
        ("a.gif", gif()),
        ("a.webp", webp()),
        ("a.avif", still(b"avif")),
        ("a.heic", still(b"heic")),
        ("a.mov", mp4(true)),
        ("a.mp4", mp4(false)),
        ("a.m4a", [&box_(b"ftyp", b"M4A \0\0\0\0isom")[..], &mp4(true)[20..]].concat()),
        ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm".to_vec()),
        ("a.mp3", b"ID3\x04\0\0\0\0\0\0".to_vec()),
        ("a.ogg", b"OggS\0\x02".to_vec()),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ".to_vec()),
        ("a.pdf", b"%PDF-1.7\n".to_vec()),
        ("a.svg", b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        ("a.txt", "Grüße, 東京".as_bytes().to_vec()),
        ("a.csv", b"a;b\n1;2\n".to_vec()),
        ("a.bin", vec![0, 1, 2, 3]),
    ]
}

/// Small files that say that they are squares of this many pixels on a side.
pub(super) fn bombs(side: u16) -> Vec<(FileKind, Vec<u8>)> {
    let mut made = pictures(16, 8);
    for (kind, picture) in &mut made {
        match kind {
            FileKind::Jpeg => {
                let frame = picture.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
                picture[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
                picture[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
            }
            FileKind::Png => {
                let side = u32::from(side).to_be_bytes();
                let header = chunk(b"IHDR", &[&side[..], &side, &[8, 2, 0, 0, 0]].concat());
                picture.splice(8..33, header);
            }
            _ => {
                let side = u32::from(side.min(16_383)) - 1;
                picture[21..25].copy_from_slice(&(side | side << 14).to_le_bytes());
            }
        }
    }
    made
}
