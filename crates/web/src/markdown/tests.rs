//! Tests of the rendering, and of what the sanitiser removes.

use super::*;

fn html(markdown: &str) -> String {
    render(markdown).as_str().to_owned()
}

/// Checks that the HTML of a text contains each part.
#[track_caller]
fn check(markdown: &str, parts: &[&str]) {
    let html = html(markdown);
    for part in parts {
        assert!(html.contains(part), "{part:?} is missing in {html}");
    }
}

#[test]
fn githubs_markdown_is_rendered() {
    check("a *b* **c** `d`\\\ne", &["<p>a <em>b</em> <strong>c</strong> <code>d</code><br>\ne</p>"]);
    check("> a\n\n---\n", &["<blockquote>\n<p>a</p>\n</blockquote>", "<hr>"]);
    check("3. a\n4. b\n", &["<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"]);
    check(
        "| a | b |\n| --- | ---: |\n| 1 | 2 |\n",
        &["<table tabindex=\"0\">", "<th>a</th>", "<td align=\"right\">2</td>"],
    );
    check("~~gone~~", &["<del>gone</del>"]);
    check(
        "https://example.org and ann@example.org",
        &["href=\"https://example.org\"", "href=\"mailto:ann@example.org\""],
    );
    check("www.example.org", &["<a href=\"http://www.example.org\" rel=\"noopener noreferrer\">www.example.org</a>"]);
    check("[a](/b \"c\") [d](#e) [f](g/h)", &["href=\"/b\" title=\"c\"", "href=\"#e\"", "href=\"g/h\""]);
    check("a ![alt](/a.png \"t\")", &["a <img src=\"/a.png\" alt=\"alt\" title=\"t\">"]);
    check("&copy; &amp; <a@b.c>", &["© &amp; ", "mailto:a@b.c"]);
}

#[test]
fn a_task_list_can_be_read_and_not_ticked() {
    let html = html("- [x] done\n- [ ] open\n");
    assert_eq!(html.matches("type=\"checkbox\"").count(), 2, "{html}");
    assert_eq!(html.matches("disabled=\"\"").count(), 2, "{html}");
    assert_eq!(html.matches("checked=\"\"").count(), 1, "{html}");
    assert!(html.contains("aria-label=\"done\"") && html.contains("aria-label=\"not done\""), "{html}");
    assert!(html.contains("contains-task-list") && html.contains("task-list-item"), "{html}");
    check("|a|\n|-|\n|[x]|\n", &["type=\"checkbox\"", "aria-label=\"done\""]);
}

#[test]
fn a_picture_alone_in_a_paragraph_has_its_title_as_a_caption() {
    let figure = "<figure><img src=\"/a.png\" alt=\"A plan\"><figcaption>The &lt;b&gt; floor</figcaption></figure>";
    check(
        "Before.\n\n![A plan](/a.png \"The <b> floor\")\n\nAfter.",
        &["<p>Before.</p>\n<figure>", figure, "</figure>\n<p>After.</p>"],
    );
    check("- ![A plan](/a.png \"The <b> floor\")\n- b", &[figure, "<li>b</li>"]);
    check("> ![A plan](/a.png \"The <b> floor\")", &[figure]);
    for text in ["![a](/a.png)", "![a](/a.png \" \")", "![a](/a.png \"b\") c", "![a](/a.png \"b\") ![c](/c.png \"d\")"]
    {
        assert!(!html(text).contains("<figure"), "{text}");
    }
    let note = html("Text[^1]\n\n[^1]: ![a](/a.png \"b\")\n");
    assert!(note.contains("href=\"#fnref-1\""), "{note}");
    // The address is not allowed; the caption stays.
    check("![a](javascript:alert(1) \"b\")", &["<figcaption>b</figcaption>"]);
    check("<div>\n\n![A plan](/a.png \"The <b> floor\")\n\n</div>", &[figure]);
}

