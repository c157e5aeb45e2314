//! The settings of the site.

use actix_web::{http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    share::Sharers,
    site::{NewPages, Site, SiteInput},
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::site;

use super::{flash::Flash, panel::Panel};
use crate::{
    App,
    auth::extract::Admin,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::{TextForm, checkbox},
        query::QueryString,
        view::{Errors, Link},
    },
};

#[derive(Serialize)]
struct SitePage {
    #[serde(flatten)]
    panel: Panel,
    fields: Fields,
    errors: Errors,
    zones: Vec<&'static str>,
}

/// The fields of the form as they were typed.
#[derive(Deserialize, Serialize)]
pub struct Fields {
    #[serde(default)]
    title: String,
    #[serde(default)]
    tagline: String,
    #[serde(default)]
    language: String,
    /// A script may leave it out: the site then keeps its time zone.
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    realm: String,
    #[serde(default)]
    refusal: String,
    #[serde(default)]
    footer: String,
    #[serde(default)]
    contact: String,
    /// The value of the checkbox; absent when it is not ticked.
    #[serde(default, deserialize_with = "checkbox")]
    hides_pages: bool,
    /// A script may leave it out: the site then keeps its choice.
    #[serde(default)]
    new_pages: Option<String>,
    /// A script may leave it out: the site then keeps its choice.
    #[serde(default)]
    sharers: Option<String>,
    version: i64,
}

impl Fields {
    fn of(site: &Site) -> Fields {
        let input = SiteInput::of(site);
        let SiteInput {
            title,
            tagline,
            language,
            time_zone,
            realm,
            refusal,
            footer,
            contact,
            hides_pages,
            new_pages,
            sharers,
            look: _,
            pictures: _,
        } = input;
        let (time_zone, version) = (Some(time_zone), site.version.0);
        let new_pages = Some(new_pages.as_str().into());
        let sharers = Some(sharers.as_str().into());
        Fields {
            title,
            tagline,
            language,
            time_zone,
            realm,
            refusal,
            footer,
            contact,
            hides_pages,
            new_pages,
            sharers,
            version,
        }
    }

    /// The input of the form, with the rest of the current settings.
    fn input(&self, site: &Site) -> SiteInput {
        SiteInput {
            title: self.title.clone(),
            tagline: self.tagline.clone(),
            language: self.language.clone(),
            time_zone: self.time_zone.clone().unwrap_or_default(),
            realm: self.realm.clone(),
            refusal: self.refusal.clone(),
            footer: self.footer.clone(),
            look: site.look.clone(),
            pictures: site.pictures.clone(),
            contact: self.contact.clone(),
            hides_pages: self.hides_pages,
            new_pages: self.new_pages.as_deref().map_or(site.new_pages, NewPages::parse),
            sharers: self.sharers.as_deref().and_then(Sharers::parse).unwrap_or(site.sharers),
        }
    }
}

/// GET `/admin/site`.
pub async fn edit(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let site = app.db.read(site::get).await?;
    let fields = Fields::of(&site);
    page(&app, &admin, &site, fields, &Invalid::default(), &query)
}

fn page(
    app: &App,
    admin: &Admin,
    site: &Site,
    fields: Fields,
    invalid: &Invalid,
    query: &QueryString,
) -> Result<Answer, Error> {
    let trail = [Link::new("/admin/", "Dashboard")];
    let panel = Panel::new(site, admin.account(), "site", "Site settings", &trail).with_message(query);
    let page = SitePage { panel, fields, errors: Errors::of(invalid), zones: Zone::names().collect() };
    Ok(Answer::panel(app.view.render("admin/site.html", &page)?))
}

/// POST `/admin/site`.
pub async fn update(app: Data<App>, admin: Admin, TextForm(mut fields): TextForm<Fields>) -> Result<Outcome, Error> {
    let refuse = |invalid: Invalid, fields, site: &Site, status| {
        let page = page(&app, &admin, site, fields, &invalid, &QueryString::default())?;
        Ok(Outcome::Page(page.with_status(status)))
    };
    let from = Version(fields.version);
    let site = app.db.read(site::get).await?;
    if fields.time_zone.is_none() {
        fields.time_zone = Some(site.time_zone.name().into());
    }
    let new = match fields.input(&site).check(from) {
        Ok(new) => new,
        Err(invalid) => return refuse(invalid, fields, &site, StatusCode::UNPROCESSABLE_ENTITY),
    };
    match save(&app, &admin, from, new).await? {
        None => Ok(Outcome::Redirect(Flash::Saved.at("/admin/site", "", None))),
        Some(site) => {
            fields.version = site.version.0;
            let words = "Somebody else saved the settings while you were editing. Your version is below; saving it replaces theirs.";
            refuse(Invalid::one("form", words), fields, &site, StatusCode::CONFLICT)
        }
    }
}

/// Saves the settings over the version `from`. If they have another one, nothing is saved, and the result is the current
/// settings.
pub(super) async fn save(app: &App, admin: &Admin, from: Version, new: Site) -> Result<Option<Site>, Error> {
    let proof = admin.proof();
    let update = move |conn: &mut store::Conn| store::writing::site::update(conn, &proof, from, &new, clock::now());
    match app.db.write_or_stale(update).await? {
        Some(_) => Ok(None),
        None => app.db.read(site::get).await.map(Some),
    }
}
