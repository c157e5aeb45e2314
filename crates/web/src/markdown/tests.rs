use super::*;

fn html(markdown: &str) -> String {
    render(markdown).as_str().to_owned()
}

fn check(markdown: &str, parts: &[&str]) {
    let html = html(markdown);
    for part in parts {
        assert!(html.contains(part), "{part:?} is missing in {html}");
    }
}

#[test]
fn githubs_markdown_is_rendered() {
    check("| a | b |\n| --- | ---: |\n| 1 | 2 |\n", &["<table>", "<th>a</th>", "<td align=\"right\">2</td>"]);
    check("- [x] done\n- [ ] open\n", &["type=\"checkbox\"", "checked=\"\"", "disabled=\"\""]);
    check("Text[^1]\n\n[^1]: Note\n", &["footnote-ref", "id=\"fn-1\"", "footnote-backref"]);
    check("~~gone~~ https://example.org", &["<del>gone</del>", "href=\"https://example.org\""]);
    check("# Top *one*\n", &["<h1 id=\"section-top-one\">", "<em>one</em>", "href=\"#section-top-one\""]);
    check("```rust\nfn main() {}\n```\n", &["<pre class=\"code\"><code class=\"language-rust\">", "hl-"]);
    check("```nonsense\na < b\n```\n", &["a &lt; b"]);
    check("![alt](/a.png \"t\")", &["<img src=\"/a.png\" alt=\"alt\" title=\"t\">"]);
}

#[test]
fn case_43_44_45_46_nothing_that_runs_comes_through() {
    for source in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](Data:text/html;base64,PHNjcmlwdD4=)",
        "[a](&#x6a;avascript:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](<java\nscript:alert(1)>)",
        "[a](vbscript:x)",
        "![a](javascript:alert(1))",
        "![a](data:image/svg+xml;base64,PHN2Zz4=)",
        "<svg><set attributeName=href to=javascript:alert(1)></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=//evil></iframe>",
        "<form action=//evil><input name=x></form>",
        "<style>*{display:none}</style>",
        "<a href=\"x\" style=\"position:fixed\" onclick=\"x()\">y</a>",
        "```\"><script>alert(1)</script>\nx\n```",
        "[a]: javascript:alert(1)\n\n[a]",
        "<javascript:alert(1)>",
    ] {
        let html = html(source);
        let lower = html.to_lowercase();
        for evil in [
            "<script",
            "<img src=\"x\"",
            "<svg",
            "<math",
            "<iframe",
            "<form",
            "<style",
            "href=\"javascript",
            "src=\"data",
            "href=\"data",
            "src=\"javascript",
            "vbscript:x\"",
            " onerror",
            " onclick",
            " style=",
        ] {
            let inert = lower.contains(evil);
            assert!(!inert, "{evil:?} in {html} from {source:?}");
        }
    }
}

#[test]
fn case_44_a_text_is_never_a_template() {
    check("{{ 7*7 }} {% include \"base.html\" %}", &["{{ 7*7 }}", "{% include"]);
}

#[test]
fn classes_and_ids_of_ours_stay_and_no_others() {
    assert_eq!(classes("hl-keyword evil language-rust").as_deref(), Some("hl-keyword language-rust"));
    assert_eq!(classes("skip-link"), None);
    assert!(known_id("section-a") && !known_id("title"));
}

