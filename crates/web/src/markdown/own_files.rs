//! The files of a page in its text: pictures with their sizes and smaller copies, players for films and sound, and
//! addresses that work wherever the page lives. A page shows only its own pictures: a picture of another page becomes a
//! link.

use domain::{
    file::{File, FileName, size_in_words},
    link::{self, Target},
    page::PagePath,
};

use super::{
    SafeHtml,
    file_names::named,
    tags::{Part, Tag, decoded, parts, push_escaped},
};
use crate::{
    language::{Language, sentence::Sentence},
    pictures,
};

/// Whether a text could have a picture or a link to a file, which needs brackets or a tag.
pub fn may_name_a_file(body: &str) -> bool {
    body.contains('.') && (body.contains("](") || body.contains("]:") || body.contains('<'))
}

/// The HTML of the text of a page with the addresses of its files. A draft file has an address that only editors may
/// use. A picture of another page becomes a link with a lock, in words of `language`.
pub fn with_files(html: SafeHtml, language: Language, page: &PagePath, files: &[File]) -> SafeHtml {
    let mut written = String::with_capacity(html.0.len() + html.0.len() / 4);
    let mut open_links = 0_usize;
    for part in parts(&html.0) {
        match part {
            Part::Text(text) => written.push_str(text),
            Part::Comment => {}
            Part::Close(name, close) => {
                open_links = open_links.saturating_sub(usize::from(name == "a"));
                written.push_str(close);
            }
            Part::Open(tag) => match &*tag.name {
                "a" => {
                    open_links += 1;
                    match tag.get("href").and_then(|address| of_address(page, &decoded(address))) {
                        Some(Named::Own(name)) => {
                            rewritten(&mut written, &tag, "href", &address(page, files, &name));
                        }
                        Some(Named::Elsewhere(_)) | None => written.push_str(tag.written),
                    }
                }
                "img" => match tag.get("src").and_then(|address| of_address(page, &decoded(address))) {
                    Some(Named::Own(name)) => match files.iter().find(|file| file.name == name) {
                        Some(file) => embedded(&mut written, &tag, &address(page, files, &name), file),
                        None => rewritten(&mut written, &tag, "src", &address(page, files, &name)),
                    },
                    Some(Named::Elsewhere(target)) => elsewhere(&mut written, language, &tag, &target, open_links > 0),
                    None => written.push_str(tag.written),
                },
                "source" => source(&mut written, &tag, page, files),
                _ => written.push_str(tag.written),
            },
        }
    }
    SafeHtml(written)
}

/// The file that an address in a text names.
enum Named {
    /// A file of the page, whether it exists or not.
    Own(FileName),
    /// A file of another page.
    Elsewhere(Target),
}

/// The file that an address names; `None` for other sites, pages and Postern's own addresses.
fn of_address(page: &PagePath, address: &str) -> Option<Named> {
    if let Some(name) = named(address) {
        return Some(Named::Own(name));
    }
    let target = link::target(page, address)?;
    match &target.file {
        Some(name) if target.path == page.as_str() => Some(Named::Own(name.clone())),
        Some(_) => Some(Named::Elsewhere(target)),
        None => None,
    }
}

/// The address of a file of the page, whether it exists or not.
fn address(page: &PagePath, files: &[File], name: &FileName) -> String {
    let file = files.iter().find(|file| file.name == *name);
    file.map_or_else(|| page.file_href(name), |file| pictures::address(page, file))
}

/// Writes the other pictures of a `picture` element, unless one is of another page.
fn source(html: &mut String, tag: &Tag<'_>, page: &PagePath, files: &[File]) {
    let Some(pictures) = tag.get("srcset").map(decoded) else { return html.push_str(tag.written) };
    let mut known = Vec::new();
    for picture in pictures.split(',').map(str::trim) {
        let (named, more) = picture.split_once(' ').unwrap_or((picture, ""));
        let address = match of_address(page, named) {
            Some(Named::Elsewhere(_)) => return,
            Some(Named::Own(name)) => address(page, files, &name),
            None => named.to_owned(),
        };
        known.push(format!("{address} {more}").trim_end().to_owned());
    }
    rewritten(html, tag, "srcset", &known.join(", "));
}

const LOCK: &str = "<svg viewBox=\"0 0 16 16\" width=\"13\" height=\"13\" aria-hidden=\"true\" focusable=\"false\">\
                    <path d=\"M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7zm2 0h4V5a2 2 0 0 0-4 0z\" fill=\"currentColor\"/></svg>";

