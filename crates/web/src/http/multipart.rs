//! Forms with a file (RFC 7578): the fields are read first, within the limits of every form; the file is passed on as
//! it arrives.
//!
//! Such a form may be larger and take longer than any other. In return, a user may send at most two at a time, each has
//! to arrive at a minimum pace, and its token has to precede its file.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, Data},
};
use futures_util::StreamExt;

use super::{
    error::Error,
    form::{self, MAX_FIELDS},
    sent_form::SentForm,
    upload_limits::{Pace, Slot},
};
use crate::{
    App,
    auth::{extract::Reader, form_token},
    clock,
};

/// The maximum size of the fields in bytes: 1 MiB of text, and room for the others.
const MAX_FIELD_BYTES: usize = 2 * 1024 * 1024;
/// The memory that a form takes while it is handled: its fields twice, and the parts of its file that are being written.
const MEMORY: usize = 2 * MAX_FIELD_BYTES + 2 * crate::upload::BATCH;

/// The time that the client has left. The time that the server takes does not count.
struct Clock {
    pace: Pace,
    begun: Instant,
    arrived: Rc<Cell<u64>>,
    paused: Duration,
}

impl Clock {
    /// Waits for something that the client sends.
    ///
    /// # Errors
    /// [`Error::Timeout`] when it comes too late.
    async fn wait<T>(&self, sent: impl Future<Output = T>) -> Result<T, Error> {
        let earned = Duration::from_secs_f64(self.arrived.get() as f64 / f64::from(self.pace.rate.max(1)));
        let allowed = self.pace.grace.saturating_add(earned).min(self.pace.whole);
        let left = (self.begun + self.paused + allowed).saturating_duration_since(Instant::now());
        tokio::time::timeout(left, sent).await.map_err(|_| Error::Timeout)
    }
}

/// A form with a file that this site gave to the user who sent it. Its fields have been read, and its file is still
/// arriving.
pub struct FileForm {
    fields: Vec<(String, String)>,
    /// The name that the file has on the device of the user; empty for a form without a file.
    file_name: String,
    file: Option<Field>,
    rest: Multipart,
    clock: Clock,
    max_file: u64,
    _slot: Slot,
}

impl FromRequest for FileForm {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<FileForm, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { FileForm::receive(&request, payload).await })
    }
}

