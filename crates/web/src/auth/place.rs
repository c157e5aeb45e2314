//! What a path leads to for this visitor: a page that they may see, or no page.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use domain::{
    access::{Access, Visitor, decide},
    page::{Page, PagePath},
    site::Site,
};

use super::{
    Account,
    extract::{Guest, Reader},
};
use crate::{App, clock, error::Error};

/// What stands at the path of a request.
pub enum Place {
    /// A page that this visitor may see.
    Page(VisiblePage),
    /// A path without a page for this visitor; there may be pages below it.
    Section(PagePath),
}

/// A page that its visitor may see. It exists only so.
pub struct VisiblePage {
    page: Page,
    site: Arc<Site>,
    reader: Option<Reader>,
}

impl VisiblePage {
    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The settings of the site, read with it.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Who reads it; `None` when everybody may, and then nobody's credentials were looked at.
    pub fn account(&self) -> Option<&Account> {
        self.reader.as_ref().map(Reader::account)
    }
}

impl FromRequest for Place {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Place, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { find(&request).await })
    }
}

async fn find(request: &HttpRequest) -> Result<Place, Error> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::Internal("no App in this scope".into()))?;
    let path = PagePath::parse(request.match_info().query("path")).map_err(|_| Error::NotFound)?;
    let wanted = path.clone();
    let (site, page) = app.db.read_with_site(move |conn| store::pages::find(conn, &wanted)).await?;
    let Some(page) = page else { return Ok(Place::Section(path)) };
    let now = clock::now();
    let reader = match decide(&page.content, &Visitor::Anonymous, now) {
        Access::Show => None,
        Access::Challenge => Some(Reader::of(request).await?),
        // Before its date: credentials count if they are an editor's. Otherwise, and also where they cannot be verified now, the
        // answer is that of an unknown path, to the byte.
        Access::Absent => match Guest::of(request).await?.account() {
            Some(_) => Some(Reader::of(request).await?),
            None => return Ok(Place::Section(path)),
        },
    };
    let visitor = reader.as_ref().map_or(Visitor::Anonymous, |reader| reader.account().visitor());
    match decide(&page.content, &visitor, now) {
        Access::Show => Ok(Place::Page(VisiblePage { page, site, reader })),
        Access::Challenge => Err(Error::Unauthorized),
        Access::Absent => Ok(Place::Section(path)),
    }
}
