//! Adding a user.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    invalid::Invalid,
    site::Site,
    text,
    user::{Role, UserContent, Username},
};
use store::writing::{AccessDiff, AddUsers, Command, Outcome as Written};

use super::{
    form::{Editing, Fields},
    link,
    memberships::Memberships,
    password::{self, By},
    sheet::{self, Sheet, Slip},
};
use crate::{
    App,
    admin::{
        access_preview::consent, access_question::AccessQuestion, flash::Flash, request::SubmitAction, sections::USERS,
    },
    auth::{extract::Admin, secret::Secret},
    http::{
        answer::{Answer, Outcome},
        envelope::Envelope,
        error::Error,
        form::Form,
        query::{QueryString, encode},
    },
};

/// GET `/admin/users/new`.
pub async fn new(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (site, ()) = app.db.read_with_site(|_| Ok(())).await?;
    let fields = Fields::of_new(Role::Reader, USERS.back(query.get("back")));
    let groups = Memberships::of_new(&app, &admin, &[], None).await?;
    Editing::of(&app, &admin, &site, None).form_with(fields, &Invalid::default(), &query, Some(groups))
}

/// POST `/admin/users`. Redirects to the form of the new user, or to an empty one; the answer shows a generated password or a
/// link this once. 422 with the effect when the user would gain access by the groups that are ticked.
pub async fn create(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = USERS.back(&fields.back);
    if let Some(asked) = fields.asked.filter(|_| !fields.agreed.is_empty()) {
        fields.then = asked;
    }
    let site = app.db.site().await;
    let adding = Adding { app: &app, admin: &admin, site: &site };
    let by = || admin.proof().editor().clone();
    let name = text::cleaned(&fields.name);
    let name = name.trim();
    let chosen = match fields.by {
        By::Link => link::new_secret().map(InitialCredential::Link).map(Ok)?,
        by => password::choose(&fields.password, &fields.password_again, by, name).map(InitialCredential::Password),
    };
    let mut invalid = Invalid::default();
    invalid.take("name", check_new_name(&app, &admin, name).await?);
    let content = fields.input().check(site.time_zone).map_err(|wrong| invalid.extend(wrong)).ok();
    let groups = invalid.take("groups", fields.group_names());
    let add = content.zip(groups).map(|(content, groups)| {
        let add = AddUsers::new(&admin.proof(), vec![content.clone()], groups);
        (content, add)
    });
    let gains = match &add {
        None => None,
        Some((_, add)) => match app.db.preview(by(), Command::AddUsers(add.clone())).await? {
            Ok(diff) => Some(diff).filter(AccessDiff::needs_consent),
            Err(store::Error::Refused(words)) => {
                invalid.add("groups", words);
                None
            }
            Err(error) => return Err(error.into()),
        },
    };
    let (UserContent { name, role, note, .. }, add, chosen) = match (add, chosen) {
        (Some((content, add)), Ok(chosen)) if invalid.is_empty() => (content, add, chosen),
        (_, chosen) => {
            invalid.extend(chosen.err().unwrap_or_default());
            return adding.refused(fields, &invalid, gains.as_ref()).await;
        }
    };
    if let Some(diff) = gains.filter(|diff| fields.agreed != diff.fingerprint().as_str()) {
        return adding.ask(fields, &diff).await;
    }
    let with_way_in = match &chosen {
        InitialCredential::Link(secret) => add.clone().with_links(vec![secret.hash()]),
        InitialCredential::Password(chosen) => {
            let origin = Envelope::of(&request).client.origin();
            add.clone().with_passwords(vec![app.authenticator.bcrypt_pool.hash(origin, &chosen.password).await?])
        }
    };
    let command = Command::AddUsers(with_way_in);
    let id = match app.db.run(by(), command, consent(&fields.agreed)).await? {
        Ok(Written::Users(added)) => added.first().copied().ok_or(Error::NotFound)?,
        Ok(_) => return Err(Error::NotFound),
        Err(store::Error::Unconfirmed) => {
            let diff = app.db.preview(by(), Command::AddUsers(add)).await??;
            return adding.ask(fields, &diff).await;
        }
        Err(store::Error::Duplicate) => {
            let taken = Invalid::one("name", format!("There is a user {name} already."));
            return adding.refused(fields, &taken, None).await;
        }
        Err(store::Error::Confusing(words)) => {
            return adding.refused(fields, &Invalid::one("name", words), None).await;
        }
        Err(store::Error::Refused(words)) => {
            return adding.refused(fields, &Invalid::one("groups", words), None).await;
        }
        Err(error) => return Err(error.into()),
    };
    let kept = encode(&[("back", &fields.back)]);
    let slip = match &chosen {
        InitialCredential::Link(secret) => Some(Slip::link(&name, &note, secret)),
        InitialCredential::Password(chosen) => {
            chosen.generated.clone().map(|generated| Slip::password(&name, &note, generated))
        }
    };
    let groups = match (&slip, fields.then) {
        (Some(_), SubmitAction::Another) => Memberships::of_new(&app, &admin, &[], None).await.ok(),
        _ => None,
    };
    match (slip, fields.then, groups) {
        (Some(slip), _, Some(groups)) => {
            let added = Some(Sheet::new(&app, &request, &site, vec![slip]));
            let form = Editing { added, ..Editing::of(&app, &admin, &site, None) };
            let fields = Fields { by: fields.by, ..Fields::of_new(role, fields.back) };
            let (valid, query) = (Invalid::default(), QueryString::default());
            form.form_with(fields, &valid, &query, Some(groups)).map(Outcome::Page)
        }
        // Also if the database does not give another form: the secret is shown this once.
        (Some(slip), ..) => sheet::reveal(&app, &request, &admin, &site, (id, &name), slip, &fields.back),
        (None, SubmitAction::Another, _) => {
            Ok(Outcome::Redirect(Flash::Created.at(&format!("{}/new", USERS.list), &kept, None)))
        }
        (None, ..) => Ok(Outcome::Redirect(Flash::Created.at(&USERS.form_href(id.0), &kept, None))),
    }
}

