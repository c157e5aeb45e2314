//! The built-in looks.

/// A built-in look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Warm greys, text with serifs.
    #[default]
    Plain,
    /// Cream paper, serifs everywhere.
    Paper,
    /// One width for all letters, green on black in the dark.
    Console,
}

impl Preset {
    /// Every built-in look.
    pub const ALL: [Preset; 3] = [Preset::Plain, Preset::Paper, Preset::Console];

    /// Parses the word of a built-in look; anything else is `None`.
    pub fn parse(word: &str) -> Option<Preset> {
        Preset::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// The word for the look in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Preset::Plain => "plain",
            Preset::Paper => "paper",
            Preset::Console => "console",
        }
    }
}
