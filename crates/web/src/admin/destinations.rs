//! The tree of paths from which the destination of a page is chosen, level by level.

use actix_web::web::Data;
use domain::page::PagePath;
use serde::Serialize;
use store::page_tree::{self, Branch};

use crate::{
    App,
    auth::extract::Editor,
    http::{
        answer::{Answer, Caching},
        error::Error,
        query::QueryString,
    },
};

/// What is said of a destination without a page.
pub(super) const NO_PAGE: &str = "No page there yet: readers will see a plain list.";
/// The number of entries after which a level is cut.
const LEVEL: u32 = 100;

/// A level of the tree, for the script.
#[derive(Serialize)]
struct Level {
    /// A remark about the path itself; empty without.
    remark: &'static str,
    branches: Vec<Row>,
    /// The position of the next part of the level; empty at the end.
    next: String,
}

#[derive(Serialize)]
struct Row {
    path: String,
    title: String,
    has_page: bool,
    has_below: bool,
}

impl From<Branch> for Row {
    fn from(Branch { path, title, has_below }: Branch) -> Row {
        Row {
            path: path.href(),
            has_page: title.is_some(),
            title: title.unwrap_or_else(|| path.segment_title()),
            has_below,
        }
    }
}

/// GET `/admin/sections?below=&after=`: what is directly below a path, from a position on.
pub async fn below(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let typed = query.get("below");
    let path = if typed.is_empty() { Ok(PagePath::root()) } else { PagePath::typed(typed) };
    let path = path.map_err(|why| Error::Unprocessable(why.into()))?;
    let (proof, after) = (editor.proof(), Some(query.get("after").to_owned()).filter(|after| !after.is_empty()));
    let read = move |conn: &mut store::Conn| {
        let has_page = path.is_root() || page_tree::has_page(conn, &proof, &path)?;
        Ok((has_page, page_tree::below(conn, &proof, &path, after.as_deref(), LEVEL)?))
    };
    let (_, (has_page, level)) = app.db.list_with_site(read).await?;
    let level = Level {
        remark: if has_page { "" } else { NO_PAGE },
        branches: level.branches.into_iter().map(Row::from).collect(),
        next: level.next.unwrap_or_default(),
    };
    let json = serde_json::to_string(&level).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Answer::new("application/json", json, Caching::Never))
}
