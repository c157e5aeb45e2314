//! The look of the site: colours that can be read, and a style sheet that loads nothing from elsewhere.

use domain::{
    colour::{Colour, TEXT_CONTRAST},
    direction::Direction,
    look::{Look, LookInput, Palette, Preset, Typeface, Width},
    own_css::{MAX_BYTES, OwnCss},
};

fn colour(typed: &str) -> Colour {
    Colour::parse(typed).unwrap()
}

#[test]
fn a_colour_is_three_or_six_digits() {
    for (typed, expected) in [("#0b5a6e", "#0b5a6e"), ("0B5A6E", "#0b5a6e"), (" #abc ", "#aabbcc"), ("fff", "#ffffff")]
    {
        assert_eq!(colour(typed).to_string(), expected, "{typed}");
    }
    for odd in ["", "#", "#ab", "#abcd", "#12345g", "red", "#+12345", "#é12345", "rgb(1,2,3)", "#0b5a6e00"] {
        assert!(Colour::parse(odd).is_err(), "{odd}");
    }
}

#[test]
fn contrast_is_that_of_wcag() {
    let check = |a: &str, b: &str, expected: f64| {
        assert!((colour(a).contrast(colour(b)) - expected).abs() < 0.005, "{a} {b}");
        assert!((colour(b).contrast(colour(a)) - expected).abs() < 0.005, "{b} {a}");
    };
    check("#000000", "#ffffff", 21.0);
    check("#777777", "#ffffff", 4.48);
    check("#767676", "#ffffff", 4.54);
    check("#ff0000", "#ffffff", 4.0);
    check("#123456", "#123456", 1.0);
}

#[test]
fn the_nearest_colour_can_be_read_and_is_near() {
    let (white, black) = (Colour::WHITE, Colour::of(0));
    for typed in ["#ffcc00", "#ff0000", "#00ff00", "#0000ff", "#777777", "#ffffff", "#000000", "#0b5a6e", "#ff66cc"] {
        for background in [white, black] {
            let nearest = colour(typed).nearest_with(TEXT_CONTRAST, &[background]);
            assert!(nearest.contrast(background) >= TEXT_CONTRAST, "{typed} on {background}: {nearest}");
            if colour(typed).contrast(background) >= TEXT_CONTRAST {
                assert_eq!(nearest, colour(typed));
            } else {
                // No lighter or darker than it has to be.
                assert!(nearest.contrast(background) < TEXT_CONTRAST + 0.25, "{typed} on {background}: {nearest}");
            }
        }
    }
    let grey = colour("#777777").nearest_with(TEXT_CONTRAST, &[white]).to_string();
    assert!(grey[1..3] == grey[3..5] && grey[3..5] == grey[5..7], "a grey stays a grey: {grey}");
}

#[test]
fn every_look_can_be_read_in_both_themes() {
    for preset in Preset::ALL {
        for palette in [Palette::light(preset), Palette::dark(preset)] {
            let grounds = palette.backgrounds();
            for text in [palette.ink, palette.soft, palette.accent] {
                assert!(text.least_contrast(&grounds) >= TEXT_CONTRAST, "{preset:?}: {text}");
            }
            assert!(palette.edge.least_contrast(&grounds) >= 3.0, "{preset:?}: the frames of fields");
        }
        let accents = Look { preset, accent: Some(colour("#0000cc")), ..Look::default() }.accents();
        assert_eq!(accents.light, colour("#0000cc"));
        assert!(accents.dark.least_contrast(&Palette::dark(preset).backgrounds()) >= TEXT_CONTRAST, "{preset:?}");
    }
}

#[test]
fn words_of_choices_are_parsed_back() {
    assert!(Preset::ALL.into_iter().all(|known| Preset::parse(known.as_str()) == Some(known)));
    assert!(Typeface::ALL.into_iter().all(|known| Typeface::parse(known.as_str()) == Some(known)));
    assert!(Width::ALL.into_iter().all(|known| Width::parse(known.as_str()) == Some(known)));
    assert_eq!((Preset::parse("x"), Typeface::parse(""), Width::parse("Wide")), (None, None, None));
}

fn input() -> LookInput {
    LookInput::of(&Look::default())
}

#[test]
fn a_look_is_checked_field_by_field() {
    assert_eq!(input().check(), Ok(Look::default()));
    let full = LookInput {
        preset: "console".into(),
        accent: "#00c".into(),
        typeface: "sans".into(),
        width: "wide".into(),
        css: ".prose { color: red }\r\n".into(),
    };
    let look = full.check().unwrap();
    assert_eq!(
        LookInput::of(&look),
        LookInput { accent: "#0000cc".into(), css: ".prose { color: red }".into(), ..full }
    );
    let check = |input: LookInput, field: &str| {
        let invalid = input.check().unwrap_err();
        assert_eq!(invalid.iter().map(|(field, _)| field).collect::<Vec<_>>(), [field]);
    };
    check(LookInput { preset: "x".into(), ..input() }, "preset");
    check(LookInput { typeface: String::new(), ..input() }, "typeface");
    check(LookInput { width: "0".into(), ..input() }, "width");
    check(LookInput { accent: "blue".into(), ..input() }, "accent");
    check(LookInput { css: "@import '/x.css';".into(), ..input() }, "css");
}

