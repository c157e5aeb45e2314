//! Takes an upload as it arrives: checks that its content matches its name, and leaves out metadata.

use std::fmt;

use domain::file::{FileKind, FileName};

use super::{
    gif::Gif,
    isobmff::Boxes,
    jpeg::Jpeg,
    png::Png,
    signature::{self, Signature},
    step::{AHEAD, Facts, Fault, Format, Opaque, Removed, Step},
    text::{NotText, Utf8},
    webp::Webp,
};

/// The maximum number of bytes of an upload that an [`Intake`] holds: its first bytes until its kind is known, and the
/// bytes at which the reader of its container looks.
pub const MAX_HELD_BYTES: usize = 2 * AHEAD;

/// The name of the XMP field by which a position is recognised in bytes that are left out.
const POSITION: &[u8] = b"GPSLatitude";

/// The reason why an upload is refused. It is displayed as sentences for the person who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The file has no bytes.
    Empty,
    /// The bytes are of a kind other than the ending promises.
    Mismatch {
        /// The ending of the name.
        ending: String,
        /// The kind that the ending promises, such as "a PNG picture".
        promised: &'static str,
        /// The kind of the bytes, if it is known.
        found: Option<&'static str>,
        /// The ending that would be right, if there is one.
        better: Option<&'static str>,
    },
    /// The file is incomplete. The text is its kind.
    Cut(&'static str),
    /// The file breaks a rule of its format. The texts are its kind and the rule.
    Damaged(&'static str, &'static str),
    /// The ending promises text, and the bytes are not text in UTF-8.
    NotText {
        /// The ending of the name.
        ending: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Empty => f.write_str("The file is empty."),
            Refusal::Mismatch { ending, promised, found: Some(found), better } => {
                write!(f, "The name ends with .{ending}, but the file is {found}. ")?;
                match better {
                    Some(better) => write!(f, "Give it the ending .{better}, or save it as {promised}."),
                    None => write!(f, "Save it as {promised}, or choose another file."),
                }
            }
            Refusal::Mismatch { ending, promised, found: None, .. } => {
                write!(f, "The name ends with .{ending}, but the file is not {promised}. Choose another file.")
            }
            Refusal::Cut(what) => {
                write!(f, "The file is incomplete: it begins as {what} and ends in the middle. Upload it again.")
            }
            Refusal::Damaged(what, why) => {
                write!(
                    f,
                    "The file is damaged: it begins as {what}, but {why}. Save it again in the program that made it."
                )
            }
            Refusal::NotText { ending } => {
                write!(f, "The name ends with .{ending}, but the file is not text in UTF-8. Save it as UTF-8.")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// The facts about an upload that are known at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its kind.
    pub kind: FileKind,
    /// The width and height of a picture or a film in pixels, the right way up.
    pub size: Option<(u32, u32)>,
    /// The metadata that was left out.
    pub removed: Removed,
    /// Whether the file is a photo that is kept with all its metadata (HEIC, AVIF).
    pub is_unchanged: bool,
    /// Whether a film still has a track of positions, which some cameras record while they film.
    pub has_position_track: bool,
    /// Whether the picture is animated.
    pub is_animated: bool,
}

/// The stage of an upload.
enum Stage {
    /// The first bytes are collected.
    Head,
    /// A container is read.
    Container(Box<dyn Format>, Action),
    /// Text is checked and stored as it is.
    Text(Utf8),
}

/// What happens to the next bytes of a container.
enum Action {
    /// They are collected up to this number, and then the reader returns the next step.
    Look(usize),
    /// The fate of this number of bytes, or of all the following ones if there is no number.
    Apply(Fate, Option<u64>),
    /// They are stored up to the first byte of this value.
    Until(u8),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    Blank,
}

/// An upload that is arriving. At most [`MAX_HELD_BYTES`] bytes of it are held in memory, whatever its content is.
pub struct Intake {
    kind: FileKind,
    ending: String,
    stage: Stage,
    /// The first bytes until the kind is known, and then the bytes at which the reader looks.
    ahead: Vec<u8>,
    is_empty: bool,
    /// The number of bytes of [`POSITION`] with which the bytes that were left out end.
    matched: usize,
    has_position: bool,
    /// Whether something was left out after the end of the file.
    has_trailer: bool,
}

impl Intake {
    /// An upload under a name, before its first byte.
    pub fn new(name: &FileName) -> Intake {
        Intake {
            kind: name.kind(),
            ending: name.extension().to_owned(),
            stage: Stage::Head,
            ahead: Vec::new(),
            is_empty: true,
            matched: 0,
            has_position: false,
            has_trailer: false,
        }
    }

    /// Takes the next bytes, and appends to `out` what is stored of those that have arrived.
    ///
    /// # Errors
    /// Returns the reason why the upload is refused. After that no more bytes can be fed, and the stored ones are
    /// useless.
    pub fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        self.is_empty &= bytes.is_empty();
        if matches!(self.stage, Stage::Head) {
            self.collect(&mut bytes, AHEAD);
            if self.ahead.len() < AHEAD {
                return Ok(());
            }
            self.begin(out)?;
        }
        self.read(bytes, out)
    }

    /// Ends the upload, and appends to `out` the rest of what is stored.
    ///
    /// # Errors
    /// Returns the reason why the upload is refused.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<Summary, Refusal> {
        if self.is_empty && !matches!(self.kind, FileKind::Text | FileKind::Csv | FileKind::Other) {
            return Err(Refusal::Empty);
        }
        if matches!(self.stage, Stage::Head) {
            self.begin(out)?;
        }
        let facts = match &self.stage {
            Stage::Head => Facts::default(),
            Stage::Text(utf8) => utf8.finish().map(|()| Facts::default()).map_err(|NotText| self.not_text(&[]))?,
            Stage::Container(format, action) => {
                let is_whole = match action {
                    Action::Apply(_, left) => left.is_none(),
                    Action::Look(_) => self.ahead.is_empty() && format.is_complete(),
                    Action::Until(_) => false,
                };
                if !is_whole {
                    return Err(Refusal::Cut(signature::phrase(self.kind)));
                }
                format.facts()
            }
        };
        let turned = |(width, height)| match facts.orientation {
            Some(5..=8) => (height, width),
            _ => (width, height),
        };
        Ok(Summary {
            kind: self.kind,
            size: facts.size.map(turned),
            removed: Removed {
                position: facts.removed.position || self.has_position,
                other: facts.removed.other || self.has_trailer,
            },
            is_unchanged: matches!(self.kind, FileKind::Heic | FileKind::Avif),
            has_position_track: facts.has_position_track,
            is_animated: facts.is_animated,
        })
    }

    /// Moves bytes to `ahead`, until it has the wanted number.
    fn collect(&mut self, bytes: &mut &[u8], wanted: usize) {
        let missing = wanted.saturating_sub(self.ahead.len()).min(bytes.len());
        let (taken, rest) = bytes.split_at(missing);
        self.ahead.extend_from_slice(taken);
        *bytes = rest;
    }

    /// Chooses the reader by the first bytes, and lets it read them.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let head = std::mem::take(&mut self.ahead);
        self.stage = match self.kind {
            FileKind::Text | FileKind::Csv => Stage::Text(Utf8::default()),
            FileKind::Other => container(Opaque),
            promised => {
                let found = signature::recognise(&head);
                // Brands do not distinguish sound from films.
                let is_either = |kind| matches!(kind, FileKind::Mp4 | FileKind::M4a);
                match found {
                    Some(Signature { kind, .. }) if kind == promised => {}
                    Some(Signature { kind, .. }) if is_either(kind) && is_either(promised) => {}
                    _ => return Err(self.mismatch(found)),
                }
                match promised {
                    FileKind::Jpeg => container(Jpeg::new()),
                    FileKind::Png => container(Png::new()),
                    FileKind::Gif => container(Gif::new()),
                    FileKind::Webp => container(Webp::new()),
                    FileKind::Mp4 | FileKind::M4a => container(Boxes::film()),
                    FileKind::Heic | FileKind::Avif => container(Boxes::picture()),
                    FileKind::Svg => Stage::Text(Utf8::default()),
                    _ => container(Opaque),
                }
            }
        };
        match &mut self.stage {
            // The message names the kind of a file that is not text, if it is known.
            Stage::Text(utf8) => {
                if utf8.feed(&head).is_err() {
                    return Err(self.not_text(&head));
                }
                out.extend_from_slice(&head);
                Ok(())
            }
            _ => self.read(&head, out),
        }
    }

    fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        match &mut self.stage {
            Stage::Head => Ok(()),
            Stage::Text(utf8) => {
                if utf8.feed(bytes).is_err() {
                    return Err(self.not_text(&[]));
                }
                out.extend_from_slice(bytes);
                Ok(())
            }
            Stage::Container(..) => self.walk(bytes, out),
        }
    }

    /// Goes on in a container until all bytes are taken and the next step needs more.
    fn walk(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        loop {
            let Stage::Container(_, action) = &self.stage else { return Ok(()) };
            match *action {
                Action::Look(wanted) => {
                    self.collect(&mut bytes, wanted);
                    if self.ahead.len() < wanted {
                        return Ok(());
                    }
                    let Stage::Container(format, _) = &mut self.stage else { return Ok(()) };
                    let step = format.step(&self.ahead);
                    self.start(step, out)?;
                }
                Action::Apply(fate, left) => {
                    let left = self.apply(fate, left, &mut bytes, out);
                    if left != Some(0) {
                        self.set(Action::Apply(fate, left));
                        return Ok(());
                    }
                    self.set(Action::Look(0));
                }
                Action::Until(byte) => {
                    if !self.keep_until(byte, &mut bytes, out) {
                        return Ok(());
                    }
                    self.set(Action::Look(0));
                }
            }
        }
    }

    fn set(&mut self, next: Action) {
        if let Stage::Container(_, action) = &mut self.stage {
            *action = next;
        }
    }

    fn start(&mut self, step: Result<Step, Fault>, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let action = match step {
            Ok(Step::Look(wanted)) => Action::Look(wanted.clamp(self.ahead.len() + 1, AHEAD.max(self.ahead.len() + 1))),
            Ok(Step::Keep(bytes)) => Action::Apply(Fate::Keep, Some(bytes)),
            Ok(Step::KeepUntil(byte)) => Action::Until(byte),
            Ok(Step::Drop(bytes)) => Action::Apply(Fate::Drop, Some(bytes)),
            Ok(Step::Blank(bytes)) => Action::Apply(Fate::Blank, Some(bytes)),
            Ok(Step::Replace(new, bytes)) => {
                out.extend_from_slice(&new);
                Action::Apply(Fate::Drop, Some(bytes))
            }
            Ok(Step::KeepRest) => Action::Apply(Fate::Keep, None),
            Ok(Step::DropRest) => Action::Apply(Fate::Drop, None),
            Ok(Step::BlankRest) => Action::Apply(Fate::Blank, None),
            Err(Fault::Damaged(why)) => return Err(Refusal::Damaged(signature::phrase(self.kind), why)),
        };
        self.set(action);
        Ok(())
    }

    /// Applies a fate to bytes, first to those in `ahead`, and returns the number of bytes to which it still applies.
    fn apply(&mut self, fate: Fate, left: Option<u64>, bytes: &mut &[u8], out: &mut Vec<u8>) -> Option<u64> {
        let amount = |there: usize, left: Option<u64>| {
            left.map_or(there, |left| usize::try_from(left).unwrap_or(usize::MAX).min(there))
        };
        let taken = amount(self.ahead.len(), left);
        let ahead: Vec<u8> = self.ahead.drain(..taken).collect();
        let left = left.map(|left| left - taken as u64);
        let (now, rest) = bytes.split_at(amount(bytes.len(), left));
        *bytes = rest;
        for piece in [&ahead[..], now] {
            match fate {
                Fate::Keep => out.extend_from_slice(piece),
                Fate::Blank => out.resize(out.len() + piece.len(), 0),
                Fate::Drop => {}
            }
            if fate != Fate::Keep {
                self.has_trailer |= fate == Fate::Drop && left.is_none() && !piece.is_empty();
                self.search(piece);
            }
        }
        left.map(|left| left - now.len() as u64)
    }

    /// Stores bytes up to the first of a value, and returns whether it was there.
    fn keep_until(&mut self, byte: u8, bytes: &mut &[u8], out: &mut Vec<u8>) -> bool {
        let found = self.ahead.iter().position(|b| *b == byte);
        out.extend(self.ahead.drain(..found.unwrap_or(self.ahead.len())));
        if found.is_some() {
            return true;
        }
        let found = bytes.iter().position(|b| *b == byte);
        let (now, rest) = bytes.split_at(found.unwrap_or(bytes.len()));
        out.extend_from_slice(now);
        *bytes = rest;
        found.is_some()
    }

    /// Looks for [`POSITION`] in bytes that are left out, in whatever pieces they arrive. The first letter of
    /// [`POSITION`] occurs in it only once.
    fn search(&mut self, piece: &[u8]) {
        if self.has_position {
            return;
        }
        for byte in piece {
            self.matched = match POSITION.get(self.matched) {
                Some(expected) if expected == byte => self.matched + 1,
                _ => usize::from(POSITION.first() == Some(byte)),
            };
            if self.matched == POSITION.len() {
                self.has_position = true;
                return;
            }
        }
    }

    fn mismatch(&self, found: Option<Signature>) -> Refusal {
        Refusal::Mismatch {
            ending: self.ending.clone(),
            promised: signature::phrase(self.kind),
            found: found.map(|found| found.phrase),
            better: found.and_then(|found| signature::ending(found.kind)),
        }
    }

    fn not_text(&self, head: &[u8]) -> Refusal {
        match signature::recognise(head) {
            Some(found) if found.kind != self.kind => self.mismatch(Some(found)),
            _ => Refusal::NotText { ending: self.ending.clone() },
        }
    }
}

fn container(format: impl Format + 'static) -> Stage {
    Stage::Container(Box::new(format), Action::Look(0))
}
