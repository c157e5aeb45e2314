//! A Chromium, and its users: each of them has a window and credentials of their own.

use std::{
    env, fs,
    io::{Write, stderr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use headless_chrome::{
    Browser, LaunchOptions, Tab,
    browser::tab::{ModifierKey, point::Point},
    protocol::cdp::{Emulation, Fetch, Network::ResourceType, Page, Runtime},
};
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use serde_json::Value;

use super::{
    prompts::{Prompts, listen},
    server::{PASSWORD, Server},
};

/// The timeout of each wait, long enough for a loaded machine; a passing test waits much less.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A script that runs before a page's own and records the violations of its content security policy.
const WATCH: &str = "globalThis.refused = []; document.addEventListener('securitypolicyviolation', \
    (event) => globalThis.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));";

pub struct Chromium(Browser);

/// The path that an environment variable names; otherwise a line on standard error says that tests are skipped.
pub fn named(variable: &str, what: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    if value.is_none() {
        assert!(env::var_os("POSTERN_TEST_ALL").is_none(), "{variable} is not set");
        // Not by a macro: the test harness keeps what a test prints that passes.
        let _unseen = writeln!(stderr(), "left out: {what} ({variable} is not set)");
    }
    value
}

impl Chromium {
    /// Starts the browser that the environment names.
    pub fn start() -> Option<Chromium> {
        let path = named("POSTERN_TEST_CHROMIUM", "Chromium")?;
        let options = LaunchOptions::default_builder()
            .path(Some(path))
            // Chromium refuses its sandbox to root; everybody else keeps it.
            .sandbox(!is_root())
            .window_size(Some((1280, 800)))
            .idle_browser_timeout(Duration::from_secs(300))
            .args(vec!["--hide-scrollbars".as_ref(), "--force-color-profile=srgb".as_ref()])
            .build()
            .unwrap();
        let browser = Browser::new(options).unwrap();
        hasten(&browser.get_ws_url());
        Some(Chromium(browser))
    }

    /// A user who gives no password, and cancels the prompt for one.
    pub fn visitor(&self, server: &Server) -> Person {
        Person::new(self, server, None)
    }

    /// A user who signs in when the browser asks.
    pub fn user(&self, server: &Server, name: &str) -> Person {
        Person::new(self, server, Some(name))
    }
}

/// Shortens the reads of the connection to the browser. Otherwise each command would wait for the end of a read,
/// because the library reads for 100 ms at a time and sends nothing meanwhile. The socket is the library's own, and is
/// found among those of this process.
fn hasten(address: &str) {
    let port = address.trim_start_matches("ws://").split('/').next().and_then(|host| host.rsplit(':').next());
    let port: u16 = port.and_then(|port| port.parse().ok()).unwrap();
    let own = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
    for entry in fs::read_dir("/proc/self/fd").unwrap() {
        let Some(number) = entry.unwrap().file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // Files are not sockets, and the sockets of other tests may be closed already.
        let Ok(descriptor) = pidfd_getfd(&own, number, PidfdGetfdFlags::empty()) else { continue };
        let socket = socket2::Socket::from(descriptor);
        let peer = socket.peer_addr().ok().and_then(|peer| peer.as_socket());
        if peer.is_some_and(|peer| peer.port() == port) {
            socket.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        }
    }
}

/// The requests that may get a challenge. All others, above all those for the scripts and style sheets of the panel, go
/// to the server without a stop in the test.
fn interceptions() -> Vec<Fetch::RequestPattern> {
    let of_kind = |kind| Fetch::RequestPattern { url_pattern: None, resource_Type: Some(kind), request_stage: None };
    let kinds =
        [ResourceType::Document, ResourceType::Image, ResourceType::Xhr, ResourceType::Fetch, ResourceType::Other];
    let spread =
        Fetch::RequestPattern { url_pattern: Some("*/signed-in.css".into()), ..of_kind(ResourceType::Stylesheet) };
    kinds.map(of_kind).into_iter().chain([spread]).collect()
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
    ids.split_whitespace().nth(1) == Some("0")
}

/// A window that shares no state with the others, as a second browser would.
pub struct Person {
    pub origin: String,
    tab: Arc<Tab>,
    prompts: Arc<Mutex<Prompts>>,
}

impl Person {
    fn new(browser: &Chromium, server: &Server, name: Option<&str>) -> Person {
        let tab = browser.0.new_context().unwrap().new_tab().unwrap();
        tab.set_default_timeout(TIMEOUT);
        let prompts = Arc::<Mutex<Prompts>>::default();
        listen(&tab, &prompts);
        tab.enable_fetch(Some(&interceptions()), Some(true)).unwrap();
        let person = Person { origin: server.origin.clone(), tab, prompts };
        person.before_scripts(WATCH);
        if let Some(name) = name {
            person.give(name, PASSWORD);
        }
        person
    }

    /// Sets the credentials that answer the next prompts.
    pub fn give(&self, name: &str, password: &str) {
        self.prompts.lock().unwrap().credentials = Some((name.into(), password.into()));
        // The library answers each challenge once more after us; its own answer, a failed load, would race with ours.
        self.tab.authenticate(Some(name.into()), Some(password.into())).unwrap();
    }

    /// Opens a path of the site, or an address elsewhere.
    pub fn open(&self, address: &str) -> &Person {
        let address = if address.starts_with('/') { format!("{}{address}", self.origin) } else { address.to_owned() };
        self.leave(|| {
            self.tab.navigate_to(&address).unwrap();
        })
    }

    /// Runs an action that leads to another page, and waits until that page has loaded.
    pub fn leave(&self, act: impl FnOnce()) -> &Person {
        self.js("globalThis.left = true");
        act();
        self.wait("globalThis.left !== true && document.readyState === 'complete' && location.href !== 'about:blank'")
    }

    /// Clicks the link or button with a text, which leads to another page.
    pub fn press(&self, text: &str) -> &Person {
        self.leave(|| {
            let found = self.js(&format!(
                "(() => {{ const it = [...document.querySelectorAll('a, button')].find((it) => \
                 it.textContent.trim() === {}); it?.click(); return Boolean(it); }})()",
                quote(text)
            ));
            assert_eq!(found, Value::Bool(true), "nothing says {text:?} at {}:\n{}", self.address(), self.text());
        })
    }

    pub fn click(&self, selector: &str) {
        self.js(&format!("document.querySelector({}).click()", quote(selector)));
    }

    /// Clicks with the mouse on the element that an expression gives. It has to be visible, with nothing above it.
    #[track_caller]
    pub fn mouse(&self, expression: &str) {
        let at = self.js(&format!(
            "(() => {{ const it = {expression}; it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const [box] = it.getClientRects(); if (!box) return 'it is not visible'; \
             const x = box.left + box.width / 2, y = box.top + box.height / 2; \
             const hit = document.elementFromPoint(x, y); \
             return it.contains(hit) || it.control === hit ? {{ x, y }} : `covered by ${{hit?.outerHTML.slice(0, 200)}}`; }})()"
        ));
        let (Some(x), Some(y)) = (at["x"].as_f64(), at["y"].as_f64()) else {
            panic!("{expression} cannot be clicked at {}: {at}", self.address());
        };
        self.tab.click_point(Point { x, y }).unwrap();
    }

    /// Replaces the text of a field.
    pub fn fill(&self, selector: &str, text: &str) -> &Person {
        self.js(&format!(
            "(() => {{ const field = document.querySelector({}); field.value = {}; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()",
            quote(selector),
            quote(text)
        ));
        self
    }

    /// Types a text with real keys.
    pub fn type_into(&self, selector: &str, text: &str) -> &Person {
        self.js(&format!("document.querySelector({}).focus()", quote(selector)));
        self.tab.type_str(text).unwrap();
        self
    }

    /// Loads the page again, with the form that led to it.
    pub fn reload(&self) {
        self.tab.reload(false, None).unwrap();
    }

    pub fn key(&self, key: &str) -> &Person {
        self.tab.press_key(key).unwrap();
        self
    }

    /// Presses a key together with Ctrl.
    pub fn control(&self, key: &str) -> &Person {
        self.tab.press_key_with_modifiers(key, Some(&[ModifierKey::Ctrl])).unwrap();
        self
    }

    /// The value of an expression in the page; promises are awaited.
    pub fn js(&self, expression: &str) -> Value {
        self.try_js(expression).unwrap_or_else(|problem| panic!("{expression}: {problem}"))
    }

    fn try_js(&self, expression: &str) -> Result<Value, String> {
        let answer = self.tab.call_method(evaluation(expression)).map_err(|error| error.to_string())?;
        match answer.exception_details {
            Some(details) => Err(format!("{details:?}")),
            None => Ok(answer.result.value.unwrap_or(Value::Null)),
        }
    }

    /// Waits until an expression is true; while the page is being replaced, it counts as false.
    pub fn wait(&self, expression: &str) -> &Person {
        let end = Instant::now() + TIMEOUT;
        while self.try_js(expression) != Ok(Value::Bool(true)) {
            assert!(
                Instant::now() < end,
                "never true: {expression}\nat {}\n{:?}",
                self.tab.get_url(),
                self.try_js("document.body.innerText")
            );
            thread::sleep(Duration::from_millis(15));
        }
        self
    }

    pub fn string(&self, expression: &str) -> String {
        self.js(expression).as_str().unwrap_or_default().to_owned()
    }

    /// The text that the page shows.
    pub fn text(&self) -> String {
        self.string("document.body.innerText")
    }

    pub fn value(&self, selector: &str) -> String {
        self.string(&format!("document.querySelector({}).value", quote(selector)))
    }

    /// The path and the query of the page.
    pub fn address(&self) -> String {
        self.string("location.pathname + location.search")
    }

    /// The status of the response that delivered the page.
    pub fn status(&self) -> i64 {
        self.js("performance.getEntriesByType('navigation')[0].responseStatus").as_i64().unwrap()
    }

    #[track_caller]
    pub fn sees(&self, text: &str) -> &Person {
        let page = self.text();
        assert!(page.contains(text), "{text:?} is not to be seen at {}:\n{page}", self.address());
        self
    }

    #[track_caller]
    pub fn sees_not(&self, text: &str) -> &Person {
        let page = self.text();
        assert!(!page.contains(text), "{text:?} is to be seen at {}:\n{page}", self.address());
        self
    }

    /// The dialogs that opened, except the one that asks before unsaved input is left.
    pub fn dialogs(&self) -> Vec<String> {
        self.prompts.lock().unwrap().dialogs.clone()
    }

    /// The challenges that the browser received: the scheme and the realm of each.
    pub fn challenges(&self) -> Vec<String> {
        self.prompts.lock().unwrap().challenges.clone()
    }

    /// The number of challenges that were answered with a name and a password.
    pub fn answers(&self) -> usize {
        self.prompts.lock().unwrap().answers
    }

    /// The addresses of the frames in the page.
    pub fn frames(&self) -> Vec<String> {
        let tree = self.tab.call_method(Page::GetFrameTree(None)).unwrap().frame_tree;
        tree.child_frames.unwrap_or_default().into_iter().map(|child| child.frame.url).collect()
    }

    /// Runs a script before those of each page that is opened from now on.
    pub fn before_scripts(&self, source: &str) {
        self.tab
            .call_method(Page::AddScriptToEvaluateOnNewDocument {
                source: source.into(),
                world_name: None,
                include_command_line_api: None,
                run_immediately: None,
            })
            .unwrap();
    }

    /// Sets the size of the window, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) -> &Person {
        self.tab
            .call_method(Emulation::SetDeviceMetricsOverride {
                width,
                height,
                device_scale_factor: 1.0,
                mobile: width < 600,
                scale: None,
                screen_width: None,
                screen_height: None,
                position_x: None,
                position_y: None,
                dont_set_visible_size: None,
                screen_orientation: None,
                viewport: None,
                display_feature: None,
                device_posture: None,
            })
            .unwrap();
        self
    }

    /// Sets the system's colour preference: `light` or `dark`.
    pub fn prefer(&self, scheme: &str) -> &Person {
        let feature = Emulation::MediaFeature { name: "prefers-color-scheme".into(), value: scheme.into() };
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![feature]) }).unwrap();
        self
    }

    /// Replaces the colours of pages by those of the system, as a high-contrast mode does.
    pub fn force_colours(&self) -> &Person {
        let feature = Emulation::MediaFeature { name: "forced-colors".into(), value: "active".into() };
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![feature]) }).unwrap();
        self
    }

    /// Sets the time zone of the browser.
    pub fn set_time_zone(&self, zone: &str) -> &Person {
        self.tab.call_method(Emulation::SetTimezoneOverride { timezone_id: zone.into() }).unwrap();
        self
    }

    /// Shows pages as they are printed.
    pub fn print(&self) -> &Person {
        let media = Some("print".into());
        self.tab.call_method(Emulation::SetEmulatedMedia { media, features: None }).unwrap();
        self
    }

    /// Disables the pages' own scripts; the expressions of the tests still run.
    pub fn without_javascript(&self) -> &Person {
        self.tab.call_method(Emulation::SetScriptExecutionDisabled { value: true }).unwrap();
        self
    }

    pub fn screenshot(&self, file: &Path) {
        let png = self.tab.capture_screenshot(Page::CaptureScreenshotFormatOption::Png, None, None, true).unwrap();
        fs::write(file, png).unwrap();
    }
}

/// A text as a JavaScript literal.
pub fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

fn evaluation(expression: &str) -> Runtime::Evaluate {
    Runtime::Evaluate {
        expression: expression.into(),
        return_by_value: Some(true),
        await_promise: Some(true),
        generate_preview: None,
        silent: None,
        include_command_line_api: None,
        user_gesture: None,
        object_group: None,
        context_id: None,
        throw_on_side_effect: None,
        timeout: None,
        disable_breaks: None,
        repl_mode: None,
        allow_unsafe_eval_blocked_by_csp: None,
        unique_context_id: None,
        serialization_options: None,
    }
}
