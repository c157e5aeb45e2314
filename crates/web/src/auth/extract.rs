//! The extractors: each is the one before plus one condition, and none can be made by hand.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::access::{self, Visitor};

use super::{
    account::Account,
    sign_in::{SignIn, sign_in},
};
use crate::http::error::Error;

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// Whoever asks for a list, which all may see and some see more of.
#[derive(Clone)]
pub struct MaybeReader {
    account: Option<Arc<Account>>,
    notice: &'static str,
}

impl MaybeReader {
    /// The visitor of the access rule.
    pub fn visitor(&self) -> Visitor {
        self.account.as_ref().map_or(Visitor::Anonymous, |account| account.visitor())
    }

    /// The account, when somebody is signed in.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_deref()
    }

    /// The account, to share.
    pub fn shared(&self) -> Option<&Arc<Account>> {
        self.account.as_ref()
    }

    /// What to say when credentials were sent and could not be used; empty otherwise.
    pub fn notice(&self) -> &'static str {
        self.notice
    }

    /// The guest whom an editor wants to see the site as; nobody is signed in by it.
    pub fn seen_by(_: &Editor, account: Option<Arc<Account>>) -> MaybeReader {
        MaybeReader { account, notice: "" }
    }

    /// The reader that this guest is, if they are signed in.
    pub(crate) fn reader(&self) -> Option<Reader> {
        self.account.clone().map(Reader)
    }

    /// Reads the guest from a request. A stale password in a browser must not close the front door.
    pub async fn of(request: &HttpRequest) -> Result<MaybeReader, Error> {
        let anonymous = |notice| Ok(MaybeReader { account: None, notice });
        match sign_in(request).await {
            Ok(SignIn::Absent) => anonymous(""),
            Ok(SignIn::As(account)) => Ok(MaybeReader { account: Some(account), notice: "" }),
            Ok(SignIn::Refused) => anonymous(
                "The name and password that were sent are not valid here, so this shows what everybody may see.",
            ),
            Err(Error::BadRequest(words)) => Err(Error::BadRequest(words)),
            Err(Error::Forbidden(_)) => anonymous(""),
            Err(_) => anonymous(
                "Your name and password cannot be verified at the moment, so this shows what everybody may see.",
            ),
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

/// Somebody who is signed in; 401 for everybody else.
#[derive(Clone)]
pub struct Reader(Arc<Account>);

impl Reader {
    /// Whose account it is.
    pub fn account(&self) -> &Account {
        &self.0
    }

    /// The account, to share.
    pub fn shared(&self) -> &Arc<Account> {
        &self.0
    }

    /// Reads the reader from a request.
    ///
    /// # Errors
    /// 401, or as [`sign_in`].
    pub async fn of(request: &HttpRequest) -> Result<Reader, Error> {
        match sign_in(request).await? {
            SignIn::As(account) => Ok(Reader(account)),
            SignIn::Absent | SignIn::Refused => Err(Error::Unauthorized),
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

/// A reader who may write pages; 403 for other readers.
#[derive(Clone)]
pub struct Editor {
    reader: Reader,
    proof: access::Editor,
}

impl Editor {
    /// Whose account it is.
    pub fn account(&self) -> &Account {
        self.reader.account()
    }

    /// The account, to share.
    pub fn shared(&self) -> &Arc<Account> {
        self.reader.shared()
    }

    /// What the store asks for.
    pub fn proof(&self) -> access::Editor {
        self.proof.clone()
    }

    /// Reads the editor from a request.
    ///
    /// # Errors
    /// 403, or as [`Reader::of`].
    pub async fn of(request: &HttpRequest) -> Result<Editor, Error> {
        let reader = Reader::of(request).await?;
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

/// An editor who may manage users and the site; 403 for other editors.
#[derive(Clone)]
pub struct Admin {
    editor: Editor,
    proof: access::Admin,
}

impl Admin {
    /// Whose account it is.
    pub fn account(&self) -> &Account {
        self.editor.account()
    }

    /// What the store asks for.
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
    let role = member.role.label().to_lowercase();
    Error::Forbidden(format!("You are signed in as {} ({role}), who may not open this.", member.name))
}