/// How a new user signs in for the first time.
enum InitialCredential {
    Link(Secret),
    Password(password::ChosenPassword),
}

/// The form of a new user, shown again.
struct Adding<'a> {
    app: &'a App,
    admin: &'a Admin,
    site: &'a Site,
}

impl Adding<'_> {
    /// The form with its messages; with `gains`, also with the question about them.
    async fn refused(self, fields: Fields, invalid: &Invalid, gains: Option<&AccessDiff>) -> Result<Outcome, Error> {
        let Adding { app, admin, site } = self;
        let then = fields.then.word();
        let question = gains.map(|diff| AccessQuestion::new(diff, None, "Add this user and", then));
        let groups = Memberships::of_new(app, admin, &fields.groups, question).await?;
        let editing = Editing::of(app, admin, site, None);
        let form = editing.form_with(fields, invalid, &QueryString::default(), Some(groups))?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }

    /// Asks whether the user may gain access. A form never has the password that was typed.
    async fn ask(self, fields: Fields, diff: &AccessDiff) -> Result<Outcome, Error> {
        let invalid = match fields.by {
            By::Link | By::Generated => Invalid::default(),
            By::Typed => Invalid::one("password", "Type the password once more: forms do not keep it."),
        };
        self.refused(fields, &invalid, Some(diff)).await
    }
}

/// Says why a user cannot have this new name, while the form may have other errors, and before a password is hashed.
async fn check_new_name(app: &App, admin: &Admin, typed: &str) -> Result<Result<(), String>, Error> {
    let name = match Username::parse_new(typed) {
        Ok(name) => name,
        Err(words) => return Ok(Err(words)),
    };
    let proof = admin.proof();
    let obstacles = app.db.read(move |conn| store::users::name_obstacles(conn, &proof, &[name])).await?;
    Ok(obstacles.into_iter().flatten().next().map_or(Ok(()), Err))
}
