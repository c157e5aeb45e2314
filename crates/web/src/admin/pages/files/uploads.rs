//! Uploading a file into the draft of a page.

use actix_web::{HttpRequest, http::header, web::Data};
use domain::{
    file::{ContentId, FileName, MAX_FILES, size_in_words},
    page::PageId,
};
use serde::Serialize;
use store::writing::{AddFile, Command, Consent};

use super::{
    names,
    notice::Notice,
    of_page::OfPage,
    question::{self, Repeated},
    saving::{form_again, save_sent},
};
use crate::{
    App,
    admin::{flash::Flash, pages::Fields, receiving, request::id},
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        error_page::wants_html,
        multipart::FileForm,
        query::{QueryString, encode},
        responses::see_other,
    },
    upload::End,
};

/// What happens to a file of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SameName {
    /// The user is asked.
    Ask,
    /// The new file replaces it.
    Replace,
    /// The new file gets a number.
    Number,
}

impl SameName {
    pub(super) fn parse(word: &str) -> Result<SameName, Error> {
        match word {
            "" => Ok(SameName::Ask),
            "replace" => Ok(SameName::Replace),
            "number" => Ok(SameName::Number),
            _ => Err(Error::Unprocessable("The field same_name is replace or number.".into())),
        }
    }
}

/// The answer to the script of the form.
#[derive(Serialize)]
struct Uploaded {
    name: String,
    size: String,
    /// The metadata that were removed from the file, in words; empty if there is nothing to mention.
    notice: &'static str,
    /// The Markdown that shows the file.
    markdown: String,
    /// The version of the draft.
    draft: i64,
}

/// Whether a request comes from the navigation of a browser, and not from a script.
pub(super) fn is_navigation(request: &HttpRequest) -> bool {
    let accept: Vec<_> = request.headers().get_all(header::ACCEPT).cloned().collect();
    wants_html(&accept)
}

/// POST `/admin/drafts/{id}/files`: a file of the page, with its whole form or alone.
pub async fn upload(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    query: QueryString,
    mut form: FileForm,
) -> Result<Outcome, Error> {
    let answer = take(&request, &app, &editor, &query, &mut form).await;
    match &answer {
        Ok(_) => form.drop_rest().await,
        Err(error) => form.read_to_the_end(error).await,
    }
    answer
}

async fn take(
    request: &HttpRequest,
    app: &App,
    editor: &Editor,
    query: &QueryString,
    form: &mut FileForm,
) -> Result<Outcome, Error> {
    let (page, site, html) = (PageId(id(request)?), app.db.site().await, is_navigation(request));
    let field = |name: &str| if query.has(name) { query.get(name).to_owned() } else { form.get(name).to_owned() };
    let (name, same) = (field("name"), SameName::parse(&field("same_name"))?);
    let fields = match save_sent(app, editor, page, form.fields()).await? {
        Ok(fields) => fields,
        Err(other) => return Ok(other),
    };
    let Some(sent) = form.file_name().map(str::to_owned) else {
        return refuse(app, editor, page, fields, Error::Unprocessable("Choose a file first.".into())).await;
    };
    let result = match named(&name, &sent) {
        Ok(name) => receive(app, editor, page, &name, same, form).await,
        Err(why) => Err(Error::Unprocessable(format!("{sent}: {why}").into())),
    };
    let received = match result {
        Ok(received) => received,
        Err(error) => {
            form.read_to_the_end(&error).await;
            return refuse(app, editor, page, fields, error).await;
        }
    };
    let Received { name, content, end, of_page } = received;
    let notice = Notice::of(&end.summary);
    let added = add(app, editor, &of_page, name, content, same).await;
    match added {
        Ok(Added::As(name)) if html => {
            let back = fields.as_ref().map_or("", |fields| fields.back.as_str());
            Ok(Outcome::Redirect(uploaded_at(page, &name, notice, back)))
        }
        Ok(Added::As(name)) => Ok(Outcome::Page(Answer::json(&Uploaded {
            markdown: names::markdown(&name, ""),
            size: size_in_words(end.bytes),
            notice: notice.words(),
            draft: OfPage::load(app, editor, page).await?.draft_version(),
            name: name.to_string(),
        })?)),
        Ok(Added::Asks { name, numbered }) => {
            let repeated = Repeated { name, numbered, content, notice };
            question::same_name(app, editor, &site, page, &repeated, html).map(Outcome::Page)
        }
        Err(error) => refuse(app, editor, page, fields, error).await,
    }
}

