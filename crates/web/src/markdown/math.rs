//! Converts formulas from LaTeX to MathML, within bounds of length, depth, work and output. It runs after the
//! sanitiser, whose list has no MathML, and its output has only the elements and attributes of its own list.

use std::{convert::Infallible, io, panic::catch_unwind};

use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, mathml::write_mathml};

use super::tags::{Part, parts};

/// The maximum length of one formula in bytes.
const MAX_FORMULA_BYTES: usize = 4_000;
/// The maximum number of bytes of all formulas of a page.
const MAX_PAGE_BYTES: usize = 128 * 1024;
/// The maximum depth of braces and environments: browsers lay formulas out recursively.
const MAX_DEPTH: usize = 30;
/// The maximum depth of the elements of the MathML: a root of a root needs no braces.
const MAX_ELEMENT_DEPTH: i32 = 100;
/// The maximum number of steps of one formula, after its macros are replaced.
const MAX_EVENTS: usize = 10_000;
/// The maximum size of the MathML of one formula in bytes.
const MAX_MATHML_BYTES: usize = 256 * 1024;
/// The maximum size of the MathML of a page in bytes.
const MAX_PAGE_MATHML_BYTES: usize = 2 << 20;

/// The elements of MathML Core that the output may have.
const ELEMENTS: [&str; 27] = [
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];
/// The attributes that the output may have: they position and stretch, and contain no address and no style.
const ATTRIBUTES: [&str; 24] = [
    "accent",
    "accentunder",
    "columnalign",
    "columnspan",
    "columnspacing",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rowspacing",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "width",
];

/// Converts the formulas of one page.
#[derive(Debug)]
pub(super) struct Formulas {
    bytes_left: usize,
    mathml_left: usize,
}

impl Default for Formulas {
    fn default() -> Formulas {
        Formulas { bytes_left: MAX_PAGE_BYTES, mathml_left: MAX_PAGE_MATHML_BYTES }
    }
}

impl Formulas {
    /// The MathML of a formula; `None` if it is not valid or exceeds a bound.
    pub(super) fn mathml(&mut self, tex: &str, is_display: bool) -> Option<String> {
        if tex.trim().is_empty() || tex.len() > MAX_FORMULA_BYTES || depth(tex) > MAX_DEPTH {
            return None;
        }
        self.bytes_left = self.bytes_left.checked_sub(tex.len())?;
        // A fault of the converter must not be a fault of the page.
        let mathml = catch_unwind(|| convert(tex, is_display)).ok()??;
        let mathml = on_list(&mathml)?;
        self.mathml_left = self.mathml_left.checked_sub(mathml.len())?;
        Some(mathml)
    }
}

