//! The buttons of a file in the form of its page.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    access::Admin,
    file::{ContentId, FileName},
    link::Target,
    page::{PageId, PagePath},
};
use serde::Deserialize;
use store::writing::{AddFile, ChangeFile, Command, Consent, FileChange, PurgeFile};

use super::{
    elsewhere, names,
    notice::Notice,
    of_page::OfPage,
    question,
    saving::{form_again, save_form, save_sent},
    uploads::{Added, SameName, add, file_href, free_name, is_navigation, uploaded_at},
};
use crate::{
    App,
    admin::{
        flash::Flash,
        pages::{Fields, editor_context},
        request::{id, segment},
        unused_contents,
    },
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::{TextForm, from_pairs},
        query::{QueryString, encode},
    },
};

/// The maximum number of characters of an alternative text.
const MAX_ALT_CHARS: usize = 500;

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Action {
    /// Shows the fields of the file.
    Edit,
    /// Appends the file to the text.
    Insert,
    /// Copies the file of another page, and names the copy in the text.
    Copy,
    /// Sets the name and the alternative text.
    Change,
    /// Makes the picture the cover of the page.
    Cover,
    /// Removes the cover of the page.
    NoCover,
    /// Removes the file when the page is published.
    Delete,
    /// Keeps a file that was to be removed.
    Keep,
    /// Asks whether the file is deleted for good.
    AskPurge,
    /// Deletes the file for good.
    Purge,
    /// Adds bytes that were uploaded, after the question about the name.
    Add,
}

#[derive(Deserialize)]
struct Input {
    action: Action,
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    file_alt: String,
    #[serde(default)]
    content: i64,
    #[serde(default)]
    same_name: String,
    #[serde(default)]
    notice: String,
}

/// The form of the page that came along with a button.
struct Sent<'a> {
    app: &'a App,
    editor: &'a Editor,
    page: PageId,
    name: FileName,
    /// The whole form of the page; its draft is saved.
    fields: Option<Fields>,
}

