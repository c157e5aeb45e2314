//! The last stage: gives cleaned HTML its ids, the targets of its links and its formulas, and marks the faults that an
//! author should see.

use std::{borrow::Cow, collections::HashSet};

use domain::link;

use super::{
    format::Losses,
    math::Formulas,
    outline::{self, Outline},
    tags::{Part, Parts, Tag, decoded, parts, push_escaped},
};
use crate::language::{Language, sentence::Sentence};

/// An address in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// The address of a link.
    Link(&'a str),
    /// The address of a picture.
    Picture(&'a str),
}

/// Returns the warning about an address, if there is one.
pub(super) type Problem<'a> = dyn Fn(Address<'_>) -> Option<Cow<'static, str>> + 'a;

/// Where the HTML is shown.
pub(super) enum Place<'a> {
    /// On a page for readers, with the words of its language: ids are the same as on GitHub.
    Page(Language),
    /// Within the panel, whose forms have ids of their own: ids and the links to them get a prefix. Faults are marked
    /// if there is a function that returns the warning about an address.
    Panel(Option<&'a Problem<'a>>),
    /// In the footer of every page: ids have a prefix that no text of a page can have.
    Footer(Language),
}

/// The prefix of ids in the panel.
const PANEL_PREFIX: &str = "section-";
/// The prefix of ids in the footer, which begins like the ids of the templates.
const FOOTER_PREFIX: &str = "site:footer-";

const NO_PICTURE: &str = "This picture is not shown: its address must begin with https://.";
const NO_LINK: &str =
    "This link leads nowhere: addresses can begin with https:, http:, mailto:, tel:, sms:, xmpp: or geo:.";
const NO_HEADING: &str = "This page has no heading with this name.";
const NO_FORMULA: &str = "This formula has a mistake or is too long, and is shown as it was typed.";

/// Finishes HTML that the sanitiser has cleaned. Also returns its outline.
pub(super) fn finish(html: &str, losses: &Losses, place: &Place<'_>) -> (String, Outline) {
    let outline = Outline::of(html);
    let (prefix, problem, language) = match place {
        Place::Page(language) => ("", None, *language),
        Place::Panel(problem) => (PANEL_PREFIX, *problem, Language::English),
        Place::Footer(language) => (FOOTER_PREFIX, None, *language),
    };
    let mut finishing = Finishing {
        html: String::with_capacity(html.len() + html.len() / 8),
        ids: outline.headings.iter().map(|heading| heading.id.clone()).collect(),
        outline: &outline,
        prefix,
        problem,
        language,
        // The title of the page has the first level.
        lowered_by: outline.lowered_by(),
        heading: 0,
        open_headings: 0,
        formulas: Formulas::default(),
    };
    if problem.is_some() {
        finishing.name_losses(losses);
    }
    let mut parts = parts(html);
    while let Some(part) = parts.next() {
        finishing.part(part, &mut parts);
    }
    let finished = finishing.html;
    (finished, outline)
}

struct Finishing<'a> {
    html: String,
    outline: &'a Outline,
    /// The ids that have been written, and the ids of the headings.
    ids: HashSet<String>,
    prefix: &'static str,
    problem: Option<&'a Problem<'a>>,
    language: Language,
    lowered_by: u8,
    /// The number of headings that have begun, and the number of open ones, nested in each other.
    heading: usize,
    open_headings: usize,
    formulas: Formulas,
}

