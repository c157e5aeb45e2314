//! The frame of the panel's pages.

use domain::site::Site;
use serde::Serialize;

use super::{
    flash::Flash,
    header::{self, Destination},
    message::Notice,
};
use crate::{
    auth::{account::Account, form_token},
    clock,
    http::{
        query::QueryString,
        view::{Frame, Link},
    },
};

/// The fields of `admin/base.html`.
#[derive(Serialize)]
pub(super) struct Panel {
    #[serde(flatten)]
    frame: Frame,
    form_token: String,
    section: &'static str,
    destinations: Vec<Destination>,
    /// The parts of the current destination; only on the first page of each.
    tabs: Vec<Destination>,
    title: String,
    breadcrumbs: Vec<Link>,
    message: String,
    action_notice: Option<Notice>,
}

impl Panel {
    /// The frame of a page of the panel; `trail` holds the breadcrumbs above it.
    pub(super) fn new(
        site: &Site,
        account: &Account,
        section: &'static str,
        title: impl Into<String>,
        trail: &[Link],
    ) -> Panel {
        Panel {
            frame: Frame::new(site, Some(account)),
            form_token: form_token::issue(account, clock::now()),
            section,
            destinations: header::of(account, section),
            tabs: if trail.len() == 1 { header::tabs(account, section) } else { Vec::new() },
            title: title.into(),
            breadcrumbs: trail.to_vec(),
            message: String::new(),
            action_notice: None,
        }
    }

    /// Adds the flash message that the address names.
    pub(super) fn with_message(mut self, query: &QueryString) -> Panel {
        self.message = Flash::message(query);
        self
    }

    /// Adds the message about an action on a page.
    pub(super) fn with_notice(mut self, notice: Option<Notice>) -> Panel {
        if notice.is_some() {
            self.message.clear();
        }
        self.action_notice = notice;
        self
    }
}
