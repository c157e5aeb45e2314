//! The style sheets of the site's look: its tokens, and its own rules. Both are made from the settings alone, at
//! addresses that change with them.

use std::{fmt::Write, sync::Arc};

use domain::{
    colour::Colour,
    look::{Look, Palette, Preset, Typeface, Width},
};
use sha2::{Digest, Sha256};

use super::{
    answer::{Answer, Caching},
    last::Last,
};

/// The folder of the tokens.
pub const TOKENS: &str = "/static/look/";
/// The folder of the site's own rules.
pub const OWN: &str = "/static/css/";

/// The style sheets of one look; `None` where nothing departs from `site.css`.
#[derive(Default)]
pub struct Sheets {
    tokens: Option<Sheet>,
    own: Option<Sheet>,
}

struct Sheet {
    href: String,
    answer: Answer,
}

impl Sheet {
    fn new(folder: &str, css: String) -> Option<Sheet> {
        if css.is_empty() {
            return None;
        }
        let hash: String = Sha256::digest(&css).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let answer = Answer::new("text/css; charset=utf-8", css, Caching::Immutable);
        Some(Sheet { href: format!("{folder}{hash}.css"), answer })
    }
}

impl Sheets {
    /// The style sheets of a look. Those of the last look are cached, because every page names their addresses.
    pub fn of(look: &Look) -> Arc<Sheets> {
        static LAST: Last<Look, Arc<Sheets>> = Last::new();
        LAST.get_or_make(
            |known| known == look,
            || {
                let own = Sheet::new(OWN, look.css.as_str().to_owned());
                (look.clone(), Arc::new(Sheets { tokens: Sheet::new(TOKENS, tokens(look)), own }))
            },
        )
    }

    /// The address of the tokens; empty if there are none.
    pub fn tokens_href(&self) -> String {
        self.tokens.as_ref().map(|sheet| sheet.href.clone()).unwrap_or_default()
    }

    /// The address of the site's own rules; empty if there are none.
    pub fn own_href(&self) -> String {
        self.own.as_ref().map(|sheet| sheet.href.clone()).unwrap_or_default()
    }

    /// The style sheet at an address; `None` for that of another look.
    pub fn answer(&self, href: &str) -> Option<Answer> {
        [&self.tokens, &self.own]
            .into_iter()
            .flatten()
            .find(|sheet| sheet.href == href)
            .map(|sheet| sheet.answer.clone())
    }
}

/// An HTML page without the site's own rules, for `?plain`; `None` for a page that has none. No cache stores it.
pub fn without_own(page: &Answer) -> Option<Answer> {
    let html = std::str::from_utf8(page.body()).ok()?;
    let link = own_link("");
    let start = html.find(&link[..link.len() - 2])?;
    let end = start + html[start..].find('>')? + 1;
    let html = format!("{}{}", &html[..start], &html[end..]);
    Some(Answer::html(html, Caching::Never).with_status(page.status()))
}

/// The element that the templates write for an address of the site's own rules.
fn own_link(file: &str) -> String {
    format!("<link rel=\"stylesheet\" href=\"{OWN}{file}\">")
}

/// The tokens of a look that differ from those of `site.css`.
fn tokens(look: &Look) -> String {
    let mut common = String::new();
    let mut token = |name: &str, value: &str| {
        let _infallible = write!(common, " --{name}: {value};");
    };
    match look.preset {
        Preset::Plain => {}
        Preset::Paper => {
            token("ui-font", "var(--serif)");
            token("radius", "3px");
        }
        Preset::Console => {
            token("ui-font", "var(--mono)");
            token("prose-font", "var(--mono)");
            token("prose-size", "0.97rem");
            token("radius", "0px");
        }
    }
    match look.typeface {
        Typeface::OfLook => {}
        Typeface::Serif => token("prose-font", "var(--serif)"),
        Typeface::Sans => token("prose-font", "var(--sans)"),
        Typeface::System => token("prose-font", "var(--system)"),
    }
    match look.width {
        Width::Narrow => token("measure", "38rem"),
        Width::Normal => {}
        Width::Wide => token("measure", "58rem"),
    }
    if look.preset == Preset::Plain && look.accent.is_none() {
        return if common.is_empty() { common } else { format!(":root {{{common} }}\n") };
    }
    let accents = look.accents();
    let light = colours(&Palette::light(look.preset), accents.light, accents.light.lighter(-0.12));
    let dark = colours(&Palette::dark(look.preset), accents.dark, accents.dark.lighter(0.08));
    format!(
        ":root {{{common}{light} }}\n\
         @media (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) {{{dark} }} }}\n\
         :root[data-theme=\"dark\"] {{{dark} }}\n"
    )
}