impl Sent<'_> {
    fn done(&self, name: &FileName, flash: Flash) -> Outcome {
        let back = self.fields.as_ref().map_or("", |fields| fields.back.as_str());
        Outcome::Redirect(file_href(self.page, name, flash, back))
    }

    async fn change(&self, change: FileChange) -> Result<Result<(), String>, Error> {
        let command = Command::ChangeFile(ChangeFile { page: self.page, name: self.name.clone(), change });
        match self.app.db.run(self.editor.proof(), command, Consent::Stated).await? {
            Ok(_) => Ok(Ok(())),
            Err(store::Error::Duplicate) => Ok(Err("Another file of this page has this name.".into())),
            Err(store::Error::Refused(words)) => Ok(Err(words)),
            Err(store::Error::Stale) => Err(Error::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// 422: the form again, with a message at the file.
    async fn refused(self, words: String) -> Result<Outcome, Error> {
        let Some(fields) = self.fields else { return Err(Error::Unprocessable(words.into())) };
        let query = QueryString::parse(&encode(&[("file", self.name.as_str())]));
        let (words, status) = (format!("{}: {words}", self.name), StatusCode::UNPROCESSABLE_ENTITY);
        form_again(self.app, self.editor, self.page, fields, words, status, &query).await.map(Outcome::Page)
    }

    /// Changes the text of the draft.
    async fn set_text(&mut self, text: impl FnOnce(&str) -> String) -> Result<Option<Outcome>, Error> {
        let zone = self.app.db.site().await.time_zone;
        let mut fields = match self.fields.take() {
            Some(fields) => fields,
            None => {
                let (_, context) = editor_context::load(self.app, self.editor, self.page, &[]).await?;
                Fields::of_context(&context, zone, String::new())?
            }
        };
        let changed = text(&fields.body);
        let other = match changed == fields.body {
            true => None,
            false => {
                fields.body = changed;
                save_form(self.app, self.editor, zone, self.page, &mut fields).await?.err()
            }
        };
        self.fields = Some(fields);
        Ok(other)
    }
}

/// POST `/admin/drafts/{id}/files/{name}`.
pub async fn act(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    TextForm(pairs): TextForm<Vec<(String, String)>>,
) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let name = FileName::parse(&segment(&request, "name")).map_err(|_| Error::NotFound)?;
    let input: Input = from_pairs(&pairs)?;
    let fields = match save_sent(&app, &editor, page, &pairs).await? {
        Ok(fields) => fields,
        Err(other) => return Ok(other),
    };
    let sent = Sent { app: &app, editor: &editor, page, name, fields };
    perform(&request, &app, sent, &input).await
}

async fn perform(request: &HttpRequest, app: &Data<App>, mut sent: Sent<'_>, input: &Input) -> Result<Outcome, Error> {
    let Sent { editor, page, .. } = sent;
    let name = sent.name.clone();
    let of_page = OfPage::load(app, editor, page).await?;
    let file = of_page.drafted().find(|file| file.name == name);
    match input.action {
        Action::Edit => Ok(sent.done(&name, Flash::DraftSaved)),
        Action::Insert => {
            let markdown = names::markdown(&name, file.map_or("", |file| file.alt.as_str()));
            let appended = |text: &str| match text.trim_end() {
                "" => format!("{markdown}\n"),
                text => format!("{text}\n\n{markdown}\n"),
            };
            match sent.set_text(appended).await? {
                Some(other) => Ok(other),
                None => Ok(sent.done(&name, Flash::FileInserted)),
            }
        }
        Action::Copy => copy(sent, &of_page, QueryString::of(request).get("from")).await,
        Action::Change => change(sent, &of_page, input).await,
        Action::Cover | Action::NoCover => {
            let is_cover = input.action == Action::Cover;
            match sent.change(FileChange::SetCover { is_cover, at_once: false }).await? {
                Ok(()) => Ok(sent.done(&name, if is_cover { Flash::CoverSet } else { Flash::CoverRemoved })),
                Err(words) => sent.refused(words).await,
            }
        }
        Action::Delete => match sent.change(FileChange::Remove { at_once: false }).await? {
            Ok(()) if of_page.is_live(&name) => Ok(sent.done(&name, Flash::FileLeaves)),
            Ok(()) => Ok(sent.done(&name, Flash::FileDeleted)),
            Err(words) => sent.refused(words).await,
        },
        Action::Keep => match sent.change(FileChange::Keep).await? {
            Ok(()) => Ok(sent.done(&name, Flash::FileKept)),
            Err(words) => sent.refused(words).await,
        },
        Action::AskPurge | Action::Purge => {
            // 403 for editors, even for the question.
            Admin::of(&editor.account().visitor()).ok_or(store::Error::NotAllowed)?;
            if input.action == Action::AskPurge {
                let site = app.db.site().await;
                return question::purge(app, editor, &site, page, &name).map(Outcome::Page);
            }
            match app
                .db
                .run(editor.proof(), Command::PurgeFile(PurgeFile { page, name: name.clone() }), Consent::Stated)
                .await?
            {
                Ok(_) => {
                    unused_contents::sweep_soon(app);
                    Ok(sent.done(&name, Flash::FilePurged))
                }
                Err(store::Error::Stale) => Err(Error::NotFound),
                Err(error) => Err(error.into()),
            }
        }
        Action::Add => {
            let same = SameName::parse(&input.same_name)?;
            let (content, notice) = (ContentId(input.content), Notice::parse(&input.notice));
            if !app.db.read(move |conn| store::files::is_stored(conn, content)).await? {
                return Err(Error::Conflict(
                    "The upload was kept for a day, and is gone. Upload the file again.".into(),
                ));
            }
            match add(app, editor, &of_page, name.clone(), content, same).await? {
                Added::As(name) if is_navigation(request) => {
                    Ok(Outcome::Redirect(uploaded_at(page, &name, notice, "")))
                }
                Added::As(name) => Ok(Outcome::Page(Answer::json(&serde_json::json!({
                    "name": name.as_str(),
                    "markdown": names::markdown(&name, ""),
                    "notice": notice.words(),
                    "draft": OfPage::load(app, editor, page).await?.draft_version(),
                }))?)),
                Added::Asks { .. } => Err(Error::Conflict(format!("This page has a file {name} already.").into())),
            }
        }
    }
}

/// Copies the file of the page at a path into the draft, as a row that shares the stored bytes. The text then names the
/// copy.
async fn copy(mut sent: Sent<'_>, of_page: &OfPage, from: &str) -> Result<Outcome, Error> {
    let from = PagePath::typed(from).map_err(|_| Error::NotFound)?;
    let (path, wanted) = (from.clone(), sent.name.clone());
    let found = sent.app.db.read(move |conn| elsewhere::find(conn, &path, &wanted)).await?;
    let Some(file) = found else { return sent.refused("That page has no such file any more.".into()).await };
    let is_here = of_page.drafted().any(|own| own.name == file.name && own.content.id == file.content.id);
    let name = match is_here {
        true => file.name,
        false => {
            let name = free_name(of_page, &file.name);
            let (page, content, alt) = (sent.page, file.content.id, file.alt);
            let add = AddFile { page, name: name.clone(), content, alt, replaces: false, at_once: false };
            match sent.app.db.run(sent.editor.proof(), Command::AddFile(add), Consent::Stated).await {
                Ok(Ok(_)) => name,
                Ok(Err(store::Error::Refused(words))) => return sent.refused(words).await,
                Ok(Err(error)) => return Err(error.into()),
                Err(error) => return Err(error),
            }
        }
    };
    let drafted = of_page.draft.as_ref().and_then(|draft| draft.typed.path());
    let own = drafted.or_else(|| of_page.path()).unwrap_or_else(PagePath::root);
    let target = Target { path: from.as_str().to_owned(), fragment: String::new(), file: Some(sent.name.clone()) };
    let replaced = |text: &str| names::with_own_name(text, &own, &target, &name);
    if let Some(other) = sent.set_text(replaced).await? {
        return Ok(other);
    }
    Ok(sent.done(&name, Flash::FileCopied))
}

/// Sets the name and the alternative text of a file. Links in the text follow the name.
async fn change(mut sent: Sent<'_>, of_page: &OfPage, input: &Input) -> Result<Outcome, Error> {
    let name = sent.name.clone();
    let alt = domain::text::cleaned(&input.file_alt).trim().to_owned();
    if alt.chars().count() > MAX_ALT_CHARS {
        return sent.refused(format!("An alternative text has at most {MAX_ALT_CHARS} characters.")).await;
    }
    let typed = input.file_name.trim();
    let to = match FileName::parse(if typed.is_empty() { name.as_str() } else { typed }) {
        Ok(to) => to,
        Err(words) => return sent.refused(words).await,
    };
    if let Err(words) = sent.change(FileChange::SetAlt(alt)).await? {
        return sent.refused(words).await;
    }
    if to != name {
        if let Err(words) = sent.change(FileChange::Rename(to.clone())).await? {
            return sent.refused(words).await;
        }
        let address = of_page.address();
        let renamed = |text: &str| names::renamed(text, &address, &name, &to);
        if let Some(other) = sent.set_text(renamed).await? {
            return Ok(other);
        }
    }
    Ok(sent.done(&to, Flash::FileChanged))
}
