//! The sections of the panel (pages, users): their addresses, and the way back to a list as one left it.

use super::table::State;
use crate::http::{
    query::{QueryString, encode},
    view::Link,
};

pub(super) const PAGES: Section =
    Section { name: "pages", title: "Pages", list: "/admin/pages", fields: &["q", "readers", "state", "date", "sort"] };

pub(super) const DRAFTS: Section =
    Section { name: "drafts", title: "Drafts", list: "/admin/drafts", fields: &["kind"] };

pub(super) const USERS: Section =
    Section { name: "users", title: "Users", list: "/admin/users", fields: &["q", "role", "active", "sort"] };

pub(super) const GROUPS: Section = Section { name: "groups", title: "Groups", list: "/admin/groups", fields: &[] };

pub(super) const TRASH: Section = Section { name: "trash", title: "Trash", list: "/admin/trash", fields: &[] };

/// One section: the word of its tab, the title and the address of its list, and what a list's address may say.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) list: &'static str,
    pub(super) fields: &'static [&'static str],
}

impl Section {
    /// The list's state, from its own address.
    pub(super) fn state(&self, query: &QueryString) -> State {
        State::read(self.list, self.fields, query)
    }

    /// What a form took along of the list's state: only what a list's address may say, so that it leads nowhere else.
    pub(super) fn back(&self, text: &str) -> String {
        self.state(&QueryString::parse(text)).back()
    }

    /// The list as one left it.
    pub(super) fn list_href(&self, back: &str) -> String {
        if back.is_empty() { self.list.into() } else { format!("{}?{back}", self.list) }
    }

    /// The form of a row.
    pub(super) fn form_href(&self, id: i64) -> String {
        format!("{}/{id}", self.list)
    }

    /// An address under the form of a row, which takes the list's state along.
    pub(super) fn href(&self, id: i64, under: &str, back: &str) -> String {
        with_back(&format!("{}{under}", self.form_href(id)), back)
    }

    /// The links that lead to the list.
    pub(super) fn above(&self) -> [Link; 1] {
        [Link::new("/admin/", "Administration")]
    }

    /// The links that lead to a form: to the list as one left it.
    pub(super) fn trail(&self, back: &str) -> Vec<Link> {
        let [home] = self.above();
        vec![home, Link::new(self.list_href(back), self.title)]
    }

    /// The links that lead to a page under a form.
    pub(super) fn trail_under(&self, id: i64, title: &str, back: &str) -> Vec<Link> {
        self.trail(back).into_iter().chain([Link::new(self.href(id, "", back), title)]).collect()
    }
}

fn with_back(address: &str, back: &str) -> String {
    if back.is_empty() { address.into() } else { format!("{address}?{}", encode(&[("back", back)])) }
}
