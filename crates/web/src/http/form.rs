//! Forms: read within limits of size and time, and accepted only with a valid form token.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, BytesMut, Data},
};
use futures_util::StreamExt;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::{error::Error, stale_form::StaleForm};
use crate::{
    App,
    auth::{current_user::current_user, extract::Reader, form_token},
    clock,
};

/// The maximum size of a form in bytes: 1 MiB of text with each byte encoded as `%XX`, and room for the other fields.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The maximum number of fields: several times those of the longest list in the panel with every row selected.
const MAX_FIELDS: usize = 500;
/// The maximum time that a form may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The fields of a form that this site gave to the user who sent it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Form<T>, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let reader = Reader::of(&request).await?;
            let body = read(&request, payload).await?;
            check_still_active(&request, &reader).await?;
            if body.iter().filter(|byte| **byte == b'&').count() >= MAX_FIELDS {
                return Err(Error::Unprocessable(format!("A form has at most {MAX_FIELDS} fields.")));
            }
            let fields: Vec<(String, String)> = parse(&body)?;
            let token = fields.iter().find(|(name, _)| name == "form_token").map_or("", |(_, token)| token);
            if !form_token::is_valid(token, reader.account(), clock::now()) {
                let token = form_token::issue(reader.account(), clock::now());
                return Err(Error::StaleForm(Arc::new(StaleForm { action: target(&request), fields, token })));
            }
            parse(&body).map(Form)
        })
    }
}

/// Rejects a form whose sender was disabled, demoted or given another password while the body arrived.
async fn check_still_active(request: &HttpRequest, reader: &Reader) -> Result<(), Error> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
    match current_user(&app.db, &reader.account().member.name).await? {
        Some(now) if reader.account().is_unchanged(&now.user) => Ok(()),
        _ => Err(Error::Unauthorized),
    }
}

fn target(request: &HttpRequest) -> String {
    request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned()
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_html_form::from_bytes(body)
        .map_err(|error| Error::Unprocessable(format!("This form is incomplete: {error}.")))
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Error> {
    let headers = request.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Error::UnsupportedMediaType);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > MAX_BYTES) {
        return Err(Error::TooLarge(MAX_BYTES));
    }
    tokio::time::timeout(BODY_TIMEOUT, collect(payload)).await.map_err(|_| Error::Timeout)?
}

async fn collect(mut payload: Payload) -> Result<Bytes, Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest("The body of the request is broken."))?;
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Error::TooLarge(MAX_BYTES));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads a checkbox: present when it is checked, absent when it is not.
///
/// # Errors
/// When the field is not text, or a word that means neither.
pub fn checkbox<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    match Option::<String>::deserialize(field)?.as_deref() {
        Some("on" | "true" | "1" | "yes") => Ok(true),
        None | Some("off" | "false" | "0" | "no" | "") => Ok(false),
        // Not false: for a script that sends an unknown word for "private", that would make the page public.
        Some(_) => Err(serde::de::Error::custom("a checkbox is on or off")),
    }
}