fn colours(palette: &Palette, accent: Colour, strong: Colour) -> String {
    let Palette { paper, raised, sunken, ink, soft, line, edge, accent: _ } = *palette;
    // The accent colour is legible on the page; of the colours of page and text, the one with more contrast is legible
    // on it.
    let on_accent = if accent.contrast(paper) >= accent.contrast(ink) { paper } else { ink };
    let tokens = [
        ("paper", paper),
        ("raised", raised),
        ("sunken", sunken),
        ("ink", ink),
        ("soft", soft),
        ("line", line),
        ("edge", edge),
        ("link", accent),
        ("link-strong", strong),
        ("accent", accent),
        ("on-accent", on_accent),
    ];
    tokens.iter().map(|(name, colour)| format!(" --{name}: {colour};")).collect()
}

#[cfg(test)]
mod tests {
    use domain::look::LookInput;

    use super::*;

    fn look(preset: &str, accent: &str) -> Look {
        let input = LookInput { preset: preset.into(), accent: accent.into(), ..LookInput::of(&Look::default()) };
        input.check().unwrap()
    }

    #[test]
    fn the_look_of_a_new_site_has_no_sheet_of_its_own() {
        let sheets = Sheets::of(&Look::default());
        assert_eq!((sheets.tokens_href(), sheets.own_href()), (String::new(), String::new()));
    }

    #[test]
    fn the_tokens_of_the_plain_look_are_those_of_the_style_sheet() {
        let css = include_str!("../../../../assets/site.css");
        let accents = Look::default().accents();
        for (palette, accent) in
            [(Palette::light(Preset::Plain), accents.light), (Palette::dark(Preset::Plain), accents.dark)]
        {
            for token in colours(&palette, accent, accent).split_inclusive(';') {
                let is_derived = token.contains("-strong") || token.contains("on-accent");
                assert!(is_derived || css.contains(token.trim()), "{token}");
            }
        }
    }

    #[test]
    fn code_and_messages_can_be_read_in_every_look() {
        let css = include_str!("../../../../assets/site.css");
        let themes: Vec<&str> = css.split("  color-scheme: ").take(2).collect();
        let palettes: [fn(Preset) -> Palette; 2] = [Palette::light, Palette::dark];
        for (theme, palette) in themes.into_iter().zip(palettes) {
            for token in ["c-comment", "c-string", "c-keyword", "c-number", "c-function", "c-type", "danger"] {
                let value = theme.split(&format!("--{token}: ")).last().unwrap();
                let colour = Colour::parse(&value[..7]).unwrap();
                for preset in Preset::ALL {
                    let contrast = colour.least_contrast(&palette(preset).backgrounds());
                    assert!(contrast >= 4.5, "{preset:?}: --{token} {colour} has {contrast}");
                }
            }
        }
    }

    #[test]
    fn the_address_changes_with_the_settings() {
        let hrefs = [look("plain", "#0000cc"), look("plain", "#0000cd"), look("paper", ""), look("console", "")]
            .map(|look| Sheets::of(&look).tokens_href());
        for (n, href) in hrefs.iter().enumerate() {
            assert!(href.starts_with("/static/look/") && !hrefs[..n].contains(href), "{hrefs:?}");
        }
    }

    #[test]
    fn the_accent_colour_is_in_both_themes_and_text_on_it_can_be_read() {
        for preset in Preset::ALL {
            let painted = look(preset.as_str(), "#00c");
            let css = tokens(&painted);
            let accents = painted.accents();
            assert!(css.contains(&format!("--accent: {};", accents.light)), "{css}");
            assert_eq!(css.matches(&format!("--accent: {};", accents.dark)).count(), 2, "{css}");
            let of = |name: &str, n: usize| {
                let value = css.split(&format!(" --{name}: ")).nth(n + 1).unwrap();
                Colour::parse(value.split(';').next().unwrap()).unwrap()
            };
            for theme in [0, 1] {
                assert!(of("on-accent", theme).contrast(of("accent", theme)) >= 4.5, "{css}");
                assert!(of("on-accent", theme).contrast(of("link-strong", theme)) >= 4.5, "{css}");
                assert!(of("link-strong", theme).contrast(of("paper", theme)) >= 4.5, "{css}");
            }
        }
    }

    #[test]
    fn a_page_without_its_own_rules_is_otherwise_the_same() {
        let page = |html: &str| Answer::html(html.to_owned(), Caching::Public);
        let plain = without_own(&page(&format!("<head>{}</head>x", own_link("12.css")))).unwrap();
        assert_eq!(plain.body(), "<head></head>x");
        assert!(without_own(&page("<head></head>x")).is_none());
    }
}
