//! The pages that somebody can no longer read, and the drafts that they leave behind, when their account is disabled or
//! deleted.

use domain::{access::Admin, page::PageId, user::User};
use serde::Serialize;
use store::{
    Conn, Count,
    drafts::{self, SavedBy},
    keys, readers, users,
};

use super::heirs::heirs;
use crate::{
    App,
    admin::drafts::naming,
    auth::extract,
    clock,
    http::{error::Error, view::Link},
};

/// The number of drafts that are named.
const MAX_NAMED: u32 = 3;

/// The pages and drafts of a user.
#[derive(Serialize)]
pub(super) struct Holdings {
    /// The end of a sentence about what the user can read, such as `can read every page`.
    reads: String,
    /// The first drafts that the user saved last.
    drafts: Vec<Link>,
    /// The total number of these drafts.
    draft_count: String,
    more_drafts: bool,
    /// The first pages that, apart from editors, nobody else can read.
    alone: Vec<Link>,
    more_alone: bool,
    /// The keys that end with the account, by kind and with their number, such as `2 app passwords`.
    keys: Vec<String>,
}

impl Holdings {
    pub(super) fn of(conn: &mut Conn, admin: &Admin, user: &User) -> store::Result<Holdings> {
        let chosen = users::chosen_pages(conn, admin, user)?;
        let held = drafts::saved_by(conn, admin.editor(), SavedBy::User(user.name.as_str()), MAX_NAMED)?;
        let (alone, more_alone) = match user.role.may_edit() {
            true => (Vec::new(), false),
            false => readers::only_for(conn, admin, user, MAX_NAMED as usize)?,
        };
        let page = |(page, title): (PageId, String)| Link::new(format!("/admin/pages/{}", page.0), title);
        let link = |row: drafts::DraftRow| Link::new(format!("/admin/pages/{}", row.page.0), naming::title(row.title));
        Ok(Holdings {
            reads: reads(user, chosen),
            more_drafts: held.total.more || held.total.counted > held.rows.len() as u64,
            draft_count: held.total.to_string(),
            drafts: held.rows.into_iter().map(link).collect(),
            alone: alone.into_iter().map(page).collect(),
            more_alone,
            keys: keys::of_user(conn, admin, user.id, clock::now())?.parts(),
        })
    }

    /// The pages and drafts of a user who leaves, and the editors who can have the drafts; none if there are no drafts.
    pub(super) async fn with_heirs(
        app: &App,
        admin: &extract::Admin,
        user: &User,
    ) -> Result<(Holdings, Vec<String>), Error> {
        let (proof, user) = (admin.proof(), user.clone());
        let read = move |conn: &mut Conn| {
            let holdings = Holdings::of(conn, &proof, &user)?;
            let editors = if holdings.has_drafts() { heirs(conn, &proof, &[&user])? } else { Vec::new() };
            Ok((holdings, editors))
        };
        app.db.read(read).await
    }

    /// Whether there are drafts.
    pub(super) fn has_drafts(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// All of it in one line, for a row of several users.
    pub(super) fn words(&self) -> String {
        let Holdings { reads, drafts, draft_count, more_drafts, alone, more_alone, keys } = self;
        let titles = |links: &[Link], more: bool| {
            let titles: Vec<String> = links.iter().map(|link| format!("“{}”", link.title)).collect();
            format!("{}{}", titles.join(", "), if more { " and others" } else { "" })
        };
        let mut parts = vec![reads.clone()];
        if !alone.is_empty() {
            parts.push(format!("nobody else but editors can read {}", titles(alone, *more_alone)));
        }
        if !drafts.is_empty() {
            let noun = if drafts.len() == 1 && !more_drafts { "draft" } else { "drafts" };
            parts.push(format!("{draft_count} {noun}: {}", titles(drafts, *more_drafts)));
        }
        if !keys.is_empty() {
            parts.push(format!("{} end", keys.join(", ")));
        }
        parts.join("; ")
    }
}

fn reads(user: &User, chosen: Count) -> String {
    match (user.role.may_edit(), chosen.counted) {
        (true, _) => "can read every page".into(),
        (false, 0) => "can read pages for signed-in users".into(),
        (false, 1) => "can read pages for signed-in users, and 1 page for specific people".into(),
        (false, _) => format!("can read pages for signed-in users, and {chosen} pages for specific people"),
    }
}
