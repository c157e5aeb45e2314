//! Users in the panel: an existing user is shown and changed here; submodules hold the form, the list and the other actions.

mod add;
mod add_many;
mod app_passwords;
mod delete;
mod form;
mod heirs;
mod holdings;
mod keys;
mod link;
mod list;
mod load;
mod memberships;
mod password;
mod sheet;
mod unlock;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    site::Site,
    user::{User, UserId, UserInput},
};
use store::writing::users;

pub use add::{create, new};
pub use add_many::{add_many, ask as ask_many};
pub use app_passwords::end_app_passwords;
pub use delete::{confirm, delete};
pub use keys::{confirm_keys, end_keys};
pub use link::make as make_link;
pub use list::{act, list};
pub use password::{password, set_password};
pub use unlock::unlock;

use app_passwords::AppPasswords;
use form::{Disabling, Editing, Fields};
use heirs::Heir;
use link::LinkBox;
use load::load;
use memberships::{MembershipForm, Memberships};
use unlock::Guessed;

use super::{
    flash::Flash,
    request::{SubmitAction, id},
    sections::USERS,
};
use crate::{
    App,
    auth::extract::Admin,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::{Error, LAST_ADMIN},
        form::Form,
        query::{QueryString, encode},
    },
};

/// GET `/admin/users/{id}`.
pub async fn edit(request: HttpRequest, app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let fields = Fields::of(UserInput::of(&user, site.time_zone), user.version, USERS.back(query.get("back")));
    let guessed = Guessed::of(&app, &admin, &site, &user).await?;
    let link = LinkBox::of(&app, &admin, &site, &user).await?;
    let groups = Memberships::load(&app, &admin, &user, None, &fields.back).await?;
    let app_passwords = AppPasswords::of(&app, &admin, &site, &user).await?;
    let (proof, key) = (admin.proof(), user.id);
    let keys = app.db.read(move |conn| store::keys::of_user(conn, &proof, key, clock::now())).await?;
    let has_keys = keys.total() > 0;
    let editing = Editing { guessed, link, app_passwords, has_keys, ..Editing::of(&app, &admin, &site, Some(&user)) };
    editing.form_with(fields, &Invalid::default(), &query, Some(groups))
}

/// POST `/admin/users/{id}/groups`: puts the user into the groups that are ticked; 422 with the effect when the
/// user would gain access.
pub async fn set_groups(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut form): Form<MembershipForm>,
) -> Result<Outcome, Error> {
    form.back = USERS.back(&form.back);
    let (site, user) = load(&app, &admin, UserId(id(&request)?)).await?;
    let back = form.back.clone();
    match memberships::set(&app, &admin, &user, form).await? {
        None => {
            let kept = encode(&[("back", &back)]);
            Ok(Outcome::Redirect(Flash::Saved.at(&USERS.form_href(user.id.0), &kept, None)))
        }
        Some((groups, invalid)) => {
            let page = with_groups(&app, &admin, &site, &user, groups, &invalid, back)?;
            Ok(Outcome::Page(page.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
        }
    }
}

/// The form of a user with the groups as they were typed.
fn with_groups(
    app: &App,
    admin: &Admin,
    site: &Site,
    user: &User,
    groups: Memberships,
    invalid: &Invalid,
    back: String,
) -> Result<Answer, Error> {
    let fields = Fields::of(UserInput::of(user, site.time_zone), user.version, back);
    let editing = Editing::of(app, admin, site, Some(user));
    editing.form_with(fields, invalid, &QueryString::default(), Some(groups))
}

/// POST `/admin/users/{id}`: saves the form; 422 with what the user can read and their drafts when it disables the user and does
/// not confirm this.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = USERS.back(&fields.back);
    let id = UserId(id(&request)?);
    let (site, user) = load(&app, &admin, id).await?;
    let editing = Editing::of(&app, &admin, &site, Some(&user));
    let content = match fields.input().check(site.time_zone) {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let from = Version(fields.version);
    if let Some(asked) = fields.asked.filter(|_| fields.disables) {
        fields.then = asked;
    }
    // A form over another version is a conflict, whatever it answers.
    if user.active && !content.active && !fields.disables && user.version == from {
        let asking = Editing { disabling: Some(Disabling::of(&app, &admin, &user, &fields).await?), ..editing };
        return asking.refused(fields, &Invalid::default(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let heir = if fields.disables && !content.active { Heir::parse(&fields.drafts_to)? } else { Heir::default() };
    let (proof, new) = (admin.proof(), content.clone());
    let update = move |conn: &mut store::Conn| {
        heir.take_over_after(conn, &proof, &[id], |conn| users::update(conn, &proof, id, from, &new, clock::now()))
    };
    let saved = app.db.try_revoke(update).await?;
    let conflict = StatusCode::CONFLICT;
    match saved {
        Ok(user) => {
            let kept = encode(&[("back", &fields.back)]);
            Ok(Outcome::Redirect(match fields.then {
                SubmitAction::Save => Flash::Saved.at(USERS.list, &fields.back, None),
                SubmitAction::Continue => Flash::Saved.at(&USERS.form_href(user.id.0), &kept, None),
                SubmitAction::Another => Flash::Saved.at(&format!("{}/new", USERS.list), &kept, None),
            }))
        }
        Err(store::Error::Duplicate) => {
            let taken = Invalid::one("name", format!("There is another user {} already.", content.name));
            editing.refused(fields, &taken, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(store::Error::Confusing(words)) => {
            editing.refused(fields, &Invalid::one("name", words), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(store::Error::LastAdmin) => editing.refused(fields, &Invalid::one("form", LAST_ADMIN), conflict),
        Err(store::Error::Stale) => {
            let (_, theirs) = load(&app, &admin, id).await?;
            fields.version = theirs.version.0;
            let state = list::state(&theirs, clock::now());
            let words = format!(
                "Somebody else saved this user while you were editing, as {}, {}, {state}. Your version is below; \
                 saving it replaces theirs.",
                theirs.name,
                theirs.role.label().to_lowercase()
            );
            editing.refused(fields, &Invalid::one("form", words), conflict)
        }
        Err(error) => Err(error.into()),
    }
}
