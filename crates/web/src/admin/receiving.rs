//! Receives the bytes of a file from a form: they are checked, cleaned and stored, and do not belong to a page yet.

use domain::file::{ContentId, FileName};
use store::writing::contents;

use crate::{
    App, clock,
    http::{error::Error, multipart::FileForm},
    upload::{End, Limits, Refused, Upload, Written},
};

/// Receives the bytes of the file of a form. No database connection is held while the client sends. The stored bytes of
/// a refused file are deleted.
///
/// # Errors
/// 413 for too many bytes, 422 for bytes that do not match the kind in the name, 507 without room.
pub(super) async fn take(
    app: &App,
    name: &FileName,
    limits: Limits,
    form: &mut FileForm,
) -> Result<(ContentId, End), Error> {
    let mut upload = Upload::new(name, limits);
    let filled = fill(app, &mut upload, form).await;
    let begun = upload.content();
    let finished = match filled {
        Ok(()) => finish(app, upload, form).await,
        Err(error) => Err(error),
    };
    if finished.is_err() {
        discard(app, begun).await;
    }
    finished
}

async fn fill(app: &App, upload: &mut Upload, form: &mut FileForm) -> Result<(), Error> {
    while let Some(chunk) = form.chunk().await? {
        upload.push(&chunk).map_err(|why| refusal(why, form))?;
        while let Some(batch) = upload.batch() {
            let now = clock::now();
            let written = form.pause(app.db.store_bytes(move |conn| batch.write(conn, now))).await?;
            upload.written(stored(written)?);
        }
    }
    Ok(())
}

async fn finish(app: &App, upload: Upload, form: &mut FileForm) -> Result<(ContentId, End), Error> {
    let end = upload.end().map_err(|why| refusal(why, form))?;
    let now = clock::now();
    let writing = app.db.store_bytes(move |conn| Ok((end.write(conn, now)?, end)));
    match form.pause(writing).await? {
        Some((written, end)) => Ok((stored(Some(written))?, end)),
        None => Err(no_space(FULL)),
    }
}

const FULL: &str = "The disk of the site is full, so that the file was not stored.";

fn no_space(words: &'static str) -> Error {
    Error::NoSpace(words.into())
}

/// The content of a batch that was written.
fn stored(written: Option<Written>) -> Result<ContentId, Error> {
    match written {
        Some(Written::In(content)) => Ok(content),
        Some(Written::NoSpace) => Err(Error::NoSpace(Refused::NoSpace.to_string().into())),
        None => Err(no_space(FULL)),
    }
}

fn refusal(why: Refused, form: &FileForm) -> Error {
    match why {
        Refused::TooLarge(max_bytes) if max_bytes < form.max_file() => Error::Unprocessable(why.to_string().into()),
        Refused::TooLarge(_) => form.too_large(),
        Refused::NoSpace => Error::NoSpace(why.to_string().into()),
        Refused::Media(_) => Error::Unprocessable(why.to_string().into()),
    }
}

/// Deletes the stored bytes of an upload that ended early. If that fails, they are swept a day later.
async fn discard(app: &App, content: Option<ContentId>) {
    let Some(content) = content else { return };
    loop {
        match app.db.store_bytes(move |conn| contents::discard(conn, content)).await {
            Ok(Some(false)) => {}
            Ok(Some(true) | None) => return,
            Err(error) => {
                log::debug!("an upload that ended early stays for a day: {error}");
                return;
            }
        }
    }
}
