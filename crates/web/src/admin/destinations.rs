//! The tree of paths from which the destination of a page is chosen, level by level.

use actix_web::web::Data;
use domain::page::PagePath;
use serde::Serialize;
use store::tree::{self, Entry};

use crate::{
    App,
    auth::extract::Editor,
    http::{answer::Answer, error::Error, query::QueryString},
};

/// The remark about a destination without a page.
pub(super) const NO_PAGE: &str = "No page there yet: readers will see a plain list.";
/// The maximum number of entries of a level that are sent at a time.
const MAX_ENTRIES: u32 = 100;

/// A level of the tree, for the script.
#[derive(Serialize)]
struct Level {
    /// A remark about the path itself; empty if there is none.
    remark: &'static str,
    branches: Vec<Row>,
    /// The path after which the next part of the level begins; empty at the end.
    next: String,
}

#[derive(Serialize)]
struct Row {
    path: String,
    title: String,
    has_page: bool,
    has_below: bool,
}

impl From<Entry> for Row {
    fn from(Entry { path, title, has_below }: Entry) -> Row {
        Row {
            path: path.href(),
            has_page: title.is_some(),
            title: title.unwrap_or_else(|| path.segment_title()),
            has_below,
        }
    }
}

/// GET `/admin/sections?below=&after=`: the entries directly below a path, from the first one or after one of them.
pub async fn below(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let typed = query.get("below");
    let path = if typed.is_empty() { Ok(PagePath::root()) } else { PagePath::typed(typed) };
    let path = path.map_err(|why| Error::Unprocessable(why.into()))?;
    let (proof, after) = (editor.proof(), PagePath::parse(query.get("after")).ok());
    let read = move |conn: &mut store::Conn| {
        let has_page = path.is_root() || tree::has_page(conn, &proof, &path)?;
        Ok((has_page, tree::entries_below(conn, &proof, &path, after.as_ref(), MAX_ENTRIES)?))
    };
    let (_, (has_page, level)) = app.db.list_with_site(read).await?;
    let level = Level {
        remark: if has_page { "" } else { NO_PAGE },
        branches: level.branches.into_iter().map(Row::from).collect(),
        next: level.next.map_or(String::new(), |next| next.as_str().to_owned()),
    };
    Answer::json(&level)
}
