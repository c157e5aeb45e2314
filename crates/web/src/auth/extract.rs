//! Extractors of the requesting user: `Reader`, `Editor` and `Admin`, each with one condition more than the one before.
//! Only a request can make one.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::access::{self, Visitor};

use super::{
    account::Account,
    sign_in::{SignIn, recognised, sign_in},
};
use crate::{http::error::Error, language::sentence::Sentence};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// The viewer of a list that everybody may see, and that shows more to signed-in users.
#[derive(Clone)]
pub struct MaybeReader {
    account: Option<Arc<Account>>,
    notice: &'static str,
    is_sender: bool,
}

impl MaybeReader {
    /// The visitor of the access rule.
    pub fn visitor(&self) -> Visitor {
        self.account.as_ref().map_or(Visitor::Anonymous, |account| account.visitor())
    }

    /// The account of a signed-in viewer.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_deref()
    }

    /// The account of a signed-in viewer, to share.
    pub fn shared_account(&self) -> Option<&Arc<Account>> {
        self.account.as_ref()
    }

    /// The key of the message for the page when credentials were sent and not accepted; empty otherwise.
    pub fn notice(&self) -> &'static str {
        self.notice
    }

    /// The viewer that an editor impersonates.
    pub fn seen_by(_: &Editor, account: Option<Arc<Account>>) -> MaybeReader {
        MaybeReader { account, notice: "", is_sender: false }
    }

    /// Whether the viewer sent the request, so that the browser has their credentials.
    pub fn is_sender(&self) -> bool {
        self.is_sender
    }

    /// The viewer of a public page: signed in only if the credentials were proven before. Nothing is verified here, and
    /// a request with any other credentials gets what strangers get.
    pub async fn recognised(request: &HttpRequest) -> MaybeReader {
        MaybeReader { account: recognised(request).await, notice: "", is_sender: true }
    }

    /// The viewer as a reader, if they are signed in.
    pub(crate) fn reader(&self) -> Option<Reader> {
        self.account.clone().map(Reader)
    }

    /// Reads the viewer from a request. Invalid credentials are not an error here: a browser that still sends an old
    /// password must be able to show the front page.
    pub async fn of(request: &HttpRequest) -> Result<MaybeReader, Error> {
        let viewer = |account, notice| Ok(MaybeReader { account, notice, is_sender: true });
        let anonymous = |notice| viewer(None, notice);
        match sign_in(request).await {
            Ok(SignIn::Anonymous) => anonymous(""),
            Ok(SignIn::Authenticated(account)) => viewer(Some(account), ""),
            Ok(SignIn::Rejected) => anonymous("notice-not-accepted"),
            Err(Error::BadRequest(message)) => Err(Error::BadRequest(message)),
            Err(Error::Forbidden(_)) => anonymous(""),
            Err(_) => anonymous("notice-not-verified"),
        }
    }
}

impl FromRequest for MaybeReader {
    type Error = Error;
    type Future = Extracting<MaybeReader>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { MaybeReader::of(&request).await })
    }
}

/// A signed-in user; 401 for everybody else.
#[derive(Clone)]
pub struct Reader(Arc<Account>);

impl Reader {
    /// The account of the user.
    pub fn account(&self) -> &Account {
        &self.0
    }

    /// The account of the user, to share.
    pub fn shared_account(&self) -> &Arc<Account> {
        &self.0
    }

    /// Reads the user from a request; an app password is not enough.
    ///
    /// # Errors
    /// 403 for an app password, or as [`Reader::of`].
    pub async fn with_password(request: &HttpRequest) -> Result<Reader, Error> {
        let reader = Reader::of(request).await?;
        match reader.account().app_password() {
            None => Ok(reader),
            Some(_) => Err(Error::Forbidden(Sentence::new("error-forbidden-app-password"))),
        }
    }

    /// The reader as the viewer of a page.
    pub(crate) fn viewer(&self, is_sender: bool) -> MaybeReader {
        MaybeReader { account: Some(self.0.clone()), notice: "", is_sender }
    }

    /// Reads the user from a request.
    ///
    /// # Errors
    /// 401, or as [`sign_in`].
    pub async fn of(request: &HttpRequest) -> Result<Reader, Error> {
        match sign_in(request).await? {
            SignIn::Authenticated(account) => Ok(Reader(account)),
            SignIn::Anonymous => Err(Error::Unauthorized),
            SignIn::Rejected => Err(Error::Rejected),
        }
    }
}

impl FromRequest for Reader {
    type Error = Error;
    type Future = Extracting<Reader>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Reader::of(&request).await })
    }
}

/// A signed-in user who may write pages; 403 for other signed-in users.
#[derive(Clone)]
pub struct Editor {
    reader: Reader,
    proof: access::Editor,
}

impl Editor {
    /// The account of the user.
    pub fn account(&self) -> &Account {
        self.reader.account()
    }

    /// The account of the user, to share.
    pub fn shared_account(&self) -> &Arc<Account> {
        self.reader.shared_account()
    }

    /// The proof of the role that the store requires.
    pub fn proof(&self) -> access::Editor {
        self.proof.clone()
    }

    /// Reads the editor from a request.
    ///
    /// # Errors
    /// 403, or as [`Reader::with_password`].
    pub async fn of(request: &HttpRequest) -> Result<Editor, Error> {
        let reader = Reader::with_password(request).await?;
        let proof = access::Editor::of(&reader.account().visitor());
        proof.map(|proof| Editor { reader: reader.clone(), proof }).ok_or_else(|| forbidden(&reader))
    }
}

impl FromRequest for Editor {
    type Error = Error;
    type Future = Extracting<Editor>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Editor::of(&request).await })
    }
}

/// An editor who may manage users and the site; 403 for other signed-in users.
#[derive(Clone)]
pub struct Admin {
    editor: Editor,
    proof: access::Admin,
}

impl Admin {
    /// The account of the user.
    pub fn account(&self) -> &Account {
        self.editor.account()
    }

    /// The proof of the role that the store requires.
    pub fn proof(&self) -> access::Admin {
        self.proof.clone()
    }

    /// Reads the administrator from a request.
    ///
    /// # Errors
    /// 403, or as [`Editor::of`].
    pub async fn of(request: &HttpRequest) -> Result<Admin, Error> {
        let editor = Editor::of(request).await?;
        let proof = access::Admin::of(&editor.account().visitor());
        proof.map(|proof| Admin { editor: editor.clone(), proof }).ok_or_else(|| forbidden(&editor.reader))
    }
}

impl FromRequest for Admin {
    type Error = Error;
    type Future = Extracting<Admin>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Admin::of(&request).await })
    }
}

fn forbidden(reader: &Reader) -> Error {
    let member = &reader.account().member;
    Error::Forbidden(
        Sentence::new("error-forbidden-panel").with("name", member.name.as_str()).with("role", member.role.as_str()),
    )
}
