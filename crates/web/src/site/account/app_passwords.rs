//! Making and ending one's own app passwords. The secret of a new one is shown once.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use domain::{
    app_password::{AppPasswordContent, AppPasswordId, AppPasswordName, Lifetime, MAX_APP_PASSWORDS, limit},
    draft::FormId,
    invalid::Invalid,
};
use serde::Deserialize;
use store::writing::app_passwords::{self, Ended};

use super::page::{Facts, Made, Shown, Typed, language, page, page_of};
use crate::{
    App,
    auth::{extract::Reader, secret::Secret},
    clock,
    http::{answer::Answer, error::Error, form::Form, responses::see_other},
    language::sentence::Sentence,
};

/// POST `/account/app-passwords`: makes an app password, and shows its secret this once. The same form makes no other one: 409.
pub async fn make(app: Data<App>, reader: Reader, Form(typed): Form<Typed>) -> Result<Answer, Error> {
    let language = language(&app).await;
    let say = |sentence: Sentence| language.say(&sentence);
    let mut invalid = Invalid::default();
    let wrong_name = |_| say(Sentence::new("app-password-wrong-name").with("max", AppPasswordName::MAX));
    let name = invalid.take("name", AppPasswordName::parse(&typed.name).map_err(wrong_name));
    let below = limit(&typed.below).map_err(|_| say(Sentence::new("app-password-wrong-below")));
    let below = invalid.take("below", below);
    let lifetime = Lifetime::parse(&typed.days).map_err(|_| say(Sentence::new("app-password-wrong-days")));
    let lifetime = invalid.take("days", lifetime);
    let (Some(name), Some(below), Some(lifetime)) = (name, below, lifetime) else {
        return refused(&app, &reader, &invalid, typed).await;
    };
    let before = Facts::load(&app, &reader).await?;
    let secret = Secret::random_app_password().map_err(|error| Error::Internal(error.to_string()))?;
    let now = clock::now();
    let content = AppPasswordContent { name, below, ends_at: lifetime.end(now) };
    let (member, hash, label) = (reader.account().member.clone(), secret.hash(), content.name.to_string());
    let form = FormId(typed.form);
    let making = move |conn: &mut store::Conn| app_passwords::make_own(conn, &member, form, &content, &hash, now);
    let problem = match app.db.try_revoke(making).await? {
        Ok(_) => None,
        Err(store::Error::Stale) => {
            let invalid = Invalid::one("form", say(Sentence::new("app-password-made-already")));
            let page = page(&app, &reader, &invalid, Shown { typed, ..Shown::default() }).await?;
            return Ok(page.with_status(StatusCode::CONFLICT));
        }
        Err(store::Error::Duplicate) => Some(Sentence::new("app-password-taken")),
        Err(store::Error::Refused(_)) => Some(Sentence::new("app-password-many").with("max", MAX_APP_PASSWORDS)),
        Err(error) => return Err(error.into()),
    };
    if let Some(problem) = problem {
        return refused(&app, &reader, &Invalid::one("name", say(problem)), typed).await;
    }
    let command = format!("curl -u {} {}/", reader.account().member.name, app.options.base_url);
    let made = Made { name: label, secret: secret.reveal().to_owned(), command };
    // The secret is shown this once: if the database does not answer any more, the list is that of before.
    let facts = Facts::load(&app, &reader).await.unwrap_or(before);
    page_of(&app, &reader, facts, &Invalid::default(), Shown { made: Some(made), ..Shown::default() })
}

async fn refused(app: &App, reader: &Reader, invalid: &Invalid, typed: Typed) -> Result<Answer, Error> {
    let page = page(app, reader, invalid, Shown { typed, ..Shown::default() }).await?;
    Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

/// Which app passwords a form ends: the key of one, or `all`.
#[derive(Deserialize)]
pub struct Choice {
    which: String,
}

/// POST `/account/app-passwords/end`: ends one app password, or all.
pub async fn end(app: Data<App>, reader: Reader, Form(choice): Form<Choice>) -> Result<HttpResponse, Error> {
    let member = reader.account().member.clone();
    let ended = match choice.which.as_str() {
        "all" => Ended::All,
        id => Ended::One(AppPasswordId(id.parse().map_err(|_| Error::NotFound)?)),
    };
    app.db.revoke(move |conn| app_passwords::end_own(conn, &member, ended, clock::now())).await?;
    Ok(see_other("/account#app-passwords"))
}
