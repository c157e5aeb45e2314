//! The panel: pages for editors; users, the site and the audit trail for administrators.

pub mod audit;
pub mod drafts;
pub mod groups;
pub mod home;
pub mod jobs;
pub mod links;
pub mod pages;
pub mod site;
pub mod trash;
pub mod users;
pub mod view_as;

mod bulk;
mod difference;
mod effects;
mod refusals;
mod section;
mod table;
mod waiting;

use actix_web::HttpResponse;
use domain::site::Site;
use serde::{Deserialize, Serialize};

use crate::{
    answer::Outcome,
    auth::{Account, form_token},
    clock,
    guard::see_other,
    query::QueryString,
    view::{Frame, Link},
};

/// What `admin/base.html` needs.
#[derive(Serialize)]
pub struct Panel {
    #[serde(flatten)]
    frame: Frame,
    form_token: String,
    section: &'static str,
    title: String,
    breadcrumbs: Vec<Link>,
    message: String,
}

impl Panel {
    /// The frame of a page of the panel; `trail` leads to it from the panel's home.
    fn new(site: &Site, account: &Account, section: &'static str, title: impl Into<String>, trail: &[Link]) -> Panel {
        Panel {
            frame: Frame::new(site, Some(account)),
            form_token: form_token::issue(account, clock::now()),
            section,
            title: title.into(),
            breadcrumbs: trail.to_vec(),
            message: String::new(),
        }
    }

    /// With the message that the address asks for, after something was done.
    fn with_message(mut self, query: &QueryString) -> Panel {
        self.message = Done::message(query);
        self
    }
}

/// What was done, as the address after a form says it: words would let a link put anything into our mouth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Saved,
    Created,
    Deleted,
    MadePrivate,
    MadePublic,
    MadeInherited,
    Enabled,
    Disabled,
    PasswordSet,
    Restored,
    Purged,
    DraftSaved,
    Unpublished,
    Discarded,
    Moved,
    ReadersChosen,
    Published,
    DraftsDiscarded,
}

impl Done {
    const ALL: [(Done, &'static str, &'static str); 18] = [
        (Done::Saved, "saved", "Saved."),
        (Done::Created, "created", "Created."),
        (Done::Deleted, "deleted", "Deleted"),
        (Done::Restored, "restored", "Brought back"),
        (Done::Purged, "purged", "Deleted for good"),
        (Done::MadePrivate, "made-private", "Made private"),
        (Done::MadePublic, "made-public", "Made public"),
        (Done::MadeInherited, "made-inherited", "Read as the page above"),
        (Done::Enabled, "enabled", "Enabled"),
        (Done::Disabled, "disabled", "Disabled"),
        (Done::PasswordSet, "password-set", "The password is set."),
        (Done::DraftSaved, "draft-saved", "The draft is saved."),
        (Done::Unpublished, "unpublished", "Unpublished"),
        (Done::Discarded, "discarded", "The draft is discarded."),
        (Done::Moved, "moved", "Moved"),
        (Done::Published, "published", "Published"),
        (Done::DraftsDiscarded, "drafts-discarded", "Drafts discarded"),
        (Done::ReadersChosen, "readers-chosen", "Given other readers"),
    ];

    fn word(self) -> &'static str {
        Done::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(_, word, _)| word)
    }

    fn message(query: &QueryString) -> String {
        let Some((.., words)) = Done::ALL.iter().find(|(_, word, _)| *word == query.get("done")) else {
            return String::new();
        };
        match query.get("count").parse::<u32>() {
            Ok(count) if !words.ends_with('.') => format!("{words}: {count}."),
            _ if words.ends_with('.') => (*words).into(),
            _ => format!("{words}."),
        }
    }

    /// The address of a list or a form that says so.
    fn at(self, address: &str, back: &str, count: Option<usize>) -> HttpResponse {
        let mut location = format!("{address}?done={}", self.word());
        if let Some(count) = count {
            location.push_str(&format!("&count={count}"));
        }
        if !back.is_empty() {
            location.push('&');
            location.push_str(back);
        }
        see_other(&location)
    }
}

/// Which button of a form was pressed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Then {
    /// Back to the list.
    #[default]
    Save,
    /// On with the same form.
    Continue,
    /// On with an empty form.
    Another,
}

/// An id in an address; anything else is no such thing.
fn id(request: &actix_web::HttpRequest) -> Result<i64, crate::error::Error> {
    request.match_info().query("id").parse().map_err(|_| crate::error::Error::NotFound)
}
