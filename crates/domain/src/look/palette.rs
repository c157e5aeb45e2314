//! The colours of the built-in looks.

use super::preset::Preset;
use crate::colour::Colour;

/// The colours of a look in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The background of the page.
    pub paper: Colour,
    /// The background of the header and of forms.
    pub raised: Colour,
    /// The background of code.
    pub sunken: Colour,
    /// Text.
    pub ink: Colour,
    /// Text of less importance.
    pub soft: Colour,
    /// Rules between rows.
    pub line: Colour,
    /// The frames of fields.
    pub edge: Colour,
    /// Links and buttons, if the site has no accent colour of its own.
    pub accent: Colour,
}

impl Palette {
    /// The palette of a look in light colours.
    pub const fn light(preset: Preset) -> Palette {
        match preset {
            Preset::Plain => Palette {
                paper: Colour::of(0xfdfcfa),
                raised: Colour::of(0xffffff),
                sunken: Colour::of(0xf4f1ec),
                ink: Colour::of(0x22201d),
                soft: Colour::of(0x5f5a53),
                line: Colour::of(0xdcd6cd),
                edge: Colour::of(0x8b857b),
                accent: Colour::of(0x0b5a6e),
            },
            Preset::Paper => Palette {
                paper: Colour::of(0xfaf4e6),
                raised: Colour::of(0xfffaf0),
                sunken: Colour::of(0xf3ead7),
                ink: Colour::of(0x2b2118),
                soft: Colour::of(0x62543f),
                line: Colour::of(0xdfd2b8),
                edge: Colour::of(0x88795f),
                accent: Colour::of(0x8a2f1d),
            },
            Preset::Console => Palette {
                paper: Colour::of(0xffffff),
                raised: Colour::of(0xffffff),
                sunken: Colour::of(0xf2f4f2),
                ink: Colour::of(0x111411),
                soft: Colour::of(0x525a52),
                line: Colour::of(0xd3d9d3),
                edge: Colour::of(0x7b847b),
                accent: Colour::of(0x116329),
            },
        }
    }

    /// The palette of a look in dark colours.
    pub const fn dark(preset: Preset) -> Palette {
        match preset {
            Preset::Plain => Palette {
                paper: Colour::of(0x171615),
                raised: Colour::of(0x201e1c),
                sunken: Colour::of(0x262421),
                ink: Colour::of(0xece7df),
                soft: Colour::of(0xb3aca1),
                line: Colour::of(0x3a3733),
                edge: Colour::of(0x85807a),
                accent: Colour::of(0x7cc7da),
            },
            Preset::Paper => Palette {
                paper: Colour::of(0x1c1813),
                raised: Colour::of(0x262019),
                sunken: Colour::of(0x2b241c),
                ink: Colour::of(0xede2d0),
                soft: Colour::of(0xb8a993),
                line: Colour::of(0x41372b),
                edge: Colour::of(0x8b7c68),
                accent: Colour::of(0xe8a38f),
            },
            Preset::Console => Palette {
                paper: Colour::of(0x0c0f0c),
                raised: Colour::of(0x131813),
                sunken: Colour::of(0x181e18),
                ink: Colour::of(0xd7e4d7),
                soft: Colour::of(0x9aab9a),
                line: Colour::of(0x2a332a),
                edge: Colour::of(0x6f7d6f),
                accent: Colour::of(0x5fd787),
            },
        }
    }

    /// The backgrounds on which links and buttons lie.
    pub fn backgrounds(&self) -> [Colour; 3] {
        [self.paper, self.raised, self.sunken]
    }
}
