//! A site of 1,000,000 pages, 100,000 users and 5,000 groups: lists for readers at any depth, and every page of the panel, on
//! both databases.

use std::time::{Instant, SystemTime};

use domain::{Timestamp, access::Visitor, page::PagePath};
use store::{
    DatabaseUrl, Store,
    lists::{self, Position, VisiblePages},
};

use crate::{
    by_sql,
    client::{Client, Login},
    database::{Cluster, Database},
    load::{PROVEN, runtime},
    options::Options,
    postern::{Site, login},
    process::{Account, Room},
    report::Report,
    stats::percentile,
    upgrade,
};

const PART: &str = "scale";
/// The number of users and of groups, at most one for each ten and each 200 pages.
const USERS: usize = 100_000;
const GROUPS: usize = 5_000;
/// The key of the page with the number `n`, in SQL: the keys are scattered, as Postern's own are.
const KEY: &str = "n * 2654435761 % 4294967291";
/// The number of times that each page is asked for.
const TIMES: usize = 20;
/// The bounds: a list for readers in the database, a page of the panel, and its size.
const LIST: f64 = 10.0;
const PAGE: f64 = 200.0;
const SIZE: f64 = 100.0;

/// Fills a site on each database and asks for each page.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    let sqlite = Site::new(options, "scale")?;
    let url = sqlite.url().to_owned();
    measure("SQLite", options, &sqlite, &url, report)?;
    drop(sqlite);
    let room = Room::new("upgrade", Account::named("nobody")?)?;
    let url = format!("sqlite://{}", room.path("postern.db").display());
    upgrade::run(PART, "SQLite", &url, options.scale, KEY, report)?;
    drop(room);
    let cluster = Cluster::start()?;
    let postgres = Site::on(options, "scale-on", cluster.url())?;
    measure("PostgreSQL", options, &postgres, &cluster.url(), report)?;
    upgrade::run(PART, "PostgreSQL", &cluster.create("upgrade")?, options.scale, KEY, report)
}

fn measure(name: &str, options: &Options, site: &Site, url: &str, report: &mut Report) -> Result<(), String> {
    let pages = options.scale;
    let begun = Instant::now();
    fill(&mut site.database()?, pages)?;
    eprintln!("  {name} filled in {:.0} s", begun.elapsed().as_secs_f64());
    let store = Store::open(&DatabaseUrl::parse(url)?, 1).map_err(|error| error.to_string())?;
    for (what, position) in [
        ("the beginning", Position::Newest),
        ("after half of the pages", Position::OlderThan(path(pages / 2)?)),
        ("the end", Position::OlderThan(path(pages - 40)?)),
        ("the end, backwards", Position::NewerThan(path(pages - 40)?)),
    ] {
        let times = list_times(&store, &position)?;
        let note = format!("median {:.2} ms, slowest {:.2} ms", percentile(&times, 50.0), percentile(&times, 100.0));
        let label = format!("{name}, a stranger's list, {what}, database p95");
        report.add(PART, label, (percentile(&times, 95.0), "ms"), Some(LIST), note);
    }
    let postern = site.start()?;
    let (mut client, admin) = (Client::new(PROVEN, postern.to), login("admin"));
    let (times, _) = requests(&mut client, None, "/?page=10000", 303)?;
    report.add(PART, format!("{name}, /?page=10000, p95"), (percentile(&times, 95.0), "ms"), Some(LIST), "");
    let middle = key(pages / 2 + 5);
    let chosen = key(pages / 2000 * 1000);
    for address in [
        "/admin/".to_owned(),
        "/admin/pages".into(),
        format!("/admin/pages?after={middle}"),
        format!("/admin/pages?sort=title&after={middle}"),
        "/admin/pages?page=20".into(),
        "/admin/pages?sort=-readers".into(),
        "/admin/pages?readers=everybody".into(),
        "/admin/pages?readers=chosen&sort=path".into(),
        "/admin/pages?state=ended".into(),
        "/admin/pages?state=scheduled&date=week".into(),
        "/admin/pages?date=week&sort=-updated".into(),
        "/admin/pages?q=everywhere".into(),
        "/admin/pages?q=everywhere&readers=chosen".into(),
        "/admin/pages?q=w7+everywhere".into(),
        format!("/admin/pages?q=only{}", pages / 2),
        "/admin/links?q=".into(),
        "/admin/links?q=everywhere".into(),
        "/admin/links/broken".into(),
        "/admin/pages/new".into(),
        format!("/admin/pages/{middle}"),
        format!("/admin/pages/{chosen}"),
        "/admin/users".into(),
        "/admin/users?sort=-last-sign-in".into(),
        "/admin/users?q=user-77".into(),
        "/admin/users?q=nobody&role=editor".into(),
        "/admin/users?page=20".into(),
        "/admin/groups".into(),
        "/admin/groups/1".into(),
        "/admin/view-as".into(),
        "/admin/view-as?who=ser-77&path=/".into(),
        "/admin/audit".into(),
        "/admin/audit?action=created&subject=page".into(),
        "/admin/audit?who=nobody".into(),
        "/admin/pages?state=draft".into(),
        "/admin/pages?state=changes".into(),
        "/admin/pages?state=trash".into(),
        "/admin/pages?below=/".into(),
    ] {
        let status = if address.contains("view-as?") { 422 } else { 200 };
        let (times, size) = requests(&mut client, Some(&admin), &address, status)?;
        let shown = address.replace(&middle.to_string(), "…").replace(&chosen.to_string(), "(a group of all)");
        let note = format!("median {:.0} ms", percentile(&times, 50.0));
        report.add(PART, format!("{name}, {shown}, p95"), (percentile(&times, 95.0), "ms"), Some(PAGE), note);
        report.add(PART, format!("{name}, {shown}, size"), (size as f64 / 1000.0, "KB"), Some(SIZE), "");
    }
    drop(postern);
    by_sql::run(PART, name, site, pages, KEY, report)
}

