//! A file of a page: its name, its kind, and how readers get it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

pub use crate::id::{ContentId, FileId};
use crate::{Timestamp, Version, id::PageId, text};

/// The most files of one page, as published and as drafted.
pub const MAX_FILES: usize = 500;
/// The bytes of one part of a content, as it is stored; only the last part is shorter.
pub const PART_BYTES: usize = 256 * 1024;
/// The widths in pixels at which pictures are also stored.
pub const WIDTHS: [u32; 3] = [480, 960, 1600];

/// Names that the site answers itself, at its root or at each section.
const RESERVED: [&str; 4] = ["favicon.ico", "feed.xml", "robots.txt", "sitemap.xml"];

/// The name of a file: lower-case letters, digits, `-`, `_` and `.`, with an extension after the last dot. A path of a page
/// has no dot, so `/clients/acme/plan.jpg` is either the file `plan.jpg` of the page `/clients/acme` or nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

impl FileName {
    /// The most bytes in a name.
    pub const MAX: usize = 100;

    /// Parses the name in an address. Nothing is corrected.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(name: &str) -> Result<FileName, String> {
        if let Some(odd) = name.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.')) {
            return Err(format!("Only lower-case letters a-z, digits, - _ and a dot; this has {odd:?}."));
        }
        if name.len() > FileName::MAX {
            return Err(format!("At most {} characters; this has {}.", FileName::MAX, name.len()));
        }
        match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => {}
            _ => return Err("A name has an ending after a dot, such as plan.jpg.".into()),
        }
        if name.starts_with('.') {
            return Err("A name does not begin with a dot.".into());
        }
        if name.contains("..") {
            return Err("A name does not have two dots side by side.".into());
        }
        if RESERVED.contains(&name) {
            return Err(format!("“{name}” is reserved for Postern itself. Choose another name."));
        }
        let name = FileName(name.to_owned());
        match name.extension() {
            "md" | "json" => Err(format!("The ending .{} is the page itself, in another form.", name.extension())),
            _ => Ok(name),
        }
    }

    /// The name under which an uploaded file is stored: `IMG 2041.JPG` becomes `img-2041.jpg`, and `Übersicht.pdf` becomes
    /// `ubersicht.pdf`. Folders before the name are dropped.
    ///
    /// # Errors
    /// As [`FileName::parse`], for a name of which nothing usable is left.
    pub fn suggest(uploaded: &str) -> Result<FileName, String> {
        let uploaded = text::cleaned(uploaded);
        let last = uploaded.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
        let (mut stem, extension) = (plain(stem), plain(extension).replace('.', ""));
        if stem.is_empty() {
            stem.push_str("file");
        }
        // Names are ASCII by now.
        stem.truncate(FileName::MAX.saturating_sub(extension.len() + 1));
        FileName::parse(&format!("{}.{extension}", stem.trim_end_matches(['-', '.'])))
    }

    /// The name with a number before its extension, for a second file of the same name: `plan.jpg` becomes `plan-2.jpg`.
    pub fn numbered(&self, number: usize) -> FileName {
        let suffix = format!("-{number}.{}", self.extension());
        let stem: String = self.stem().chars().take(FileName::MAX.saturating_sub(suffix.len())).collect();
        FileName(format!("{stem}{suffix}"))
    }

    /// The name, as the database and addresses have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the last dot.
    pub fn stem(&self) -> &str {
        self.0.rsplit_once('.').map_or(&self.0, |(stem, _)| stem)
    }

    /// The part after the last dot.
    pub fn extension(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The kind that the extension promises; the bytes decide when the file is uploaded.
    pub fn kind(&self) -> FileKind {
        FileKind::of_extension(self.extension())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of an uploaded name in the characters that a name may have.
fn plain(part: &str) -> String {
    let mut plain = String::new();
    for c in part.nfkc() {
        match c {
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            '.' | '_' => push(&mut plain, c),
            c => deunicode::deunicode_char(c).unwrap_or("-").chars().for_each(|c| push(&mut plain, c)),
        }
    }
    plain.trim_end_matches(['-', '.']).to_owned()
}

/// Appends a character, or a hyphen for one that a name cannot have; never two hyphens or two dots in a row.
fn push(plain: &mut String, c: char) {
    match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '_') => plain.push(c),
        '.' if !plain.is_empty() && !plain.ends_with('.') => plain.push('.'),
        '.' => {}
        _ if !plain.is_empty() && !plain.ends_with('-') => plain.push('-'),
        _ => {}
    }
}

/// A kind of file. The bytes and the extension of a file must agree on it, and it decides how a browser may show the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A picture in PNG.
    Png,
    /// A picture in JPEG.
    Jpeg,
    /// A picture in GIF, maybe animated.
    Gif,
    /// A picture in WebP.
    Webp,
    /// A picture in AVIF.
    Avif,
    /// A picture in HEIC, as phones take it. Few browsers show it.
    Heic,
    /// A drawing in SVG.
    Svg,
    /// A film in MP4 or QuickTime.
    Mp4,
    /// A film in WebM.
    Webm,
    /// Sound in MP3.
    Mp3,
    /// Sound in MPEG-4.
    M4a,
    /// Sound in Ogg.
    Ogg,
    /// Sound in WAV.
    Wav,
    /// A document in PDF.
    Pdf,
    /// Plain text.
    Text,
    /// A table in CSV.
    Csv,
    /// Anything else.
    Other,
}

