//! Tests with hostile texts: pathological input for the parser, the formatter, the sanitiser and the highlighter.

use std::time::Duration;

use super::*;

/// Names and hostile texts of about `n` bytes.
fn corpus(n: usize) -> Vec<(String, String)> {
    const REPEATED: &[&str] = &[
        ">",
        "> ",
        ">\n",
        "- ",
        "* ",
        "1. ",
        "> - ",
        "[",
        "[a",
        "a]",
        "![",
        "![[]()",
        "[ (](",
        "[a](",
        "[a](\n",
        "[a](b \"",
        "[a](b (",
        "[a](<b",
        "[a](b",
        "[a](b) ",
        "[a][",
        "[a][b]",
        "[ a_",
        "[a]: b \"\n",
        "[a]: \n",
        "[\n",
        "[a]: <\n",
        "[a]: u\n",
        "*a ",
        "a* ",
        "a_ ",
        "*a_ ",
        "*a **b ",
        "a**b",
        "*a* ",
        "a***b*c**",
        "***a*b_c__d",
        "_a __b ",
        "*",
        "* a *",
        "**x [a*b**c*](d)",
        "~~a ",
        "~a ~~b ",
        "a~~~b~~",
        "*a ~~b _c ",
        "`a",
        "`a``",
        "`a\n",
        "|",
        "|\n",
        "|a|\n|-|\n",
        "|a|\n|-|\n\n",
        "-|\n",
        ":-\n",
        "a\n|-|-|\n",
        "aaa\rbbb\n-\u{b}\n",
        "[^",
        "[^a",
        "![^a]",
        "[^a]",
        "[^a]: ",
        "[^a]: b\n\n",
        "[http://a.b x](c) ",
        "*[_http://a.b x](c) ",
        "<",
        "<a ",
        "<b>",
        "<div>\n\n",
        "<a b=\"",
        "<a b='c' ",
        "</a",
        "<!--",
        "<?",
        "<![CDATA[",
        "<http://",
        "<a@b",
        "&amp;",
        "&lt;",
        "&a",
        "&",
        "&#",
        "&#x",
        "&#97;",
        "£",
        "http://a.b ",
        "http://a.b",
        "http://a.b/<",
        "ftp://a.b/<",
        "*www.a.b<",
        "www.",
        "www.a ",
        "www.a.b/",
        "www.a_",
        "a@",
        "a@b.c ",
        "a@b.c",
        "a-@b-",
        "a@b.",
        "@",
        "mailto:",
        "xmpp:a@b/",
        "http://",
        ":",
        "# a\n",
        "#\n",
        "# same\n\n",
        "# &\n",
        "a\n=\n",
        "[a]: b\n=\n",
        "---\n",
        "- - ",
        "=",
        "```rust\nfn\n```\n",
        "```\n",
        "~~~\n```\n",
        "    a\n",
        "    a\n\n\n\n",
        "\\",
        "\\\n",
        "\\*",
        "word ",
        "a",
        " ",
        "\t",
        "a\n",
        "a\n\n",
        "\n",
        "\r",
        "a  \n",
        "- [ ] a\n",
        "- [\n",
        "[ ] ",
        "-\n",
        "-\n\n",
        "- a\n+ a\n",
        "- a\n\n",
        "1. a\n",
        "1. a\n1) a\n",
        "\0",
        "é漢",
        "*“é",
        "# e\u{301}\n",
        "\"'",
        "$",
        "$$",
        "$`",
        "$`a",
        "$a ",
        "$a$ ",
        "\\$",
        "{{",
        "!",
        ":tada:",
        ":a",
        "👩‍👩‍👧‍👦",
        "> [!NOTE]\n",
        "> [!NOTE]\n> a\n\n",
        ": a\n",
        "a\n\n: b\n\n",
        "<kbd>",
        "<b>a</b>",
        "<b>a\n\n",
        "<div>a\n\n",
        "<p>a\n\n",
        "<div>\n",
        "</div>\n\n",
        "<details>\n",
        "<details>\n\n",
        "<details><summary>a</summary>\n\nb\n\n</details>\n\n",
        "<table><tr><td>",
        "<table>\n\n",
        "<li>",
        "<li>\n\n",
        "<dd>\n\n",
        "<a href=x>",
        "<a id=x>\n\n",
        "<h1>\n\n",
        "<ruby><rt>",
        "<pre>\n\n",
        "<div a=b c=d e='f' ",
        "<div title=\"&amp;&amp;\">",
        "*<b>a*</b>",
        "# <b>\n",
    ];
    let fill = |unit: &str| unit.repeat(n / unit.len());
    let wrap = |open: &str, close: &str| {
        format!("{}a{}", open.repeat(n / (open.len() + close.len())), close.repeat(n / (open.len() + close.len())))
    };
    let root = n.isqrt();
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let mut corpus: Vec<(String, String)> =
        REPEATED.iter().map(|unit| (format!("{unit:?} repeated"), fill(unit))).collect();
    let mut add = |name: &str, text: String| corpus.push((name.to_owned(), text));
    for (open, close) in
        [("[", "]"), ("![", "]"), ("![", "](b)"), ("[", "](b)"), ("*", "*"), ("~~", "~~"), ("*a **a ", " a** a*")]
    {
        add(&format!("{open} within {open}"), wrap(open, close));
    }
    add("lists within lists", lines(root / 2, &|depth| format!("{}- a\n", "  ".repeat(depth))));
    add("quotes within quotes", lines(root, &|depth| format!("{}a\n", ">".repeat(depth))));
    for (name, line) in [("quotes", ">"), ("lists", "- "), ("numbers", "1. "), ("stars", "* ")] {
        for depth in [30, 60, 99, 400] {
            let open = format!("{}a\n", line.repeat(depth));
            add(&format!("{depth} {name}, paragraphs"), format!("{open}\n").repeat(n / (open.len() + 1)));
            add(&format!("{depth} {name}, blank lines"), format!("{open}{}", "\n".repeat(n)));
            add(
                &format!("{depth} {name}, 90000 blank lines"),
                format!("{open}{}{}", "\n".repeat(n.min(90_000)), "a\n".repeat(n / 4)),
            );
            add(&format!("{depth} {name}, lazy lines"), format!("{open}{}", "b\n".repeat(n / 2)));
        }
    }
    add("quoted lists, blank lines", format!("> {}a\n{}", "- ".repeat(99), ">\n".repeat(n / 2)));
    add("30 emphases", format!("{0}a{0}\n\n", "*".repeat(60)).repeat(n / 123));
    add("a rule that is none", format!("{}a", "* ".repeat(n / 2)));
    add("definitions", lines(n / 12, &|number| format!("[{number}]: /{number}\n")));
    add("references", format!("[a]: /{}\n\n{}", "x".repeat(n / 20), "[a] ".repeat(n / 8)));
    add("long labels", format!("[{}]", "a ".repeat(490)).repeat(n / 982));
    add("runs of stars", lines(root, &|length| format!("{}a", "*".repeat(length))));
    add("runs of backticks", lines(root, &|length| format!("e{}", "`".repeat(length))));
    add("runs of fences", lines(root, &|length| format!("{}\n", "`".repeat(length + 3))));
    add("columns", format!("|{}\n|{}\n{}", "a|".repeat(n / 8), "-|".repeat(n / 8), "|a\n".repeat(n / 12)));
    add("1000 columns", format!("|{}\n|{}\n{}", "a|".repeat(1000), "-|".repeat(1000), "|a\n".repeat(n / 3)));
    add("cells", format!("|a|b|\n|-|-|\n{}", "|x|y|\n".repeat(n / 6)));
    add("empty cells", format!("|a|b|\n|-|-|\n{}", "||\n".repeat(n / 3)));
    add("ticked cells", format!("|a|\n|-|\n{}", "|[x]\n".repeat(n / 5)));
    add("headers that do not fit", format!("|a|b|c|\n{}", "|-|\n".repeat(n / 4)));
    add("text before a table", format!("{}|-|-|\n", "a|b\n".repeat(n / 4)));
    add("footnotes", lines(n / 24, &|number| format!("[^{number}]\n\n[^{number}]: x\n\n")));
    add("one footnote", format!("[^1]: x\n\n{}", "[^1] ".repeat(n / 5)));
    add(
        "footnotes in footnotes",
        format!("[^0]\n\n{}", lines(n / 20, &|number| format!("[^{number}]: [^{}]\n\n", number + 1))),
    );
    add("footnotes in links", format!("[^1]: x\n\n{}", "*[a **b[^1]c](b) d** e* ".repeat(n / 24)));
    add("a long tag", format!("<a {}", "b=c ".repeat(n / 4)));
    add("comments in a line", format!("a {}", fill("<!-- -")));
    add("declarations in a line", format!("a {}", fill("<!A ")));
    add("a long reference", format!("&{}", fill("a")));
    for tail in [")", "(", "()", "&a;", "?!.,:*", "'\"", "/?a=b&"] {
        add(&format!("an address with {tail:?}"), format!("http://a.b/{}", fill(tail)));
    }
    add("different headings", lines(n / 8, &|number| format!("# {number}\n")));
    add("headings that clash", lines(n / 12, &|number| format!("# a-{number}\n# a\n")));
    add("a long heading", format!("# {}", "a# ".repeat(n / 3)));
    add("definitions before a heading", format!("{}=\n", fill("[a]: b\n")));
    let formatting = |count: usize| lines(count, &|number| format!("<b title=\"{number}\"><i lang=\"{number}\">"));
    add("unclosed formatting before paragraphs", format!("<div>\n{}\n\n{}", formatting(100), fill("a\n\n")));
    add("unclosed formatting in list items", lines(n / 30, &|number| format!("- <b title=\"{number}\"><i>a\n")));
    add("unclosed formatting before cells", format!("<table>{}{}", formatting(20), fill("<tr><td>a")));
    add("unclosed formatting before tags", format!("<p>{}{}", formatting(20), fill("<p>a")));
    add(
        "elements within elements",
        format!("<div>\n{}", ["<div>", "<blockquote>", "<ul><li>", "<em>"].concat().repeat(n / 30)),
    );
    add("a flood of attributes", format!("<div{}>", lines(n / 10, &|number| format!(" a{number}=b"))));
    add(
        "floods of attributes",
        format!("<kbd{}>a</kbd>", lines(40, &|number| format!(" a{number}=\"b\""))).repeat(n / 500),
    );
    add("a long value", format!("<abbr title=\"{}\">a</abbr>", fill("&<>'")));
    add("a tag without an end", format!("<div\n{}", fill("<a b=\"c\" ")));
    add("links to headings", format!("# a\n\n{}", fill("[x](#a) [y](#B) ")));
    add("ids", lines(n / 20, &|number| format!("<a id=\"{number}\"></a>\n\n")));
    add("formulas", lines(n / 24, &|number| format!("$x^{{{number}}}$ and $$y_{{{number}}}$$\n\n")));
    add("deep formulas", format!("$$\n{}x{}\n$$\n\n", "\\frac{".repeat(25), "}{y}".repeat(25)).repeat(n / 300));
    add("a long formula", format!("$${}$$", fill("x+")));
    let bomb = "\\def\\a{xxxxxxxxxx}\\def\\b{\\a\\a\\a\\a\\a\\a}\\def\\c{\\b\\b\\b\\b\\b\\b}\\c\\c\\c";
    add("formulas with macros", format!("$${bomb}$$\n\n").repeat(n / 100));
    add("plain code", format!("```\n{}\n```\n", fill("a && b < c\n")));
    add("plain code of ampersands", format!("```\n{}\n```\n", fill("a && b\n")));
    for unit in [
        "\"", "'", "/*", "a(", "a.", "_", "A", "{", "<", "<a ", "<!", "&", "a: ", "a =", "- ", "@", "#", "\\", "0",
        "+a\n", "é",
    ] {
        for language in ["rust", "js", "sh", "python", "sql", "yaml", "toml", "html", "diff", "lua"] {
            let code = unit.repeat(code::MAX_HIGHLIGHTED_BYTES.min(n) / unit.len());
            add(&format!("{language} of {unit:?}"), format!("~~~{language}\n{code}\n~~~\n"));
        }
    }
    corpus
}