/// Writes a link to a picture of another page, which the readers of that page can see; within a link, only its text.
fn elsewhere(html: &mut String, language: Language, tag: &Tag<'_>, target: &Target, is_in_link: bool) {
    let element = if is_in_link { "span" } else { "a" };
    html.push_str(&format!("<{element} class=\"elsewhere\""));
    if !is_in_link {
        html.push_str(" href=\"");
        push_escaped(html, &target.href());
        html.push('"');
    }
    html.push_str(&format!("><span class=\"lock\">{LOCK}<span class=\"visually-hidden\">"));
    push_escaped(html, &language.say(&Sentence::new("picture-elsewhere")));
    html.push_str(": </span></span>");
    let name = target.file.as_ref().map_or("", FileName::as_str);
    let alt = tag.get("alt").map(decoded).filter(|alt| !alt.trim().is_empty());
    push_escaped(html, alt.as_deref().unwrap_or(name));
    html.push_str(&format!("</{element}>"));
}

/// Writes a tag with another value of one attribute.
fn rewritten(html: &mut String, tag: &Tag<'_>, attribute: &str, value: &str) {
    html.push('<');
    html.push_str(&tag.name);
    for (name, old) in &tag.attributes {
        html.push_str(&format!(" {name}=\""));
        match name == attribute {
            true => push_escaped(html, value),
            false => html.push_str(old),
        }
        html.push('"');
    }
    html.push('>');
}

/// Writes a picture or a player; a file of another kind becomes a link with its size.
fn embedded(html: &mut String, tag: &Tag<'_>, address: &str, file: &File) {
    let kind = file.name.kind();
    let alt = tag.get("alt").map(|alt| decoded(alt).into_owned()).filter(|alt| !alt.is_empty());
    let alt = alt.unwrap_or_else(|| file.alt.clone());
    if kind.is_picture() {
        return picture(html, tag, address, &alt, file);
    }
    let label = if alt.is_empty() { file.name.to_string() } else { alt };
    let player = match (kind.is_video(), kind.is_audio()) {
        (true, _) => "video",
        (_, true) => "audio",
        _ => "",
    };
    if player.is_empty() {
        html.push_str("<a href=\"");
        push_escaped(html, address);
        html.push_str("\">");
        push_escaped(html, &label);
        let size = size_in_words(file.content.bytes);
        html.push_str(&format!(" ({}, {size})</a>", file.name.extension().to_uppercase()));
        return;
    }
    html.push_str(&format!("<{player} controls preload=\"metadata\" src=\""));
    push_escaped(html, address);
    html.push('"');
    if let Some((width, height)) = file.content.size.filter(|_| kind.is_video()) {
        html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
    }
    html.push_str(" aria-label=\"");
    push_escaped(html, &label);
    html.push_str(&format!("\"></{player}>"));
}

