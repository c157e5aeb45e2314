//! The look of the site for its readers.

mod pictures;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    look::{LookInput, Preset, Role, Typeface, Width},
    own_css,
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::site;

use super::{flash::Flash, panel::Panel};
use crate::{
    App,
    auth::extract::Admin,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::TextForm,
        multipart::FileForm,
        query::QueryString,
        view::{Errors, Link},
    },
};

#[derive(Serialize)]
struct LookPage {
    #[serde(flatten)]
    panel: Panel,
    fields: Fields,
    errors: Errors,
    presets: [Choice; 3],
    typefaces: [Choice; 4],
    widths: [Choice; 3],
    /// A legible accent colour, if the typed one is not legible; otherwise empty.
    readable_accent: String,
    /// The accent colours of the saved look, in light and in dark colours.
    accents: [String; 2],
    max_kib: usize,
    pictures: Vec<pictures::Row>,
}

/// A choice with its words in the form.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
    help: &'static str,
}

const PRESETS: [Choice; 3] = [
    Choice { value: Preset::Plain.as_str(), label: "Plain", help: "Warm greys; text with serifs." },
    Choice { value: Preset::Paper.as_str(), label: "Paper", help: "Cream and brown; serifs everywhere." },
    Choice {
        value: Preset::Console.as_str(),
        label: "Console",
        help: "Fixed-width letters; green on black in the dark.",
    },
];

const TYPEFACES: [Choice; 4] = [
    Choice { value: Typeface::OfLook.as_str(), label: "As in the preset", help: "" },
    Choice { value: Typeface::Serif.as_str(), label: "Serif", help: "" },
    Choice { value: Typeface::Sans.as_str(), label: "Sans serif", help: "" },
    Choice { value: Typeface::System.as_str(), label: "System", help: "" },
];

const WIDTHS: [Choice; 3] = [
    Choice { value: Width::Narrow.as_str(), label: "Narrow", help: "" },
    Choice { value: Width::Normal.as_str(), label: "Normal", help: "" },
    Choice { value: Width::Wide.as_str(), label: "Wide", help: "" },
];

/// The fields of the form as they were typed.
#[derive(Deserialize, Serialize)]
pub struct Fields {
    #[serde(default)]
    preset: String,
    #[serde(default)]
    accent: String,
    #[serde(default)]
    typeface: String,
    #[serde(default)]
    width: String,
    #[serde(default)]
    css: String,
    /// The colour of the button that takes the offered accent colour.
    #[serde(default, skip_serializing)]
    take: String,
    version: i64,
}

impl Fields {
    fn of(site: &Site) -> Fields {
        let LookInput { preset, accent, typeface, width, css } = LookInput::of(&site.look);
        Fields { preset, accent, typeface, width, css, take: String::new(), version: site.version.0 }
    }

    fn input(&self) -> LookInput {
        LookInput {
            preset: self.preset.clone(),
            accent: self.accent.clone(),
            typeface: self.typeface.clone(),
            width: self.width.clone(),
            css: self.css.clone(),
        }
    }
}

/// GET `/admin/site/look`.
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
    let panel = Panel::new(site, admin.account(), "look", "Look", &trail).with_message(query);
    let accents = site.look.accents();
    let page = LookPage {
        panel,
        readable_accent: fields.input().readable_accent().map(|accent| accent.to_string()).unwrap_or_default(),
        fields,
        errors: Errors::of(invalid),
        presets: PRESETS,
        typefaces: TYPEFACES,
        widths: WIDTHS,
        accents: [accents.light, accents.dark].map(|accent| accent.to_string()),
        max_kib: own_css::MAX_BYTES >> 10,
        pictures: pictures::rows(site, invalid),
    };
    Ok(Answer::panel(app.view.render("admin/look.html", &page)?))
}

/// POST `/admin/site/look/{picture}`: another logo or icon, or none.
pub async fn update_picture(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    mut form: FileForm,
) -> Result<Outcome, Error> {
    let role = Role::parse(request.match_info().query("picture"));
    let saved = match role {
        Some(role) => pictures::save(&app, &admin, role, &mut form).await,
        None => Err(Error::NotFound),
    };
    match &saved {
        Ok(_) => form.drop_rest().await,
        Err(error) => form.read_to_the_end(error).await,
    }
    match (saved?, role) {
        (Err(words), Some(role)) => {
            let site = app.db.read(site::get).await?;
            let invalid = Invalid::one(role.as_str(), words);
            let page = page(&app, &admin, &site, Fields::of(&site), &invalid, &QueryString::default())?;
            Ok(Outcome::Page(page.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        _ => Ok(Outcome::Redirect(Flash::Saved.at("/admin/site/look", "", None))),
    }
}

/// POST `/admin/site/look`.
pub async fn update(app: Data<App>, admin: Admin, TextForm(mut fields): TextForm<Fields>) -> Result<Outcome, Error> {
    let refuse = |invalid: Invalid, fields, site: &Site, status| {
        let page = page(&app, &admin, site, fields, &invalid, &QueryString::default())?;
        Ok(Outcome::Page(page.with_status(status)))
    };
    if !fields.take.is_empty() {
        fields.accent = std::mem::take(&mut fields.take);
    }
    let from = Version(fields.version);
    let site = app.db.read(site::get).await?;
    let new = match fields.input().check() {
        Ok(look) => Site { look, ..site.clone() },
        Err(invalid) => return refuse(invalid, fields, &site, StatusCode::UNPROCESSABLE_ENTITY),
    };
    match super::site::save(&app, &admin, from, new).await? {
        None => Ok(Outcome::Redirect(Flash::Saved.at("/admin/site/look", "", None))),
        Some(site) => {
            fields.version = site.version.0;
            let words = "Somebody else saved the settings while you were editing. Your look is below; saving it replaces theirs.";
            refuse(Invalid::one("form", words), fields, &site, StatusCode::CONFLICT)
        }
    }
}