/// The processor time of rendering in seconds: other work on the machine does not count.
pub(super) fn seconds(text: &str) -> f64 {
    let start = processor_time();
    let _html = render(text);
    (processor_time() - start).as_secs_f64()
}

fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[test]
fn case_45_56_hostile_texts_cost_about_as_much_as_they_are_long() {
    // Ten times the text may take thirty times as long, and the smaller text counts as at least 20 ms: quadratic time
    // fails, and a busy machine does not fail three times in a row.
    for ((name, small), (_, large)) in corpus(10_000).into_iter().zip(corpus(100_000)) {
        let allowed = 30.0 * seconds(&small).max(0.02);
        let fast = (0..3).any(|_| seconds(&large) < allowed);
        assert!(fast, "{name}: more than {allowed:.3} s");
    }
}

#[test]
fn case_45_56_the_slowest_mebibytes_end() {
    let fill = |unit: &str| unit.repeat((1 << 20) / unit.len());
    for (name, text) in [
        ("addresses that a bracket ends", fill("http://a.b/<")),
        ("ampersands", fill("&")),
        ("pounds", fill("£")),
        ("lists and blank lines", format!("{}a\n{}", "- ".repeat(400), fill("\n"))),
        ("a rule that is none", format!("{}a", fill("* "))),
        ("one footnote", format!("[^1]: x\n\n{}", fill("[^1] "))),
        ("lists of 45", format!("{}a\n\n", "- ".repeat(45)).repeat((1 << 20) / 93)),
        ("quotes", fill(">")),
    ] {
        let taken = seconds(&text);
        assert!(taken < 20.0, "{name}: {taken:.3} s");
    }
}