/// The name under which a file is stored.
fn named(wanted: &str, sent: &str) -> Result<FileName, String> {
    FileName::suggest(if wanted.is_empty() { sent } else { wanted })
}

/// A file whose bytes are stored and do not belong to a page yet.
struct Received {
    name: FileName,
    content: ContentId,
    end: End,
    of_page: OfPage,
}

/// Receives the bytes of a file. No database connection is held while the client sends.
async fn receive(
    app: &App,
    editor: &Editor,
    page: PageId,
    name: &FileName,
    same: SameName,
    form: &mut FileForm,
) -> Result<Received, Error> {
    let of_page = form.pause(OfPage::load(app, editor, page)).await?;
    let is_there = of_page.drafted().any(|file| file.name == *name);
    if of_page.drafted().count() >= MAX_FILES && !(is_there && same == SameName::Replace) {
        let words = format!("{name}: a page has at most {MAX_FILES} files. Delete one that it no longer uses.");
        return Err(Error::Unprocessable(words.into()));
    }
    match receiving::take(app, name, app.options.uploads, form).await {
        Ok((content, end)) => Ok(Received { name: name.clone(), content, end, of_page }),
        Err(Error::Unprocessable(why)) => Err(Error::Unprocessable(format!("{name}: {why}").into())),
        Err(error) => Err(error),
    }
}

/// The result of adding a file.
pub(super) enum Added {
    /// It is in the draft under this name.
    As(FileName),
    /// The page has a file of this name; another name is free.
    Asks { name: FileName, numbered: FileName },
}

/// Adds a file with stored bytes to a page.
pub(super) async fn add(
    app: &App,
    editor: &Editor,
    of_page: &OfPage,
    name: FileName,
    content: ContentId,
    same: SameName,
) -> Result<Added, Error> {
    let taken = |name: &FileName| of_page.drafted().any(|file| file.name == *name);
    let numbered = || free_name(of_page, &name);
    let (name, replaces) = match same {
        SameName::Ask if taken(&name) => return Ok(Added::Asks { numbered: numbered(), name }),
        SameName::Number if taken(&name) => (numbered(), false),
        SameName::Replace => (name, true),
        SameName::Ask | SameName::Number => (name, false),
    };
    let alt = of_page.drafted().find(|file| file.name == name).map(|file| file.alt.clone()).unwrap_or_default();
    let add = AddFile { page: of_page.id, name: name.clone(), content, alt, replaces, at_once: false };
    match app.db.run(editor.proof(), Command::AddFile(add), Consent::Stated).await? {
        Ok(_) => Ok(Added::As(name)),
        Err(store::Error::Duplicate) => {
            Err(Error::Conflict(format!("Somebody else added {name} meanwhile. Upload the file again.").into()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A name that no file of the page has: this one, or with a number.
pub(super) fn free_name(of_page: &OfPage, name: &FileName) -> FileName {
    let is_free = |name: &FileName| !of_page.drafted().any(|file| file.name == *name);
    let mut names = std::iter::once(name.clone()).chain((2..).map(|number| name.numbered(number)));
    names.find(is_free).unwrap_or_else(|| name.clone())
}

/// The redirect to the form after a file was added.
pub(super) fn uploaded_at(page: PageId, name: &FileName, notice: Notice, back: &str) -> actix_web::HttpResponse {
    file_href(page, name, notice.flash(), back)
}

/// The redirect to the form, at the fields of a file.
pub(super) fn file_href(page: PageId, name: &FileName, flash: Flash, back: &str) -> actix_web::HttpResponse {
    let query = encode(&[("done", flash.word()), ("file", name.as_str()), ("back", back)]);
    see_other(&format!("/admin/pages/{}?{query}#files", page.0))
}

/// The answer to a refused file. The form that was sent along is shown again; its draft is saved.
async fn refuse(
    app: &App,
    editor: &Editor,
    page: PageId,
    fields: Option<Fields>,
    error: Error,
) -> Result<Outcome, Error> {
    let Some(fields) = fields else { return Err(error) };
    if !matches!(error, Error::Unprocessable(_) | Error::NoSpace(_) | Error::Conflict(_)) {
        return Err(error);
    }
    let status = actix_web::ResponseError::status_code(&error);
    let query = QueryString::default();
    let form = form_again(app, editor, page, fields, error.to_string(), status, &query).await;
    form.map(Outcome::Page)
}
