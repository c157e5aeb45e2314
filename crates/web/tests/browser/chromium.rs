//! A Chromium, and its users: each of them has a window and credentials of their own.

use std::{
    env, fs,
    io::{Write, stderr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    devtools::{Browser, Key, TIMEOUT, Window},
    prompts::{Prompts, listener},
    server::{PASSWORD, Server},
};

/// A script that runs before a page's own and records the violations of its content security policy.
const WATCH: &str = "globalThis.refused = []; document.addEventListener('securitypolicyviolation', \
    (event) => globalThis.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));";

/// The browser of the tests that run.
pub struct Chromium(Arc<Browser>);

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
    /// The browser that the environment names.
    pub fn start() -> Option<Chromium> {
        let program = named("POSTERN_TEST_CHROMIUM", "Chromium")?;
        Some(Chromium(Browser::shared(&program)))
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

/// The requests that may meet a challenge. All others, above all the scripts and style sheets of the panel, go to the server
/// without a halt at the test.
fn interceptions() -> Value {
    let kinds = ["Document", "Image", "XHR", "Fetch", "Other"].map(|kind| json!({ "resourceType": kind }));
    let spread = json!({ "resourceType": "Stylesheet", "urlPattern": "*/signed-in.css" });
    kinds.into_iter().chain([spread]).collect()
}

/// A window that shares no state with the others, as a second browser would.
pub struct Person {
    pub origin: String,
    window: Window,
    prompts: Arc<Mutex<Prompts>>,
}

impl Person {
    fn new(browser: &Chromium, server: &Server, name: Option<&str>) -> Person {
        let prompts = Arc::<Mutex<Prompts>>::default();
        let window = Window::open(&browser.0, listener(&prompts));
        let person = Person { origin: server.origin.clone(), window, prompts };
        person.command("Fetch.enable", json!({ "patterns": interceptions(), "handleAuthRequests": true }));
        person.before_scripts(WATCH);
        if let Some(name) = name {
            person.give(name, PASSWORD);
        }
        person
    }

    /// Sets the credentials that answer the next prompts.
    pub fn give(&self, name: &str, password: &str) {
        self.prompts.lock().unwrap().credentials = Some((name.into(), password.into()));
    }

    /// The result of a command of the DevTools protocol.
    #[track_caller]
    fn command(&self, method: &str, params: Value) -> Value {
        self.window.call(method, params).unwrap_or_else(|problem| panic!("{method}: {problem}"))
    }

    /// Opens a path of the site, or an address elsewhere.
    pub fn open(&self, address: &str) -> &Person {
        let address = if address.starts_with('/') { format!("{}{address}", self.origin) } else { address.to_owned() };
        self.leave(|| {
            let error = self.command("Page.navigate", json!({ "url": address }))["errorText"].clone();
            assert_eq!(error, Value::Null, "{address}");
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
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let (button, clicks) = if kind == "mouseMoved" { ("none", 0) } else { ("left", 1) };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": clicks });
            self.command("Input.dispatchMouseEvent", event);
        }
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
        for character in text.chars().map(String::from) {
            match Key::of(&character) {
                Some(key) => self.press_and_release(&key, 0),
                None => drop(self.command("Input.insertText", json!({ "text": character }))),
            }
        }
        self
    }

    /// Loads the page again, with the form that led to it.
    pub fn reload(&self) {
        self.command("Page.reload", json!({}));
    }

    pub fn key(&self, key: &str) -> &Person {
        self.press_and_release(&Key::of(key).unwrap(), 0);
        self
    }

    /// Presses a key together with Ctrl.
    pub fn control(&self, key: &str) -> &Person {
        self.press_and_release(&Key::of(key).unwrap(), 2);
        self
    }

    fn press_and_release(&self, key: &Key, modifiers: u32) {
        for event in key.events(modifiers) {
            self.command("Input.dispatchKeyEvent", event);
        }
    }

    /// The value of an expression in the page; promises are awaited.
    pub fn js(&self, expression: &str) -> Value {
        self.try_js(expression).unwrap_or_else(|problem| panic!("{expression}: {problem}"))
    }

    fn try_js(&self, expression: &str) -> Result<Value, String> {
        let evaluation = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.window.call("Runtime.evaluate", evaluation)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(details.to_string()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Waits until an expression is true; while the page is being replaced, it counts as false.
    pub fn wait(&self, expression: &str) -> &Person {
        let end = Instant::now() + TIMEOUT;
        while self.try_js(expression) != Ok(Value::Bool(true)) {
            assert!(
                Instant::now() < end,
                "never true: {expression}\nat {:?}\n{:?}",
                self.try_js("location.href"),
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
        let tree = self.command("Page.getFrameTree", json!({}));
        let children = tree["frameTree"]["childFrames"].as_array().cloned().unwrap_or_default();
        children.iter().map(|child| child["frame"]["url"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Runs a script before those of each page that is opened from now on.
    pub fn before_scripts(&self, source: &str) {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source }));
    }

    /// Sets the size of the window, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) -> &Person {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.command("Emulation.setDeviceMetricsOverride", metrics);
        self
    }

    /// Sets the system's colour preference: `light` or `dark`.
    pub fn prefer(&self, scheme: &str) -> &Person {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features }));
        self
    }

    /// Replaces the colours of pages by those of the system, as a high-contrast mode does.
    pub fn force_colours(&self) -> &Person {
        let features = json!([{ "name": "forced-colors", "value": "active" }]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features }));
        self
    }

    /// Sets the time zone of the browser.
    pub fn set_time_zone(&self, zone: &str) -> &Person {
        self.command("Emulation.setTimezoneOverride", json!({ "timezoneId": zone }));
        self
    }

    /// Shows pages as they are printed.
    pub fn print(&self) -> &Person {
        self.command("Emulation.setEmulatedMedia", json!({ "media": "print" }));
        self
    }

    /// Disables the pages' own scripts; the expressions of the tests still run.
    pub fn without_javascript(&self) -> &Person {
        self.command("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        self
    }

    pub fn screenshot(&self, file: &Path) {
        let png = self.command("Page.captureScreenshot", json!({ "format": "png" }))["data"].clone();
        fs::write(file, BASE64_STANDARD.decode(png.as_str().unwrap()).unwrap()).unwrap();
    }
}

/// A text as a JavaScript literal.
pub fn quote(text: &str) -> String {
    Value::from(text).to_string()
}
