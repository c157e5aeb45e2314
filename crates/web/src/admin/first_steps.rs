//! The first steps of a new site on the dashboard of administrators. Each is ticked by the state of the database.

use actix_web::{HttpResponse, web::Data};
use domain::{access, site::Site};
use serde::{Deserialize, Serialize};
use store::first_steps::{self, Progress};

use super::flash::Flash;
use crate::{
    App,
    auth::extract::Admin,
    clock,
    first_run::EXAMPLES,
    http::{error::Error, form::Form, responses::see_other},
};

const HOME: &str = "/admin/";

/// The steps, and which of them are done.
#[derive(Serialize)]
pub(super) struct FirstSteps {
    is_named: bool,
    has_clock: bool,
    has_page: bool,
    has_readers: bool,
    /// The keys of the example pages that are left.
    examples: Vec<String>,
    done: usize,
}

impl FirstSteps {
    /// The steps of a site; `None` if all are done, or if they were hidden.
    pub(super) fn of(conn: &mut store::Conn, admin: &access::Admin) -> store::Result<Option<FirstSteps>> {
        let Progress { is_hidden, has_own_page, examples, has_readers } =
            first_steps::progress(conn, admin, &EXAMPLES)?;
        if is_hidden {
            return Ok(None);
        }
        let (site, new) = (store::site::get(conn)?, Site::default());
        let (is_named, has_clock) = (site.title != new.title, site.time_zone != new.time_zone);
        let examples: Vec<String> = examples.into_iter().map(|page| page.0.to_string()).collect();
        let steps = [is_named, has_clock, has_own_page, has_readers, examples.is_empty()];
        let done = steps.into_iter().filter(|done| *done).count();
        let open = done < steps.len();
        Ok(open.then_some(FirstSteps { is_named, has_clock, has_page: has_own_page, has_readers, examples, done }))
    }
}

/// The form of the button that hides the steps; it has no field of its own.
#[derive(Deserialize)]
pub struct Hide {}

/// POST `/admin/site/first-steps`: hides the steps.
pub async fn hide(app: Data<App>, admin: Admin, Form(Hide {}): Form<Hide>) -> Result<HttpResponse, Error> {
    let proof = admin.proof();
    app.db.write(move |conn| store::writing::site::hide_first_steps(conn, &proof, clock::now())).await?;
    Ok(see_other(HOME))
}

/// The time zone of the browser.
#[derive(Deserialize)]
pub struct Clock {
    time_zone: String,
}

/// POST `/admin/site/time-zone`: sets the time zone of the site, and changes nothing else.
pub async fn set_clock(
    app: Data<App>,
    admin: Admin,
    Form(Clock { time_zone }): Form<Clock>,
) -> Result<HttpResponse, Error> {
    let zone = domain::zone::Zone::parse(&time_zone).map_err(|words| Error::Unprocessable(words.into()))?;
    let site = app.db.read(store::site::get).await?;
    let from = site.version;
    match super::site::save(&app, &admin, from, Site { time_zone: zone, ..site }).await? {
        None => Ok(Flash::Saved.at(HOME, "", None)),
        Some(_) => Err(Error::Conflict("Somebody else saved the settings at the same moment. Try again.".into())),
    }
}
