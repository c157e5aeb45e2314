//! A site in process: a temporary database, four users, a public and a private page.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use actix_web::{
    body::to_bytes,
    dev::Payload,
    error::PayloadError,
    http::{Method, StatusCode, header::HeaderMap},
    test::{TestRequest, call_service, init_service},
    web::{Bytes, Data},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use domain::{
    Timestamp, Version,
    access::Admin,
    audience::AudienceInput,
    draft::FormId,
    file::FileName,
    group::{Group, GroupInput},
    page::{Page, PageContent, PageId, PageInput, PagePath},
    password::Password,
    share::{NewShare, Shows},
    user::{Role, User, UserContent, Username},
};
use futures_util::{StreamExt, stream};
use store::{
    DatabaseUrl, Store,
    writing::{
        AddFile, AddGroup, Command, Consent, Delete, Outcome, Publish, ReadText, Run, Selection, contents, new_page_id,
    },
};
use tempfile::TempDir;
use web::{
    App, Options,
    admin::jobs::Jobs,
    auth::{
        secret::Secret,
        verify::{bcrypt_pool, verified_cache::Limits},
    },
    cache::{
        generations::{Generations, StalenessLimits},
        process::Cache,
    },
    clock,
    db::POOL_SIZE,
    routes::application,
};

/// The lowest cost of bcrypt: tests verify thousands of passwords.
const COST: u32 = 4;
/// The cache of an instance, in bytes.
const CACHE_BYTES: u64 = 64 << 20;

pub struct Site {
    pub app: Data<App>,
    folder: Arc<TempDir>,
    url: String,
}

impl Site {
    /// A site with a reader ann, an editor eve, an administrator root and a disabled user dan; `/hello` is public,
    /// `/secret` private.
    pub fn new() -> Site {
        Site::costing(COST)
    }

    /// The same site on an empty database.
    pub fn at(url: &str) -> Site {
        let options = Options { base_url: "http://site.test".into(), is_base_url_chosen: true, ..Options::default() };
        Site::on(Arc::new(tempfile::tempdir().unwrap()), url.into(), options, COST, CACHE_BYTES).furnished()
    }

    /// The same site with another cost for new password hashes.
    pub fn costing(cost: u32) -> Site {
        let site = Site::made(
            Options { base_url: "http://site.test".into(), is_base_url_chosen: true, ..Options::default() },
            cost,
        );
        site.furnished()
    }

    fn furnished(self) -> Site {
        let site = self;
        for (name, role) in [("ann", Role::Reader), ("eve", Role::Editor), ("root", Role::Admin), ("dan", Role::Reader)]
        {
            site.add_user(name, role, "open sesame");
        }
        site.write(|conn, admin| {
            let dan = store::users::find(conn, &name("dan"))?.unwrap();
            store::writing::users::set_active(conn, admin, &[dan.id], false, clock::now())
        });
        site.put(PageInput { body: "Hello, **world**.".into(), ..draft("hello", "Hello") });
        site.put(PageInput {
            body: "The treasure is under the oak.".into(),
            audience: signed_in(),
            ..draft("secret", "Secret")
        });
        site
    }

    /// The same site, with a progress page for every bulk change, however short.
    pub fn impatient() -> Site {
        let Site { app, folder, url } = Site::new();
        let app = Arc::into_inner(app.into_inner()).unwrap();
        Site { app: Data::new(App { jobs: Jobs::with_form_timeout(Duration::ZERO), ..app }), folder, url }
    }

    pub fn with(options: Options) -> Site {
        Site::made(options, COST)
    }

    fn made(options: Options, cost: u32) -> Site {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let url = format!("sqlite://{}/site.db", folder.path().display());
        Site::on(folder, url, options, cost, CACHE_BYTES)
    }

    /// Another instance on the same database; also one that was started again.
    pub fn instance(&self) -> Site {
        self.instance_with_cache(CACHE_BYTES)
    }

    /// Another instance on the same database, with a cache of so many bytes for pages and files.
    pub fn instance_with_cache(&self, bytes: u64) -> Site {
        Site::on(self.folder.clone(), self.url.clone(), self.app.options.clone(), COST, bytes)
    }

