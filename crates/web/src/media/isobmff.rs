//! MP4, QuickTime, HEIC and AVIF (ISO/IEC 14496-12). Boxes of a film that record its position or the camera become free
//! space of the same size, because the tables of a film name positions in the file. HEIC and AVIF are read and not
//! changed.

use super::step::{AHEAD, Facts, Fault, Format, Step};

/// A name of a box.
type Name = [u8; 4];

/// The boxes that stay at the top of a film, in its description, and among its texts. Everything else there is taken
/// for metadata.
const TOP: [&Name; 11] =
    [b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix", b"pdin", b"prft", b"meta"];
const MOVIE: [&Name; 12] =
    [b"mvhd", b"trak", b"mvex", b"iods", b"udta", b"meta", b"pssh", b"ctab", b"cmov", b"rmra", b"clip", b"prfl"];
const TEXTS: [&Name; 20] = [
    b"meta", b"name", b"titl", b"dscp", b"albm", b"perf", b"cprt", b"chpl", b"kind", b"ludt", b"hnti", b"hinf",
    b"tsel", b"tagc", b"strk", b"\xa9nam", b"\xa9ART", b"\xa9alb", b"\xa9cpy", b"\xa9gen",
];
/// The keys whose texts stay. Phones write most of their texts with a key.
const KEYS: [&[u8]; 8] = [
    b"com.android.capture.fps",
    b"com.apple.quicktime.artwork",
    b"com.apple.quicktime.copyright",
    b"com.apple.quicktime.description",
    b"com.apple.quicktime.displayname",
    b"com.apple.quicktime.full-frame-rate-playback-intent",
    b"com.apple.quicktime.title",
    b"com.apple.quicktime.keywords",
];
/// The maximum number of keys of one list that are remembered; the texts of all other keys are left out.
const MAX_KEYS: usize = 64;
/// The boxes that contain other boxes and are read, each after the box around it; they nest at most seven deep.
const HOLDERS: [(&Name, &Name); 15] = [
    (b"root", b"moov"),
    (b"root", b"meta"),
    (b"moov", b"trak"),
    (b"moov", b"udta"),
    (b"moov", b"meta"),
    (b"trak", b"udta"),
    (b"trak", b"meta"),
    (b"trak", b"mdia"),
    (b"mdia", b"minf"),
    (b"minf", b"stbl"),
    (b"udta", b"meta"),
    (b"meta", b"keys"),
    (b"meta", b"ilst"),
    (b"meta", b"iprp"),
    (b"iprp", b"ipco"),
];

/// A box whose content is being read, and the number of its bytes that follow.
struct Open {
    name: Name,
    left: u64,
}

/// The reader of a film, or of a picture that is not changed.
pub(super) struct Boxes {
    is_film: bool,
    open: Vec<Open>,
    /// The step after one that replaced a header.
    next: Option<Step>,
    facts: Facts,
    /// For the keys of the last list, whether their texts stay; `None` outside of such a list.
    keys: Option<Vec<bool>>,
    has_description: bool,
    has_data: bool,
    is_over: bool,
}

/// The beginning of a box.
struct Header {
    name: Name,
    /// The length of the header in bytes.
    length: usize,
    /// The length of the box in bytes, with the header; `None` if it reaches to the end of the file.
    whole: Option<u64>,
}

impl Boxes {
    /// The reader of a film or of sound.
    pub(super) fn film() -> Boxes {
        Boxes {
            is_film: true,
            open: Vec::new(),
            next: None,
            facts: Facts::default(),
            keys: None,
            has_description: false,
            has_data: false,
            is_over: false,
        }
    }

    /// The reader of a HEIC or AVIF.
    pub(super) fn picture() -> Boxes {
        Boxes { is_film: false, ..Boxes::film() }
    }

    /// The name of the box whose content is read.
    fn holder(&self) -> Name {
        self.open.last().map_or(*b"root", |open| open.name)
    }

    fn take(&mut self, bytes: u64) {
        if let Some(open) = self.open.last_mut() {
            open.left = open.left.saturating_sub(bytes);
        }
    }

    fn next_box(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        while self.open.last().is_some_and(|open| open.left == 0) {
            self.open.pop();
        }
        let room = self.open.last().map(|open| open.left);
        if let Some(room) = room.filter(|room| *room < 8) {
            // QuickTime ends a list with four zeros.
            self.take(room);
            return Ok(if self.is_film { Step::Blank(room) } else { Step::Keep(room) });
        }
        let header = match header(ahead, room) {
            Ok(Ok(header)) => header,
            Ok(Err(wanted)) => return Ok(Step::Look(wanted)),
            // Something that is not a box after the end of a film.
            Err(_) if room.is_none() && self.is_film && self.is_complete() => {
                self.facts.removed.other = true;
                self.is_over = true;
                return Ok(Step::DropRest);
            }
            Err(fault) => return Err(fault),
        };
        let holder = self.holder();
        if holder == *b"root" {
            self.has_description |= matches!(&header.name, b"moov") || (!self.is_film && &header.name == b"meta");
            self.has_data |= matches!(&header.name, b"mdat" | b"moof");
            self.facts.is_animated |= !self.is_film && &header.name == b"moov";
        }
        let wanted = header.length + self.looked_at(&holder, &header);
        if ahead.len() < wanted {
            return Ok(Step::Look(wanted));
        }
        let content = ahead.get(header.length..wanted).unwrap_or_default();
        let stays = !self.is_film || self.stays(&holder, &header, content);
        if !stays {
            self.facts.removed.other |= !matches!(&header.name, b"free" | b"skip" | b"wide");
            self.facts.removed.position |=
                is_position(&header.name) || (holder == *b"ilst" && self.keys.is_some() && is_iso_6709(content));
        }
        let Some(whole) = header.whole else {
            if stays {
                self.is_over = true;
                return Ok(Step::KeepRest);
            }
            self.is_over = true;
            self.next = Some(Step::BlankRest);
            return Ok(free(&header, ahead));
        };
        self.take(whole);
        if !stays {
            self.next = Some(Step::Blank(whole - header.length as u64));
            return Ok(free(&header, ahead));
        }
        self.note(&holder, &header.name, content);
        match self.fields_of_holder(&holder, &header.name, content) {
            Some(fields) if whole - header.length as u64 >= fields => {
                if matches!(&header.name, b"meta") {
                    self.keys = None;
                }
                let before = header.length as u64 + fields;
                self.open.push(Open { name: header.name, left: whole - before });
                Ok(Step::Keep(before))
            }
            _ => Ok(Step::Keep(whole)),
        }
    }

    /// The number of bytes of the content of a box that are needed to decide about it.
    fn looked_at(&self, holder: &Name, header: &Header) -> usize {
        let wanted = match (holder, &header.name) {
            (_, b"meta" | b"ispe" | b"irot") => 16,
            (b"keys", _) => 80,
            (b"ilst", _) => 64,
            (b"trak", b"tkhd") => 96,
            (b"stbl", b"stsd") => AHEAD as u64 - 16,
            _ => 0,
        };
        let content = header.whole.map_or(0, |whole| whole - header.length as u64);
        content.min(wanted) as usize
    }

    /// The number of bytes before the boxes in a box that holds others; `None` for any other box.
    fn fields_of_holder(&self, holder: &Name, name: &Name, content: &[u8]) -> Option<u64> {
        let in_film = !matches!(name, b"iprp" | b"ipco");
        if in_film != self.is_film && name != b"meta" {
            return None;
        }
        if !HOLDERS.contains(&(holder, name)) {
            return None;
        }
        Some(match name {
            // QuickTime has no version here.
            b"meta" if content.get(4..8) == Some(b"hdlr") => 0,
            b"meta" => 4,
            b"keys" => 8,
            _ => 0,
        })
    }

    /// Whether a box of a film stays.
    fn stays(&self, holder: &Name, header: &Header, content: &[u8]) -> bool {
        let name = &header.name;
        if holder == b"keys" {
            return true;
        }
        if matches!(name, b"free" | b"skip" | b"wide" | b"uuid") || is_position(name) {
            return false;
        }
        match holder {
            b"root" => TOP.contains(&name),
            b"moov" => MOVIE.contains(&name),
            b"udta" => TEXTS.contains(&name),
            b"ilst" => match &self.keys {
                Some(keys) => (u32::from_be_bytes(*name) as usize)
                    .checked_sub(1)
                    .and_then(|index| keys.get(index))
                    .is_some_and(|stays| *stays && !is_iso_6709(content)),
                // The account that bought a piece of music.
                None => name[0] != 0 && !matches!(name, b"apID" | b"ownr"),
            },
            _ => true,
        }
    }

    /// Records the facts in a box.
    fn note(&mut self, holder: &Name, name: &Name, content: &[u8]) {
        match (holder, name) {
            (b"meta", b"keys") if self.is_film => self.keys = Some(Vec::new()),
            (b"keys", _) => {
                if let Some(keys) = self.keys.as_mut().filter(|keys| keys.len() < MAX_KEYS) {
                    keys.push(KEYS.contains(&content));
                }
            }
            (b"trak", b"tkhd") if self.facts.size.is_none() => self.facts.size = track_size(content),
            (b"stbl", b"stsd") => {
                let is_position = match content.get(12..16) {
                    Some(b"gpmd" | b"camm") => true,
                    Some(b"mebx") => content.windows(8).any(|window| window == b"location"),
                    _ => false,
                };
                self.facts.has_position_track |= is_position;
            }
            (b"ipco", b"ispe") => {
                // The picture, its tiles and its preview each have a size; the picture is the largest.
                if let Some(&[_, _, _, _, w1, w2, w3, w4, h1, h2, h3, h4]) = content.first_chunk() {
                    let size = (u32::from_be_bytes([w1, w2, w3, w4]), u32::from_be_bytes([h1, h2, h3, h4]));
                    let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
                    if area(size) > self.facts.size.map_or(0, area) {
                        self.facts.size = Some(size);
                    }
                }
            }
            (b"ipco", b"irot") if content.first().is_some_and(|angle| angle & 1 == 1) => {
                self.facts.orientation = Some(6);
            }
            _ => {}
        }
    }
}

/// The header of the next box in `room` bytes, or the number of bytes that are needed to read it.
fn header(ahead: &[u8], room: Option<u64>) -> Result<Result<Header, usize>, Fault> {
    let Some(&[s1, s2, s3, s4, name @ ..]) = ahead.first_chunk::<8>() else { return Ok(Err(8)) };
    let (length, whole) = match u32::from_be_bytes([s1, s2, s3, s4]) {
        0 => (8, room),
        1 if room.is_some_and(|room| room < 16) => return Err(Fault::Damaged("a box has an impossible length")),
        1 => match ahead.first_chunk::<16>() {
            Some([_, _, _, _, _, _, _, _, whole @ ..]) => (16, Some(u64::from_be_bytes(*whole))),
            None => return Ok(Err(16)),
        },
        whole => (8, Some(u64::from(whole))),
    };
    if whole.is_some_and(|whole| whole < length as u64 || room.is_some_and(|room| whole > room)) {
        return Err(Fault::Damaged("a box has an impossible length"));
    }
    Ok(Ok(Header { name, length, whole }))
}

/// A step that turns a box into free space, by the name in its header.
fn free(header: &Header, ahead: &[u8]) -> Step {
    let mut bytes = ahead.get(..header.length).unwrap_or_default().to_vec();
    if let Some(name) = bytes.get_mut(4..8) {
        name.copy_from_slice(b"free");
    }
    Step::Replace(bytes, header.length as u64)
}

/// Whether a box has a position, whatever box contains it.
fn is_position(name: &Name) -> bool {
    matches!(name, b"\xa9xyz" | b"loci" | b"gps " | b"GPS " | b"GPMF")
}

/// Whether a text is a position as phones write it, such as `+52.5200+013.4050/`.
fn is_iso_6709(content: &[u8]) -> bool {
    // The text follows the header of its box, its type and its language.
    let Some(text) = content.get(16..) else { return false };
    let signs = text.iter().filter(|byte| matches!(byte, b'+' | b'-')).count();
    matches!(text.first(), Some(b'+' | b'-')) && signs >= 2 && text.contains(&b'.')
}

/// The size of a track, the right way up; `None` for sound.
fn track_size(content: &[u8]) -> Option<(u32, u32)> {
    let matrix = match content.first()? {
        0 => 40,
        _ => 52,
    };
    let number = |at: usize| Some(u32::from_be_bytes(*content.get(at..)?.first_chunk()?));
    let is_turned = number(matrix)? == 0 && number(matrix + 4)? != 0;
    let (width, height) = (number(matrix + 36)? >> 16, number(matrix + 40)? >> 16);
    let size = if is_turned { (height, width) } else { (width, height) };
    Some(size).filter(|_| width > 0 && height > 0)
}

impl Format for Boxes {
    fn step(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        match self.next.take() {
            Some(next) => Ok(next),
            None => self.next_box(ahead),
        }
    }

    fn is_complete(&self) -> bool {
        let is_between = self.open.iter().all(|open| open.left == 0) && self.next.is_none();
        self.is_over || (is_between && self.has_description && (self.has_data || !self.is_film))
    }

    fn facts(&self) -> Facts {
        self.facts
    }
}
