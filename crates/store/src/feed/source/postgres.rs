//! LISTEN on one connection, and heartbeats from another one that prove that notifications arrive.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Array, Integer, Text},
};

use crate::{
    Error, Result,
    conn::{self, establish_postgres},
    feed::{beat::Beat, change::Change, source::triggers},
    id,
    identity::{Expected, Identity},
    session,
};

/// How long a heartbeat may be on its way. A server delivers notifications at once; one that is late will not come.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(3);

/// The triggers that report changes. Without one of them, changes are missed.
const TRIGGERS: [&str; 37] = [
    "page_changed",
    "pages_emptied",
    "user_made",
    "user_changed",
    "users_emptied",
    "site_changed",
    "person_chosen",
    "people_emptied",
    "group_chosen",
    "page_groups_emptied",
    "member_changed",
    "members_emptied",
    "groups_changed",
    "draft_changed",
    "drafts_emptied",
    "receipts_wanted",
    "receipts_emptied",
    "navigation_changed",
    "menu_changed",
    "menu_page_made",
    "menu_page_changed",
    "menu_language_made",
    "menu_language_changed",
    "menu_language_deleted",
    "language_page_made",
    "language_page_moved",
    "placement_changed",
    "placements_emptied",
    "front_page_made",
    "front_page_moved",
    "front_page_deleted",
    "file_changed",
    "files_emptied",
    "app_password_made",
    "app_password_changed",
    "app_passwords_emptied",
    "look_pictures_changed",
];

/// Two connections to one server. The listener receives what the sender, which is opened as those of the pool are, sends.
pub(crate) struct Subscription {
    listener: PgConnection,
    listener_pid: i32,
    sender: PgConnection,
    sender_pid: i32,
    /// The channel of this subscription's heartbeats, which no other process listens to.
    channel: String,
    /// The heartbeat that has not arrived yet: its number, and when it was sent.
    under_way: Option<(String, Instant)>,
    /// When the last heartbeat that arrived was sent.
    arrived: Option<Instant>,
    /// The object ids of our tables and triggers.
    tables: String,
    expected: Arc<Expected>,
    /// The number of connections of the pool that had another identity, when this subscription began.
    refused: u64,
}

#[derive(QueryableByName)]
struct Sent {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Text)]
    tables: String,
    #[diesel(sql_type = Integer)]
    triggers: i32,
}

impl Subscription {
    pub(super) fn open(url: &str, expected: &Arc<Expected>) -> Result<Subscription> {
        let refused = expected.refused();
        let mut listener = connect(url)?;
        let mut sender = connect(url)?;
        listener.batch_execute("SET application_name = 'postern changes'; LISTEN postern_changes")?;
        // A heartbeat need not survive a crash of the server, and must not wait for its disk.
        sender.batch_execute("SET application_name = 'postern heartbeat'; SET synchronous_commit = off")?;
        let identity = conn::server(&mut listener)?;
        let (listener_pid, sender_pid) = session::check(&mut listener, &mut sender)?;
        if conn::server(&mut sender)? != identity {
            return Err(Error::Unavailable(
                "DATABASE_URL leads to several servers that answer at the same time: name the primary alone, or add \
                 target_session_attrs=read-write"
                    .into(),
            ));
        }
        let channel = format!("postern_{}", id::nonce()?);
        listener.batch_execute(&format!("LISTEN {channel}"))?;
        let mut subscription = Subscription {
            listener,
            listener_pid,
            sender,
            sender_pid,
            channel,
            under_way: None,
            arrived: None,
            tables: String::new(),
            expected: expected.clone(),
            refused,
        };
        subscription.send()?;
        expected.set(Some(Identity::Server(identity)));
        Ok(subscription)
    }

    /// The changes that have arrived.
    pub(super) fn received(&mut self) -> Result<Vec<Change>> {
        if self.expected.refused() != self.refused {
            return Err(Error::Unavailable("new connections lead to another server than the change feed".into()));
        }
        let mut changes = Vec::new();
        for notification in self.listener.notifications_iter() {
            let notification = notification?;
            if notification.channel != self.channel {
                changes.push(parse(&notification.payload));
            } else if let Some((_, sent)) = self.under_way.take_if(|(nonce, _)| *nonce == notification.payload) {
                self.arrived = Some(sent);
            }
        }
        Ok(changes)
    }