    fn on(folder: Arc<TempDir>, url: String, options: Options, cost: u32, cache_bytes: u64) -> Site {
        let store = Store::open(&DatabaseUrl::parse(&url).unwrap(), POOL_SIZE).unwrap();
        store.migrate().unwrap();
        let cache = Cache::new(Arc::new(Generations::new(StalenessLimits::default())), cache_bytes);
        let app = App::new(store, cache, cost, Limits::default(), options).unwrap();
        let site = Site { app: Data::new(app), folder, url };
        // Before the first heartbeat nothing is cached.
        let begun = Instant::now();
        while !site.app.db.cache().generations().is_fresh() {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", site.app.db.feed_failure());
            std::thread::yield_now();
        }
        site
    }

    /// The URL of the database.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn store(&self) -> &Store {
        self.app.db.store()
    }

    pub fn write<T>(&self, change: impl FnOnce(&mut store::Conn, &Admin) -> store::Result<T>) -> T {
        let done = self.store().write(|conn| change(conn, &Admin::command_line())).unwrap();
        // Not through `Db`, so that it is like a change of another process; the next request has to see it.
        self.app.db.wait_until_caught_up();
        done
    }

    /// Gives the readers of a page a picture of 2000 by 1000 pixels at once; its bytes are its name.
    pub fn add_file(&self, page: PageId, name: &str, alt: &str) {
        let now = web::clock::now();
        let content = self.write(|conn, _| {
            let content = contents::begin(conn, now)?;
            contents::add_parts(conn, content, 0, &[name.as_bytes().to_vec()])?;
            contents::finish(conn, content, &format!("{name:0>64}"), Some((2000, 1000)), now)
        });
        let (name, alt) = (FileName::parse(name).unwrap(), alt.to_owned());
        self.run(Command::AddFile(AddFile { page, name, content, alt, replaces: true, at_once: true }));
    }

    pub fn add_user(&self, who: &str, role: Role, password: &str) -> User {
        let hash = bcrypt_pool::hash(&Password::parse(password).unwrap(), COST).unwrap();
        let content = UserContent::new(name(who), role);
        self.write(|conn, admin| store::writing::users::insert(conn, admin, &content, &hash, clock::now()))
    }

    pub fn group(&self, name: &str, members: &[&str]) -> Group {
        let content = GroupInput { name: name.into(), members: members.join(",") }.check().unwrap();
        match self.run(Command::AddGroup(AddGroup::new(&Admin::command_line(), content))) {
            Outcome::Group(group) => {
                self.store().read(|conn| store::groups::get(conn, &Admin::command_line(), group)).unwrap().unwrap()
            }
            outcome => panic!("{outcome:?}"),
        }
    }

    pub fn user(&self, who: &str) -> User {
        self.store().read(|conn| store::users::find(conn, &name(who))).unwrap().unwrap()
    }

    pub fn put(&self, draft: PageInput) -> Page {
        let content = draft.check(clock::now()).unwrap();
        self.put_content(content)
    }

    /// Creates a page, or replaces the one at its path.
    pub fn put_content(&self, content: PageContent) -> Page {
        let old = self.page(content.path.as_str());
        let (path, is_new) = (content.path.clone(), old.is_none());
        let page = old.as_ref().map_or_else(|| new_page_id().unwrap(), |old| old.id);
        let from = old.map_or(Version(0), |old| old.version);
        self.run(Command::Publish(Publish { is_new, ..Publish::after(from, page, content) }));
        self.page(path.as_str()).unwrap()
    }

    /// Moves a page without the pages below it.
    pub fn move_page(&self, page: &Page, to: &str) -> Page {
        let content = PageContent { path: PagePath::parse(to).unwrap(), ..page.content.clone() };
        let (page, from) = (page.id, page.version);
        let publish = Publish::after(from, page, content);
        self.run(Command::Publish(publish));
        self.page(to).unwrap()
    }

    pub fn delete(&self, page: PageId) {
        self.run(Command::Delete(Delete(Selection::one(page))));
    }

    /// Runs a command with any effect on access, as the command line does with `--yes`.
    pub fn run(&self, command: Command) -> Outcome {
        self.write(|conn, admin| {
            let (now, consent, links) = (clock::now(), Consent::Any, web::markdown::facts as ReadText);
            let mut run = Run { by: admin.editor(), now, consent, links, progress: &mut |_| {}, takes_access: false };
            store::writing::run(conn, &mut run, &command)
        })
    }

    pub fn page(&self, path: &str) -> Option<Page> {
        self.store().read(|conn| store::pages::find(conn, &PagePath::parse(path).unwrap())).unwrap()
    }

    /// The secret of a link that opens a page for a week.
    pub fn link(&self, path: &str, shows: Shows) -> String {
        self.link_until(path, shows, clock::now() + TimeDelta::days(7))
    }

    pub fn link_until(&self, path: &str, shows: Shows, ends_at: Timestamp) -> String {
        self.link_to(self.page(path).unwrap().id, shows, ends_at)
    }

    pub fn link_to(&self, page: PageId, shows: Shows, ends_at: Timestamp) -> String {
        let secret = Secret::random().unwrap();
        let new = NewShare { page, label: "Acme review".into(), shows, ends_at };
        self.write(|conn, admin| {
            store::writing::shares::make(conn, admin.editor(), FormId::default(), &new, &secret.hash(), clock::now())
        });
        secret.reveal().to_owned()
    }

    /// Tells the other instances of the wrong passwords so far, as a running server does by itself.
    pub async fn share(&self) {
        self.app.authenticator.share(&self.app.db).await.unwrap();
    }

    /// The number of sign-ins verified so far.
    pub fn verified(&self) -> u64 {
        self.app.authenticator.bcrypt_pool.verified()
    }

    pub fn visitor(&self) -> Actor<'_> {
        Actor { site: self, headers: Vec::new() }
    }

    pub fn signed_in(&self, name: &str, password: &str) -> Actor<'_> {
        self.visitor().with("authorization", basic(format!("{name}:{password}")))
    }

    pub fn ann(&self) -> Actor<'_> {
        self.signed_in("ann", "open sesame")
    }

    pub fn eve(&self) -> Actor<'_> {
        self.signed_in("eve", "open sesame")
    }

    pub fn root(&self) -> Actor<'_> {
        self.signed_in("root", "open sesame")
    }
}

