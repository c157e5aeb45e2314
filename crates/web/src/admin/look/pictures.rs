//! The logo and the icon of the site: each is uploaded and removed alone, on the page of the look.

use domain::{
    file::{ContentId, FileName},
    invalid::Invalid,
    look::{PICTURE_BYTES, PICTURE_SIDE, Role, may_be_picture},
    site::Site,
};
use serde::Serialize;

use crate::{
    App,
    admin::receiving,
    auth::extract::Admin,
    clock,
    http::{error::Error, multipart::FileForm, sheets::TOKENS},
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

/// Saves the picture of a form, or removes the one that is there. The inner error is a sentence for the person who uploads.
///
/// # Errors
/// As [`receiving::take`], except for 422.
pub(super) async fn save(
    app: &App,
    admin: &Admin,
    role: Role,
    form: &mut FileForm,
) -> Result<Result<(), String>, Error> {
    let received = match (form.get("action"), form.file_name().map(str::to_owned)) {
        ("remove", _) => Ok(None),
        (_, Some(sent)) => receive(app, &sent, form).await.map(Some),
        (_, None) => Err(Error::Unprocessable("Choose a file first.".into())),
    };
    match received {
        Ok(picture) => set(app, admin, role, picture).await.map(Ok),
        Err(Error::Unprocessable(words)) => Ok(Err(words.to_string())),
        Err(error) => Err(error),
    }
}

/// Receives the bytes of a picture. They are checked and cleaned like those of files of pages.
async fn receive(app: &App, sent: &str, form: &mut FileForm) -> Result<(FileName, ContentId), Error> {
    let refuse = |words: String| Error::Unprocessable(words.into());
    let name = FileName::suggest(sent).map_err(|why| refuse(format!("{sent}: {why}")))?;
    if !may_be_picture(name.kind()) {
        return Err(refuse(format!("{name} is not a PNG, JPEG, WebP or GIF.")));
    }
    let limits = Limits { file: PICTURE_BYTES.min(app.options.uploads.file), ..app.options.uploads };
    let (content, end) = receiving::take(app, &name, limits, form).await?;
    match end.summary.size {
        Some((width, height)) if width.max(height) <= PICTURE_SIDE => Ok((name, content)),
        _ => Err(refuse(format!("{name} has more than {PICTURE_SIDE} pixels on a side."))),
    }
}

async fn set(app: &App, admin: &Admin, role: Role, picture: Option<(FileName, ContentId)>) -> Result<(), Error> {
    let (proof, now) = (admin.proof(), clock::now());
    let change = move |conn: &mut store::Conn| {
        let picture = picture.as_ref().map(|(name, content)| (name.extension(), *content));
        store::writing::site::set_picture(conn, &proof, role, picture, now)
    };
    app.db.write(change).await
}
