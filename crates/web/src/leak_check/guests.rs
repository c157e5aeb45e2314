//! The accounts and keys of one run. They are made before it and removed after it, and each has an end, in case the
//! process is killed before it removes them.

use actix_web::http::header::TryIntoHeaderValue;
use actix_web_httpauth::headers::authorization::Basic;
use chrono::TimeDelta;
use domain::{
    Timestamp,
    access::{Admin, Holder, Member, Program, Visitor},
    app_password::{AppPasswordContent, AppPasswordName},
    draft::FormId,
    page::{PageId, PagePath},
    password::Password,
    share::{NewShare, ShareId, Shows},
    user::{Role, User, UserContent, UserId, Username},
};
use store::{Conn, Error, Paging, Store, pages, shares, users, writing};

use super::visitors::{Identity, Key, READER};
use crate::{
    auth::{secret::Secret, verify::bcrypt_pool},
    clock,
};

/// The beginning of the names of the accounts.
pub(super) const PREFIX: &str = "postern-audit-";
/// The label of the shares.
const LABEL: &str = "postern audit";
/// When accounts and keys end by themselves, in hours after they were made.
const HOURS: i64 = 12;

/// The pages for which the keys of a run are created.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    /// A private page, with others below it if there is one.
    pub(super) page: Option<(PageId, PagePath)>,
    /// The page of a draft.
    pub(super) draft: Option<PageId>,
}

/// The accounts and keys of a run. They are removed when this is dropped.
pub(super) struct Guests {
    store: Store,
    users: Vec<UserId>,
    shares: Vec<ShareId>,
}

impl Guests {
    /// Removes what an earlier run left behind because it was killed; returns the number of accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn remove_left(store: &Store) -> store::Result<usize> {
        let (admin, now) = (Admin::command_line(), clock::now());
        let all = Paging { number: 1, size: 1000 };
        let left = store.read(|conn| {
            let filter = users::UserFilter { query: PREFIX.into(), ..users::UserFilter::default() };
            let sort = users::UserSort { by: users::UserColumn::Name, descending: false };
            let users = users::list(conn, &admin, &filter, sort, all)?.rows;
            let filter =
                shares::ShareFilter { text: LABEL.into(), open: Some((true, now)), ..shares::ShareFilter::default() };
            let shares = shares::list(conn, admin.editor(), &filter, all)?.rows;
            let is_ours = |user: &User| user.name.as_str().starts_with(PREFIX) && user.ends_at.is_some();
            let users = users.into_iter().filter(is_ours).map(|user| user.id).collect();
            let shares = shares.into_iter().map(|row| row.share);
            let shares = shares.filter(|share| share.label == LABEL && share.made_by == admin.actor());
            Ok(Guests { store: store.clone(), users, shares: shares.map(|share| share.id).collect() })
        })?;
        let count = left.users.len();
        left.remove()?;
        Ok(count)
    }

    /// Makes the accounts and keys of a run; returns the visitors who have them, and which could not be made, with the reason.
    ///
    /// # Errors
    /// One line with the cause. What was made before the failure is removed.
    pub(super) fn make(
        store: &Store,
        cost: u32,
        targets: &Targets,
    ) -> Result<(Guests, Vec<Identity>, Vec<String>), String> {
        let mut making = Making {
            guests: Guests { store: store.clone(), users: Vec::new(), shares: Vec::new() },
            cost,
            now: clock::now(),
            identities: vec![Identity { name: "nobody", visitor: Visitor::Anonymous, draft: None, key: Key::Nothing }],
            left_out: Vec::new(),
        };
        making.people(targets)?;
        making.links(targets)?;
        let Making { guests, identities, left_out, .. } = making;
        Ok((guests, identities, left_out))
    }

    /// Removes the accounts and ends the keys.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn remove(mut self) -> store::Result<()> {
        self.remove_all()
    }

    fn remove_all(&mut self) -> store::Result<()> {
        let (admin, now) = (Admin::command_line(), clock::now());
        if self.users.is_empty() && self.shares.is_empty() {
            return Ok(());
        }
        self.store.write(|conn| {
            // The keys of an account end with it.
            writing::shares::end(conn, admin.editor(), &self.shares, now)?;
            writing::users::delete(conn, &admin, &self.users, now)
        })?;
        (self.users, self.shares) = (Vec::new(), Vec::new());
        Ok(())
    }
}

impl Drop for Guests {
    fn drop(&mut self) {
        if let Err(error) = self.remove_all() {
            eprintln!(
                "postern: the accounts {PREFIX}… could not be removed: {error}. They end by themselves within {HOURS} \
                 hours, and the next `postern audit` removes them"
            );
        }
    }
}

/// Guests that are being made.
struct Making {
    guests: Guests,
    cost: u32,
    now: Timestamp,
    identities: Vec<Identity>,
    left_out: Vec<String>,
}

impl Making {
    fn end(&self) -> Timestamp {
        self.now + TimeDelta::hours(HOURS)
    }

    fn write<T>(&self, change: impl FnOnce(&mut Conn, &Admin) -> store::Result<T>) -> store::Result<T> {
        self.guests.store.write(|conn| change(conn, &Admin::command_line()))
    }

    fn add(&mut self, name: &'static str, visitor: Visitor, key: Key) {
        self.identities.push(Identity { name, visitor, draft: None, key });
    }

