//! Resolves the path of a page for another program that asks who may pass: only the access to the page, without its
//! content.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::{
    access::{Access, Visitor},
    group::GroupName,
    page::PagePath,
};
use store::groups;

use super::{
    gate::{Decided, Gate, absence, gate, no_path, not_a_reader},
    requester::Requester,
};
use crate::{
    App,
    auth::{
        account::Account,
        extract::{MaybeReader, Reader},
    },
    cache::answers::{CacheKey, Cached},
    clock,
    http::{
        answer::{Answer, Caching, TEXT},
        error::Error,
    },
};

/// The permission to read a page.
pub struct Passage {
    /// The reader who was verified; `None` for a page that strangers may read, for which nobody is verified.
    pub account: Option<Arc<Account>>,
    /// The names of the reader's groups, as a header has them: joined by commas, with commas and percent signs in a name
    /// percent-encoded.
    pub groups: String,
}

impl Passage {
    /// The permission of the sender of a request for the page at a path.
    ///
    /// # Errors
    /// 401, 403, 404 and 503 as a GET of the page. An old path of a page is that of no page.
    pub async fn of(app: &App, request: &HttpRequest, path: &str) -> Result<Passage, Error> {
        match cached(app, request, path).await? {
            Some(passage) => Ok(passage),
            None => match PagePath::parse(path) {
                Ok(path) => Box::pin(find(app, request, path)).await,
                Err(_) => Err(no_path(app, request).await),
            },
        }
    }

    fn new(account: Option<Arc<Account>>, groups: &[u8]) -> Passage {
        Passage { account, groups: String::from_utf8_lossy(groups).into_owned() }
    }
}

/// The permission that the cache holds: an answer whose body is the names of the groups.
async fn cached(app: &App, request: &HttpRequest, path: &str) -> Result<Option<Passage>, Error> {
    let answers = &app.db.cache().answers;
    let key = CacheKey::Passage(path);
    let account = match answers.get(key, "") {
        None | Some(Cached::Listing) => return Ok(None),
        Some(Cached::Answer(_)) => return Ok(Some(Passage::new(None, b""))),
        Some(Cached::Guarded { is_hidden: false, .. }) => Reader::of(request).await?.shared_account().clone(),
        Some(Cached::Guarded { is_hidden: true, .. }) => match MaybeReader::of(request).await?.shared_account() {
            Some(account) => account.clone(),
            None => return Ok(None),
        },
    };
    let answer = answers.get_for(key, &account);
    Ok(answer.map(|answer| Passage::new(Some(account), answer.body())))
}

async fn find(app: &App, request: &HttpRequest, path: PagePath) -> Result<Passage, Error> {
    let requester = Requester::Sender(request);
    let answers = &app.db.cache().answers;
    answers.count_miss();
    let token = answers.fill_token(CacheKey::Passage(path.as_str()));
    let now = clock::now();
    let Decided { site, located, is_moved, reader, visitor, access, .. } =
        match gate(app, &requester, &path, now, None, |_, _| Ok(None::<()>)).await? {
            Gate::Page(decided) => decided,
            Gate::Nothing { site, .. } => return Err(absent(&requester, site.hides_pages).await),
        };
    let hides = site.hides_pages;
    match access {
        Access::Show if !is_moved => {}
        Access::Show | Access::Absent => return Err(absent(&requester, hides).await),
        _ if is_moved || hides => return Err(absent(&requester, hides).await),
        Access::Challenge => return Err(Error::Unauthorized),
        Access::Refuse => return Err(not_a_reader(&visitor)),
    }
    let account = reader.map(|reader| reader.shared_account().clone());
    let groups = match &visitor {
        Visitor::SignedIn(member) if !member.groups.is_empty() => {
            let member = member.clone();
            let names =
                app.db.read(move |conn| groups::names_of_member(conn, &member)).await.map_err(Error::undecided)?;
            header_of(&names)
        }
        _ => String::new(),
    };
    let is_published = located.outline.decide(&located.path, &Visitor::Anonymous, now) != Some(Access::Absent);
    if is_published {
        let expires_at = located.outline.unpublish_at;
        let answer = Answer::new(TEXT, groups.clone(), Caching::Never);
        match &account {
            Some(account) => {
                answers.insert(token.clone(), "", Cached::Guarded { lists: false, is_hidden: hides }, expires_at);
                answers.insert_for(token, account.clone(), answer, expires_at);
            }
            None => answers.insert(token, "", Cached::Answer(answer), expires_at),
        }
    }
    Ok(Passage { account, groups })
}

async fn absent(requester: &Requester<'_>, hides_pages: bool) -> Error {
    match requester.viewer().await {
        Ok(viewer) => absence(requester, &viewer, hides_pages).await,
        Err(error) => error,
    }
}

/// The names as one line. A name has no control character, so that it is safe in a header.
fn header_of(names: &[GroupName]) -> String {
    let escaped = names.iter().map(|name| name.as_str().replace('%', "%25").replace(',', "%2C"));
    escaped.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_groups_are_one_list_in_a_header() {
        let check = |names: &[&str], expected: &str| {
            let names: Vec<_> = names.iter().map(|name| GroupName::parse(name).unwrap()).collect();
            assert_eq!(header_of(&names), expected);
        };
        check(&[], "");
        check(&["Board"], "Board");
        check(&["Board of Trade", "Größe"], "Board of Trade,Größe");
        check(&["a,b", "50%"], "a%2Cb,50%25");
    }
}
