//! Chromium's DevTools protocol over a pipe. The tests that run at the same time share one browser; a window of its own
//! context shares no state with the others.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The timeout of each wait, long enough for a loaded machine; a passing test waits much less.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// No visible window, no traffic of Chromium's own, no questions, and no tab that sleeps because others are in front.
const OPTIONS: &[&str] = &[
    "--headless",
    "--window-size=1280,800",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-features=Translate",
    "--disable-hang-monitor",
    "--disable-ipc-flooding-protection",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--disable-sync",
    "--enable-automation",
    "--metrics-recording-only",
    "--no-first-run",
    "--password-store=basic",
];

/// What answers an event of a window: takes its name and parameters, and may return a command to send.
pub type Listener = Box<dyn FnMut(&str, &Value) -> Option<(&'static str, Value)> + Send>;

/// A running browser; it stops when no test uses it any more.
pub struct Browser {
    wire: Arc<Wire>,
    child: Child,
    _profile: TempDir,
}

impl Browser {
    /// The browser that other tests have started, or one that starts now.
    pub fn shared(program: &Path) -> Arc<Browser> {
        static SHARED: Mutex<Weak<Browser>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match shared.upgrade().filter(|browser| !browser.wire.ended.load(Ordering::SeqCst)) {
            Some(browser) => browser,
            None => {
                let browser = Arc::new(Browser::start(program));
                *shared = Arc::downgrade(&browser);
                browser
            }
        }
    }

    fn start(program: &Path) -> Browser {
        let profile = tempfile::tempdir().unwrap();
        let log = profile.path().join("stderr");
        let mut command = Command::new("sh");
        // Chromium reads commands from descriptor 3 and writes to 4, and ends when they close.
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"]).arg(program);
        command.arg(format!("--user-data-dir={}", profile.path().join("data").display()));
        command.arg("--remote-debugging-pipe").args(OPTIONS);
        if is_root() {
            // Chromium refuses its sandbox to root; everybody else keeps it.
            command.arg("--no-sandbox");
        }
        let errors = fs::File::create(&log).unwrap();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let wire = Arc::new(Wire {
            input: Mutex::new(child.stdin.take().unwrap()),
            calls: AtomicU64::new(1),
            waiting: Mutex::default(),
            listeners: Mutex::default(),
            ended: AtomicBool::new(false),
            log,
        });
        let (reader, output) = (Arc::clone(&wire), child.stdout.take().unwrap());
        thread::spawn(move || reader.read(output));
        let browser = Browser { wire, child, _profile: profile };
        browser.wire.call(None, "Browser.getVersion", &json!({})).unwrap();
        browser
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
    ids.split_whitespace().nth(1) == Some("0")
}

/// The pipe to a browser.
struct Wire {
    input: Mutex<ChildStdin>,
    calls: AtomicU64,
    waiting: Mutex<HashMap<u64, Sender<Result<Value, String>>>>,
    listeners: Mutex<HashMap<String, Arc<Mutex<Listener>>>>,
    ended: AtomicBool,
    /// What the browser writes on standard error.
    log: PathBuf,
}

impl Wire {
    /// Sends a command without waiting for its result.
    fn send(&self, session: Option<&str>, id: u64, method: &str, params: &Value) {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        // If the browser has ended, the call that waits for the result reports it.
        let _gone = self.input.lock().unwrap().write_all(format!("{message}\0").as_bytes());
    }

    /// Sends a command and waits for its result.
    fn call(&self, session: Option<&str>, method: &str, params: &Value) -> Result<Value, String> {
        let (id, (sender, receiver)) = (self.calls.fetch_add(1, Ordering::Relaxed), channel());
        self.waiting.lock().unwrap().insert(id, sender);
        self.send(session, id, method, params);
        if self.ended.load(Ordering::SeqCst) {
            self.waiting.lock().unwrap().clear();
        }
        receiver.recv_timeout(TIMEOUT).unwrap_or_else(|error| {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            panic!("{method} has no result: {error}\n{log}")
        })
    }

    /// Reads until the browser ends, and passes results to the calls that wait for them and events to the listener of their
    /// window.
    fn read(&self, output: impl Read) {
        let (mut output, mut message) = (BufReader::new(output), Vec::new());
        while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
            message.pop();
            let read: Value = serde_json::from_slice(&message).unwrap_or_default();
            message.clear();
            match read["id"].as_u64() {
                Some(id) => {
                    let Some(sender) = self.waiting.lock().unwrap().remove(&id) else { continue };
                    let error = read["error"]["message"].as_str().map(ToOwned::to_owned);
                    let _given_up = sender.send(error.map_or_else(|| Ok(read["result"].clone()), Err));
                }
                None => self.tell(&read),
            }
        }
        self.ended.store(true, Ordering::SeqCst);
        self.waiting.lock().unwrap().clear();
    }

    fn tell(&self, event: &Value) {
        let (Some(session), Some(method)) = (event["sessionId"].as_str(), event["method"].as_str()) else { return };
        let Some(listener) = self.listeners.lock().unwrap().get(session).cloned() else { return };
        let answer = listener.lock().unwrap()(method, &event["params"]);
        if let Some((method, params)) = answer {
            self.send(Some(session), self.calls.fetch_add(1, Ordering::Relaxed), method, &params);
        }
    }
}

/// A window in a context of its own, as a second browser would be; it closes when it is dropped.
pub struct Window {
    browser: Arc<Browser>,
    context: Value,
    session: String,
}

impl Window {
    pub fn open(browser: &Arc<Browser>, listener: Listener) -> Window {
        let call = |method: &str, params: Value| browser.wire.call(None, method, &params).unwrap();
        let context = call("Target.createBrowserContext", json!({}))["browserContextId"].clone();
        let target = call("Target.createTarget", json!({ "url": "about:blank", "browserContextId": context }));
        let attached = call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        browser.wire.listeners.lock().unwrap().insert(session.clone(), Arc::new(Mutex::new(listener)));
        let window = Window { browser: Arc::clone(browser), context, session };
        window.call("Page.enable", json!({})).unwrap();
        // The windows of other tests do not take the focus away.
        window.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).unwrap();
        window
    }

    /// The result of a command, or the error that the browser reports.
    pub fn call(&self, method: &str, params: Value) -> Result<Value, String> {
        self.browser.wire.call(Some(&self.session), method, &params)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let wire = &self.browser.wire;
        wire.listeners.lock().unwrap().remove(&self.session);
        let context = json!({ "browserContextId": self.context });
        wire.send(None, wire.calls.fetch_add(1, Ordering::Relaxed), "Target.disposeBrowserContext", &context);
    }
}

