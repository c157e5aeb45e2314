//! The files of a page in its text: pictures with their sizes and smaller copies, players for films and sound, and addresses
//! that work wherever the page lives.

use domain::{
    file::{File, WIDTHS, size_in_words},
    page::PagePath,
};

use super::{
    SafeHtml,
    file_names::named,
    tags::{Part, Tag, decoded, parts, push_escaped},
};

/// The width at which a picture is shown: that of the text, or of a narrower window.
const SIZES: &str = "(min-width: 48rem) 44rem, 100vw";

/// The HTML of the text of a page with the addresses of its files. A file that waits for the page to be published has an
/// address that only editors may use.
pub fn with_files(html: SafeHtml, page: &PagePath, files: &[File]) -> SafeHtml {
    if files.is_empty() {
        return html;
    }
    let mut written = String::with_capacity(html.0.len() + html.0.len() / 4);
    for part in parts(&html.0) {
        match part {
            Part::Text(text) => written.push_str(text),
            Part::Comment => {}
            Part::Close(_, close) => written.push_str(close),
            Part::Open(tag) => {
                let attribute = if tag.name == "img" { "src" } else { "href" };
                let file = tag.get(attribute).filter(|_| matches!(&*tag.name, "img" | "a")).and_then(|address| {
                    let name = named(&decoded(address))?;
                    files.iter().find(|file| file.name == name)
                });
                match file {
                    None => written.push_str(tag.written),
                    Some(file) if tag.name == "a" => rewritten(&mut written, &tag, "href", &address(page, file)),
                    Some(file) => embedded(&mut written, &tag, &address(page, file), file),
                }
            }
        }
    }
    SafeHtml(written)
}

/// The address of a file.
fn address(page: &PagePath, file: &File) -> String {
    let query = if file.since.is_some() { "" } else { "?draft" };
    format!("{}{query}", page.file_href(&file.name))
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
    let player = match (kind.is_film(), kind.is_sound()) {
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
        html.push_str(&format!(" ({}, {size})</a>", file.name.ending().to_uppercase()));
        return;
    }
    html.push_str(&format!("<{player} controls preload=\"metadata\" src=\""));
    push_escaped(html, address);
    html.push('"');
    if let Some((width, height)) = file.content.size.filter(|_| kind.is_film()) {
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
    if let Some((width, height)) = file.content.size {
        if !has_own_size {
            html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        let smaller: Vec<u32> = WIDTHS.into_iter().filter(|smaller| *smaller < width).collect();
        if file.since.is_some() && file.name.kind().has_renditions() && !smaller.is_empty() {
            html.push_str(" srcset=\"");
            for smaller in smaller {
                push_escaped(html, &format!("{address}?w={smaller} {smaller}w, "));
            }
            push_escaped(html, &format!("{address} {width}w"));
            html.push_str(&format!("\" sizes=\"{SIZES}\""));
        }
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
            uploaded_at: DateTime::UNIX_EPOCH,
            uploaded_by: String::new(),
        }
    }

    fn html(markdown: &str) -> String {
        let files = [file("plan.jpg", true), file("new.png", false), file("film.mp4", true), file("paper.pdf", true)];
        with_files(render(markdown), &PagePath::parse("clients/acme").unwrap(), &files).0
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
            ["![x](other.jpg)", "![x](https://x.org/plan.jpg)", "![x](/plan.jpg)", "[x](y/plan.jpg)", "`plan.jpg`"]
        {
            assert_eq!(html(text), render(text).0, "{text}");
        }
        let hostile = html("![\"><script>alert(1)</script>](plan.jpg)");
        assert!(!hostile.contains("<script"), "{hostile}");
    }
}