/// Hostile texts of about `n` bytes.
fn corpus(n: usize) -> Vec<(&'static str, String)> {
    let repeat = |unit: &str| unit.repeat(n / unit.len());
    vec![
        ("quotes", repeat(">")),
        ("quotes spaced", repeat("> ")),
        ("lists in a line", repeat("- ")),
        (
            "nested lists",
            (0..(2.0 * n as f64).sqrt() as usize / 2).map(|d| format!("{}- a\n", "  ".repeat(d))).collect(),
        ),
        (
            "nested quotes in lines",
            (0..(2.0 * n as f64).sqrt() as usize).map(|d| format!("{}a\n", ">".repeat(d))).collect(),
        ),
        ("brackets", repeat("[")),
        ("closed brackets", format!("{}{}", "[".repeat(n / 2), "]".repeat(n / 2))),
        ("images", repeat("![")),
        ("links", repeat("[a](")),
        ("links in lines", repeat("[a](\n")),
        ("link with quotes", repeat("[a](b \"")),
        ("reference links", repeat("[a][")),
        ("definitions", (0..n / 12).map(|d| format!("[{d}]: /{d}\n")).collect()),
        ("references", format!("[a]: /{}\n\n{}", "x".repeat(n / 20), "[a] ".repeat(n / 8))),
        ("emphasis", repeat("*a ")),
        ("emphasis mixed", repeat("*a **b ")),
        ("emphasis open", repeat("a**b")),
        ("underscores", repeat("_a __b ")),
        ("stars", repeat("*")),
        ("tildes", repeat("~~a ")),
        ("backticks growing", (1..(2.0 * n as f64).sqrt() as usize).map(|d| format!("{}a", "`".repeat(d))).collect()),
        ("backticks", repeat("`a")),
        ("table columns", format!("|{}\n|{}\n{}", "a|".repeat(n / 8), "-|".repeat(n / 8), "|a\n".repeat(n / 12))),
        ("table cells", format!("|a|b|\n|-|-|\n{}", "|x|y|\n".repeat(n / 6))),
        ("footnotes", (0..n / 24).map(|d| format!("[^{d}]\n\n[^{d}]: x\n\n")).collect()),
        ("one footnote", format!("[^1]: x\n\n{}", "[^1] ".repeat(n / 5))),
        ("less-than", repeat("<")),
        ("tags", repeat("<a ")),
        ("comments", repeat("<!--")),
        ("declarations", repeat("<?")),
        ("cdata", repeat("<![CDATA[")),
        ("entities", repeat("&amp;")),
        ("broken entities", repeat("&a")),
        ("autolinks", repeat("http://a.b ")),
        ("www", repeat("www.")),
        ("at signs", repeat("a@")),
        ("mail", repeat("a@b.c ")),
        ("colons", repeat("http://")),
        ("parentheses", format!("http://a.b/{}", ")".repeat(n))),
        ("headings", repeat("# a\n")),
        ("equal headings", repeat("# same\n\n")),
        ("setext", repeat("a\n=\n")),
        ("rules", repeat("---\n")),
        ("fences", repeat("```rust\nfn\n```\n")),
        ("code", format!("```rust\n{}\n```\n", "fn main() { let x = \"a\"; }\n".repeat(n / 27))),
        ("long code line", format!("```rust\n{}\n```\n", "x(".repeat(n / 2))),
        ("backslashes", repeat("\\")),
        ("long line", repeat("word ")),
        ("lines", repeat("a\n")),
        ("hard breaks", repeat("a  \n")),
        ("tasks", repeat("- [ ] a\n")),
        ("numbers", repeat("1. a\n")),
        ("nul", repeat("\0")),
        ("wide", repeat("é漢")),
    ]
}

#[test]
fn case_45_56_hostile_texts_cost_about_as_much_as_they_are_long() {
    // Ten times the text may take thirty times as long, and a text too short to measure costs nothing: no clock of a
    // busy machine fails this, and nothing quadratic passes it.
    for ((name, small), (_, large)) in corpus(20_000).into_iter().zip(corpus(200_000)) {
        let time = |text: &str| {
            let start = std::time::Instant::now();
            let _html = render(text);
            start.elapsed().as_secs_f64()
        };
        let least = |text: &str| (0..2).map(|_| time(text)).fold(f64::MAX, f64::min);
        let (before, after) = (least(&small), least(&large));
        assert!(after < 30.0 * before.max(0.02), "{name}: {before:.3} s became {after:.3} s");
    }
}

/// What a release build takes for 1 MiB of each: `cargo test --release -p web -- --ignored --nocapture a_mebibyte`.
#[test]
#[ignore = "a measurement, for a release build"]
fn a_mebibyte_of_each_hostile_text_is_measured() {
    for (name, text) in corpus(1024 * 1024) {
        let start = std::time::Instant::now();
        let html = render(&text);
        println!("{:6} ms {:9} bytes  {name}", start.elapsed().as_millis(), html.as_str().len());
    }
}
