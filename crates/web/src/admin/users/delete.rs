//! Deleting a user, after a confirmation.

use actix_web::{HttpRequest, web::Data};
use domain::user::UserId;
use serde::{Deserialize, Serialize};
use store::writing::users;

use super::{heirs::Heir, holdings::Holdings, load::load};
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
    /// The editors who can have the drafts; none if there are no drafts.
    editors: Vec<String>,
    back: String,
    cancel_href: String,
}

/// GET `/admin/users/{id}/delete`: asks for confirmation.
pub async fn confirm(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let (holdings, editors) = Holdings::with_heirs(&app, &admin, &user).await?;
    let back = USERS.back(query.get("back"));
    let trail = USERS.trail_under(user.id.0, user.name.as_str(), &back);
    let page = DeletePage {
        panel: Panel::new(&site, admin.account(), "users", "Delete this user?", &trail),
        action: format!("{}/delete", USERS.form_href(user.id.0)),
        name: user.name.to_string(),
        role_label: user.role.label(),
        holdings,
        editors,
        cancel_href: USERS.href(user.id.0, "", &back),
        back,
    };
    Ok(Answer::panel(app.view.render("admin/users/delete.html", &page)?))
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {
    /// The name of the editor who gets the drafts; empty to leave them as they are.
    #[serde(default)]
    drafts_to: String,
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
    let (proof, id, heir) = (admin.proof(), UserId(id(&request)?), Heir::parse(&form.drafts_to)?);
    let delete = move |conn: &mut store::Conn| {
        heir.take_over_after(conn, &proof, &[id], |conn| users::delete(conn, &proof, &[id], clock::now()))
    };
    let deleted = app.db.revoke(delete).await?;
    if deleted == 0 {
        return Err(Error::NotFound);
    }
    Ok(Outcome::Redirect(Flash::Deleted.at(USERS.list, &USERS.back(&form.back), None)))
}
