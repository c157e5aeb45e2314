//! The readers of pages by name, for the panel.

use std::collections::HashMap;

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use domain::{
    access::Editor,
    audience::{Audience, Chosen, ReaderSet},
    effective_access::EffectiveAccess,
    page::{Page, PageId, PagePath},
};

use crate::{Conn, Result, access, columns::path_of, schema::pages};

/// The readers of a page, and the page above from which it inherits them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSummary {
    /// The readers besides editors; of people those with active accounts.
    pub readers: ReaderSet,
    /// The path and title of the page above whose audience applies; `None` for an audience of the page's own, and where no
    /// page above has one.
    pub through: Option<(PagePath, String)>,
}

/// Summarises who reads a page.
pub fn summary(conn: &mut Conn, _: &Editor, page: &Page) -> Result<AccessSummary> {
    // A page that was deleted meanwhile keeps the readers that were chosen for it, and nobody else.
    let effective = access::effective(conn, page.id)?.unwrap_or(EffectiveAccess::ChosenBy(page.id));
    let through = match page.content.audience {
        Audience::Inherited => governing(conn, &page.content.path)?,
        _ => None,
    };
    Ok(AccessSummary { readers: access::reader_set(conn, effective)?, through })
}

fn governing(conn: &mut Conn, path: &PagePath) -> Result<Option<(PagePath, String)>> {
    let above: Vec<String> = path.above().map(|path| path.as_str().to_owned()).collect();
    let rows: Vec<(String, String)> = pages::table
        .filter(pages::path.eq_any(above))
        .filter(pages::audience.ne(Audience::Inherited.as_str()))
        .select((pages::path, pages::title))
        .load(conn)?;
    let nearest = rows.into_iter().max_by_key(|(path, _)| path.len());
    nearest.map(|(path, title)| Ok((path_of(&path)?, title))).transpose()
}

/// The chosen people and groups that do not exist.
pub fn missing(conn: &mut Conn, chosen: &Chosen) -> Result<Chosen> {
    access::missing(conn, chosen)
}

/// The chosen readers of a page in a list: their number, the first names, and the page that they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderPreview {
    /// The number of people with active accounts.
    pub count: u64,
    /// The first three names.
    pub names: Vec<String>,
    /// The title of the page above that has these readers.
    pub through: Option<String>,
}

/// The number of names in a list.
const NAMES: i64 = 3;

#[derive(QueryableByName)]
struct PreviewRecord {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    through: Option<String>,
}

/// The reader previews of those of the pages that have chosen readers.
pub fn previews(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<HashMap<PageId, ReaderPreview>> {
    if pages.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = pages.iter().map(|page| page.0.to_string()).collect();
    let ids = ids.join(", ");
    let governing = format!("SELECT readers_from FROM pages WHERE id IN ({ids})");
    let query = format!(
        "SELECT * FROM (
             SELECT pages.id, users.name, governing.title AS through,
                    count(users.id) OVER (PARTITION BY pages.id) AS people,
                    row_number() OVER (PARTITION BY pages.id ORDER BY users.name IS NULL, users.name) AS number
             FROM pages
             LEFT JOIN pages AS governing ON governing.id = pages.readers_from AND governing.id <> pages.id
             LEFT JOIN (SELECT page_id, user_id FROM page_people WHERE page_id IN ({governing})
                        UNION SELECT page_id, user_id FROM page_groups JOIN group_members USING (group_id)
                        WHERE page_id IN ({governing})) AS chosen
                 ON chosen.page_id = pages.readers_from
             LEFT JOIN users ON users.id = chosen.user_id AND active
             WHERE pages.id IN ({ids}) AND pages.private AND pages.readers_from IS NOT NULL
         ) AS readers WHERE number <= {NAMES} ORDER BY id, number"
    );
    let records: Vec<PreviewRecord> = sql_query(query).load(conn)?;
    let mut all: HashMap<PageId, ReaderPreview> = HashMap::new();
    for PreviewRecord { id, people, name, through } in records {
        let preview = all.entry(PageId(id)).or_default();
        preview.count = people.unsigned_abs();
        preview.names.extend(name);
        preview.through = through;
    }
    Ok(all)
}