#[test]
fn a_footnote_leads_there_and_back() {
    check(
        "Text[^1]\n\n[^1]: Note\n",
        &["<a href=\"#fn-1\" id=\"fnref-1\"", "<section class=\"footnotes\"", "<li id=\"fn-1\">", "href=\"#fnref-1\""],
    );
}

#[test]
fn a_heading_has_githubs_id_and_links_lead_to_it() {
    check("## Top *one*\n", &["<h2 id=\"top-one\">Top <em>one</em>", "href=\"#top-one\" aria-label="]);
    check("## Same\n## Same\n", &["id=\"same\"", "id=\"same-1\""]);
    check("## Größe & Maß\n[a](#größe--maß)", &["id=\"größe--maß\"", "<a href=\"#größe--maß\" "]);
    check("## 安装\n[a](#%E5%AE%89%E8%A3%85)", &["id=\"安装\"", "<a href=\"#安装\" "]);
    check("## :rocket: Launch\n[a](#rocket-launch)", &["id=\"rocket-launch\"", "🚀", "<a href=\"#rocket-launch\" "]);
    check("## Install\n[a](#Install) [b](/other#install)", &["<a href=\"#install\" ", "<a href=\"/other#install\" "]);
    check("<h2 align=\"center\">Name</h2>", &["<h2 id=\"name\" align=\"center\">Name<a href=\"#name\""]);
}

#[test]
fn hostile_headings_have_ids_that_our_templates_and_scripts_do_not_use() {
    let names = ["getElementById", "body", "content", "search", "site:content", "__proto__", "constructor", "forms"];
    let html = html(&names.map(|name| format!("# {name}\n\n<a id=\"{name}\" name=\"{name}\"></a>")).join("\n\n"));
    assert!(html.contains("id=\"body\"") && html.contains("id=\"sitecontent\""), "{html}");
    assert!(!html.contains("id=\"site:") && !html.contains(" name="), "{html}");
    let panel = render_in_panel("# title\n<a id=\"body\"></a> [a](#title)").as_str().to_owned();
    assert!(panel.contains("id=\"section-title\"") && panel.contains("id=\"section-body\""), "{panel}");
    assert!(panel.contains("href=\"#section-title\"") && !panel.contains("id=\"title\""), "{panel}");
}

#[test]
fn the_pages_title_is_the_only_heading_of_its_level() {
    let html = html("# One\n\n## Two\n\n###### Six\n\nSetext\n===\n");
    assert!(!html.contains("<h1"), "{html}");
    assert_eq!(html.matches("<h2").count(), 2, "{html}");
    assert!(html.contains("<h3 id=\"two\"") && html.contains("<h6 id=\"six\""), "{html}");
    check("## Two\n\n### Three\n", &["<h2", "<h3"]);
}

