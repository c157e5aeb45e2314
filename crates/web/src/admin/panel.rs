//! The frame of the panel's pages.

use domain::site::Site;
use serde::Serialize;

use super::done::Done;
use crate::{
    auth::{account::Account, form_token},
    clock,
    http::{
        query::QueryString,
        view::{Frame, Link},
    },
};

/// What `admin/base.html` needs.
#[derive(Serialize)]
pub(super) struct Panel {
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
            title: title.into(),
            breadcrumbs: trail.to_vec(),
            message: String::new(),
        }
    }

    /// With the message that the address asks for, after something was done.
    pub(super) fn with_message(mut self, query: &QueryString) -> Panel {
        self.message = Done::message(query);
        self
    }
}
