//! The list of files beside the text of a page.

use domain::{
    access::Admin,
    file::{File, FileName, size_in_words},
    page::PagePath,
};
use serde::Serialize;

use super::{elsewhere::Elsewhere, names, of_page::OfPage};
use crate::{App, admin::pages::editor_context::EditorContext, auth::extract::Editor, http::error::Error};

/// The width at which the list asks for a picture.
const THUMBNAIL: u32 = 480;

/// The values of the template `admin/pages/files.html`.
#[derive(Serialize)]
pub(super) struct Part {
    pub(super) files: FilesPanel,
}

/// The files of a page as its form shows them.
#[derive(Default, Serialize)]
pub(in crate::admin::pages) struct FilesPanel {
    /// The address for uploads; empty for a new page, which is saved as a draft first.
    url: String,
    max_bytes: u64,
    max_size: String,
    rows: Vec<Row>,
    /// The files of other pages that the text names.
    elsewhere: Vec<Elsewhere>,
}

/// A file in the list.
#[derive(Serialize)]
struct Row {
    name: String,
    url: String,
    /// The address of the file for its editors; empty while the page has no valid path.
    href: String,
    /// The address of a small picture; empty for other files.
    picture: String,
    ending: String,
    size: String,
    alt: String,
    /// Whether readers have it, in words.
    state: &'static str,
    is_used: bool,
    is_cover: bool,
    may_be_cover: bool,
    leaves: bool,
    is_picture: bool,
    markdown: String,
    /// Whether the list shows the fields of this file.
    is_open: bool,
    can_purge: bool,
}

impl FilesPanel {
    /// The files of the page of a form, with the text that the form shows.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::admin::pages) async fn load(
        app: &App,
        editor: &Editor,
        context: &EditorContext,
        text: &str,
        open: &str,
    ) -> Result<FilesPanel, Error> {
        let Some(id) = context.id() else { return Ok(FilesPanel::empty(app)) };
        let proof = editor.proof();
        let files = app.db.read(move |conn| store::files::all(conn, &proof, id)).await?;
        let of_page = OfPage { id, page: context.page.clone(), draft: context.draft.clone(), files };
        Ok(FilesPanel::with_text(app, editor, &of_page, text, open))
    }

    /// The panel with the files of other pages that the text names.
    pub(in crate::admin::pages) fn with_elsewhere(self, elsewhere: Vec<Elsewhere>) -> FilesPanel {
        FilesPanel { elsewhere, ..self }
    }

    /// The files of a page, with the text that is stored.
    pub(super) fn of_page(app: &App, editor: &Editor, of_page: &OfPage, open: &str) -> FilesPanel {
        FilesPanel::with_text(app, editor, of_page, of_page.text(), open)
    }

    fn empty(app: &App) -> FilesPanel {
        let max_bytes = app.options.uploads.file;
        FilesPanel { max_bytes, max_size: format!("{} MiB", max_bytes >> 20), ..FilesPanel::default() }
    }

    fn with_text(app: &App, editor: &Editor, of_page: &OfPage, text: &str, open: &str) -> FilesPanel {
        let url = format!("/admin/drafts/{}/files", of_page.id.0);
        let can_purge = Admin::of(&editor.account().visitor()).is_some();
        let (path, address) = (of_page.path(), of_page.address());
        let place = (path.as_ref(), address.as_str());
        let row = |file: &File| Row::new(of_page, file, &url, place, text, open, can_purge);
        // A file that is to be removed is shown with the others, so that it can be kept.
        let leaving = of_page.files.iter().filter(|file| file.leaves && file.since.is_some());
        let leaving = leaving.filter(|file| !of_page.drafted().any(|drafted| drafted.name == file.name));
        let mut rows: Vec<Row> = of_page.drafted().chain(leaving).map(row).collect();
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        FilesPanel { url: url.clone(), rows, ..FilesPanel::empty(app) }
    }
}

impl Row {
    fn new(
        of_page: &OfPage,
        file: &File,
        url: &str,
        (path, address): (Option<&PagePath>, &str),
        text: &str,
        open: &str,
        can_purge: bool,
    ) -> Row {
        let name: &FileName = &file.name;
        let waits = file.since.is_none();
        let is_live = of_page.is_live(name);
        let is_unpublished = of_page.page.is_none();
        let query = |more: &str| match (waits, more) {
            (true, "") => "?draft".to_owned(),
            (true, more) => format!("?draft&{more}"),
            (false, "") => String::new(),
            (false, more) => format!("?{more}"),
        };
        let href = path.map(|path| path.file_href(name)).unwrap_or_default();
        let is_picture = name.kind().is_picture();
        let width = if name.kind().has_renditions() { format!("w={THUMBNAIL}") } else { String::new() };
        let picture = if is_picture && !href.is_empty() { format!("{href}{}", query(&width)) } else { String::new() };
        Row {
            url: format!("{url}/{name}"),
            picture,
            href: if href.is_empty() { href } else { format!("{href}{}", query("")) },
            ending: name.extension().to_uppercase(),
            size: size_in_words(file.content.bytes),
            alt: file.alt.clone(),
            state: match (waits, file.leaves) {
                (_, true) => "removed when you publish",
                (true, _) if is_unpublished => "in the draft",
                (true, _) if is_live => "a new version waits for publishing",
                (true, _) => "waits for publishing",
                (false, _) => "published",
            },
            is_used: file.is_cover || names::names(text, address, name),
            is_cover: file.is_cover,
            may_be_cover: name.kind().may_be_cover(),
            leaves: file.leaves,
            is_picture,
            markdown: names::markdown(name, &file.alt),
            is_open: open == name.as_str(),
            can_purge,
            name: name.to_string(),
        }
    }
}