#[test]
fn an_accent_that_cannot_be_read_is_refused_with_the_nearest_that_can() {
    for preset in ["plain", "paper", "console"] {
        let typed = LookInput { preset: preset.into(), accent: "#ffcc00".into(), ..input() };
        let nearest = typed.readable_accent().unwrap();
        let message = typed.check().unwrap_err().get("accent").unwrap().to_owned();
        assert!(message.contains("#ffcc00 has a contrast of 1."), "{message}");
        assert!(message.contains(&format!("is {nearest}.")), "{message}");
        let offered = LookInput { accent: nearest.to_string(), ..typed };
        assert_eq!(offered.readable_accent(), None);
        assert_eq!(offered.check().unwrap().accent, Some(nearest));
    }
}

#[track_caller]
fn refused(css: &str, expected: &str) {
    let message = OwnCss::parse(css).unwrap_err();
    assert!(message.contains(expected), "{css}: {message}");
}

#[test]
fn own_css_is_kept_as_it_was_typed() {
    for css in [
        "",
        ".prose h2 { border-bottom: 1px solid var(--line) }",
        "/* url(https://evil.test) @import */ a { color: red }",
        "a::after { content: \"https://example.org @import url(x)\" }",
        "body { background: url(/static/x.png) } @font-face { font-family: X; src: url('/fonts/x.woff2') }",
        "i { background: image-set(\"/a.png\" 1x, url(/b.png) 2x, \"/c.avif\" type(\"image/avif\")) }",
        "@media print { a[href^=\"https://\"] { color: red } }",
        ".a { width: calc(100% - (2 * 1rem)); --x: { y: z } }",
        "a:not([href=\"]\"]) { }",
        "p { color: red",
    ] {
        assert_eq!(OwnCss::parse(css).unwrap_or_else(|words| panic!("{css}: {words}")).as_str(), css);
    }
    assert_eq!(OwnCss::parse("a {}\r\nb {}\r\n").unwrap().as_str(), "a {}\nb {}");
}

#[test]
fn own_css_loads_nothing_from_elsewhere() {
    let foreign = "Only addresses of this site";
    for address in [
        "https://evil.test/x",
        "//evil.test/x",
        "/\\evil.test",
        "\\\\evil.test",
        "data:image/png;base64,AA",
        "x.png",
        "../x.png",
        "http:/x",
        "javascript:x",
        "",
        "#x",
        "?x",
        " /x",
    ] {
        refused(&format!("a {{ background: url(\"{}\") }}", address.replace('\\', "\\\\")), foreign);
    }
    for css in [
        "a { background: url(https://evil.test/x) }",
        "a { background: URL( //evil.test/x ) }",
        "a { background: u\\72l(https://evil.test/x) }",
        "a { background: \\75 rl('https://evil.test/x') }",
        "a { background: url('/\\9/evil.test') }",
        "a { background: url('\\2f/evil.test') }",
        "a { background: image-set('https://evil.test' 1x) }",
        "a { background: -webkit-image-set(url(https://evil.test) 1x) }",
        "a { background: image('https://evil.test') }",
        "a { background: image-set((\"https://evil.test\") 1x) }",
        "a { --x: url(https://evil.test) }",
        "@namespace url(https://evil.test);",
        "@font-face { src: url(https://evil.test/f) }",
        "@supports (background: url(https://evil.test)) { }",
    ] {
        refused(css, foreign);
    }
    refused("@import '/x.css';", "@import");
    refused("@\\69mport url(/x.css);", "@import");
    refused("a{}@IMPORT/**/'x';", "@import");
    refused("a { background: src(var(--x)) }", "src()");
    refused("a { background: image-set(var(--x) 1x) }", "var() cannot choose");
    refused("a { background: image-set(attr(data-x) 1x) }", "attr() cannot choose");
    refused("a { background: url('/a' var(--x)) }", "cannot choose");
    refused("a { background: url('/a' x) }", "Only one text");
}

#[test]
fn the_place_of_a_fault_in_own_css_is_named() {
    refused("a { color: red }\n\n  b { background: url(https://evil.test) }", "Line 3, column 19: Only addresses");
    refused("a { color: red }\n}", "Line 2, column 1: This bracket");
    refused("a { content: \"x\n }", "Line 1, column 14: This text");
    refused("a { background: url(/a b) }", "Line 1, column 17: This url()");
    refused(&"(".repeat(1000), "nested too deeply");
    refused("a { color: \u{1} }", "Line 1, column 12");
    assert!(OwnCss::parse(&"a".repeat(MAX_BYTES)).is_ok());
    refused(&"a".repeat(MAX_BYTES + 1), "At most 65536");
    refused(&"é".repeat(MAX_BYTES / 2 + 1), "At most 65536 bytes");
}

#[test]
fn the_direction_is_that_of_the_language_or_its_script() {
    for language in ["ar", "he", "fa", "ur", "ar-EG", "AR", "fa-IR", "az-Arab", "ks-Arab-IN", "yi"] {
        assert_eq!(Direction::of(language).as_str(), "rtl", "{language}");
    }
    for language in ["en", "de", "pt-BR", "ar-Latn", "zh-Hant", "az", "", "arn", "he-Latn-IL"] {
        assert_eq!(Direction::of(language).as_str(), "ltr", "{language}");
    }
}
