//! The panel's home: how much there is, and what was done last.

use actix_web::web::Data;
use domain::{
    access::Admin,
    audit::{Entry, Subject},
    zone::Zone,
};
use serde::Serialize;
use store::{audit, pages, users};

use super::{Panel, waiting::Waiting};
use crate::{App, answer::Answer, auth::extract::Editor, error::Error, lists::login_href, view};

/// How many changes are shown.
const CHANGES: u32 = 10;

#[derive(Serialize)]
struct HomePage {
    #[serde(flatten)]
    panel: Panel,
    counts: Counts,
    waiting: Waiting,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct Counts {
    pages: u64,
    public: u64,
    private: u64,
    users: u64,
}

/// One entry of the audit trail as it is shown.
#[derive(Serialize)]
pub(super) struct Change {
    when: String,
    when_iso: String,
    actor: String,
    label: &'static str,
    subject: &'static str,
    name: String,
    href: String,
    detail: String,
}

impl Change {
    /// An entry as people in a zone read it.
    pub(super) fn new(entry: Entry, zone: Zone) -> Change {
        // A page's name in the trail is its address, whether it is still there or not.
        let href = if entry.subject == Subject::Page { login_href(&entry.name) } else { String::new() };
        Change {
            when: view::moment(entry.at, zone),
            when_iso: view::iso(entry.at),
            actor: entry.actor,
            label: entry.action.label(),
            subject: entry.subject.as_str(),
            name: entry.name,
            href,
            detail: entry.detail,
        }
    }
}

/// GET `/admin/`.
pub async fn show(app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let proof = editor.proof();
    let admin = Admin::of(&editor.account().visitor());
    let (site, (totals, users, changes, waiting)) = app
        .db
        .read_with_site(move |conn| {
            let users = admin.as_ref().map(|admin| users::total(conn, admin)).transpose()?;
            let waiting = Waiting::find(conn, &proof)?;
            let changes = audit::recent(conn, &proof, CHANGES)?;
            Ok((pages::totals(conn, &proof)?, users.unwrap_or(0), changes, waiting))
        })
        .await?;
    let page = HomePage {
        panel: Panel::new(&site, editor.account(), "home", "Administration", &[]),
        counts: Counts { pages: totals.public + totals.private, public: totals.public, private: totals.private, users },
        waiting,
        changes: changes.into_iter().map(|entry| Change::new(entry, site.time_zone)).collect(),
    };
    Ok(Answer::panel(app.view.render("admin/home.html", &page)?))
}
