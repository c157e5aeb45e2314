//! Suggestions for fields that take names of people and groups.

use actix_web::web::Data;
use serde::Serialize;
use store::suggestions::{self, Suggestion};

use crate::{
    App,
    auth::extract::Editor,
    http::{answer::Answer, error::Error, query::QueryString},
};

/// The maximum number of people, and of groups, that are suggested for a text.
const MAX_OFFERED: usize = 10;
/// The same before anything is typed: a list in which to look for somebody whose name one does not know.
const MAX_LISTED: usize = 50;

/// A name that a field suggests.
#[derive(Serialize)]
struct Offer {
    kind: &'static str,
    name: String,
    /// The number of members of a group, in words; empty for a person.
    members: String,
}

impl From<Suggestion> for Offer {
    fn from(found: Suggestion) -> Offer {
        match found {
            Suggestion::Person(name) => Offer { kind: "person", name: name.to_string(), members: String::new() },
            Suggestion::Group(name, members) => {
                Offer { kind: "group", name: name.to_string(), members: members.to_string() }
            }
        }
    }
}

/// GET `/admin/people?q=`: groups and people with active accounts whose names contain a text; with `kind=person` or
/// `kind=group`, only those. Editors may choose anybody as a reader, and see all names.
pub async fn offer(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (proof, text) = (editor.proof(), query.get("q").to_owned());
    let limit = if text.trim().is_empty() { MAX_LISTED } else { MAX_OFFERED };
    let find = move |conn: &mut store::Conn| suggestions::of(conn, &proof, &text, limit);
    let (_, found) = app.db.list_with_site(find).await?;
    let kind = query.get("kind");
    let offers = found.into_iter().map(Offer::from).filter(|offer| kind.is_empty() || offer.kind == kind);
    Answer::json(&offers.collect::<Vec<_>>())
}
