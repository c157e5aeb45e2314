//! The list of pages, with filters and bulk actions.

use actix_web::web::Data;
use domain::{effective_access::AccessKind, page::PageId, zone::Zone};
use serde::Serialize;
use store::{
    Count,
    admin_list::{self, PageColumn, PageRow, PageSort},
    drafts,
    readers::{self, ReaderPreview},
};

use super::{
    actions::ACTIONS,
    filter::{STATES, filter, spans},
};
use crate::{
    App,
    admin::{bulk::Choice, panel::Panel, sections::PAGES, table::TableView},
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        query::QueryString,
    },
    site::lists::login_href,
};

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Row>,
    actions: &'static [Choice],
    /// The label of the checkbox for all pages that match; empty if no page matches.
    all: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    path: String,
    href: String,
    edit_href: String,
    readers: String,
    private: bool,
    show_title: bool,
    published: String,
    published_iso: String,
    updated: String,
    updated_iso: String,
    future: bool,
    /// The moment at which the page ends or ended; empty without one.
    ends: String,
    over: bool,
    is_pending: bool,
}

impl Row {
    fn new(row: PageRow, few: Option<&ReaderPreview>, back: &str, zone: Zone, pending: &[PageId]) -> Row {
        let now = clock::now();
        Row {
            is_pending: pending.contains(&row.id),
            ends: row.unpublish_at.map(|end| clock::moment(end, zone)).unwrap_or_default(),
            over: row.unpublish_at.is_some_and(|end| end <= now),
            id: row.id.0.to_string(),
            title: row.title,
            path: row.path.to_string(),
            href: login_href(&row.path.href()),
            edit_href: PAGES.href(row.id.0, "", back),
            readers: readers_label(row.access, few),
            private: row.access != AccessKind::Everybody,
            show_title: row.show_title,
            published: clock::date(row.published_at, zone),
            published_iso: clock::iso(row.published_at),
            updated: clock::moment(row.updated_at, zone),
            updated_iso: clock::iso(row.updated_at),
            future: row.published_at > now,
        }
    }
}

/// The readers of a page: `12 people: ann, bob, cid, … (through Clients)`.
fn readers_label(access: AccessKind, preview: Option<&ReaderPreview>) -> String {
    let ReaderPreview { people, through } = match (access, preview) {
        (AccessKind::Everybody | AccessKind::SignedIn, _) => return capitalized(access.label()),
        (AccessKind::Chosen, None) => return "Nobody but editors".into(),
        (AccessKind::Chosen, Some(preview)) => preview,
    };
    let names: Vec<&str> = people.names.iter().map(|name| name.as_str()).collect();
    let mut words = match people.count {
        count if count.is_zero() => "Nobody but editors".into(),
        count if names.is_empty() => format!("{count} people"),
        count if count == 1 => format!("1 person: {}", names.join(", ")),
        count => format!("{count} people: {}", names.join(", ")),
    };
    if !names.is_empty() && people.count.counted > names.len() as u64 {
        words.push_str(", …");
    }
    if let Some(through) = through {
        words.push_str(&format!(" (through {through})"));
    }
    words
}

/// A label with a capital letter.
fn capitalized(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// GET `/admin/pages`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    const COLUMNS: [(&str, &str); 5] = [
        ("title", "Title"),
        ("path", "Path"),
        ("readers", "Readers"),
        ("published", "Published"),
        ("updated", "Updated"),
    ];
    let state = PAGES.state(&query);
    let zone = app.db.site().await.time_zone;
    let now = clock::now();
    let (spans, filter) = (spans(now, zone), filter(&state, now, zone));
    let (word, descending) = state.sorted(&COLUMNS.map(|(word, _)| word), ("updated", true));
    let by = match word {
        "title" => PageColumn::Title,
        "path" => PageColumn::Path,
        "readers" => PageColumn::Readers,
        "published" => PageColumn::Published,
        _ => PageColumn::Updated,
    };
    let (proof, window) = (editor.proof(), state.window());
    let (site, (table, pending, few, counts, (any_state, states))) = app
        .db
        .list_with_site(move |conn| {
            let table = admin_list::list(conn, &proof, &filter, PageSort { by, descending }, window)?;
            let ids: Vec<PageId> = table.rows.iter().map(|row| row.id).collect();
            let pending = drafts::pending(conn, &proof, &ids)?;
            let few = readers::previews(conn, &proof, &ids)?;
            let counts = admin_list::counts(conn, &proof, &filter, &spans.map(|(.., span)| span))?;
            let states = admin_list::states(conn, &proof, &filter, &STATES.map(|(.., state)| state), now)?;
            Ok((table, pending, few, counts, states))
        })
        .await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }

    let dates =
        spans.iter().zip(&counts.spans).map(|((word, label, _), count)| (*word, (*label).to_owned(), Some(*count)));
    let states = STATES.iter().zip(states).map(|((word, label, _), count)| (*word, (*label).to_owned(), Some(count)));
    let filters = vec![
        state.filter(
            "State",
            "state",
            [("", "Any state".to_owned(), Some(any_state))].into_iter().chain(states).collect(),
        ),
        state.filter(
            "Readers",
            "readers",
            vec![
                ("", "All".into(), Some(counts.any_access)),
                (AccessKind::Everybody.as_str(), capitalized(AccessKind::Everybody.label()), Some(counts.everybody)),
                (AccessKind::SignedIn.as_str(), capitalized(AccessKind::SignedIn.label()), Some(counts.signed_in)),
                (AccessKind::Chosen.as_str(), capitalized(AccessKind::Chosen.label()), Some(counts.chosen)),
            ],
        ),
        state.filter(
            "Published",
            "date",
            [("", "Any date".to_owned(), Some(counts.any_date))].into_iter().chain(dates).collect(),
        ),
    ];
    let columns = state.columns(&COLUMNS, (word, descending));
    let back = state.back();
    let page = ListPage {
        panel: Panel::new(&site, editor.account(), "pages", "Pages", &PAGES.above()).with_message(&query),
        table: state.view(&table, columns, filters),
        rows: table
            .rows
            .into_iter()
            .map(|row| {
                let few = few.get(&row.id);
                Row::new(row, few, &back, zone, &pending)
            })
            .collect(),
        actions: &ACTIONS,
        all: all(table.total),
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/pages/list.html", &page)?)))
}

fn all(total: Count) -> String {
    match total {
        total if total.is_zero() => String::new(),
        total if total == 1 => "Select the one that matches".into(),
        total => format!("Select all {total} that match"),
    }
}