#[test]
fn code_in_a_supported_language_is_highlighted() {
    let fence = |language: &str, code: &str| format!("```{language}\n{code}\n```\n");
    check(
        &fence("rust", "fn main() { let a: &'a str = \"b\"; } // c"),
        &[
            "<pre class=\"code\" tabindex=\"0\"><code class=\"language-rust\"><span class=\"hl-keyword\">fn</span> ",
            "<span class=\"hl-entity hl-name hl-function\">main</span>(",
            "<span class=\"hl-string\">\"b\"</span>",
            "&amp;'a <span class=\"hl-keyword\">str</span>",
            "<span class=\"hl-comment\">// c</span>\n</code></pre>",
        ],
    );
    check(
        &fence("rust", "let a = 'b'; let c: Vec<u8> = '\\n';"),
        &["'b'</span>", "'\\n'</span>", "hl-type\">Vec</span>&lt;"],
    );
    check(
        &fence("Python", "def f():\n    return None # x"),
        &["hl-keyword\">def", "hl-constant\">None", "hl-comment\"># x"],
    );
    check(
        &fence("sh", "echo $# \"a b\" # c"),
        &["hl-keyword\">echo</span> $# ", "hl-string\">\"a b\"", "hl-comment\"># c"],
    );
    check(
        &fence("sql", "SELECT 1 FROM pages"),
        &["hl-keyword\">SELECT", "hl-constant\">1", "hl-keyword\">FROM</span> pages"],
    );
    check(
        &fence("json", "{\"a\": [1.5, true, \"b\"]}"),
        &["hl-entity hl-name\">\"a\"", "hl-constant\">true", "hl-string\">\"b\""],
    );
    check(
        &fence("yaml", "- name: web\n  on: true"),
        &["- <span class=\"hl-entity hl-name\">name</span>:", "hl-constant\">true"],
    );
    check(
        &fence("toml", "[a]\nb = \"c\" # d"),
        &["hl-support hl-type\">[a]", "hl-name\">b</span> =", "hl-comment\"># d"],
    );
    check(
        &fence("html", "<!-- a --><a href=\"b\">c</a>"),
        &["hl-comment\">&lt;!-- a --&gt;", "hl-tag\">&lt;a", "hl-tag\">&lt;/a"],
    );
    check(&fence("diff", "+a\n-b\n c"), &["hl-inserted\">+a</span>\n", "hl-deleted\">-b</span>\n c"]);
    check(&fence("css", "a { color: red; /* b */ }"), &["hl-comment\">/* b */"]);
    check(&fence("Dockerfile", "FROM debian"), &["hl-keyword\">FROM</span> debian"]);
    check(&fence("rust,ignore", "fn"), &["hl-keyword\">fn"]);
    check(&fence("nonsense", "a < b"), &["<code class=\"language-nonsense\">a &lt; b\n</code>"]);
    check(&fence("", "fn"), &["<code>fn\n</code>"]);
}

#[test]
fn highlighting_preserves_the_code() {
    let source = concat!(
        include_str!("code.rs"),
        include_str!("languages.rs"),
        "é漢\u{a0}'\"`\\ <a b='c' /* \"\"\" {- --[[ <!--"
    );
    for language in
        ["rust", "js", "sh", "python", "sql", "json", "yaml", "toml", "html", "diff", "css", "lua", "haskell", "lisp"]
    {
        let html = html(&format!("~~~~{language}\n{source}\n~~~~\n"));
        let text: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
        assert_eq!(text.trim(), source.trim(), "{language}");
    }
}

#[test]
fn html_of_the_list_passes() {
    for (source, parts) in [
        ("a<br>b<br/>c</br>d", vec!["<p>a<br>b<br>c<br>d</p>"]),
        (
            "<kbd>Ctrl</kbd> H<sub>2</sub>O x<sup>2</sup> <mark>m</mark>",
            vec!["<kbd>Ctrl</kbd> H<sub>2</sub>O x<sup>2</sup> <mark>m</mark>"],
        ),
        ("<abbr title=\"World\">W</abbr>", vec!["<abbr title=\"World\">W</abbr>"]),
        (
            "<details open>\n<summary>More</summary>\n\n**bold**\n\n</details>\n\nafter",
            vec![
                "<details open=\"\">\n<summary>More</summary>\n<p><strong>bold</strong></p>\n</details>",
                "<p>after</p>",
            ],
        ),
        ("<a name=\"old\"></a>x [y](#old)", vec!["<a id=\"old\" rel=", "<a href=\"#old\" "]),
        ("<a id=\"old\" name=\"new\"></a>", vec!["<a id=\"old\""]),
        (
            "<p align=\"center\">\n  <a href=\"/x\"><img src=\"/a.png\" width=\"120\" height=\"50%\" onload=\"x\"></a>\n</p>",
            vec![
                "<p align=\"center\">",
                "<a href=\"/x\"",
                "<img src=\"/a.png\" width=\"120\" height=\"50%\" alt=\"\">",
            ],
        ),
        ("<div align=center>\n\n# A\n\n</div>", vec!["<div align=\"center\">\n<h2 id=\"a\">A", "</div>"]),
        ("<dl><dt>T<dd>D</dl>", vec!["<dl><dt>T</dt><dd>D</dd></dl>"]),
        ("|a|\n|-|\n|x<br>y|\n", vec!["<td>x<br>y</td>"]),
        (
            "<table><tr><td colspan=2>a</td></tr></table>",
            vec!["<table tabindex=\"0\"><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>"],
        ),
        (
            "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"/d.png\"><img src=\"/l.png\"></picture>",
            vec![
                "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"/d.png\"><img src=\"/l.png\" alt=\"\"></picture>",
            ],
        ),
        ("*a <b>b* c</b>", vec!["<em>a <b>b</b></em> c"]),
    ] {
        let html = html(source);
        for part in parts {
            assert!(html.contains(part), "{part:?} is missing in {html} from {source:?}");
        }
        assert_inert(&html, source);
    }
}