    /// Sends a heartbeat, and receives it with every change that was committed before it: the server delivers
    /// notifications in the order of the commits.
    pub(super) fn heartbeat(&mut self) -> Result<Beat> {
        let mut changes = match self.under_way {
            Some((_, sent)) if sent.elapsed() > DELIVERY_TIMEOUT => return Err(session::refusal()),
            Some(_) => Vec::new(),
            None => self.send()?,
        };
        // A server sends what it has for a listener before it says that it is ready for the next query.
        if session::backend(&mut self.listener)? != self.listener_pid {
            return Err(session::refusal());
        }
        let polled_at = Instant::now();
        changes.extend(self.received()?);
        Ok(Beat { changes, polled_at, proven_up_to: self.arrived.take() })
    }

    /// Sends a heartbeat with a random number, and looks whether our tables and triggers are still the same ones.
    fn send(&mut self) -> Result<Vec<Change>> {
        let nonce = id::nonce()?;
        let now = Instant::now();
        let sent: Sent = sql_query(
            "WITH tables AS ( \
                 SELECT c.oid FROM unnest(ARRAY['pages', 'users', 'site', 'groups', 'group_members', 'page_people', \
                     'page_groups', 'drafts', 'receipt_pages', 'navigation', 'menu', 'placements', 'files', \
                     'app_passwords', 'look_pictures']) AS name JOIN pg_class c ON c.oid = to_regclass(name) \
             ), triggers AS ( \
                 SELECT t.oid, t.tgenabled, t.tgname FROM pg_trigger t JOIN tables ON tables.oid = t.tgrelid \
                 WHERE NOT t.tgisinternal \
             ) \
             SELECT pg_backend_pid() AS pid, \
                 concat_ws(' ', (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM tables), \
                     (SELECT string_agg(oid::text || tgenabled::text, ',' ORDER BY oid) FROM triggers)) AS tables, \
                 (SELECT count(*)::integer FROM triggers WHERE tgenabled IN ('O', 'A') AND tgname = ANY($3)) \
                     AS triggers, \
                 pg_notify($1, $2)",
        )
        .bind::<Text, _>(&self.channel)
        .bind::<Text, _>(&nonce)
        .bind::<Array<Text>, _>(&TRIGGERS[..])
        .get_result(&mut self.sender)
        .map_err(session::lost)?;
        self.under_way = Some((nonce, now));
        if sent.pid != self.sender_pid || sent.pid == self.listener_pid {
            return Err(session::refusal());
        }
        if usize::try_from(sent.triggers) != Ok(TRIGGERS.len()) {
            return Err(triggers::missing());
        }
        let is_same = self.tables.is_empty() || self.tables == sent.tables;
        self.tables = sent.tables;
        Ok(if is_same { Vec::new() } else { vec![Change::Everything] })
    }
}

fn connect(url: &str) -> Result<PgConnection> {
    establish_postgres(url).map_err(|error| Error::Unavailable(conn::cause(&error).into()))
}

fn parse(payload: &str) -> Change {
    match payload.split_once(' ') {
        Some(("page", path)) => Change::Page(path.into()),
        Some(("private", path)) => Change::PrivatePage(path.into()),
        Some(("user", name)) => Change::User(name.into()),
        Some(("menu", "open")) => Change::Menu,
        Some(("menu", "private")) => Change::PrivateMenu,
        // A newer version may send payloads that this one does not know.
        _ => Change::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_payload_means_that_everything_changed() {
        let check = |payload, expected| assert_eq!(parse(payload), expected, "{payload}");
        check("page a/b", Change::Page("a/b".into()));
        check("private a/b", Change::PrivatePage("a/b".into()));
        check("page ", Change::Page(String::new()));
        check("user ann", Change::User("ann".into()));
        check("menu open", Change::Menu);
        check("menu private", Change::PrivateMenu);
        check("private menu", Change::PrivatePage("menu".into()));
        check("menu", Change::Everything);
        check("everything", Change::Everything);
        check("group staff", Change::Everything);
        check("", Change::Everything);
    }
}
