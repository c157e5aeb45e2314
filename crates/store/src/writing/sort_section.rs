//! Sorting the pages of a section by hand, as one change. Numbers are part of no version of a page and change nobody's access.

use diesel::prelude::*;
use domain::{
    access::Editor,
    audit::Action,
    page::PageId,
    placement::{Order, Placement},
};

use super::{
    affected::Affected,
    audit,
    change::{Change, Outcome, Run},
    placements,
    plan::Plan,
};
use crate::{Conn, Error, Result, columns::path_of, page_row, schema::pages};

/// The most pages that an audit entry names.
const NAMED: usize = 20;

/// Gives the pages directly below a page their numbers, and sorts them by these numbers.
#[derive(Clone, Debug)]
pub struct SortSection {
    /// The page of the section.
    pub section: PageId,
    /// The pages with their numbers; `None` for a page without one, which comes last. A page that is no longer directly below the
    /// section is left out.
    pub numbers: Vec<(PageId, Option<u32>)>,
}

impl Change for SortSection {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    /// # Errors
    /// [`Error::Stale`] when the section is no longer on the site.
    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let section: Option<String> = pages::table.find(self.section.0).select(pages::path).first(conn).optional()?;
        let section = path_of(&section.ok_or(Error::Stale)?)?;
        let mut changed = Vec::new();
        for (page, position) in &self.numbers {
            let path: Option<String> = pages::table.find(page.0).select(pages::path).first(conn).optional()?;
            let Some(path) = path.map(|path| path_of(&path)).transpose()? else { continue };
            let old = page_row::placement(conn, *page)?;
            if path.above().next().as_ref() != Some(&section) || old.position == *position {
                continue;
            }
            placements::set(conn, *page, &Placement { position: *position, ..old })?;
            changed.push(match position {
                Some(number) => format!("{} {number}", path.href()),
                None => format!("{} none", path.href()),
            });
        }
        let old = page_row::placement(conn, self.section)?;
        let was_sorted = old.children == Order::Hand;
        if !was_sorted {
            placements::set(conn, self.section, &Placement { children: Order::Hand, ..old })?;
        }
        if !changed.is_empty() || !was_sorted {
            let detail = words(&changed);
            audit::page(conn, run.by, Action::Changed, &section, detail, run.now)?;
        }
        Ok(Outcome::Count(changed.len()))
    }
}

fn words(changed: &[String]) -> String {
    let mut words = "pages below sorted by number".to_owned();
    if !changed.is_empty() {
        words.push_str(": ");
        words.push_str(&changed.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", "));
    }
    if changed.len() > NAMED {
        words.push_str(&format!(" and {} more", changed.len() - NAMED));
    }
    words
}