#[test]
fn other_html_is_shown_as_text_and_named_in_the_preview() {
    check("Use Vec<String> here.", &["<p>Use Vec&lt;String&gt; here.</p>"]);
    check("<iframe src=x></iframe>\n", &["<p>&lt;iframe src=x&gt;&lt;/iframe&gt;</p>"]);
    check("<div>\n<form>a</form>\n</div>", &["<div>\n&lt;form&gt;a&lt;/form&gt;\n</div>"]);
    let html = render_with_problems("Vec<T> <video> <video>\n\n<form>\n", |_| None).as_str().to_owned();
    assert!(
        html.contains("<code>&lt;form&gt;</code>, <code>&lt;t&gt;</code>, <code>&lt;video&gt;</code> (2 times)."),
        "{html}"
    );
}

#[test]
fn attributes_that_are_left_out_are_named_in_the_preview() {
    let source = "<div style=\"color: red\" align=center>a</div>\n\n<p class=x onclick=y()>b</p>\n\n<div style=x width=9 STYLE=y>\n\n\
                  [a](/b) <b style>c</b> <img src=x.png width=\"calc(1px)\">\n";
    let html = render_with_problems(source, |_| None).as_str().to_owned();
    let expected = "<p class=\"notice\">Left out, because a page cannot have these attributes: \
                    <code>&lt;b style=…&gt;</code>, <code>&lt;div style=…&gt;</code> (2 times), <code>&lt;div width=…&gt;</code>, \
                    <code>&lt;img width=…&gt;</code>, <code>&lt;p class=…&gt;</code>, <code>&lt;p onclick=…&gt;</code>.</p>\n";
    assert!(html.starts_with(expected), "{html}");
    assert!(!render(source).as_str().contains("style"), "only the preview names them");
    let ok = "<p align=right title=a>x</p> <img src=x alt=y width=20> <a href=/x name=n id=m>l</a>";
    assert!(!render_with_problems(ok, |_| None).as_str().contains("Left out"));
}

#[test]
fn a_tag_changes_nothing_outside_of_its_element() {
    for (source, expected) in [
        ("- <div>a\n- b", "<ul>\n<li>\n<div>a\n</div></li>\n<li>b</li>\n</ul>\n"),
        ("</div></p>a", "a\n"),
        ("<b>a\n\nb", "<p><b>a</b></p>\n<p>b</p>\n"),
        ("> <details>\n\nb", "<blockquote>\n<details>\n</details>\n</blockquote>\n<p>b</p>\n"),
    ] {
        assert_eq!(html(source), expected, "{source}");
    }
    let footnote = html("<details>\n\na[^1]\n\n[^1]: b\n");
    assert!(footnote.contains("</details><section"), "{footnote}");
}

#[test]
fn alerts_emoji_and_description_lists_are_rendered() {
    check(
        "> [!NOTE]\n> Mind *this*.\n",
        &[
            "<div class=\"markdown-alert markdown-alert-note\">",
            "<p class=\"markdown-alert-title\">Note</p>",
            "<em>this</em>",
        ],
    );
    for kind in ["tip", "important", "warning", "caution"] {
        check(&format!("> [!{kind}]\n> x"), &[&format!("markdown-alert-{kind}")]);
    }
    check("> [!OTHER]\n> x", &["<blockquote>", "[!OTHER]"]);
    check("A :tada: and `:tada:` at 10:30:45 :nonsense:", &["A 🎉 and <code>:tada:</code> at 10:30:45 :nonsense:"]);
    check("Term\n\n: Details\n", &["<dl>", "<dt>Term</dt>", "<dd>", "Details"]);
}

