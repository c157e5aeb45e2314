//! The pages that a bulk command is for: ticked rows, or all that match a filter.

use domain::{access::Editor, page::PageId};

use super::Fingerprint;
use crate::{
    Conn, Error, Result,
    admin_list::{self, PageFilter},
};

/// A selection of pages.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These pages; those that no longer exist are left out.
    Pages(Vec<PageId>),
    /// All pages that match a filter. With `seen`, they must be the pages of that fingerprint.
    Matching {
        /// The filter.
        filter: PageFilter,
        /// The fingerprint of the keys of the pages that the user was shown.
        seen: Option<Fingerprint>,
    },
}

impl Selection {
    /// One page.
    pub fn one(page: PageId) -> Selection {
        Selection::Pages(vec![page])
    }

    /// The keys of the pages, in the order of their paths for a filter.
    ///
    /// # Errors
    /// [`Error::Unconfirmed`] when other pages match now than the user was shown.
    pub fn ids(&self, conn: &mut Conn, by: &Editor) -> Result<Vec<PageId>> {
        match self {
            Selection::Pages(ids) => Ok(ids.clone()),
            Selection::Matching { filter, seen } => {
                let ids = admin_list::matching(conn, by, filter)?;
                let found = Fingerprint::of(ids.iter().map(|id| id.0));
                match seen {
                    Some(seen) if *seen != found => Err(Error::Unconfirmed),
                    _ => Ok(ids),
                }
            }
        }
    }
}
