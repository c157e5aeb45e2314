//! What somebody loses or leaves behind when their account is disabled or deleted: the pages that they could read, and drafts.

use domain::{access::Admin, user::User};
use serde::Serialize;
use store::{
    Conn, Count,
    drafts::{self, SavedBy},
    users,
};

use crate::{admin::drafts::naming, http::view::Link};

/// The number of drafts that are named.
const NAMED: u32 = 3;

/// The pages and drafts of a user.
#[derive(Serialize)]
pub(super) struct Holdings {
    /// `can read every page`; the end of a sentence.
    reads: String,
    /// The first drafts that the user saved last.
    drafts: Vec<Link>,
    /// The total number of these drafts.
    draft_count: String,
    more_drafts: bool,
}

impl Holdings {
    pub(super) fn of(conn: &mut Conn, admin: &Admin, user: &User) -> store::Result<Holdings> {
        let chosen = users::chosen_pages(conn, admin, user)?;
        let held = drafts::saved_by(conn, admin.editor(), SavedBy::User(user.name.as_str()), NAMED)?;
        let link = |row: drafts::DraftRow| Link::new(format!("/admin/pages/{}", row.page.0), naming::title(row.title));
        Ok(Holdings {
            reads: reads(user, chosen),
            more_drafts: held.total.more || held.total.counted > held.rows.len() as u64,
            draft_count: held.total.to_string(),
            drafts: held.rows.into_iter().map(link).collect(),
        })
    }

    /// All of it in one line, for a row of several users.
    pub(super) fn words(&self) -> String {
        let Holdings { reads, drafts, draft_count, more_drafts } = self;
        if drafts.is_empty() {
            return reads.clone();
        }
        let titles: Vec<String> = drafts.iter().map(|draft| format!("“{}”", draft.title)).collect();
        let noun = if drafts.len() == 1 && !more_drafts { "draft" } else { "drafts" };
        let more = if *more_drafts { " and others" } else { "" };
        format!("{reads}; {draft_count} {noun}: {}{more}", titles.join(", "))
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