#[test]
fn formulas_become_mathml() {
    check("Euler: $e^{i\\pi} = -1$.", &["Euler: <math", "<msup>", "</math>."]);
    check("$$\n\\frac{a}{b}\n$$", &["display=\"block\"", "<mfrac>"]);
    check("```math\n\\sqrt{2}\n```", &["<p><math display=\"block\"", "<msqrt>"]);
    check("$`a_1`$", &["<msub>"]);
    check("It costs $5 and $10, or $5-$10.", &["It costs $5 and $10, or $5-$10."]);
    check("$HOME/a:$PATH", &["$HOME/a:$PATH"]);
    check("$\\nonsense{$", &["<code>$\\nonsense{$</code>"]);
    check("`$a$`", &["<code>$a$</code>"]);
}

#[test]
fn links_to_files_and_other_schemes_live() {
    check(
        "[a](other.md) [b](../x/Read_Me.md#install) [c](/docs/a.MD?b) [d](https://example.org/a.md)",
        &["href=\"other\"", "href=\"../x/read-me#install\"", "href=\"/docs/a?b\"", "href=\"https://example.org/a.md\""],
    );
    check(
        "[a](tel:+49123) [b](sms:1) [c](xmpp:a@b) [d](geo:1,2)",
        &["\"tel:+49123\"", "\"sms:1\"", "\"xmpp:a@b\"", "\"geo:1,2\""],
    );
}

#[test]
fn emphasis_and_addresses_end_beside_cjk_punctuation() {
    check(
        "请看https://example.org/a。谢谢 [x。](https://example.org/b。)",
        &[
            "<a href=\"https://example.org/a\" rel=\"noopener noreferrer\">https://example.org/a</a>。谢谢",
            "b%E3%80%82\"",
        ],
    );
    check("**この文は重要です。**但这句话", &["<strong>この文は重要です。</strong>但这句话"]);
}

#[test]
fn front_matter_is_not_shown() {
    assert_eq!(html("---\ntitle: x\n---\n\ntext"), "<p>text</p>\n");
    check("---\n\ntext\n\n---\n", &["<hr>", "<p>text</p>"]);
}

#[test]
fn what_is_dropped_is_marked_in_the_preview() {
    let marks = |text: &str| render_with_problems(text, |_| None).as_str().matches("class=\"fault\"").count();
    for (text, expected) in [
        ("[a](javascript:x) [b](ftp://x)", 2),
        ("<a href=\"javascript:x\">a</a> <a id=\"b\"></a>", 1),
        ("![a](http://example.org/a.png) <img src=\"data:x\">", 2),
        ("[a](#a) [b](#b) [c](#top)\n\n## A", 1),
        ("$\\frac{$", 1),
        ("[a](/x) ![b](https://example.org/b.png) ![d](HTTPS://example.org/d)", 0),
    ] {
        assert_eq!(marks(text), expected, "{text}");
    }
}

#[test]
fn comments_are_removed() {
    for source in [
        "a <!-- secret --> b",
        "<!-- secret -->\na b",
        "<!--\nsecret\n\n-->\na b",
        "a b\n\n<!-- secret",
        "<!-- secret --> a b",
        "<div><!-- secret -->a b</div>",
    ] {
        let html = html(source);
        assert!(!html.contains("secret") && html.contains('a') && html.contains('b'), "{html}");
    }
}

