//! The sheet with the names and new passwords of users: shown once, to copy or to print.

use actix_web::HttpRequest;
use domain::site::Site;
use serde::Serialize;

use crate::{
    App,
    admin::{panel::Panel, request::site_address},
    http::{answer::Answer, error::Error},
};

/// What somebody needs to sign in, for each user.
#[derive(Serialize)]
pub(super) struct Sheet {
    site: String,
    address: String,
    slips: Vec<Slip>,
}

/// The name and the password of a user.
#[derive(Serialize)]
pub(super) struct Slip {
    pub(super) name: String,
    pub(super) password: String,
}

impl Sheet {
    pub(super) fn new(app: &App, request: &HttpRequest, site: &Site, slips: Vec<Slip>) -> Sheet {
        Sheet { site: site.title.clone(), address: format!("{}/", site_address(app, request)), slips }
    }
}

#[derive(Serialize)]
struct SheetPage {
    #[serde(flatten)]
    panel: Panel,
    sheet: Sheet,
    /// The users of one sheet belong to one list; a single user also has a form.
    edit_href: String,
    list_href: String,
}

/// The page with a sheet; `edit_href` is empty for several users.
pub(super) fn page(
    app: &App,
    panel: Panel,
    sheet: Sheet,
    edit_href: String,
    list_href: String,
) -> Result<Answer, Error> {
    let page = SheetPage { panel, sheet, edit_href, list_href };
    Ok(Answer::panel(app.view.render("admin/users/sheet.html", &page)?))
}
