//! The logo and the icon of the site: each is uploaded and removed alone, on the page of the look.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    file::{ContentId, FileName},
    invalid::Invalid,
    look::{PICTURE_BYTES, PICTURE_SIDE, Role, may_be_picture},
    site::Site,
};
use serde::Serialize;
use store::site;

use super::{Fields, page};
use crate::{
    App,
    admin::{flash::Flash, receiving},
    auth::extract::Admin,
    clock,
    http::{answer::Outcome, error::Error, multipart::FileForm, query::QueryString, sheets::TOKENS},
    upload::Limits,
};

/// A picture as the page shows it.
#[derive(Serialize)]
pub(super) struct Row {
    role: &'static str,
    label: &'static str,
    help: &'static str,
    /// The address of the picture; empty without one.
    href: String,
    error: String,
}

/// The pictures in the order of the page.
pub(super) fn rows(site: &Site, invalid: &Invalid) -> Vec<Row> {
    let row = |role: Role| Row {
        role: role.as_str(),
        label: match role {
            Role::Logo => "Logo",
            Role::DarkLogo => "Logo on dark pages",
            Role::Icon => "Icon",
        },
        help: match role {
            Role::Logo => "In the header, in place of the title.",
            Role::DarkLogo => "For readers with dark colours; without it, the logo above.",
            Role::Icon => "In tabs and bookmarks: square, with 180 pixels or more on a side.",
        },
        href: site.pictures.get(role).map(|picture| format!("{TOKENS}{}", picture.file_name())).unwrap_or_default(),
        error: invalid.get(role.as_str()).unwrap_or_default().to_owned(),
    };
    Role::ALL.into_iter().map(row).collect()
}

/// POST `/admin/site/look/{picture}`: another picture, or none.
pub async fn update(request: HttpRequest, app: Data<App>, admin: Admin, mut form: FileForm) -> Result<Outcome, Error> {
    let answer = take(&request, &app, &admin, &mut form).await;
    match &answer {
        Ok(_) => form.drop_rest().await,
        Err(error) => form.read_to_the_end(error).await,
    }
    answer
}

async fn take(request: &HttpRequest, app: &App, admin: &Admin, form: &mut FileForm) -> Result<Outcome, Error> {
    let role = Role::parse(request.match_info().query("picture")).ok_or(Error::NotFound)?;
    if form.get("action") == "remove" {
        return set(app, admin, role, None).await;
    }
    let received = match form.file_name().map(str::to_owned) {
        Some(sent) => receive(app, &sent, form).await,
        None => Err(Error::Unprocessable("Choose a file first.".into())),
    };
    match received {
        Ok(picture) => set(app, admin, role, Some(picture)).await,
        Err(Error::Unprocessable(words)) => {
            let site = app.db.read(site::get).await?;
            let invalid = Invalid::one(role.as_str(), words.to_string());
            let page = page(app, admin, &site, Fields::of(&site), &invalid, &QueryString::default())?;
            Ok(Outcome::Page(page.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
        Err(error) => Err(error),
    }
}

/// Takes the bytes of a picture. They are checked and cleaned as those of pages are.
async fn receive(app: &App, sent: &str, form: &mut FileForm) -> Result<(FileName, ContentId), Error> {
    let refuse = |words: String| Error::Unprocessable(words.into());
    let name = FileName::suggest(sent).map_err(|why| refuse(format!("{sent}: {why}")))?;
    if !may_be_picture(name.kind()) {
        return Err(refuse(format!("{name} is no PNG, JPEG, WebP or GIF.")));
    }
    let limits = Limits { file: PICTURE_BYTES.min(app.options.uploads.file), ..app.options.uploads };
    let (content, end) = receiving::take(app, &name, limits, form).await?;
    match end.summary.size {
        Some((width, height)) if width.max(height) <= PICTURE_SIDE => Ok((name, content)),
        _ => Err(refuse(format!("{name} has more than {PICTURE_SIDE} pixels on a side."))),
    }
}

async fn set(app: &App, admin: &Admin, role: Role, picture: Option<(FileName, ContentId)>) -> Result<Outcome, Error> {
    let (proof, now) = (admin.proof(), clock::now());
    let change = move |conn: &mut store::Conn| {
        let picture = picture.as_ref().map(|(name, content)| (name.ending(), *content));
        store::writing::site::set_picture(conn, &proof, role, picture, now)
    };
    app.db.write(change).await?;
    Ok(Outcome::Redirect(Flash::Saved.at("/admin/site/look", "", None)))
}