#[test]
fn case_43_44_45_scripts_are_never_rendered() {
    for source in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "a <img src=x onerror=alert(1)> b",
        "<svg onload=alert(1)>",
        "<svg><set attributeName=href to=javascript:alert(1)></svg>",
        "<svg><a><animate attributeName=href values=javascript:alert(1)><text>x</text></a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>",
        "<iframe src=//evil></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
        "<form action=//evil><input name=x><button formaction=javascript:alert(1)></form>",
        "<style>*{display:none}</style>",
        "<base href=//evil><link rel=stylesheet href=//evil><meta http-equiv=refresh content=0;url=//evil>",
        "<a href=\"x\" style=\"position:fixed\" onclick=\"x()\">y</a>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?xml-stylesheet href=javascript:alert(1)?>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a]( javascript:alert(1))",
        "[a](<javascript:alert(1)>)",
        "[a](javascript&colon;alert(1))",
        "[a](&#x6a;avascript:alert(1))",
        "[a](&#106&#97;vascript:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](java&Tab;script:alert(1))",
        "[a](java&NewLine;script:alert(1))",
        "[a](&#1;javascript:alert(1))",
        "[a](\u{1}javascript:alert(1))",
        "[a](<java\nscript:alert(1)>)",
        "[a](java&#10;script&#9;:alert(1))",
        "[a](vbscript:x)",
        "[a](Data:text/html;base64,PHNjcmlwdD4=)",
        "[a](&#x64&#x61ta:text/html,x)",
        "[a](&#x64;&#x61;ta:text/html,x)",
        "[a](blob:x) [b](file:///etc/passwd) [c](view-source:x) [d](feed:javascript:x)",
        "![a](javascript:alert(1))",
        "![a](data:image/svg+xml;base64,PHN2Zz4=)",
        "![a](\"onerror=alert(1))",
        "![\"onerror=\"alert(1)](x)",
        "[a](x \"onclick=alert(1) y=\")",
        "[a](x '\"><script>alert(1)</script>')",
        "[a]: javascript:alert(1)\n\n[a] ![a]",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "javascript://example.org/%0aalert(1)",
        "```\"><script>alert(1)</script>\nx\n```",
        "```rust\n</code></pre><script>alert(1)</script>\n```",
        "```html\n<script>alert(1)</script>\n```",
        "```diff\n+<script>alert(1)</script>\n```",
        "`<script>alert(1)</script>`",
        "# <script>alert(1)</script>\n# \" onclick=alert(1)",
        "|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|",
        "[^\"><script>]\n\n[^\"><script>]: <script>alert(1)</script>",
        "- [ ] <script>alert(1)</script>\n- [\">] x",
    ] {
        let html = html(source);
        assert_inert(&html, source);
    }
}

/// Checks that the HTML contains only harmless elements, attributes and addresses.
#[track_caller]
fn assert_inert(html: &str, source: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_known = allowlist::find(&name).is_some() || ["input", "section"].contains(&&*name);
        assert!(is_known, "<{name}> in {html} from {source:?}");
        // Outside quotes only names of attributes remain.
        let bare: String = tag.split('"').step_by(2).collect();
        for attribute in bare.split_ascii_whitespace().filter_map(|word| word.strip_suffix('=')) {
            let harmless =
                !attribute.starts_with("on") && !matches!(attribute, "style" | "srcdoc" | "formaction" | "name");
            assert!(harmless, "{attribute} in {html} from {source:?}");
        }
        let parts: Vec<&str> = tag.split('"').collect();
        for pair in parts.windows(2).filter(|pair| pair[0].ends_with("href=") || pair[0].ends_with("src=")) {
            // Without a valid scheme (RFC 3986) the address is relative, such as java%09script:.
            let is_scheme =
                |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
            let scheme = pair[1].split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
            let harmless = scheme
                .is_none_or(|scheme| matches!(scheme, "http" | "https" | "mailto" | "tel" | "sms" | "xmpp" | "geo"));
            assert!(harmless && !pair[1].contains(char::is_control), "{} from {source:?}", pair[1]);
        }
    }
}

#[test]
fn case_44_a_text_is_never_a_template() {
    check("{{ 7*7 }} {% include 'base.html' %}", &["<p>{{ 7*7 }} {% include 'base.html' %}</p>"]);
    check("`{{ 7*7 }}` [{{ a }}](/{{b}})", &["<code>{{ 7*7 }}</code>", ">{{ a }}</a>"]);
}

