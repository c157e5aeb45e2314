//! The direction of writing of a language.

/// The direction of writing, as the attribute `dir` of HTML names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Direction {
    /// The direction of a BCP 47 language tag: of its script if the tag names one, else of its language.
    pub fn of(language: &str) -> Direction {
        let mut subtags = language.split('-').map(str::to_ascii_lowercase);
        let primary = subtags.next().unwrap_or_default();
        let is_right_to_left = match subtags.next().filter(|subtag| subtag.len() == 4) {
            Some(script) => matches!(script.as_str(), "arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm" | "rohg"),
            None => matches!(
                primary.as_str(),
                "ar" | "arc"
                    | "ckb"
                    | "dv"
                    | "fa"
                    | "he"
                    | "iw"
                    | "ji"
                    | "nqo"
                    | "ps"
                    | "sd"
                    | "syr"
                    | "ug"
                    | "ur"
                    | "yi"
            ),
        };
        if is_right_to_left { Direction::RightToLeft } else { Direction::LeftToRight }
    }

    /// `ltr` or `rtl`.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        }
    }
}