#[test]
fn case_45_a_text_beyond_the_bounds_is_shown_verbatim() {
    for text in [
        ">".repeat(1000),
        "- a\n\n".repeat(500_000),
        "\n".repeat(200_000),
        "# a\n".repeat(200_000),
        "&".repeat(1 << 20),
    ] {
        let html = render(&format!("<x> {text}"));
        assert!(!html.as_str().contains("<x>"));
        if html.as_str().contains("verbatim") {
            assert!(
                html.as_str().contains("shown as it was typed")
                    && html.as_str().contains("<pre class=\"verbatim\">&lt;x&gt; ")
            );
        }
    }
    assert!(render(&format!("{}a", ">".repeat(1000))).as_str().contains("verbatim"));
    assert!(!render(&format!("{}a", "> ".repeat(50))).as_str().contains("verbatim"));
}

#[test]
fn case_45_the_html_of_hostile_texts_is_bounded() {
    for (name, text) in corpus(100_000) {
        let bytes = render(&text).as_str().len();
        assert!(bytes <= 8 << 20, "{name}: {bytes} bytes");
    }
}

#[test]
fn long_ordinary_texts_are_formatted() {
    let fill = |unit: &str| unit.repeat((1 << 20) / unit.len());
    for text in [
        fill("A sentence of some *length*, with [a link](https://example.org) & a \"quote\" in it.\n\n"),
        fill("| Name of the thing | What it costs |\n| --- | ---: |\n| A cup of tea | 3,50 € |\n\n"),
        fill("- [ ] Something that has to be done before the end of the week\n"),
        fill("## A heading of some length\n\nAnd a paragraph below it, as long as they are. It ends here.\n\n"),
        fill("```rust\nfn main() {\n    println!(\"Hello\");\n}\n```\n\n"),
        fill("« Une phrase »\u{a0}: avec des espaces insécables\u{a0}!\n\n"),
    ] {
        assert!(!render(&text).as_str().contains("verbatim"), "{}", &text[..80]);
    }
}

#[test]
fn one_text_gives_the_same_html_each_time() {
    for (name, text) in corpus(3000) {
        assert_eq!(render(&text), render(&text), "{name}");
    }
}

/// Measures a release build with 1 MiB of each text, and prints the slowest last:
/// `cargo test --release -p web --lib -- --ignored --nocapture a_mebibyte`.
#[test]
#[ignore = "a measurement, for a release build"]
fn a_mebibyte_of_each_hostile_text_is_measured() {
    let measure = |(name, text): (String, String)| {
        let start = processor_time();
        let html = render(&text);
        ((processor_time() - start).as_millis(), html.as_str().len(), html.as_str().contains("verbatim"), name)
    };
    let mut all: Vec<_> = corpus(1 << 20).into_iter().map(measure).collect();
    all.sort();
    for (milliseconds, bytes, as_typed, name) in all {
        println!("{milliseconds:5} ms {bytes:9} bytes {}  {name}", if as_typed { "as typed" } else { "formatted" });
    }
}