impl Finishing<'_> {
    fn part<'h>(&mut self, part: Part<'h>, rest: &mut Parts<'h>) {
        match part {
            Part::Text(text) => self.html.push_str(text),
            Part::Comment => {}
            Part::Close(name, written) => match outline::level(&name) {
                Some(level) => self.end_heading(level),
                None => self.html.push_str(written),
            },
            Part::Open(tag) => match &*tag.name {
                "a" => self.link(&tag),
                "img" => self.picture(&tag),
                "source" => self.source(&tag),
                "code" if tag.get("class") == Some("math-inline") => self.formula(false, rest),
                "code" if tag.get("class") == Some("math-display") => self.formula(true, rest),
                "p" if tag.get("class") == Some("markdown-alert-title") => self.alert_title(&tag, rest),
                "input" => self.task(&tag),
                // The rest of a paragraph that a tag ended.
                "p" if rest.rest().trim_start().starts_with("</p>") => {
                    while rest.next().is_some_and(|part| !matches!(part, Part::Close(..))) {}
                }
                name => match outline::level(name) {
                    Some(level) => self.begin_heading(level, &tag),
                    None => self.tag(&tag),
                },
            },
        }
    }

    fn begin_heading(&mut self, level: u8, tag: &Tag<'_>) {
        self.open_headings += 1;
        let level = (level + self.lowered_by).min(6);
        self.html.push_str(&format!("<h{level}"));
        let outline = self.outline;
        let id = match self.open_headings {
            1 => outline.headings.get(self.heading).map_or("", |heading| &heading.id),
            _ => "",
        };
        if !id.is_empty() {
            self.attribute("id", &format!("{}{id}", self.prefix));
        }
        for (name, value) in tag.attributes.iter().filter(|(name, _)| name != "id") {
            self.html.push_str(&format!(" {name}=\"{value}\""));
        }
        self.html.push('>');
        // A heading to which its author gave an id has both ids.
        if let Some(id) = self.own_id(tag) {
            self.html.push_str("<a");
            self.attribute("id", &id);
            self.html.push_str("></a>");
        }
    }

    fn end_heading(&mut self, level: u8) {
        self.open_headings = self.open_headings.saturating_sub(1);
        if self.open_headings == 0 {
            let outline = self.outline;
            if let Some(heading) = outline.headings.get(self.heading).filter(|heading| !heading.id.is_empty()) {
                self.html.push_str("<a");
                self.attribute("href", &format!("#{}{}", self.prefix, heading.id));
                let title = outline::line(&heading.text).to_string();
                let label = self.language.say(&Sentence::new("heading-link").with("title", title));
                self.attribute("aria-label", &label);
                self.html.push_str(" class=\"anchor\"></a>");
            }
            self.heading += 1;
        }
        self.html.push_str(&format!("</h{}>", (level + self.lowered_by).min(6)));
    }

    /// Writes the title of an alert, in the language of the page unless its author gave it another title.
    fn alert_title<'h>(&mut self, tag: &Tag<'_>, rest: &mut Parts<'h>) {
        self.tag(tag);
        match rest.next() {
            Some(Part::Text(title)) => {
                let sentence = match title.trim() {
                    "Note" => Sentence::new("alert-note"),
                    "Tip" => Sentence::new("alert-tip"),
                    "Important" => Sentence::new("alert-important"),
                    "Warning" => Sentence::new("alert-warning"),
                    "Caution" => Sentence::new("alert-caution"),
                    _ => return self.html.push_str(title),
                };
                push_escaped(&mut self.html, &self.language.say(&sentence));
            }
            Some(part) => self.part(part, rest),
            None => {}
        }
    }

    /// Writes the box of a task, with its state in the language of the page.
    fn task(&mut self, tag: &Tag<'_>) {
        let is_done = tag.get("checked").is_some();
        let sentence = if is_done { Sentence::new("task-done") } else { Sentence::new("task-open") };
        self.html.push_str("<input");
        for (name, value) in tag.attributes.iter().filter(|(name, _)| name != "aria-label") {
            self.html.push_str(&format!(" {name}=\"{value}\""));
        }
        let label = self.language.say(&sentence);
        self.attribute("aria-label", &label);
        self.html.push('>');
    }

    /// Writes a link with the address to which it leads in this place.
    fn link(&mut self, tag: &Tag<'_>) {
        let Some(address) = tag.get("href").map(decoded) else {
            let is_anchor = tag.get("id").is_some() || tag.get("title").is_some();
            if self.problem.is_some() && !is_anchor {
                self.warn(NO_LINK);
            }
            return self.tag(tag);
        };
        let (href, problem) = match address.strip_prefix('#') {
            Some(fragment) => match self.outline.find(fragment) {
                Some(id) => (format!("#{}{id}", self.prefix), None),
                None => (address.to_string(), (!link::is_top(fragment)).then_some(NO_HEADING.into())),
            },
            None => {
                let problem = self.problem.and_then(|problem| problem(Address::Link(&address)));
                (link::page_address(&address).into_owned(), problem)
            }
        };
        let problem = problem.filter(|_| self.problem.is_some());
        if let Some(problem) = &problem {
            self.warn(problem);
        }
        self.html.push_str("<a");
        if let Some(problem) = &problem {
            self.attribute("class", "broken-link");
            self.attribute("title", problem);
        }
        self.attribute("href", &href);
        let id = self.own_id(tag);
        if let Some(id) = id {
            self.attribute("id", &id);
        }
        for (name, value) in &tag.attributes {
            let is_written =
                matches!(&**name, "href" | "id") || (problem.is_some() && matches!(&**name, "title" | "class"));
            if !is_written {
                self.html.push_str(&format!(" {name}=\"{value}\""));
            }
        }
        self.html.push('>');
    }

    fn picture(&mut self, tag: &Tag<'_>) {
        if let Some(problem) = self.problem {
            match tag.get("src").map(decoded) {
                None => self.warn(NO_PICTURE),
                Some(address) => problem(Address::Picture(&address)).into_iter().for_each(|words| self.warn(&words)),
            }
        }
        self.html.push_str(tag.written);
    }

    /// Writes another picture of a `picture` element.
    fn source(&mut self, tag: &Tag<'_>) {
        let pictures = tag.get("srcset").map(decoded).unwrap_or_default();
        let addresses = pictures.split(',').filter_map(|picture| picture.split_whitespace().next());
        let words = addresses.filter_map(|address| self.problem?(Address::Picture(address))).next();
        words.into_iter().for_each(|words| self.warn(&words));
        self.tag(tag);
    }

    /// Writes the formula up to the next end tag.
    fn formula<'h>(&mut self, is_display: bool, rest: &mut Parts<'h>) {
        let mut tex = String::new();
        for part in rest.by_ref() {
            match part {
                Part::Text(text) => tex.push_str(&decoded(text)),
                Part::Close(..) => break,
                Part::Open(_) | Part::Comment => {}
            }
        }
        if let Some(mathml) = self.formulas.mathml(&tex, is_display) {
            self.html.push_str(&mathml);
            return;
        }
        if self.problem.is_some() {
            self.warn(NO_FORMULA);
        }
        let dollars = if is_display { "$$" } else { "$" };
        self.html.push_str("<code>");
        self.html.push_str(dollars);
        push_escaped(&mut self.html, &tex);
        self.html.push_str(dollars);
        self.html.push_str("</code>");
    }

    /// Writes another tag; of equal ids the first stays.
    fn tag(&mut self, tag: &Tag<'_>) {
        if tag.get("id").is_none() {
            return self.html.push_str(tag.written);
        }
        self.html.push_str(&format!("<{}", tag.name));
        if let Some(id) = self.own_id(tag) {
            self.attribute("id", &id);
        }
        for (name, value) in tag.attributes.iter().filter(|(name, _)| name != "id") {
            self.html.push_str(&format!(" {name}=\"{value}\""));
        }
        self.html.push('>');
    }

    /// The id of a tag as it is written here, unless the page has it already.
    fn own_id(&mut self, tag: &Tag<'_>) -> Option<String> {
        let id = decoded(tag.get("id")?);
        self.ids.insert(id.to_string()).then(|| format!("{}{id}", self.prefix))
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.html.push_str(&format!(" {name}=\""));
        push_escaped(&mut self.html, value);
        self.html.push('"');
    }

    fn warn(&mut self, message: &str) {
        self.html.push_str("<span");
        self.attribute("class", "fault");
        self.attribute("title", message);
        self.html.push_str(">⚠<span class=\"visually-hidden\">");
        push_escaped(&mut self.html, message);
        self.html.push_str("</span></span> ");
    }

    /// Lists the tags that are shown as text and the attributes that are left out, and how often each occurs.
    fn name_losses(&mut self, Losses { shown_tags, attributes }: &Losses) {
        let tags = shown_tags.iter().map(|(name, count)| (format!("<{name}>"), *count));
        self.list("Shown as text, because a page cannot contain it:", tags);
        let attributes = attributes.iter().map(|((tag, name), count)| (format!("<{tag} {name}=…>"), *count));
        self.list("Left out, because a page cannot have these attributes:", attributes);
    }

    fn list(&mut self, words: &str, mut items: impl ExactSizeIterator<Item = (String, usize)>) {
        if items.len() == 0 {
            return;
        }
        self.html.push_str(&format!("<p class=\"notice\">{words} "));
        for (n, (name, count)) in items.by_ref().enumerate() {
            self.html.push_str(if n > 0 { ", <code>" } else { "<code>" });
            push_escaped(&mut self.html, &name);
            self.html.push_str("</code>");
            if count > 1 {
                self.html.push_str(&format!(" ({count} times)"));
            }
        }
        self.html.push_str(".</p>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> String {
        finish(html, &Losses::default(), &Place::Page(Language::English)).0
    }

    fn panel(html: &str) -> String {
        let problem = |address: Address<'_>| match address {
            Address::Link("/b?x&y") => Some("Broken.".into()),
            Address::Picture("/c.png") => Some("No \"picture\".".into()),
            _ => None,
        };
        let losses = Losses {
            shown_tags: [("iframe".into(), 2), ("x".into(), 1)].into(),
            attributes: [(("div", "style".into()), 2)].into(),
        };
        finish(html, &losses, &Place::Panel(Some(&problem))).0
    }

    #[test]
    fn a_page_has_plain_ids_and_the_panel_prefixed_ones() {
        let html = "<h2>One</h2><p><a href=\"#ONE\">a</a><a id=\"x\" rel=\"r\"></a></p>";
        assert_eq!(
            page(html),
            "<h2 id=\"one\">One<a href=\"#one\" aria-label=\"Link to heading “One”\" class=\"anchor\"></a></h2>\
             <p><a href=\"#one\">a</a><a id=\"x\" rel=\"r\"></a></p>"
        );
        let panel = panel(html);
        assert!(panel.contains("<h2 id=\"section-one\">") && panel.contains("<a href=\"#section-one\">a"), "{panel}");
        assert!(panel.contains("<a id=\"section-x\" rel=\"r\">") && !panel.contains("fault"), "{panel}");
    }

    #[test]
    fn ids_of_the_footer_differ_from_those_of_a_page() {
        let html =
            finish("<h2>One</h2><a href=\"#one\">a</a>", &Losses::default(), &Place::Footer(Language::English)).0;
        assert!(html.starts_with("<h2 id=\"site:footer-one\">One<a href=\"#site:footer-one\""), "{html}");
        assert!(html.ends_with("<a href=\"#site:footer-one\">a</a>"), "{html}");
    }

    #[test]
    fn each_id_comes_once() {
        let html = page("<a id=\"one\"></a><h2>One</h2><p id=\"b\"></p>x<p id=\"b\">y</p><h3 id=\"c\">C d</h3>");
        assert_eq!(html.matches("id=\"one\"").count(), 1, "{html}");
        assert!(html.contains("<h2 id=\"one\">"), "{html}");
        assert!(html.contains("<h3 id=\"c-d\"><a id=\"c\"></a>C d"), "{html}");
    }

    #[test]
    fn faults_are_marked_in_the_panel_only() {
        let html = "<p><a href=\"#no\">a</a> <a rel=\"r\">b</a> <img alt=\"c\"> <img src=\"/c.png\" alt=\"\"> \
                    <img src=\"https://x.org/c.png\"> <code class=\"math-inline\">\\no</code> <a href=\"/b?x&amp;y\" title=\"T > t\">d</a> <a href=\"#top\">e</a> <a href=\"#\">f</a></p>";
        let marked = panel(html);
        assert_eq!(marked.matches("class=\"fault\"").count(), 6, "{marked}");
        for message in [NO_HEADING, NO_LINK, NO_PICTURE, "No &quot;picture&quot;.", NO_FORMULA, "Broken."] {
            assert!(marked.contains(message), "{message} in {marked}");
        }
        assert!(marked.contains("<a class=\"broken-link\" title=\"Broken.\" href=\"/b?x&amp;y\">"), "{marked}");
        assert!(marked.contains("&lt;iframe&gt;</code> (2 times), <code>&lt;x&gt;</code>."), "{marked}");
        assert!(marked.contains("attributes: <code>&lt;div style=…&gt;</code> (2 times)."), "{marked}");
        let plain = page(html);
        assert!(!plain.contains("fault") && !plain.contains("iframe"), "{plain}");
        assert!(plain.contains("<code>$\\no$</code>"), "{plain}");
    }

    #[test]
    fn empty_paragraphs_go_and_levels_are_lowered() {
        assert_eq!(page("<p> </p><p>a</p><p></p>"), "<p>a</p>");
        let html = page("<h1>A</h1><h2 align=\"center\">B</h2><h6>C</h6>");
        assert!(html.contains("<h2 id=\"a\">") && html.contains("<h3 id=\"b\" align=\"center\">"), "{html}");
        assert!(html.contains("<h6 id=\"c\">") && !html.contains("<h1"), "{html}");
    }
}