/// The audience of everybody, regardless of the page above.
pub fn public() -> AudienceInput {
    AudienceInput { kind: "public".into(), ..AudienceInput::default() }
}

/// The audience of chosen people and groups.
pub fn chosen(people: &str, groups: &[&str]) -> AudienceInput {
    let groups = groups.iter().map(|name| (*name).to_owned()).collect();
    AudienceInput { kind: "chosen".into(), people: people.into(), groups }
}

/// The audience of every signed-in user.
pub fn signed_in() -> AudienceInput {
    AudienceInput { kind: "signed-in".into(), ..AudienceInput::default() }
}

pub fn draft(path: &str, title: &str) -> PageInput {
    PageInput { path: format!("/{path}"), title: title.into(), ..PageInput::default() }
}

pub fn name(name: &str) -> Username {
    Username::parse(name).unwrap()
}

pub fn basic(credentials: impl AsRef<[u8]>) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

/// The body of a request: a form, bytes, or a part after which the client disconnects or sends nothing more.
enum Body {
    Whole(String),
    Bytes(Vec<u8>),
    Part(Vec<u8>, bool),
}

type BoxedPayload = std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, PayloadError>>>>;

/// A form with a file, as a browser sends it.
pub fn multipart(fields: &[(&str, &str)], (name, content): (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: \
             application/octet-stream\r\n\r\n"
        )
        .as_bytes(),
    );
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    body
}

/// A client that sends the same headers with every request.
#[derive(Clone)]
pub struct Actor<'a> {
    site: &'a Site,
    headers: Vec<(String, Vec<u8>)>,
}

