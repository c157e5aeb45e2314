//! The look of the site for its readers: colours, text face, width, and a style sheet of its own.

mod palette;
mod preset;

pub use palette::Palette;
pub use preset::Preset;

use crate::{
    colour::{Colour, TEXT_CONTRAST},
    file::{Content, FileKind},
    invalid::Invalid,
    own_css::OwnCss,
};

/// The face in which the text of pages is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typeface {
    /// The face of the built-in look.
    #[default]
    OfLook,
    /// With serifs.
    Serif,
    /// Without serifs.
    Sans,
    /// The face of the reader's system.
    System,
}

impl Typeface {
    /// Every face.
    pub const ALL: [Typeface; 4] = [Typeface::OfLook, Typeface::Serif, Typeface::Sans, Typeface::System];

    /// Parses the word of a face; anything else is `None`.
    pub fn parse(word: &str) -> Option<Typeface> {
        Typeface::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// The word for the face in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Typeface::OfLook => "look",
            Typeface::Serif => "serif",
            Typeface::Sans => "sans",
            Typeface::System => "system",
        }
    }
}

/// The width of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// About 60 letters in a line.
    Narrow,
    /// About 75 letters in a line.
    #[default]
    Normal,
    /// About 95 letters in a line.
    Wide,
}

impl Width {
    /// Every width.
    pub const ALL: [Width; 3] = [Width::Narrow, Width::Normal, Width::Wide];

    /// Parses the word of a width; anything else is `None`.
    pub fn parse(word: &str) -> Option<Width> {
        Width::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// The word for the width in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Width::Narrow => "narrow",
            Width::Normal => "normal",
            Width::Wide => "wide",
        }
    }
}

/// A picture of the site itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// In the header, in place of the title.
    Logo,
    /// The same in dark colours, where the other one would not be seen.
    DarkLogo,
    /// In the tabs and bookmarks of browsers.
    Icon,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Logo, Role::DarkLogo, Role::Icon];

    /// Parses the word of a role; anything else is `None`.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// The word for the role in the database and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Logo => "logo",
            Role::DarkLogo => "logo-dark",
            Role::Icon => "icon",
        }
    }
}

/// The most bytes of a picture of the site.
pub const PICTURE_BYTES: u64 = 1 << 20;
/// The most pixels on a side of a picture of the site.
pub const PICTURE_SIDE: u32 = 4096;

/// Whether a picture of the site may be of a kind: every browser has to show it, and it cannot contain scripts.
pub fn may_be_picture(kind: FileKind) -> bool {
    matches!(kind, FileKind::Png | FileKind::Jpeg | FileKind::Webp | FileKind::Gif)
}

/// The pictures of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures(pub Vec<Picture>);

/// A picture of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Where it is shown.
    pub role: Role,
    /// The extension of its name, which says its kind.
    pub extension: String,
    /// Its bytes.
    pub content: Content,
}

impl Pictures {
    /// The picture of a role.
    pub fn get(&self, role: Role) -> Option<&Picture> {
        self.0.iter().find(|picture| picture.role == role)
    }
}

impl Picture {
    /// The name of its file, which changes with its bytes: `logo-0123456789abcdef.png`.
    pub fn file_name(&self) -> String {
        let hash = self.content.hash.get(..16).unwrap_or(&self.content.hash);
        format!("{}-{hash}.{}", self.role.as_str(), self.extension)
    }
}

/// The look of the site, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The built-in look that the other choices modify.
    pub preset: Preset,
    /// The colour of links and buttons in light colours; `None` for the accent colour of the built-in look.
    pub accent: Option<Colour>,
    /// The face of the text.
    pub typeface: Typeface,
    /// The width of the text.
    pub width: Width,
    /// The site's own style sheet.
    pub css: OwnCss,
}

/// The accent colour in both themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accents {
    /// In light colours.
    pub light: Colour,
    /// In dark colours.
    pub dark: Colour,
}

impl Look {
    /// The accent colour in both themes: in dark colours, the nearest to the chosen one that can be read there.
    pub fn accents(&self) -> Accents {
        let (light, dark) = (Palette::light(self.preset), Palette::dark(self.preset));
        match self.accent {
            Some(accent) => Accents { light: accent, dark: accent.nearest_with(TEXT_CONTRAST, &dark.backgrounds()) },
            None => Accents { light: light.accent, dark: dark.accent },
        }
    }
}

/// The input of the form of the look, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookInput {
    /// The word of the built-in look.
    pub preset: String,
    /// The accent colour as typed; empty for the one of the built-in look.
    pub accent: String,
    /// The word of the text face.
    pub typeface: String,
    /// The word of the width.
    pub width: String,
    /// The style sheet as typed.
    pub css: String,
}

impl LookInput {
    /// The input that the form shows for the current look.
    pub fn of(look: &Look) -> LookInput {
        LookInput {
            preset: look.preset.as_str().into(),
            accent: look.accent.map(|accent| accent.to_string()).unwrap_or_default(),
            typeface: look.typeface.as_str().into(),
            width: look.width.as_str().into(),
            css: look.css.as_str().into(),
        }
    }

    /// Checks all fields.
    ///
    /// # Errors
    /// [`Invalid`] with a message for each field that has to be fixed.
    pub fn check(&self) -> Result<Look, Invalid> {
        let mut invalid = Invalid::default();
        let unknown = || "Choose one of the list.".to_owned();
        let preset = invalid.take("preset", Preset::parse(&self.preset).ok_or_else(unknown));
        let accent = invalid.take("accent", self.accent());
        let typeface = invalid.take("typeface", Typeface::parse(&self.typeface).ok_or_else(unknown));
        let width = invalid.take("width", Width::parse(&self.width).ok_or_else(unknown));
        let css = invalid.take("css", OwnCss::parse(&self.css));
        match (preset, accent, typeface, width, css) {
            (Some(preset), Some(accent), Some(typeface), Some(width), Some(css)) => {
                Ok(Look { preset, accent, typeface, width, css })
            }
            _ => Err(invalid),
        }
    }

    /// The nearest colour that can be read, if the typed accent colour cannot.
    pub fn readable_accent(&self) -> Option<Colour> {
        let typed = Colour::parse(&self.accent).ok()?;
        let nearest = typed.nearest_with(TEXT_CONTRAST, &self.light_backgrounds());
        (nearest != typed).then_some(nearest)
    }

    fn accent(&self) -> Result<Option<Colour>, String> {
        if self.accent.trim().is_empty() {
            return Ok(None);
        }
        let typed = Colour::parse(&self.accent)?;
        let Some(nearest) = self.readable_accent() else { return Ok(Some(typed)) };
        // Rounded down: 4.48 is not 4.5.
        let found = (typed.least_contrast(&self.light_backgrounds()) * 10.0).floor() / 10.0;
        Err(format!(
            "{typed} has a contrast of {found}:1 with the page, and text needs {TEXT_CONTRAST}:1. The nearest colour \
             that has it is {nearest}."
        ))
    }

    fn light_backgrounds(&self) -> [Colour; 3] {
        Palette::light(Preset::parse(&self.preset).unwrap_or_default()).backgrounds()
    }
}
