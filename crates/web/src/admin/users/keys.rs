//! Ending all keys of a user, after a question.

use actix_web::{HttpRequest, web::Data};
use domain::user::UserId;
use serde::{Deserialize, Serialize};

use super::load::load;
use crate::{
    App,
    admin::{
        flash::Flash,
        panel::Panel,
        request::id,
        sections::{KEYS, USERS},
    },
    auth::extract::Admin,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
    },
};

#[derive(Serialize)]
struct KeysPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    name: String,
    is_active: bool,
    has_password: bool,
    /// The kinds of keys that end, each with its number.
    parts: Vec<String>,
    /// The label of the button.
    submit: String,
    password_href: String,
    back: String,
    from: String,
    cancel_href: String,
}

/// The address from which the question was opened, and to which its answer redirects.
fn origin(id: UserId, from: &str, back: &str) -> String {
    if from == "user" { USERS.form_href(id.0) } else { KEYS.list_href(back) }
}

/// GET `/admin/users/{id}/keys`: asks for confirmation.
pub async fn confirm_keys(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    query: QueryString,
) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let (proof, key, now) = (admin.proof(), user.id, clock::now());
    let counts = app.db.read(move |conn| store::keys::of_user(conn, &proof, key, now)).await?;
    let (from, back) = (query.get("from"), KEYS.back(query.get("back")));
    let keys = if counts.total() == 1 { "1 key".into() } else { format!("{} keys", counts.total()) };
    let trail = match from {
        "user" => USERS.trail_under(user.id.0, user.name.as_str(), ""),
        _ => KEYS.trail(&back),
    };
    let page = KeysPage {
        panel: Panel::new(&site, admin.account(), KEYS.name, format!("End all keys of {}?", user.name), &trail),
        action: format!("{}/keys", USERS.form_href(user.id.0)),
        is_active: user.is_active_at(now),
        has_password: !user.password_hash.is_none(),
        parts: counts.parts(),
        submit: format!("End {keys} of {}", user.name),
        password_href: format!("{}/password", USERS.form_href(user.id.0)),
        cancel_href: origin(user.id, from, &back),
        from: from.to_owned(),
        name: user.name.to_string(),
        back,
    };
    Ok(Answer::panel(app.view.render("admin/users/keys.html", &page)?))
}

/// The answer to the question.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    from: String,
    #[serde(default)]
    back: String,
}

/// POST `/admin/users/{id}/keys`: ends all keys that the user has now.
pub async fn end_keys(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let (proof, id) = (admin.proof(), UserId(id(&request)?));
    let end = move |conn: &mut store::Conn| store::writing::keys::end_of_user(conn, &proof, id, clock::now());
    let ended = app.db.revoke(end).await?.ok_or(Error::NotFound)?;
    let back = KEYS.back(&form.back);
    let (address, kept) = if form.from == "user" { (origin(id, "user", ""), "") } else { (KEYS.list.into(), &*back) };
    Ok(Outcome::Redirect(Flash::KeysEnded.at(&address, kept, Some(ended.total()))))
}