impl FileKind {
    /// The kind that an extension promises.
    pub fn of_extension(extension: &str) -> FileKind {
        match extension {
            "png" => FileKind::Png,
            "jpg" | "jpeg" => FileKind::Jpeg,
            "gif" => FileKind::Gif,
            "webp" => FileKind::Webp,
            "avif" => FileKind::Avif,
            "heic" | "heif" => FileKind::Heic,
            "svg" => FileKind::Svg,
            "mp4" | "mov" | "m4v" => FileKind::Mp4,
            "webm" => FileKind::Webm,
            "mp3" => FileKind::Mp3,
            "m4a" => FileKind::M4a,
            "ogg" | "oga" => FileKind::Ogg,
            "wav" => FileKind::Wav,
            "pdf" => FileKind::Pdf,
            "txt" => FileKind::Text,
            "csv" => FileKind::Csv,
            _ => FileKind::Other,
        }
    }

    /// The media type (RFC 6838) with which the file is served.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Gif => "image/gif",
            FileKind::Webp => "image/webp",
            FileKind::Avif => "image/avif",
            FileKind::Heic => "image/heic",
            FileKind::Svg => "image/svg+xml",
            FileKind::Mp4 => "video/mp4",
            FileKind::Webm => "video/webm",
            FileKind::Mp3 => "audio/mpeg",
            FileKind::M4a => "audio/mp4",
            FileKind::Ogg => "audio/ogg",
            FileKind::Wav => "audio/wav",
            FileKind::Pdf => "application/pdf",
            FileKind::Text => "text/plain; charset=utf-8",
            FileKind::Csv => "text/csv; charset=utf-8",
            FileKind::Other => "application/octet-stream",
        }
    }

    /// Whether a browser shows the file at its address. All others are downloaded; an `img` shows an SVG nevertheless.
    pub fn is_inline(self) -> bool {
        !matches!(self, FileKind::Svg | FileKind::Heic | FileKind::Other)
    }

    /// Whether a page shows the file as a picture.
    pub fn is_picture(self) -> bool {
        use FileKind::{Avif, Gif, Jpeg, Png, Svg, Webp};
        matches!(self, Png | Jpeg | Gif | Webp | Avif | Svg)
    }

    /// Whether a page shows the file in a video player.
    pub fn is_video(self) -> bool {
        matches!(self, FileKind::Mp4 | FileKind::Webm)
    }

    /// Whether a page shows the file in an audio player.
    pub fn is_audio(self) -> bool {
        matches!(self, FileKind::Mp3 | FileKind::M4a | FileKind::Ogg | FileKind::Wav)
    }

    /// Whether a page may have the file as its cover picture.
    pub fn may_be_cover(self) -> bool {
        self.is_picture() && self != FileKind::Svg
    }

    /// Whether smaller copies of the picture are made, in [`WIDTHS`].
    pub fn has_renditions(self) -> bool {
        matches!(self, FileKind::Png | FileKind::Jpeg | FileKind::Webp)
    }
}

/// A file of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its key.
    pub id: FileId,
    /// The page to which it belongs.
    pub page: PageId,
    /// Its name, which no other current file of the page has.
    pub name: FileName,
    /// Its bytes.
    pub content: Content,
    /// The alternative text for people who do not see the picture; empty for none.
    pub alt: String,
    /// The version of the page from which readers have the file; `None` while it waits for the page to be published.
    pub since: Option<Version>,
    /// Whether the next publication of the page removes the file.
    pub leaves: bool,
    /// Whether it is the cover picture of its page.
    pub is_cover: bool,
    /// The moment of the upload.
    pub uploaded_at: Timestamp,
    /// The name of the user who uploaded it.
    pub uploaded_by: String,
}

/// Those files of a page that it will have once its draft is published.
pub fn drafted(files: &[File]) -> impl Iterator<Item = &File> {
    let waits = |name: &FileName| files.iter().any(|file| file.since.is_none() && file.name == *name);
    files.iter().filter(move |file| file.since.is_none() || !(file.leaves || waits(&file.name)))
}

/// Bytes that are stored once, however many files have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its key.
    pub id: ContentId,
    /// The SHA-256 of the bytes, in 64 hexadecimal digits.
    pub hash: String,
    /// The number of bytes.
    pub bytes: u64,
    /// The width and height of a picture in pixels, the right way up.
    pub size: Option<(u32, u32)>,
}

/// A number of bytes, rounded: `1.4 MB`.
pub fn size_in_words(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        None => format!("{bytes} bytes"),
        Some((unit, word)) if bytes / unit >= 10 => format!("{} {word}", bytes.div_ceil(*unit)),
        Some((unit, word)) => format!("{:.1} {word}", bytes as f64 / *unit as f64),
    }
}
