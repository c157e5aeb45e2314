//! The pictures of a page as HTML asks for them: addresses, sizes and smaller copies.

use domain::{
    file::{File, WIDTHS},
    page::PagePath,
};
use serde::Serialize;

/// The width at which a picture is shown in a page: that of the text, or of the window if it is narrower.
pub const TEXT_SIZES: &str = "(min-width: 48rem) 44rem, 100vw";
/// The width at which a card shows a picture.
pub const CARD_SIZES: &str = "(min-width: 38rem) 18rem, 100vw";
/// The width at which a list shows a picture.
pub const LIST_SIZES: &str = "(min-width: 38rem) 10rem, 6rem";
/// The width of the picture of a link preview.
const PREVIEW_WIDTH: u32 = 960;

/// The address of a file. One that waits for its page to be published has an address that only editors may use.
pub fn address(page: &PagePath, file: &File) -> String {
    format!("{}{}", page.file_href(&file.name), if file.since.is_some() { "" } else { "?draft" })
}

/// The value of `srcset`: the smaller copies of a picture and the picture itself; `None` for one that has no copies.
pub fn srcset(address: &str, file: &File) -> Option<String> {
    let (width, _) = file.content.size?;
    let smaller: Vec<u32> = WIDTHS.into_iter().filter(|smaller| *smaller < width).collect();
    if file.since.is_none() || !file.name.kind().has_renditions() || smaller.is_empty() {
        return None;
    }
    let smaller = smaller.into_iter().map(|smaller| format!("{address}?w={smaller} {smaller}w, "));
    Some(format!("{}{address} {width}w", smaller.collect::<String>()))
}

/// A picture for a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Picture {
    src: String,
    /// Empty for a picture without smaller copies.
    srcset: String,
    sizes: &'static str,
    alt: String,
    /// The size in pixels; 0 if it is not known.
    width: u32,
    height: u32,
}

impl Picture {
    /// A file of the page at a path, shown at a width (`sizes`).
    pub fn of(page: &PagePath, file: &File, sizes: &'static str) -> Picture {
        let src = address(page, file);
        let (width, height) = file.content.size.unwrap_or_default();
        Picture { srcset: srcset(&src, file).unwrap_or_default(), alt: file.alt.clone(), src, sizes, width, height }
    }
}

/// The path of a picture for link previews: a smaller copy if there is one.
pub fn preview_href(page: &PagePath, file: &File) -> String {
    let has_copy =
        file.name.kind().has_renditions() && file.content.size.is_some_and(|(width, _)| width > PREVIEW_WIDTH);
    let width = if has_copy { format!("?w={PREVIEW_WIDTH}") } else { String::new() };
    format!("{}{width}", page.file_href(&file.name))
}
