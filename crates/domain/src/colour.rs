//! Colours of sRGB, their contrast as WCAG 2.2 defines it, and the nearest colour that can be read.

use std::fmt;

/// The contrast that text needs with its background (WCAG 2.2, success criterion 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;

/// An opaque colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// White.
    pub const WHITE: Colour = Colour::of(0x00ff_ffff);

    /// The colour with a hexadecimal number such as `0x0b5a6e`.
    pub const fn of(rgb: u32) -> Colour {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Colour { red, green, blue }
    }

    /// Parses `#0b5a6e`, `#abc` or the same digits without `#`, in any case.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Colour, String> {
        let digits = typed.trim().trim_start_matches('#');
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let long = match digits.len() {
            3 if is_hex => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 if is_hex => digits.to_owned(),
            _ => String::new(),
        };
        let rgb = u32::from_str_radix(&long, 16);
        rgb.map(Colour::of).map_err(|_| "Write a colour as # and six hexadecimal digits, such as #0b5a6e.".into())
    }

    /// The contrast of two colours, from 1 to 21.
    pub fn contrast(self, other: Colour) -> f64 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// The least contrast with any of these backgrounds.
    pub fn least_contrast(self, backgrounds: &[Colour]) -> f64 {
        backgrounds.iter().map(|background| self.contrast(*background)).fold(21.0, f64::min)
    }

    /// The nearest colour of the same hue whose contrast with each background is at least `contrast`: the colour itself if
    /// it has it.
    pub fn nearest_with(self, contrast: f64, backgrounds: &[Colour]) -> Colour {
        /// The number of lightnesses that are tried.
        const STEPS: u32 = 400;
        if self.least_contrast(backgrounds) >= contrast {
            return self;
        }
        let own = Oklab::of(self);
        let candidates = (0..=STEPS).map(|step| own.with_lightness(f64::from(step) / f64::from(STEPS)).colour());
        let readable = candidates.filter(|candidate| candidate.least_contrast(backgrounds) >= contrast);
        let distance = |colour: &Colour| own.distance(Oklab::of(*colour));
        readable.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(self)
    }

    /// The colour with more lightness; with less if `by` is negative. White has the lightness 1, and black 0.
    pub fn lighter(self, by: f64) -> Colour {
        let own = Oklab::of(self);
        own.with_lightness((own.lightness + by).clamp(0.0, 1.0)).colour()
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|part| match f64::from(part) / 255.0 {
            part if part <= 0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// A colour of Oklab, in which equal distances look alike (Björn Ottosson, 2020; CSS Color 4 uses it, too).
#[derive(Clone, Copy)]
struct Oklab {
    lightness: f64,
    a: f64,
    b: f64,
}

impl Oklab {
    fn of(colour: Colour) -> Oklab {
        let [red, green, blue] = colour.linear();
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        Oklab {
            lightness: 0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short,
            a: 1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short,
            b: 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short,
        }
    }

    /// The linear parts of sRGB, which lie outside 0 to 1 for a colour that no screen shows.
    fn linear(self) -> [f64; 3] {
        let Oklab { lightness, a, b } = self;
        let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let middle = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short,
        ]
    }

    /// The colour of the same hue with another lightness, with as much of its chroma as a screen shows.
    fn with_lightness(self, lightness: f64) -> Oklab {
        let scaled = |chroma: f64| Oklab { lightness, a: self.a * chroma, b: self.b * chroma };
        let is_shown = |colour: Oklab| colour.linear().iter().all(|part| (-0.001..=1.001).contains(part));
        if is_shown(scaled(1.0)) {
            return scaled(1.0);
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..16 {
            let middle = f64::midpoint(low, high);
            if is_shown(scaled(middle)) { low = middle } else { high = middle }
        }
        scaled(low)
    }

    fn distance(self, other: Oklab) -> f64 {
        (self.lightness - other.lightness).powi(2) + (self.a - other.a).powi(2) + (self.b - other.b).powi(2)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is from 0 to 255")]
    fn colour(self) -> Colour {
        let [red, green, blue] = self.linear().map(|part| {
            let part = part.clamp(0.0, 1.0);
            let encoded = if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
            (encoded * 255.0).round() as u8
        });
        Colour { red, green, blue }
    }
}