    /// A reader with a password, and app passwords of a reader and of an editor. An editor reads everything with the password
    /// itself, so that no answer could leak anything.
    fn people(&mut self, targets: &Targets) -> Result<(), String> {
        let reader = self.user(Role::Reader)?;
        let editor = self.user(Role::Editor)?;
        let limit = targets.page.as_ref().map(|(_, path)| path.clone()).filter(|path| !path.is_root());
        let all = [("app password of a reader", &reader), ("app password of an editor", &editor)];
        for (name, owner) in all {
            self.app_password(name, owner, None)?;
        }
        let below =
            [("app password of a reader, with a path", &reader), ("app password of an editor, with a path", &editor)];
        for (name, owner) in below {
            match &limit {
                Some(limit) => self.app_password(name, owner, Some(limit.clone()))?,
                None => self.left_out.push(format!("{name}: there is no private page")),
            }
        }
        self.join(&reader)
    }

    fn user(&mut self, role: Role) -> Result<User, String> {
        let secret = random()?;
        let name = format!("{PREFIX}{}-{}", role.as_str(), &random()?.reveal()[..10]);
        let password = Password::parse(secret.reveal()).map_err(|error| error.to_string())?;
        let hash = bcrypt_pool::hash(&password, self.cost).map_err(|error| error.to_string())?;
        let name = Username::parse(&name)?;
        let content = UserContent { ends_at: Some(self.end()), ..UserContent::new(name, role) };
        let now = self.now;
        let user = self.write(|conn, admin| writing::users::insert(conn, admin, &content, &hash, now));
        let user = user.map_err(|error| error.to_string())?;
        self.guests.users.push(user.id);
        if role == Role::Reader {
            let key = header(&user.name, &secret)?;
            self.add(READER, Visitor::SignedIn(Member::of(&user)), key);
        }
        Ok(user)
    }

    fn app_password(&mut self, name: &'static str, owner: &User, below: Option<PagePath>) -> Result<(), String> {
        let secret = Secret::random_app_password().map_err(|error| error.to_string())?;
        let label = if below.is_some() { "audit below a path" } else { "audit" };
        let content = AppPasswordContent {
            name: AppPasswordName::parse(label)?,
            below: below.clone(),
            ends_at: Some(self.end()),
        };
        let now = self.now;
        let make = |conn: &mut Conn, admin: &Admin| {
            writing::app_passwords::make_for(conn, admin, owner, &content, &secret.hash(), now)
        };
        self.write(make).map_err(|error| error.to_string())?;
        let key = header(&owner.name, &secret)?;
        self.add(name, Visitor::AppPassword(Program::of(Member::of(owner), below)), key);
        Ok(())
    }

    fn join(&mut self, reader: &User) -> Result<(), String> {
        let (secret, now) = (random()?, self.now);
        let make = |conn: &mut Conn, admin: &Admin| {
            writing::invitations::make(conn, admin, reader.id, writing::invitations::Known::Any, &secret.hash(), now)
        };
        self.write(make).map_err(|error| error.to_string())?;
        self.add("link to set a password", Visitor::Anonymous, Key::Join(secret.reveal().into()));
        Ok(())
    }

    fn links(&mut self, targets: &Targets) -> Result<(), String> {
        let page = |shows| targets.page.clone().map(|(id, path)| (id, path, shows));
        let draft = targets.draft.map(|id| (id, PagePath::root(), Shows::Draft));
        let wanted = [
            ("share link", page(Shows::Page), "there is no private page"),
            ("share link with pages below", page(Shows::Section), "there is no private page"),
            ("share link of a draft", draft, "there is no draft"),
        ];
        for (name, target, why) in wanted {
            let made = match target {
                None => Err(why.to_owned()),
                Some((id, path, shows)) => self.share(name, id, path, shows)?,
            };
            if let Err(why) = made {
                self.left_out.push(format!("{name}: {why}"));
            }
        }
        Ok(())
    }

    /// Makes a share; the inner error says why the site refuses it.
    fn share(
        &mut self,
        name: &'static str,
        page: PageId,
        path: PagePath,
        shows: Shows,
    ) -> Result<Result<(), String>, String> {
        let (secret, now) = (random()?, self.now);
        let new = NewShare { page, label: LABEL.into(), shows, ends_at: self.end() };
        let make = |conn: &mut Conn, admin: &Admin| {
            let id = writing::shares::make(conn, admin.editor(), FormId::default(), &new, &secret.hash(), now)?;
            let holder = match shows {
                Shows::Draft => None,
                Shows::Page | Shows::Section => {
                    shares::find(conn, &secret.hash())?.map(|share| pages::holder(conn, &share)).transpose()?.flatten()
                }
            };
            Ok((id, holder))
        };
        let (id, holder): (ShareId, Option<Holder>) = match self.write(make) {
            Ok(made) => made,
            Err(Error::Refused(why)) => return Ok(Err(why)),
            Err(error) => return Err(error.to_string()),
        };
        self.guests.shares.push(id);
        let visitor = holder.map_or(Visitor::Anonymous, Visitor::Holder);
        self.add(name, visitor, Key::Share(secret.reveal().into(), path));
        if let Some(identity) = self.identities.last_mut().filter(|_| shows == Shows::Draft) {
            identity.draft = Some(page);
        }
        Ok(Ok(()))
    }
}

fn random() -> Result<Secret, String> {
    Secret::random().map_err(|error| format!("the system provides no randomness: {error}"))
}

fn header(name: &Username, secret: &Secret) -> Result<Key, String> {
    let value = Basic::new(name.to_string(), Some(secret.reveal().to_owned())).try_into_value();
    let value = value.map_err(|error| error.to_string())?;
    value.to_str().map(|value| Key::Header(value.to_owned())).map_err(|error| error.to_string())
}
