//! Deleting a user, after a confirmation.

use actix_web::{HttpRequest, web::Data};
use domain::user::UserId;
use serde::{Deserialize, Serialize};
use store::writing::users;

use super::{holdings::Holdings, load::load};
use crate::{
    App,
    admin::{flash::Flash, panel::Panel, request::id, sections::USERS},
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
struct DeletePage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    name: String,
    role_label: &'static str,
    holdings: Holdings,
    back: String,
    cancel_href: String,
}

/// GET `/admin/users/{id}/delete`: asks for confirmation.
pub async fn confirm(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let (proof, held_by) = (admin.proof(), user.clone());
    let holdings = app.db.read(move |conn| Holdings::of(conn, &proof, &held_by)).await?;
    let back = USERS.back(query.get("back"));
    let trail = USERS.trail_under(user.id.0, user.name.as_str(), &back);
    let page = DeletePage {
        panel: Panel::new(&site, admin.account(), "users", "Delete this user?", &trail),
        action: format!("{}/delete", USERS.form_href(user.id.0)),
        name: user.name.to_string(),
        role_label: user.role.label(),
        holdings,
        cancel_href: USERS.href(user.id.0, "", &back),
        back,
    };
    Ok(Answer::panel(app.view.render("admin/users/delete.html", &page)?))
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    back: String,
}

/// POST `/admin/users/{id}/delete`.
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let (proof, id) = (admin.proof(), UserId(id(&request)?));
    let deleted = app.db.revoke(move |conn| users::delete(conn, &proof, &[id], clock::now())).await?;
    if deleted == 0 {
        return Err(Error::NotFound);
    }
    Ok(Outcome::Redirect(Flash::Deleted.at(USERS.list, &USERS.back(&form.back), None)))
}