impl FileForm {
    async fn receive(request: &HttpRequest, payload: Payload) -> Result<FileForm, Error> {
        let reader = Reader::with_password(request).await?;
        let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
        let headers = request.headers();
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = header(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("multipart/form-data") {
            return Err(Error::UnsupportedMediaType);
        }
        let max_file = app.options.uploads.file;
        let announced = header(header::CONTENT_LENGTH).parse::<u64>().ok();
        if announced.is_some_and(|bytes| bytes > max_file + MAX_FIELD_BYTES as u64) {
            return Err(too_large(max_file));
        }
        let slot = app.upload_slots.take(reader.account().member.id).ok_or(Error::TooManyUploads)?;
        let memory = announced.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(MEMORY).min(MEMORY);
        let share = form::room(request, memory).await.ok_or(Error::NoRoom)?;
        request.extensions_mut().insert(share);
        let arrived = Rc::<Cell<u64>>::default();
        let counter = arrived.clone();
        let counted = payload.inspect(move |chunk| {
            counter.set(counter.get() + chunk.as_ref().map_or(0, |chunk| chunk.len() as u64));
        });
        let clock = Clock { pace: app.options.pace, begun: Instant::now(), arrived, paused: Duration::ZERO };
        let rest = Multipart::new(headers, counted);
        let (fields, file_name, file) = (Vec::new(), String::new(), None);
        let mut form = FileForm { fields, file_name, file, rest, clock, max_file, _slot: slot };
        let checked = match form.read_fields().await {
            Ok(()) => form.check(request, &reader).await,
            Err(error) => Err(error),
        };
        match checked {
            Ok(()) => Ok(form),
            Err(error) => {
                form.read_to_the_end(&error).await;
                Err(error)
            }
        }
    }

    /// Reads the fields up to the file.
    async fn read_fields(&mut self) -> Result<(), Error> {
        let mut bytes = 0;
        while let Some(field) = self.clock.wait(self.rest.next()).await? {
            let mut field = field.map_err(|_| BROKEN)?;
            let file_name = field.content_disposition().and_then(|disposition| disposition.get_filename());
            match file_name {
                // A file field for which no file was chosen.
                Some("") => {
                    while let Some(chunk) = self.clock.wait(field.next()).await? {
                        chunk.map_err(|_| BROKEN)?;
                    }
                }
                Some(name) => {
                    self.file_name = unescaped(name);
                    self.file = Some(field);
                    return Ok(());
                }
                None => {
                    if self.fields.len() >= MAX_FIELDS {
                        return Err(Error::Unprocessable(format!("A form has at most {MAX_FIELDS} fields.").into()));
                    }
                    let name = field.name().unwrap_or_default().to_owned();
                    let mut value = Vec::new();
                    while let Some(chunk) = self.clock.wait(field.next()).await? {
                        let chunk = chunk.map_err(|_| BROKEN)?;
                        bytes += chunk.len();
                        if bytes > MAX_FIELD_BYTES {
                            return Err(Error::TooLarge(MAX_FIELD_BYTES));
                        }
                        value.extend_from_slice(&chunk);
                    }
                    let value = String::from_utf8(value)
                        .map_err(|_| Error::Unprocessable(format!("The field {name} is not UTF-8.").into()))?;
                    self.fields.push((name, value));
                }
            }
        }
        Ok(())
    }

    async fn check(&self, request: &HttpRequest, reader: &Reader) -> Result<(), Error> {
        form::check_still_active(request, reader).await?;
        SentForm::keep_fields(request, &self.fields);
        match self.get("form_token") {
            "" if self.file.is_some() => {
                Err(Error::Forbidden("The field form_token is missing, or comes after the file.".into()))
            }
            token if form_token::is_valid(token, reader.account(), clock::now()) => Ok(()),
            _ => Err(Error::StaleForm),
        }
    }

    /// The value of a field; empty without it.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The fields before the file, in order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The name that the file has on the device of the user; `None` for a form without a file.
    pub fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|_| self.file_name.as_str())
    }

    /// The next bytes of the file; `None` at its end.
    ///
    /// # Errors
    /// 400 if the client ends it early, 408 if it is too slow.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let chunk = self.clock.wait(file.next()).await?.transpose().map_err(|_| BROKEN);
        // A field must not be asked again after its end.
        if !matches!(chunk, Ok(Some(_))) {
            self.file = None;
        }
        chunk
    }

    /// Awaits work of the server, whose time does not count against the client.
    pub async fn pause<T>(&mut self, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = work.await;
        self.clock.paused += begun.elapsed();
        done
    }

    /// The maximum size of a file in bytes.
    pub fn max_file(&self) -> u64 {
        self.max_file
    }

    /// The error for a file that is larger than the maximum.
    pub fn too_large(&self) -> Error {
        too_large(self.max_file)
    }

    /// Reads what follows and drops it: a browser that is interrupted while it sends shows no answer. After an error that closes
    /// the connection nothing is read.
    pub async fn read_to_the_end(&mut self, error: &Error) {
        if matches!(error, Error::TooLarge(_) | Error::Timeout | Error::BadRequest(_)) {
            return;
        }
        self.drop_rest().await;
    }

    /// Reads what follows the file and drops it.
    pub async fn drop_rest(&mut self) {
        let max_bytes = self.max_file + 2 * MAX_FIELD_BYTES as u64;
        while let Ok(Some(_)) = self.chunk().await {
            if self.clock.arrived.get() > max_bytes {
                return;
            }
        }
        self.file = None;
        while let Ok(Some(Ok(mut field))) = self.clock.wait(self.rest.next()).await {
            while let Ok(Some(Ok(_))) = self.clock.wait(field.next()).await {
                if self.clock.arrived.get() > max_bytes {
                    return;
                }
            }
        }
    }
}

const BROKEN: Error = Error::BadRequest("The body of the request is broken, or ended early.");

fn too_large(max_file: u64) -> Error {
    Error::TooLarge(usize::try_from(max_file).unwrap_or(usize::MAX))
}

/// The name of a file, in which browsers write quotation marks and the ends of lines as `%22`, `%0D` and `%0A`, and nothing else
/// (HTML standard, section 4.10.21.8).
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}