/// The milliseconds of each time that a part of the list of the whole site is read.
fn list_times(store: &Store, position: &Position) -> Result<Vec<f64>, String> {
    let now: Timestamp = SystemTime::now().into();
    let (scope, root) = (VisiblePages::listed(&Visitor::Anonymous, now), PagePath::root());
    let mut times = Vec::new();
    for _ in 0..TIMES * 5 {
        let begun = Instant::now();
        let part = store.read(|conn| lists::list_below(conn, &scope, &root, position, 20));
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        part.map_err(|error| error.to_string())?.filter(|part| part.rows.len() == 20).ok_or("a short list")?;
    }
    Ok(times)
}

/// The milliseconds of each request for an address, and the largest number of bytes. The first is not counted.
fn requests(
    client: &mut Client,
    login: Option<&Login>,
    address: &str,
    status: u16,
) -> Result<(Vec<f64>, usize), String> {
    let runtime = runtime()?;
    let (mut times, mut size) = (Vec::new(), 0);
    for n in 0..=TIMES {
        let answer = runtime.block_on(client.get(address, login))?;
        if answer.status != status {
            return Err(format!("{address} was answered {}", answer.status));
        }
        size = size.max(answer.body.len());
        if n > 0 {
            times.push(answer.took.as_secs_f64() * 1e3);
        }
    }
    Ok((times, size))
}

/// The key of the n-th page, as [`KEY`] says.
fn key(n: usize) -> u64 {
    n as u64 * 2_654_435_761 % 4_294_967_291
}

/// The path of the n-th newest page that everybody reads from the n-th page on.
fn path(n: usize) -> Result<PagePath, String> {
    PagePath::parse(&format!("s{}/p{}", n / 10 * 10 % 100, n / 10 * 10 + 5))
}

