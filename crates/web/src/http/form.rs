//! A form as a browser sends it: read within limits of size and time, and only with the token that we put into it.

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
    auth::{extract::Reader, form_token},
    clock,
};

/// The most bytes of a form: 1 MiB of text, each byte written as `%XX`, and room for the other fields.
const MOST: usize = 4 * 1024 * 1024;
/// The most fields: the longest list of the panel with every row chosen, several times over.
const FIELDS: usize = 500;
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The fields of a form that was sent by the user to whom we gave it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Form<T>, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let reader = Reader::of(&request).await?;
            let body = read(&request, payload).await?;
            still_active(&request, &reader).await?;
            if body.iter().filter(|byte| **byte == b'&').count() >= FIELDS {
                return Err(Error::Unprocessable(format!("A form has at most {FIELDS} fields.")));
            }
            let fields: Vec<(String, String)> = parse(&body)?;
            let token = fields.iter().find(|(name, _)| name == "form_token").map_or("", |(_, token)| token);
            if !form_token::holds(token, reader.account(), clock::now()) {
                let token = form_token::issue(reader.account(), clock::now());
                return Err(Error::StaleForm(Arc::new(StaleForm { action: address(&request), fields, token })));
            }
            parse(&body).map(Form)
        })
    }
}

/// Refuses a form whose sender was disabled, demoted or given another password while it came, which may take a while.
async fn still_active(request: &HttpRequest, reader: &Reader) -> Result<(), Error> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
    let name = reader.account().member.name.clone();
    let user = app.db.read(move |conn| store::users::find(conn, &name)).await?;
    match user.is_some_and(|user| reader.account().is_still(&user)) {
        true => Ok(()),
        false => Err(Error::Unauthorized),
    }
}

fn address(request: &HttpRequest) -> String {
    request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned()
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_html_form::from_bytes(body)
        .map_err(|error| Error::Unprocessable(format!("This form is not complete: {error}.")))
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Error> {
    let headers = request.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Error::UnsupportedMediaType);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > MOST) {
        return Err(Error::TooLarge(MOST));
    }
    tokio::time::timeout(PATIENCE, collect(payload)).await.map_err(|_| Error::Timeout)?
}

async fn collect(mut payload: Payload) -> Result<Bytes, Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest("The body of the request is broken."))?;
        if body.len() + chunk.len() > MOST {
            return Err(Error::TooLarge(MOST));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A tick box: sent when it is ticked, absent when it is not.
///
/// # Errors
/// When the field is no text, or a word that says neither.
pub fn checkbox<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    match Option::<String>::deserialize(field)?.as_deref() {
        Some("on" | "true" | "1" | "yes") => Ok(true),
        None | Some("off" | "false" | "0" | "no" | "") => Ok(false),
        // Not taken for no: of a script that wants a page private it would make it public.
        Some(_) => Err(serde::de::Error::custom("a tick box is on or off")),
    }
}
