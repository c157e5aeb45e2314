//! A feed in the format of Atom (RFC 4287).

use std::fmt::Write;

use domain::{Timestamp, file::File, page::PageId, site::Site};
use sha2::{Digest, Sha256};
use store::lists::{self, Teaser, VisiblePages};

use super::xml::xml;
use crate::{
    clock::iso,
    language::Language,
    markdown::{absolute, may_name_a_file, render_in, with_files},
};

/// The maximum number of pages in a feed.
pub(super) const MAX_FEED_PAGES: u32 = 50;
/// The maximum number of characters in the texts of a feed; older entries have their summary alone.
const MAX_TEXT_CHARS: usize = 256 << 10;
/// The media type of a feed.
pub(super) const ATOM: &str = "application/atom+xml; charset=utf-8";

/// The head of a feed.
pub(super) struct Head<'a> {
    /// The address of the site, without a slash at the end.
    pub(super) base: &'a str,
    pub(super) site: &'a Site,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) id: String,
    /// The path of the feed's pages.
    pub(super) path: String,
    /// The path of the feed itself.
    pub(super) own_path: &'a str,
}

/// Writes the feed. The texts of entries are HTML with absolute addresses.
pub(super) fn write(head: &Head<'_>, entries: &[Entry]) -> String {
    let Head { base, site, title, subtitle, id, path, own_path } = head;
    let updated = entries.iter().map(|entry| changed_at(&entry.teaser)).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>{}</title>\n<subtitle>{}</subtitle>\n<id>{id}</id>\n<link href=\"{base}{path}\"/>\n\
         <link rel=\"self\" href=\"{base}{own_path}\"/>\n<updated>{}</updated>\n<author><name>{}</name></author>\n",
        xml(&site.language),
        xml(title),
        xml(subtitle),
        iso(updated),
        xml(&site.title),
    );
    for Entry { teaser, text, files } in entries {
        let (id, address) = (page_urn(teaser.id), format!("{base}{}", teaser.path.href()));
        let tag = site.language_or(teaser.language.as_ref());
        let language = Language::for_words(tag);
        let other_language = if tag == site.language { String::new() } else { format!(" xml:lang=\"{}\"", xml(tag)) };
        let content = text.as_ref().map(|text| {
            let html = with_files(render_in(language, text), language, &teaser.path, files);
            let html = absolute(&html, &address);
            format!("<content type=\"html\">{}</content>\n", xml(html.as_str()))
        });
        let _infallible = write!(
            feed,
            "<entry{other_language}>\n<title>{}</title>\n<id>{id}</id>\n<link href=\"{address}\"/>\n<published>{}</published>\n\
             <updated>{}</updated>\n<summary>{}</summary>\n{}</entry>\n",
            xml(&teaser.title),
            iso(teaser.published_at),
            iso(changed_at(teaser)),
            xml(&teaser.summary),
            content.unwrap_or_default(),
        );
    }
    feed.push_str("</feed>\n");
    feed
}

/// A page in a feed.
pub(super) struct Entry {
    pub(super) teaser: Teaser,
    /// The text in Markdown; `None` where the feed has the summary alone.
    pub(super) text: Option<String>,
    /// The files of the page that the text may name.
    pub(super) files: Vec<File>,
}

/// The entries of a feed, with the texts of the newest.
pub(super) fn entries(conn: &mut store::Conn, visible: &VisiblePages, rows: Vec<Teaser>) -> store::Result<Vec<Entry>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut texts = lists::texts(conn, visible, &ids, MAX_TEXT_CHARS)?;
    let mut entry = |teaser: Teaser| {
        let text = texts.remove(&teaser.id);
        let files = match text.as_deref().is_some_and(may_name_a_file) {
            true => store::files::live(conn, teaser.id)?,
            false => Vec::new(),
        };
        Ok(Entry { teaser, text, files })
    };
    rows.into_iter().map(&mut entry).collect()
}

/// The last change that a reader could see: a page that was written before its date appeared on its date.
fn changed_at(row: &Teaser) -> Timestamp {
    row.updated_at.max(row.published_at)
}

/// The id of a page in feeds: a UUID of the page's key, so that it stays when the page moves (RFC 4287 section 4.2.6,
/// RFC 9562 section 5.8).
pub(super) fn page_urn(page: PageId) -> String {
    let hash = Sha256::digest(format!("postern page {}", page.0));
    let mut digits: Vec<char> =
        hash[..16].iter().flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>()).collect();
    // The version and the variant.
    (digits[12], digits[16]) = ('8', '8');
    let part = |from: usize, to: usize| digits[from..to].iter().collect::<String>();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_a_uuid_of_its_page() {
        let id = page_urn(PageId(7));
        assert_eq!((id.len(), &id[..9], &id[22..24], &id[27..29]), (45, "urn:uuid:", "-8", "-8"));
        assert_eq!(id, page_urn(PageId(7)));
        assert_ne!(id, page_urn(PageId(8)));
    }
}