fn picture(html: &mut String, tag: &Tag<'_>, address: &str, alt: &str, file: &File) {
    html.push_str("<img src=\"");
    push_escaped(html, address);
    html.push_str("\" alt=\"");
    push_escaped(html, alt);
    html.push('"');
    let has_own_size = tag.get("width").is_some() || tag.get("height").is_some();
    for (name, value) in tag.attributes.iter().filter(|(name, _)| !matches!(&**name, "src" | "alt" | "loading")) {
        html.push_str(&format!(" {name}=\"{value}\""));
    }
    if let Some((width, height)) = file.content.size
        && !has_own_size
    {
        html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
    }
    if let Some(srcset) = pictures::srcset(address, file) {
        html.push_str(" srcset=\"");
        push_escaped(html, &srcset);
        html.push_str(&format!("\" sizes=\"{}\"", pictures::TEXT_SIZES));
    }
    html.push_str(" loading=\"lazy\" decoding=\"async\">");
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::{
        Version,
        file::{Content, ContentId, FileId, FileName},
        page::PageId,
    };

    use super::*;
    use crate::markdown::render;

    fn file(name: &str, is_live: bool) -> File {
        File {
            id: FileId(1),
            page: PageId(1),
            name: FileName::parse(name).unwrap(),
            content: Content { id: ContentId(1), hash: String::new(), bytes: 1_234_567, size: Some((2000, 1000)) },
            alt: "A \"plan\"".into(),
            since: is_live.then_some(Version(1)),
            leaves: false,
            is_cover: false,
            uploaded_at: DateTime::UNIX_EPOCH,
            uploaded_by: String::new(),
        }
    }

    fn html(markdown: &str) -> String {
        let files = [file("plan.jpg", true), file("new.png", false), file("film.mp4", true), file("paper.pdf", true)];
        with_files(render(markdown), Language::English, &PagePath::parse("clients/acme").unwrap(), &files).0
    }

    #[test]
    fn a_picture_has_its_address_its_size_and_smaller_copies() {
        assert_eq!(
            html("![The plan](plan.jpg)"),
            "<p><img src=\"/clients/acme/plan.jpg\" alt=\"The plan\" width=\"2000\" height=\"1000\" \
             srcset=\"/clients/acme/plan.jpg?w=480 480w, /clients/acme/plan.jpg?w=960 960w, \
             /clients/acme/plan.jpg?w=1600 1600w, /clients/acme/plan.jpg 2000w\" \
             sizes=\"(min-width: 48rem) 44rem, 100vw\" loading=\"lazy\" decoding=\"async\"></p>\n"
        );
        let named = html("![](./plan.jpg)");
        assert!(named.contains("alt=\"A &quot;plan&quot;\""), "{named}");
        let waiting = html("![x](new.png)");
        assert!(waiting.contains("src=\"/clients/acme/new.png?draft\"") && !waiting.contains("srcset"), "{waiting}");
    }

    #[test]
    fn a_name_alone_is_never_a_file_of_the_page_above() {
        // A browser would read it below `/clients`.
        assert_eq!(html("![x](other.jpg)"), "<p><img src=\"/clients/acme/other.jpg\" alt=\"x\"></p>\n");
        assert!(html("[x](other.pdf)").contains("href=\"/clients/acme/other.pdf\""));
        assert!(html("![x](/clients/acme/plan.jpg)").contains("srcset=\"/clients/acme/plan.jpg?w=480 480w"));
    }

    #[test]
    fn a_picture_of_another_page_is_a_link_with_a_lock() {
        let link = html("![The \"plan\"](../home/plan.jpg)");
        assert!(
            link.starts_with("<p><a class=\"elsewhere\" href=\"/home/plan.jpg\"><span class=\"lock\"><svg"),
            "{link}"
        );
        let words =
            "<span class=\"visually-hidden\">Picture of another page: </span></span>The &quot;plan&quot;</a></p>";
        assert!(link.contains(words) && !link.contains("<img"), "{link}");
        assert!(html("![](/plan.jpg)").contains("</span></span>plan.jpg</a>"));
        assert!(html("![](film.MP4#t=3) ![](/a/film.mp4)").contains("href=\"/a/film.mp4\""));
        let within = html("[![x](/a/plan.jpg)](/b)");
        assert!(within.contains("<a href=\"/b\"") && within.contains("<span class=\"elsewhere\">"), "{within}");
        assert_eq!(within.matches("<a ").count(), 1, "{within}");
        let figure = html("![x](/a/plan.jpg \"A caption\")");
        assert!(figure.contains("</a><figcaption>A caption</figcaption></figure>"), "{figure}");
        let picture = html(
            "<picture><source srcset=\"/a/plan.jpg\"><source srcset=\"plan.jpg\"><img src=\"plan.jpg\"></picture>",
        );
        assert!(!picture.contains("/a/plan.jpg"), "{picture}");
        assert!(picture.contains("<source srcset=\"/clients/acme/plan.jpg\">"), "{picture}");
    }

    #[test]
    fn films_are_played_and_papers_are_linked() {
        let film = html("![A film](film.mp4)");
        assert!(film.contains("<video controls preload=\"metadata\" src=\"/clients/acme/film.mp4\""), "{film}");
        let paper = html("![The paper](paper.pdf) [again](paper.pdf)");
        assert!(paper.contains("<a href=\"/clients/acme/paper.pdf\">The paper (PDF, 1.2 MB)</a>"), "{paper}");
        assert!(paper.contains("href=\"/clients/acme/paper.pdf\"") && paper.contains(">again</a>"), "{paper}");
    }

    #[test]
    fn what_is_not_a_file_of_the_page_stays_as_it_is() {
        for text in
            ["![x](https://x.org/plan.jpg)", "[x](y/plan.jpg)", "`plan.jpg`", "![x](/static/x/a.png)", "[x](/a)"]
        {
            assert_eq!(html(text), render(text).0, "{text}");
        }
        let hostile = html("![\"><script>alert(1)</script>](plan.jpg)");
        assert!(!hostile.contains("<script"), "{hostile}");
    }
}
