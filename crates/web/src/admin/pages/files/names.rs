//! The places where a text names a file of its page: as the target of a link or a picture, in a link definition, or in
//! an attribute.

use std::collections::BTreeSet;

use domain::{
    file::FileName,
    link::{self, Target},
    page::PagePath,
};

use crate::markdown::named;

/// The characters before the target of a link in Markdown and in HTML.
const BEFORE: [&str; 7] = ["](", "](<", "]: ", "]: <", "=\"", "='", "]:"];

/// Whether a text names a file. `path` is the address of its page.
pub(super) fn names(text: &str, path: &str, file: &FileName) -> bool {
    places(text, path, file).next().is_some()
}

/// The text with another name for a file.
pub(super) fn renamed(text: &str, path: &str, from: &FileName, to: &FileName) -> String {
    let (mut renamed, mut copied) = (String::with_capacity(text.len()), 0);
    for at in places(text, path, from) {
        renamed.push_str(&text[copied..at]);
        renamed.push_str(to.as_str());
        copied = at + from.as_str().len();
    }
    renamed.push_str(&text[copied..]);
    renamed
}

/// The positions at which a text names a file.
fn places<'a>(text: &'a str, path: &'a str, file: &'a FileName) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(file.as_str()).map(|(at, _)| at).filter(move |at| {
        let (before, after) = (&text[..*at], &text[at + file.as_str().len()..]);
        let folder = format!("{}/", path.trim_end_matches('/'));
        let before = before.strip_suffix("./").or_else(|| before.strip_suffix(folder.as_str())).unwrap_or(before);
        after.chars().next().is_none_or(is_end) && BEFORE.iter().any(|known| before.ends_with(known))
    })
}

/// Replaces each address of a file of another page by the name of its copy on this page, however the address is
/// spelled. `page` is the path of this page.
pub(super) fn with_own_name(text: &str, page: &PagePath, target: &Target, own: &FileName) -> String {
    let (mut renamed, mut copied) = (String::with_capacity(text.len()), 0);
    let ends = BEFORE.iter().flat_map(|before| text.match_indices(before).map(|(at, found)| at + found.len()));
    for at in ends.collect::<BTreeSet<usize>>() {
        let written = text[at..].split(|c| is_end(c) && !matches!(c, '#' | '?')).next().unwrap_or_default();
        let found = if named(written).is_none() { link::target(page, written) } else { None };
        if at < copied || found.as_ref() != Some(target) {
            continue;
        }
        renamed.push_str(&text[copied..at]);
        renamed.push_str(own.as_str());
        copied = at + written.len();
    }
    renamed.push_str(&text[copied..]);
    renamed
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, ')' | '>' | '"' | '\'' | '#' | '?')
}

/// The Markdown that shows a file, or links to it.
pub(super) fn markdown(file: &FileName, alt: &str) -> String {
    let stem = || file.stem().replace(['-', '_', '.'], " ");
    let alt = if alt.is_empty() { stem() } else { alt.replace(['[', ']', '\\'], "") };
    let kind = file.kind();
    match kind.is_picture() || kind.is_video() || kind.is_audio() {
        true => format!("![{alt}]({file})"),
        false => format!("[{file}]({file})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> FileName {
        FileName::parse(name).unwrap()
    }

    #[test]
    fn a_text_names_a_file_as_a_target_and_not_in_a_sentence() {
        let plan = name("plan.jpg");
        for text in [
            "![The plan](plan.jpg)",
            "[plan](<plan.jpg> \"Plan\")",
            "![](./plan.jpg#top)",
            "![](/clients/acme/plan.jpg)",
            "[plan]: plan.jpg",
            "<img src=\"plan.jpg\">",
        ] {
            assert!(names(text, "/clients/acme", &plan), "{text}");
        }
        for text in
            ["The file (plan.jpg) is old.", "![](old-plan.jpg)", "![](plan.jpg.zip)", "![](/other/plan.jpg)", ""]
        {
            assert!(!names(text, "/clients/acme", &plan), "{text}");
        }
        assert!(names("![](/plan.jpg)", "/", &plan));
    }

    #[test]
    fn a_new_name_is_put_at_each_place() {
        let text = "![a](plan.jpg) plan.jpg ![b](/x/plan.jpg \"plan.jpg\")\n\n[c]: plan.jpg";
        let expected = "![a](new.jpg) plan.jpg ![b](/x/new.jpg \"plan.jpg\")\n\n[c]: new.jpg";
        assert_eq!(renamed(text, "/x", &name("plan.jpg"), &name("new.jpg")), expected);
    }

    #[test]
    fn a_copied_file_has_its_own_name_in_each_spelling() {
        let page = PagePath::parse("clients/new").unwrap();
        let target = Target { path: "clients/acme".into(), fragment: String::new(), file: Some(name("plan.jpg")) };
        let text = "![a](/clients/acme/plan.jpg \"A\") ![b](acme/plan.jpg#x) [c](<../clients/acme/plan%2Ejpg>)\n\
                    /clients/acme/plan.jpg ![d](plan.jpg) ![e](/clients/acme/plan.jpg.zip)\n\n[f]: ./acme/plan.jpg\n\
                    <img src='/clients/acme/plan.jpg'>";
        let expected = "![a](own.jpg \"A\") ![b](own.jpg) [c](<own.jpg>)\n\
                        /clients/acme/plan.jpg ![d](plan.jpg) ![e](/clients/acme/plan.jpg.zip)\n\n[f]: own.jpg\n\
                        <img src='own.jpg'>";
        assert_eq!(with_own_name(text, &page, &target, &name("own.jpg")), expected);
    }

    #[test]
    fn pictures_films_and_sound_are_shown_and_other_files_are_links() {
        assert_eq!(markdown(&name("img-2041.jpg"), ""), "![img 2041](img-2041.jpg)");
        assert_eq!(markdown(&name("img-2041.jpg"), "An [oak]"), "![An oak](img-2041.jpg)");
        assert_eq!(markdown(&name("talk.mp3"), ""), "![talk](talk.mp3)");
        assert_eq!(markdown(&name("terms.pdf"), ""), "[terms.pdf](terms.pdf)");
    }
}
