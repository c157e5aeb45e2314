//! A cache of the menu, once for each kind of visitor: finished answers show it, and so do pages that are not kept.

use std::sync::Arc;

use domain::{
    Timestamp,
    group::GroupId,
    page::PagePath,
    user::UserId,
    visitor::{Member, Visitor},
};
use quick_cache::sync::Cache;
use store::navigation::VisibleMenu;

use super::generations::{Dependency, Generation, Generations};
use crate::clock;

/// The maximum number of kinds of visitors; a menu takes a few KB.
const CAPACITY: usize = 1000;

/// A kind of visitor: all of one kind see the same menu.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Anyone,
    Editor,
    Member(UserId, Vec<GroupId>),
    /// An app password that its path limits: whether it reads all pages there, and the path.
    Limited(UserId, Vec<GroupId>, bool, PagePath),
}

impl Kind {
    fn of(visitor: &Visitor) -> Kind {
        let kind_of_member = |reads_all, member: &Member| match reads_all {
            true => Kind::Editor,
            false => Kind::Member(member.id, member.groups.clone()),
        };
        match visitor {
            Visitor::Anonymous | Visitor::Holder(_) => Kind::Anyone,
            Visitor::SignedIn(member) => kind_of_member(member.role.may_edit(), member),
            Visitor::AppPassword(program) => match (program.owner(), program.below()) {
                (owner, None) => kind_of_member(program.reads_all(), owner),
                (owner, Some(path)) => Kind::Limited(owner.id, owner.groups.clone(), program.reads_all(), path.clone()),
            },
        }
    }

    fn dependency(&self) -> Dependency {
        match self {
            Kind::Anyone => Dependency::Menu.for_strangers(),
            Kind::Editor | Kind::Member(..) | Kind::Limited(..) => Dependency::Menu,
        }
    }
}

#[derive(Clone)]
struct Entry {
    generation: Generation,
    /// When the menu was made. The menu is not valid at earlier moments, to which the clock may be set back.
    made_at: Timestamp,
    menu: Arc<VisibleMenu>,
}

/// The cached menus.
pub struct Menus {
    generations: Arc<Generations>,
    entries: Cache<Kind, Entry>,
}

/// The permission to insert the menu of a kind of visitor; must be taken before the database is read.
pub struct MenuFillToken {
    kind: Kind,
    generation: Generation,
    made_at: Timestamp,
}

impl Menus {
    pub(super) fn new(generations: Arc<Generations>) -> Menus {
        Menus { generations, entries: Cache::new(CAPACITY) }
    }

    /// The menu of a visitor, if the cache is fresh, nothing in it has changed, and no page in it has appeared or ended.
    pub fn get(&self, visitor: &Visitor) -> Option<Arc<VisibleMenu>> {
        let Entry { generation, made_at, menu } = self.entries.get(&Kind::of(visitor))?;
        let now = clock::now();
        let is_in_time = now >= made_at && menu.expires_at.is_none_or(|at| now < at);
        (is_in_time && self.generations.is_proven(&generation)).then_some(menu)
    }

    /// A token for [`Menus::insert`].
    pub fn fill_token(&self, visitor: &Visitor) -> MenuFillToken {
        let kind = Kind::of(visitor);
        MenuFillToken { generation: self.generations.generation(kind.dependency()), kind, made_at: clock::now() }
    }

    /// Inserts a menu that was read after the token was taken.
    pub fn insert(&self, token: MenuFillToken, menu: Arc<VisibleMenu>) {
        let MenuFillToken { kind, generation, made_at } = token;
        if self.generations.is_current(&generation) {
            self.entries.insert(kind, Entry { generation, made_at, menu });
        }
    }
}