impl Actor<'_> {
    /// The same client with one more header.
    pub fn with(&self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut actor = self.clone();
        actor.headers.push((name.into(), value.as_ref().to_vec()));
        actor
    }

    pub fn browser(&self) -> Self {
        self.with("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    pub async fn get(&self, uri: &str) -> Response {
        self.send(Method::GET, uri, None).await
    }

    pub async fn post(&self, uri: &str, fields: &[(&str, &str)]) -> Response {
        self.send(Method::POST, uri, Some(serde_html_form::to_string(fields).unwrap())).await
    }

    /// Posts a form with the token of the page at `form`, as a browser would.
    pub async fn submit(&self, form: &str, uri: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.get(form).await;
        let token = page.value_of("form_token");
        let mut fields = fields.to_vec();
        fields.push(("form_token", &token));
        self.post(uri, &fields).await
    }

    pub async fn send(&self, method: Method, uri: &str, body: Option<String>) -> Response {
        self.send_from("127.0.0.1", method, uri, body).await
    }

    /// Sends a request from another address.
    pub async fn send_from(&self, address: &str, method: Method, uri: &str, body: Option<String>) -> Response {
        self.send_body(address, method, uri, body.map(Body::Whole)).await
    }

    /// Sends a form whose fields precede its file.
    pub async fn upload(&self, uri: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Response {
        self.send_form(uri, multipart(fields, file)).await
    }

    /// Sends the bytes of a form with a file.
    pub async fn send_form(&self, uri: &str, form: Vec<u8>) -> Response {
        self.multipart().send_body("127.0.0.1", Method::POST, uri, Some(Body::Bytes(form))).await
    }

    /// Sends a part of a form with a file, and then an error or nothing more.
    pub async fn upload_part(&self, uri: &str, part: Vec<u8>, breaks: bool) -> Response {
        self.multipart().send_body("127.0.0.1", Method::POST, uri, Some(Body::Part(part, breaks))).await
    }

    pub fn multipart(&self) -> Self {
        self.with("content-type", "multipart/form-data; boundary=XX")
    }

    async fn send_body(&self, address: &str, method: Method, uri: &str, body: Option<Body>) -> Response {
        let peer = std::net::SocketAddr::new(address.parse().unwrap(), 9);
        let service = init_service(application(self.site.app.clone())).await;
        let mut request = TestRequest::default().method(method).uri(uri).peer_addr(peer);
        for (name, value) in &self.headers {
            request = request.append_header((name.as_str(), value.as_slice()));
        }
        if !self.headers.iter().any(|(name, _)| name == "host") {
            request = request.insert_header(("host", "site.test"));
        }
        if body.is_some() && !self.headers.iter().any(|(name, _)| name == "content-type") {
            request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
        }
        let payload: Option<BoxedPayload> = match body {
            None => None,
            Some(Body::Whole(text)) => Some(Box::pin(stream::iter([Ok(Bytes::from(text))]))),
            Some(Body::Bytes(bytes)) => Some(Box::pin(stream::iter([Ok(Bytes::from(bytes))]))),
            Some(Body::Part(part, true)) => {
                Some(Box::pin(stream::iter([Ok(Bytes::from(part)), Err(PayloadError::Incomplete(None))])))
            }
            Some(Body::Part(part, false)) => {
                Some(Box::pin(stream::iter([Ok(Bytes::from(part))]).chain(stream::pending())))
            }
        };
        let request = request.to_request();
        let request = match payload {
            Some(payload) => request.replace_payload(Payload::Stream { payload }).0,
            None => request,
        };
        let response = call_service(&service, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap();
        Response { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

#[derive(Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Response {
    #[track_caller]
    pub fn is(self, status: u16) -> Response {
        assert_eq!(self.status.as_u16(), status, "{:?}\n{}", self.headers, self.body);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn has(self, text: &str) -> Response {
        assert!(self.body.contains(text), "{text:?} is missing in {}", self.body);
        self
    }

    #[track_caller]
    pub fn lacks(self, text: &str) -> Response {
        assert!(!self.body.contains(text), "{text:?} stands in {}", self.body);
        self
    }

    /// The value of a hidden or other one-line field.
    #[track_caller]
    pub fn value_of(&self, field: &str) -> String {
        let from =
            self.body.find(&format!("name=\"{field}\"")).unwrap_or_else(|| panic!("no {field} in {}", self.body));
        let rest = &self.body[from..];
        let rest = &rest[rest.find("value=\"").unwrap() + 7..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    /// The parts of a response by which a client can tell it from another, without the date and the request's id.
    pub fn fingerprint(&self) -> (u16, Vec<(String, String)>, String) {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        (self.status.as_u16(), headers, self.body.clone())
    }
}

/// A transaction of another writer that is open: it has the lock of the database until it is committed.
pub struct OpenChange {
    release: mpsc::Sender<()>,
    writer: thread::JoinHandle<store::Result<()>>,
}

impl Site {
    /// Makes a change in a transaction that stays open.
    pub fn begin(
        &self,
        change: impl FnOnce(&mut store::Conn, &Admin) -> store::Result<()> + Send + 'static,
    ) -> OpenChange {
        let (begun, (release, released)) = (mpsc::channel(), mpsc::channel::<()>());
        let (store, begins) = (self.store().clone(), begun.0);
        let writer = thread::spawn(move || {
            store.write(|conn| {
                change(conn, &Admin::command_line())?;
                begins.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            })
        });
        begun.1.recv().unwrap();
        OpenChange { release, writer }
    }
}

impl OpenChange {
    /// Commits the change.
    pub fn commit(self) {
        self.release.send(()).unwrap();
        self.writer.join().unwrap().unwrap();
    }
}
