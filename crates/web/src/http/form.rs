//! Forms: read within limits of size and time, and accepted only with a valid form token.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, BytesMut, Data},
};
use domain::draft::FormId;
use futures_util::StreamExt;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::{budget::Share, envelope::Envelope, error::Error, sent_form::SentForm};
use crate::{
    App,
    auth::{current_user::current_user, extract::Reader, form_token},
    clock,
};

/// The maximum size in bytes of a form whose fields together take no more than this, each byte encoded as `%XX`.
const MAX_BYTES: usize = 64 * 1024;
/// The maximum size in bytes of a form with the text of a page: 1 MiB of text with each byte encoded as `%XX`, and room for
/// the other fields.
const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// The memory that a form takes while it is handled, as a multiple of its size: its body, its fields, and the values
/// that are made of them.
const COPIES: usize = 3;
/// How long a form waits for others to finish, if they leave no room for it.
const ROOM_TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum number of fields: several times those of the longest list in the panel with every row selected.
pub(super) const MAX_FIELDS: usize = 500;
/// The maximum time that a form may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The fields of a form that this site gave to the user who sent it; at most 64 KiB.
pub struct Form<T>(pub T);

/// As [`Form`], for a form in which a person may type more, such as a text, many names or CSS; at most 4 MiB. What is too long
/// is refused by the check of its field, which shows the form again.
pub struct TextForm<T>(pub T);

/// A random number for a form, by which its answer recognises that it was sent before.
///
/// # Errors
/// 500 when the system has no randomness.
pub fn new_form_id() -> Result<FormId, Error> {
    let random = getrandom::u64().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
    // At most 53 bits, exact in JavaScript; never 0, which means no form.
    Ok(FormId((random >> 11).max(1).cast_signed()))
}

type Receiving<F> = Pin<Box<dyn Future<Output = Result<F, Error>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Receiving<Form<T>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { receive(&request, payload, MAX_BYTES).await.map(Form) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for TextForm<T> {
    type Error = Error;
    type Future = Receiving<TextForm<T>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { receive(&request, payload, MAX_TEXT_BYTES).await.map(TextForm) })
    }
}

/// The fields of a form without a token, whose address is a secret that no other site knows; at most 64 KiB.
///
/// # Errors
/// As for every form; 413 and 415 before anything is read.
pub async fn receive_unsigned<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Error> {
    parse(&read(request, payload, MAX_BYTES).await?)
}

/// Reads the form of a user who may not send it, so that the answer shows what was typed. What cannot be read is left out.
pub(crate) async fn keep_refused(request: &HttpRequest, payload: Payload) {
    if let Ok(body) = read(request, payload, MAX_TEXT_BYTES).await {
        SentForm::keep_body(request, body);
    }
}

async fn receive<T: DeserializeOwned>(request: &HttpRequest, payload: Payload, max_bytes: usize) -> Result<T, Error> {
    let reader = Reader::with_password(request).await?;
    let body = read(request, payload, max_bytes).await?;
    check_still_active(request, &reader).await?;
    if body.iter().filter(|byte| **byte == b'&').count() >= MAX_FIELDS {
        return Err(Error::Unprocessable(format!("A form has at most {MAX_FIELDS} fields.").into()));
    }
    SentForm::keep_body(request, body.clone());
    if !form_token::is_valid(&token(&body)?, reader.account(), clock::now()) {
        return Err(Error::StaleForm);
    }
    parse(&body)
}

/// The token in a body, without a copy of the other fields; empty if there is none.
fn token(body: &[u8]) -> Result<String, Error> {
    let mut pairs = body.split(|byte| *byte == b'&');
    let Some(pair) = pairs.find(|pair| pair.starts_with(b"form_token=")) else { return Ok(String::new()) };
    let pair: Vec<(String, String)> = parse(pair)?;
    Ok(pair.into_iter().next().map(|(_, token)| token).unwrap_or_default())
}

/// Rejects a form whose sender was disabled, demoted or given another password while the body arrived.
pub(super) async fn check_still_active(request: &HttpRequest, reader: &Reader) -> Result<(), Error> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
    match current_user(&app.db, &reader.account().member.name).await? {
        Some(now) if reader.account().is_unchanged(&now.user, clock::now()) => Ok(()),
        _ => Err(Error::Rejected),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_html_form::from_bytes(body)
        .map_err(|error| Error::Unprocessable(format!("This form is incomplete: {error}.").into()))
}

/// Fields by name as the type of their form.
///
/// # Errors
/// 422 for fields that no such form has.
pub fn from_pairs<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, Error> {
    let body = serde_html_form::to_string(fields).map_err(|error| Error::Internal(error.to_string()))?;
    parse(body.as_bytes())
}

async fn read(request: &HttpRequest, mut payload: Payload, max_bytes: usize) -> Result<Bytes, Error> {
    let headers = request.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Error::UnsupportedMediaType);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > max_bytes) {
        return Err(Error::TooLarge(max_bytes));
    }
    // Room for the whole form is taken first. Two half-received forms could otherwise wait for each other.
    let room = room(request, COPIES * announced.unwrap_or(max_bytes)).await;
    let reading = async {
        match room {
            Some(share) => {
                request.extensions_mut().insert(share);
                collect(&mut payload, max_bytes).await
            }
            // A browser that is interrupted while it sends shows no answer.
            None => receive_chunks(&mut payload, max_bytes, |_| {}).await.and(Err(Error::NoRoom)),
        }
    };
    tokio::time::timeout(BODY_TIMEOUT, reading).await.map_err(|_| Error::Timeout)?
}

/// A share of the budget of bytes under way, which the request keeps until it is answered; `None` if others leave no room.
pub(super) async fn room(request: &HttpRequest, bytes: usize) -> Option<Share> {
    let app = request.app_data::<Data<App>>()?;
    app.under_way.take_within(Some(Envelope::of(request).client.origin()), bytes, ROOM_TIMEOUT).await
}

async fn collect(payload: &mut Payload, max_bytes: usize) -> Result<Bytes, Error> {
    let mut body = BytesMut::new();
    receive_chunks(payload, max_bytes, |chunk| body.extend_from_slice(chunk)).await?;
    Ok(body.freeze())
}

async fn receive_chunks(payload: &mut Payload, max_bytes: usize, mut keep: impl FnMut(&Bytes)) -> Result<(), Error> {
    let mut bytes = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest("The body of the request is broken."))?;
        bytes += chunk.len();
        if bytes > max_bytes {
            return Err(Error::TooLarge(max_bytes));
        }
        keep(&chunk);
    }
    Ok(())
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