/// Fills a site. Of ten pages two are for members of a group, one is for anyone signed in, and the others are public; all were
/// saved at one moment. Each links to another page.
fn fill(database: &mut Database, pages: usize) -> Result<(), String> {
    let (users, groups) = (USERS.min(pages / 10), GROUPS.min(pages / 200));
    let is_sqlite = matches!(database, Database::Sqlite(_));
    let numbers = |count: usize| match is_sqlite {
        true => format!("WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count})"),
        false => format!("WITH number (n) AS (SELECT generate_series(1, {count})::bigint)"),
    };
    let ago = match is_sqlite {
        true => "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (n * 10) || ' seconds')",
        false => "now() AT TIME ZONE 'utc' - n * interval '10 seconds'",
    };
    let (all_users, all_groups, all_pages) = (numbers(users), numbers(groups), numbers(pages));
    let fast = [
        "ALTER TABLE pages DISABLE TRIGGER ALL; ALTER TABLE page_groups DISABLE TRIGGER USER;
         ALTER TABLE group_members DISABLE TRIGGER USER; ALTER TABLE users DISABLE TRIGGER USER;
         DROP INDEX search_by_title; DROP INDEX search_by_words; DROP INDEX search_by_path;",
        "TRUNCATE listings; INSERT INTO listings SELECT * FROM page_listings;
         TRUNCATE search;
         INSERT INTO search SELECT id, to_tsvector('simple', search_text(title)), search_words(title, summary, body),
                                   to_tsvector('simple', search_text(path)) FROM pages;
         CREATE INDEX search_by_title ON search USING gin (title) WITH (fastupdate = off);
         CREATE INDEX search_by_words ON search USING gin (words) WITH (fastupdate = off);
         CREATE INDEX search_by_path ON search USING gin (path) WITH (fastupdate = off);
         ALTER TABLE pages ENABLE TRIGGER ALL; ALTER TABLE page_groups ENABLE TRIGGER USER;
         ALTER TABLE group_members ENABLE TRIGGER USER; ALTER TABLE users ENABLE TRIGGER USER;
         TRUNCATE full_text_unread;",
    ];
    // The keys are scattered, and with the usual 2 MB every insertion would read and write the file.
    let in_memory = if is_sqlite { "PRAGMA cache_size = -4000000;" } else { "" };
    // In the order of the keys: the index is otherwise written to the disk for each page.
    let words = "DELETE FROM search;
                 INSERT INTO search (rowid, title, summary, body, path)
                 SELECT id, title_key, 'what it is about', lower(replace(replace(body, ',', ''), '.', '')), replace(path, '/', ' ')
                 FROM pages ORDER BY id;
                 DELETE FROM full_text_unread;";
    let [before, after] = if is_sqlite { ["", words] } else { fast };
    database.run(&format!(
        "{in_memory} BEGIN; {before}
         {all_users} INSERT INTO users (id, name, role, password_hash, created_at) SELECT n, 'user-' || n, 'reader', '*', {ago} FROM number;
         {all_groups} INSERT INTO groups (id, name) SELECT n, 'Group ' || n FROM number;
         {all_users} INSERT INTO group_members (group_id, user_id) SELECT 1, n FROM number
             UNION SELECT 1 + n % {groups}, n FROM number;
         {all_pages} INSERT INTO pages (id, path, title, title_key, summary, body, audience, private, readers_from, settled, published_at)
             SELECT {KEY}, 's' || (n / 10 * 10 % 100) || '/p' || n, 'Page ' || n, 'page ' || n, 'What it is about.',
                    'Some words that are everywhere, w' || (n % 1000) || ' in a thousand and only' || n || ' once.',
                    CASE WHEN n % 10 < 2 THEN 'chosen' WHEN n % 10 = 2 THEN 'signed-in' ELSE 'public' END,
                    n % 10 <= 2, CASE WHEN n % 10 < 2 THEN {KEY} END, 1, {ago}
             FROM number;
         {all_pages} INSERT INTO page_groups (page_id, group_id)
             SELECT {KEY}, CASE n % 1000 WHEN 0 THEN 1 ELSE 1 + n % {groups} END FROM number WHERE n % 10 < 2;
         {all_pages} INSERT INTO links (page_id, target, fragment, file)
             SELECT {KEY}, 's' || (n / 10 * 10 % 100) || '/p' || (n / 10 * 10 + 5), '', '' FROM number WHERE n < {pages} - 10;
         {all_pages} INSERT INTO audit (id, at, actor, action, subject, name, detail)
             SELECT n, {ago}, 'admin', CASE n % 3 WHEN 0 THEN 'created' ELSE 'changed' END, 'page', 's/p' || n, '' FROM number;
         DELETE FROM links_unread; {after} COMMIT;"
    ))?;
    database.run(if is_sqlite { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "VACUUM ANALYZE" })
}
