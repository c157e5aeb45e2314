//! Recognises the kind of a file by its first bytes.

use domain::file::FileKind;

/// The kind of a file by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    /// The kind; `Other` if no ending promises it.
    pub(super) kind: FileKind,
    /// The name of the kind within a sentence.
    pub(super) phrase: &'static str,
}

/// Recognises a file by at least its first 4096 bytes, or by all of a smaller one.
pub(super) fn recognise(head: &[u8]) -> Option<Signature> {
    let is = |kind| Some(Signature { kind, phrase: phrase(kind) });
    let other = |phrase| Some(Signature { kind: FileKind::Other, phrase });
    let at = |start: usize, bytes: &[u8]| head.get(start..).is_some_and(|rest| rest.starts_with(bytes));
    match head {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => is(FileKind::Png),
        [0xFF, 0xD8, 0xFF, ..] => is(FileKind::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => is(FileKind::Gif),
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WEBP") => is(FileKind::Webp),
        [b'R', b'I', b'F', b'F', ..] if at(8, b"WAVE") => is(FileKind::Wav),
        [b'R', b'F', b'6', b'4', ..] if at(8, b"WAVE") => is(FileKind::Wav),
        [b'O', b'g', b'g', b'S', ..] => is(FileKind::Ogg),
        [b'I', b'D', b'3', ..] => is(FileKind::Mp3),
        // Before the frames of MPEG sound, whose first bytes can be the same.
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => other("text in UTF-16"),
        // A frame of MPEG sound, whose layer, rate and frequency are possible.
        [0xFF, second, third, ..]
            if second & 0xE0 == 0xE0
                && second & 0x18 != 0x08
                && second & 6 != 0
                && third >> 4 != 15
                && third & 12 != 12 =>
        {
            is(FileKind::Mp3)
        }
        [0x1A, 0x45, 0xDF, 0xA3, ..] => {
            let is_webm = head
                .iter()
                .take(64)
                .collect::<Vec<_>>()
                .windows(4)
                .any(|window| window == [&b'w', &b'e', &b'b', &b'm']);
            if is_webm { is(FileKind::Webm) } else { other("a Matroska film") }
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => brand(head),
        // QuickTime before it had brands.
        [_, _, _, _, name @ ..]
            if [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|known| name.starts_with(*known)) =>
        {
            is(FileKind::Mp4)
        }
        [b'P', b'K', 3, 4, ..] => other("a ZIP archive"),
        [0x1F, 0x8B, ..] => other("a gzip archive"),
        [b'I', b'I', 0x2A, 0, ..] | [b'M', b'M', 0, 0x2A, ..] => other("a TIFF picture"),
        [b'B', b'M', ..] if at(6, &[0, 0, 0, 0]) => other("a BMP picture"),
        [0x7F, b'E', b'L', b'F', ..] => other("a program"),
        [b'M', b'Z', ..] if head.contains(&0) => other("a program"),
        _ => text(head),
    }
}

/// Recognises text.
fn text(head: &[u8]) -> Option<Signature> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head.trim_ascii_start();
    if start.starts_with(b"%PDF-") {
        return Some(Signature { kind: FileKind::Pdf, phrase: phrase(FileKind::Pdf) });
    }
    if start.starts_with(b"#!") {
        return Some(Signature { kind: FileKind::Other, phrase: "a script" });
    }
    if !start.starts_with(b"<") {
        return None;
    }
    let lower = start.to_ascii_lowercase();
    let has = |tag: &[u8]| lower.windows(tag.len()).any(|window| window == tag);
    if has(b"<html") || has(b"<!doctype html") || lower.starts_with(b"<script") || has(b"<body") || has(b"<head") {
        return Some(Signature { kind: FileKind::Other, phrase: "an HTML page" });
    }
    if has(b"<svg") {
        return Some(Signature { kind: FileKind::Svg, phrase: phrase(FileKind::Svg) });
    }
    lower.starts_with(b"<?xml").then_some(Signature { kind: FileKind::Other, phrase: "an XML document" })
}

/// Distinguishes films, HEIC and AVIF by the brands in the first box.
fn brand(head: &[u8]) -> Option<Signature> {
    let length = head.first_chunk().map_or(0, |length| u32::from_be_bytes(*length)) as usize;
    let brands = || {
        let all = head.get(8..head.len().min(length)).unwrap_or_default().chunks_exact(4);
        // A number separates the first brand from the others.
        all.enumerate().filter(|(index, _)| *index != 1).map(|(_, brand)| brand)
    };
    let major = brands().next()?;
    let kind = match major {
        b"avif" | b"avis" => FileKind::Avif,
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => FileKind::Heic,
        b"mif1" | b"msf1" | b"mif2" if brands().any(|brand| brand == b"avif" || brand == b"avis") => FileKind::Avif,
        b"mif1" | b"msf1" | b"mif2" => FileKind::Heic,
        b"M4A " | b"M4B " => FileKind::M4a,
        b"crx " => return Some(Signature { kind: FileKind::Other, phrase: "a raw picture of a Canon camera" }),
        _ => FileKind::Mp4,
    };
    Some(Signature { kind, phrase: phrase(kind) })
}

/// The name of a kind within a sentence.
pub(super) fn phrase(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Png => "a PNG picture",
        FileKind::Jpeg => "a JPEG picture",
        FileKind::Gif => "a GIF picture",
        FileKind::Webp => "a WebP picture",
        FileKind::Avif => "an AVIF picture",
        FileKind::Heic => "a HEIC picture",
        FileKind::Svg => "an SVG drawing",
        FileKind::Mp4 => "an MP4 film",
        FileKind::Webm => "a WebM film",
        FileKind::Mp3 => "sound in MP3",
        FileKind::M4a => "sound in MPEG-4",
        FileKind::Ogg => "sound in Ogg",
        FileKind::Wav => "sound in WAV",
        FileKind::Pdf => "a PDF document",
        FileKind::Text => "plain text",
        FileKind::Csv => "a table in CSV",
        FileKind::Other => "another kind of file",
    }
}

/// An ending for a file of a kind, where there is one.
pub(super) fn ending(kind: FileKind) -> Option<&'static str> {
    Some(match kind {
        FileKind::Png => "png",
        FileKind::Jpeg => "jpg",
        FileKind::Gif => "gif",
        FileKind::Webp => "webp",
        FileKind::Avif => "avif",
        FileKind::Heic => "heic",
        FileKind::Svg => "svg",
        FileKind::Mp4 => "mp4",
        FileKind::Webm => "webm",
        FileKind::Mp3 => "mp3",
        FileKind::M4a => "m4a",
        FileKind::Ogg => "ogg",
        FileKind::Wav => "wav",
        FileKind::Pdf => "pdf",
        FileKind::Text | FileKind::Csv | FileKind::Other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_utf_16_is_not_taken_for_sound() {
        let found = |head: &[u8]| recognise(head).map(|found| found.phrase);
        for head in [&b"\xFF\xFEH\0i\0"[..], b"\xFF\xFE\x10\x04", b"\xFE\xFF\0H\0i", b"\xFF\xFE"] {
            assert_eq!(found(head), Some("text in UTF-16"), "{head:?}");
        }
        for head in [&b"\xFF\xFB\x90\x64"[..], b"\xFF\xF3\x44\xC4", b"\xFF\xE3\x18\xC4"] {
            assert_eq!(found(head), Some("sound in MP3"), "{head:?}");
        }
    }
}
