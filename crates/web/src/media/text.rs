//! Text in UTF-8, checked as it arrives.

/// Refuses bytes that are not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText;

/// Checks that bytes are UTF-8 without the character NUL.
#[derive(Default)]
pub(super) struct Utf8 {
    /// The beginning of a character whose end has not arrived: at most three bytes.
    begun: Vec<u8>,
}

impl Utf8 {
    /// Checks the next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), NotText> {
        if bytes.contains(&0) {
            return Err(NotText);
        }
        while !self.begun.is_empty() {
            let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
            self.begun.push(*first);
            bytes = rest;
            match std::str::from_utf8(&self.begun) {
                Ok(_) => self.begun.clear(),
                Err(error) if error.error_len().is_some() => return Err(NotText),
                Err(_) => {}
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_some() => Err(NotText),
            Err(error) => {
                self.begun.extend_from_slice(bytes.get(error.valid_up_to()..).unwrap_or_default());
                Ok(())
            }
        }
    }

    /// Checks that no character is incomplete.
    pub(super) fn finish(&self) -> Result<(), NotText> {
        if self.begun.is_empty() { Ok(()) } else { Err(NotText) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_checked_in_pieces_of_any_size() {
        let text = "Grüße, 東京, 🎈".as_bytes();
        for size in 1..text.len() {
            let mut utf8 = Utf8::default();
            assert!(text.chunks(size).all(|piece| utf8.feed(piece).is_ok()));
            assert_eq!(utf8.finish(), Ok(()));
            let mut cut = Utf8::default();
            assert!(text[..text.len() - 1].chunks(size).all(|piece| cut.feed(piece).is_ok()));
            assert_eq!(cut.finish(), Err(NotText));
        }
        for odd in [&b"a\0b"[..], b"\xff", b"Gr\xfc\xdfe", b"\xed\xa0\x80", b"\xc0\x80"] {
            for size in 1..=odd.len() {
                let mut utf8 = Utf8::default();
                let fed = odd.chunks(size).all(|piece| utf8.feed(piece).is_ok());
                assert!(!fed || utf8.finish().is_err(), "{odd:?}");
            }
        }
    }
}