/// A key of a keyboard with the layout of the USA.
pub struct Key {
    key: String,
    code: String,
    number: u32,
    /// What it types.
    text: Option<String>,
}

impl Key {
    /// The key of a name, such as `Enter`, or the one that types a character; none for characters of other layouts.
    pub fn of(name: &str) -> Option<Key> {
        const DIGITS: &str = "0)1!2@3#4$5%6^7&8*9(";
        const SIGNS: &[(&str, &str, u32)] = &[
            (" ", "Space", 32),
            (";:", "Semicolon", 186),
            ("=+", "Equal", 187),
            (",<", "Comma", 188),
            ("-_", "Minus", 189),
            (".>", "Period", 190),
            ("/?", "Slash", 191),
            ("`~", "Backquote", 192),
            ("[{", "BracketLeft", 219),
            ("\\|", "Backslash", 220),
            ("]}", "BracketRight", 221),
            ("'\"", "Quote", 222),
        ];
        let named = |number, text: Option<&str>| Key {
            key: name.into(),
            code: name.into(),
            number,
            text: text.map(ToOwned::to_owned),
        };
        match name {
            "Backspace" => return Some(named(8, None)),
            "Tab" => return Some(named(9, None)),
            "Enter" => return Some(named(13, Some("\r"))),
            "\n" => return Key::of("Enter"),
            "Escape" => return Some(named(27, None)),
            "End" => return Some(named(35, None)),
            "ArrowLeft" => return Some(named(37, None)),
            "ArrowUp" => return Some(named(38, None)),
            "ArrowRight" => return Some(named(39, None)),
            "ArrowDown" => return Some(named(40, None)),
            _ => {}
        }
        let typed = |code, number| Some(Key { key: name.into(), code, number, text: Some(name.into()) });
        let mut characters = name.chars();
        let (Some(character), None) = (characters.next(), characters.next()) else { return None };
        let upper = character.to_ascii_uppercase();
        if upper.is_ascii_alphabetic() {
            return typed(format!("Key{upper}"), upper.into());
        }
        if let Some(at) = DIGITS.find(character) {
            let digit = &DIGITS[at / 2 * 2..][..1];
            return typed(format!("Digit{digit}"), digit.as_bytes()[0].into());
        }
        let (_, code, number) = SIGNS.iter().find(|(characters, _, _)| characters.contains(character))?;
        typed((*code).into(), *number)
    }

    /// The events of the key, pressed and released. `modifiers` is 2 while Ctrl is held, otherwise 0.
    pub fn events(&self, modifiers: u32) -> [Value; 2] {
        let kind = if self.text.is_some() { "keyDown" } else { "rawKeyDown" };
        [kind, "keyUp"].map(|kind| {
            let mut event = json!({
                "type": kind, "key": self.key, "code": self.code, "modifiers": modifiers,
                "windowsVirtualKeyCode": self.number, "nativeVirtualKeyCode": self.number,
            });
            if let Some(text) = &self.text {
                event["text"] = text.as_str().into();
            }
            event
        })
    }
}
