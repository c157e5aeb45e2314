//! The sections of the panel (pages, users): their addresses, and links back to a list in the state in which it was left.

use super::table::State;
use crate::http::{
    query::{QueryString, encode},
    view::Link,
};

/// The fields of the list of pages; with `below`, it is a tree.
const PAGE_FIELDS: &[&str] = &["q", "state", "readers", "date", "from", "to", "sort", "below"];

pub(super) const PAGES: Section = Section {
    name: "pages",
    title: "Pages",
    list: "/admin/pages",
    rows: "/admin/pages",
    fields: PAGE_FIELDS,
    initial: "",
};

pub(super) const DRAFTS: Section = Section { title: "Drafts", rows: "/admin/drafts", initial: "state=draft", ..PAGES };

pub(super) const TRASH: Section = Section { title: "Trash", rows: "/admin/trash", initial: "state=trash", ..PAGES };

pub(super) const USERS: Section = Section {
    name: "users",
    title: "People",
    list: "/admin/users",
    rows: "/admin/users",
    fields: &["q", "role", "active", "sort"],
    initial: "",
};

pub(super) const GROUPS: Section = Section {
    name: "groups",
    title: "Groups",
    list: "/admin/groups",
    rows: "/admin/groups",
    fields: &["q"],
    initial: "",
};

pub(super) const KEYS: Section = Section {
    name: "keys",
    title: "Keys in circulation",
    list: "/admin/keys",
    rows: "/admin/users",
    fields: &["q", "kind"],
    initial: "",
};

pub(super) const SHARES: Section = Section {
    name: "shares",
    title: "Shared links",
    list: "/admin/shares",
    rows: "/admin/shares",
    fields: &["q", "open", "by"],
    initial: "",
};

/// A section: the name of its tab, its title, and its list.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The address of the list.
    pub(super) list: &'static str,
    /// The address below which the forms and the actions of its rows are.
    pub(super) rows: &'static str,
    /// The fields of the list's query string.
    pub(super) fields: &'static [&'static str],
    /// The query string with which the list shows this section, if it shows other sections as well.
    pub(super) initial: &'static str,
}

impl Section {
    /// The list's state, from its own address.
    pub(super) fn state(&self, query: &QueryString) -> State {
        State::read(self.list, self.fields, query)
    }

    /// The list's state that a form carried along, reduced to known fields, so that it cannot lead elsewhere.
    pub(super) fn back(&self, text: &str) -> String {
        self.state(&QueryString::parse(text)).back()
    }

    /// The address of the list in the state in which it was left.
    pub(super) fn list_href(&self, back: &str) -> String {
        match if back.is_empty() { self.initial } else { back } {
            "" => self.list.into(),
            query => format!("{}?{query}", self.list),
        }
    }

    /// The address of a row's form.
    pub(super) fn form_href(&self, id: i64) -> String {
        format!("{}/{id}", self.rows)
    }

    /// An address below a row's form that carries the list's state along.
    pub(super) fn href(&self, id: i64, under: &str, back: &str) -> String {
        with_back(&format!("{}{under}", self.form_href(id)), back)
    }

    /// The breadcrumbs above the list.
    pub(super) fn above(&self) -> [Link; 1] {
        [Link::new("/admin/", "Dashboard")]
    }

    /// The breadcrumbs above a form; the list keeps its state.
    pub(super) fn trail(&self, back: &str) -> Vec<Link> {
        let [home] = self.above();
        vec![home, Link::new(self.list_href(back), self.title)]
    }

    /// The breadcrumbs above a page below a form.
    pub(super) fn trail_under(&self, id: i64, title: &str, back: &str) -> Vec<Link> {
        self.trail(back).into_iter().chain([Link::new(self.href(id, "", back), title)]).collect()
    }
}

fn with_back(address: &str, back: &str) -> String {
    if back.is_empty() { address.into() } else { format!("{address}?{}", encode(&[("back", back)])) }
}