/// The depth of the braces and environments of a formula. Escaped ones count as well.
fn depth(tex: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (at, byte) in tex.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'\\' if tex[at..].starts_with("\\begin") || tex[at..].starts_with("\\left") => depth += 1,
            b'\\' if tex[at..].starts_with("\\end") || tex[at..].starts_with("\\right") => {
                depth = depth.saturating_sub(1)
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn convert(tex: &str, is_display: bool) -> Option<String> {
    let storage = Storage::new();
    let mut events = Vec::new();
    for event in Parser::new(tex, &storage) {
        if events.len() == MAX_EVENTS {
            return None;
        }
        events.push(event.ok()?);
    }
    let display_mode = if is_display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut output = BoundedWriter::default();
    write_mathml(&mut output, events.into_iter().map(Ok::<_, Infallible>), config).ok()?;
    String::from_utf8(output.0).ok()
}

/// The MathML with the attributes of the list; `None` if it has another element.
fn on_list(mathml: &str) -> Option<String> {
    let mut kept = String::with_capacity(mathml.len());
    let mut depth = 0;
    for part in parts(mathml) {
        match part {
            // The converter writes the operator `<` as it is.
            Part::Text(text) => kept.push_str(&text.replace('<', "&lt;")),
            Part::Comment => return None,
            Part::Close(name, _) => {
                ELEMENTS.iter().find(|known| **known == name)?;
                depth -= 1;
                kept.push_str(&format!("</{name}>"));
            }
            Part::Open(tag) => {
                ELEMENTS.iter().find(|known| **known == tag.name)?;
                kept.push('<');
                kept.push_str(&tag.name);
                for (name, value) in &tag.attributes {
                    let is_kept = match &**name {
                        "class" => value.split_ascii_whitespace().all(|class| class.starts_with('m')),
                        name => ATTRIBUTES.contains(&name),
                    };
                    if is_kept && !value.contains(['"', '<', '>']) {
                        kept.push_str(&format!(" {name}=\"{value}\""));
                    }
                }
                let is_empty = tag.written.ends_with("/>");
                depth += i32::from(!is_empty);
                if depth > MAX_ELEMENT_DEPTH {
                    return None;
                }
                kept.push_str(if is_empty { "/>" } else { ">" });
            }
        }
    }
    Some(kept)
}

/// A writer that fails when the bound is exceeded.
#[derive(Default)]
struct BoundedWriter(Vec<u8>);

impl io::Write for BoundedWriter {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.0.len() + part.len() > MAX_MATHML_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn mathml(tex: &str) -> String {
        Formulas::default().mathml(tex, false).unwrap_or_else(|| panic!("no MathML of {tex}"))
    }

    #[test]
    fn formulas_become_mathml() {
        for (tex, parts) in [
            ("x^2", vec!["<math", "<msup><mi>x</mi><mn>2</mn></msup>"]),
            ("\\frac{a}{b}", vec!["<mfrac>"]),
            ("\\sqrt[3]{x}", vec!["<mroot>"]),
            ("\\sum_{i=1}^n i", vec!["∑"]),
            ("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", vec!["<mtable", "<mtr>"]),
            ("a < b", vec!["&lt;"]),
            ("\\text{über } x", vec!["<mtext>über", "<mi>x</mi>"]),
            ("\\def\\R{\\mathbb{R}} \\R", vec!["ℝ"]),
        ] {
            let mathml = mathml(tex);
            for part in parts {
                assert!(mathml.contains(part), "{part} is missing in {mathml}");
            }
        }
        let display = Formulas::default().mathml("x", true).unwrap_or_default();
        assert!(display.contains("display=\"block\""), "{display}");
    }

    #[test]
    fn a_formula_with_a_mistake_has_no_mathml() {
        for tex in ["", "  ", "\\frac{a", "}", "\\nonsense", "\\begin{pmatrix} 1", "\\left( x", "x^"] {
            assert_eq!(Formulas::default().mathml(tex, false), None, "{tex}");
        }
    }

    #[test]
    fn case_45_hostile_formulas_end() {
        let nested = |open: &str, close: &str| format!("{}x{}", open.repeat(500), close.repeat(500));
        let mut bomb = String::from("\\def\\a{xxxxxxxxxx}");
        for (from, to) in ["a", "b", "c", "d", "e", "f", "g", "h"].iter().zip(["b", "c", "d", "e", "f", "g", "h", "i"])
        {
            bomb.push_str(&format!("\\def\\{to}{{{}}}", format!("\\{from}").repeat(10)));
        }
        for tex in [
            nested("{", "}"),
            nested("\\frac{", "}{}"),
            nested("\\sqrt{", "}"),
            nested("x^{", "}"),
            nested("\\left(", "\\right)"),
            format!("{bomb}\\i"),
            "\\def\\a{\\a\\a}\\a".into(),
            "\\def\\a#1{\\a{#1#1}}\\a{x}".into(),
            "\\newcommand{\\x}{\\x}\\x".into(),
            "x".repeat(MAX_FORMULA_BYTES + 1),
        ] {
            assert_eq!(Formulas::default().mathml(&tex, true), None, "{}", &tex[..tex.len().min(40)]);
        }
        for unit in [
            "{}",
            "\\\\",
            "&",
            "^",
            "_",
            "x_",
            "^x",
            "\\def\\a{}",
            "%\n",
            "\\left(",
            "\\sqrt",
            "\\frac",
            "\\color{red}",
            "'",
        ] {
            let _ended = Formulas::default().mathml(&unit.repeat(MAX_FORMULA_BYTES / unit.len()), true);
        }
    }

    #[test]
    fn formulas_of_a_page_are_bounded() {
        let mut formulas = Formulas::default();
        let tex = "x".repeat(1000);
        let converted = (0..1000).filter(|_| formulas.mathml(&tex, false).is_some()).count();
        assert!((10..=MAX_PAGE_BYTES / 1000).contains(&converted), "{converted}");
    }

    #[test]
    fn case_45_only_mathml_comes_out() {
        for tex in [
            "\\text{<script>alert(1)</script>}",
            "\\text{<img src=x onerror=alert(1)>}",
            "\\color{red}x",
            "\\href{javascript:alert(1)}{x}",
            "\\class{evil}{x}",
            "\\style{position:fixed}{x}",
            "\\html{<b>}",
            "<b>",
            "\\operatorname{<b>}",
        ] {
            let html = Formulas::default().mathml(tex, false).unwrap_or_default();
            for odd in ["<script", "<img", "<b>", " style=", "href", "evil", "javascript:alert(1)\""] {
                assert!(!html.contains(odd), "{odd} in {html} of {tex}");
            }
        }
        assert_eq!(
            on_list("<math><mi onclick=\"x\" style='y'>a</mi></math>").as_deref(),
            Some("<math><mi>a</mi></math>")
        );
        assert_eq!(on_list("<math><script>a</script></math>"), None);
        assert_eq!(on_list("<math>a < b</math>").as_deref(), Some("<math>a &lt; b</math>"));
    }
}