#[test]
fn t9_rendering_makes_no_address_with_credentials() {
    // An author may write such a link; rendering makes none of plain text.
    assert!(!html("user:secret@example.org").contains("//user:secret@"));
}

#[test]
fn the_sanitiser_is_sufficient_without_comraks_escaping() {
    let clean = |html: &str| sanitiser::clean(html).unwrap_or_default();
    for source in [
        "<script>alert(1)</script>",
        "<svg><set attributeName=href to=javascript:alert(1)></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<a href=\"java\nscript:alert(1)\" onclick=x id=title class=\"skip-link hl-a\">a</a>",
        "<input type=password name=p formaction=//evil>",
        "<img src=data:image/png;base64,x onerror=x>",
        "<pre tabindex=7>a</pre>",
        "<form><p>a</p></form><iframe src=//evil></iframe><style>a</style>",
    ] {
        assert_inert(&clean(source), source);
    }
    assert_eq!(clean("<p id=\"site:x\" class=\"evil hl-a\">a</p>"), "<p class=\"hl-a\">a</p>");
    assert_eq!(
        clean("<img id=\"body\" name=\"body\"><a name=\"x\">a</a>"),
        "<img><a rel=\"noopener noreferrer\">a</a>"
    );
    assert_eq!(clean("<pre tabindex=7>a</pre>"), "<pre>a</pre>");
    assert!(clean("<input type=password>").contains("type=\"checkbox\""));
}

#[test]
fn own_classes_stay_and_others_go() {
    assert_eq!(sanitiser::classes("hl-keyword evil language-rust").as_deref(), Some("hl-keyword language-rust"));
    assert_eq!(sanitiser::classes("skip-link"), None);
}

#[test]
fn safe_html_is_serialized_as_its_text_and_shows_only_its_length() {
    let html = render("a");
    assert_eq!(serde_json::to_string(&html).ok().as_deref(), Some("\"<p>a</p>\\n\""));
    assert_eq!(format!("{html:?}"), "SafeHtml(9 bytes)");
}

#[test]
fn each_heading_has_the_id_of_its_element() {
    let text = "# One\n\n## `Two` *and* [more](/x)\n\nOne\n---\n\n> ### In a quote\n\n## Ünïcode 日本\n\n# One\n\n## A & <T>\n";
    let rendered = render_with_headings(Language::English, text);
    let levels: Vec<u8> = rendered.headings.iter().map(|heading| heading.level).collect();
    assert_eq!(levels, [2, 3, 3, 4, 3, 2, 3]);
    let mut rest = rendered.html.as_str();
    for heading in &rendered.headings {
        let tag = format!("<h{} id=\"{}\"", heading.level, heading.id);
        let (_, after) = rest.split_once(&tag).unwrap_or_else(|| panic!("{tag} in {rest}"));
        rest = after;
    }
    let texts: Vec<&str> = rendered.headings.iter().map(|heading| heading.text.as_str()).collect();
    assert_eq!(texts, ["One", "Two and more", "One", "In a quote", "Ünïcode 日本", "One", "A & <T>"]);
}

#[test]
fn words_beside_a_text_are_in_the_language_of_its_page() {
    let text = "## Eins\n\n- [x] ja\n- [ ] nein\n\n> [!WARNING]\n> Note\n\n> [!NOTE] Eigener Titel\n> x";
    let html = render_in(Language::German, text).as_str().to_owned();
    for expected in [
        "aria-label=\"Link zur Überschrift „Eins“\"",
        "aria-label=\"erledigt\"",
        "aria-label=\"offen\"",
        ">Warnung</p>",
        "<p>Note</p>",
        ">Eigener Titel</p>",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    let html = render_in_panel(text).as_str().to_owned();
    assert!(html.contains(">Warning</p>") && html.contains("aria-label=\"not done\""), "{html}");
}
