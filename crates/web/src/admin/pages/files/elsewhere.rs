//! Files of other pages that a text names: readers need the access of those pages, unless the file is copied here.

use domain::{
    file::{File, FileName},
    link::{LinkProblem, Target},
    page::{PageId, PagePath},
};
use serde::Serialize;
use store::{
    Conn, files,
    pages::{self, Located},
};

use crate::http::query::encode;

/// A file of another page, as the form lists it.
#[derive(Serialize)]
pub(in crate::admin::pages) struct Elsewhere {
    name: String,
    href: String,
    /// Who cannot see it, in words; empty if every reader can.
    words: String,
    /// The address that copies the file to the page; empty without a page or a file.
    copy_url: String,
}

impl Elsewhere {
    /// The file of a target; `None` for a page.
    pub(in crate::admin::pages) fn of(
        page: Option<PageId>,
        target: &Target,
        problem: Option<&LinkProblem>,
    ) -> Option<Elsewhere> {
        let name = target.file.as_ref()?;
        let from = encode(&[("from", &format!("/{}", target.path))]);
        let page = page.filter(|_| problem != Some(&LinkProblem::NoFile));
        Some(Elsewhere {
            href: target.href(),
            words: problem.map(|problem| problem.message(target).into_owned()).unwrap_or_default(),
            copy_url: page.map_or(String::new(), |page| format!("/admin/drafts/{}/files/{name}?{from}", page.0)),
            name: name.to_string(),
        })
    }
}

/// The published file with a name, of the page at a path or of the page that was there before.
pub(super) fn find(conn: &mut Conn, path: &PagePath, name: &FileName) -> store::Result<Option<File>> {
    match pages::locate(conn, path)? {
        Located::Page(page) | Located::Moved(Some(page)) => files::find(conn, page.id, name),
        Located::Moved(None) | Located::Nothing => Ok(None),
    }
}
