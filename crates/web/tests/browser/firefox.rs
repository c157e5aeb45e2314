//! Firefox, driven with WebDriver BiDi: signing in and out, because it keeps Basic credentials by rules of its own, and
//! the text field.

use std::{
    io::{BufRead, BufReader},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket, stream::MaybeTlsStream};

use super::{
    chromium::{named, quote},
    server::{PASSWORD, Server},
};

/// The timeout of each wait.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A Firefox with one window and a profile of its own; it stops when it is dropped.
struct Firefox {
    origin: String,
    context: Value,
    /// The name and the password that the user types into the next prompts; without them, the user cancels.
    answers: Vec<(String, String)>,
    /// The number of prompts so far.
    prompts: usize,
    calls: u64,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    process: Child,
    _profile: TempDir,
}

impl Firefox {
    fn start(server: &Server) -> Option<Firefox> {
        let path = named("POSTERN_TEST_FIREFOX", "Firefox")?;
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(path);
        command.args(["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"]).arg(profile.path());
        let mut process =
            command.env("HOME", profile.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once("listening on ").map(|(_, address)| address.to_owned()));
        thread::spawn(move || lines.for_each(drop));
        let address = address.expect("Firefox says where it listens");
        let (socket, _) = tungstenite::connect(format!("{}/session", address.trim())).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        }
        let (origin, context) = (server.origin.clone(), Value::Null);
        let (answers, prompts, calls) = (Vec::new(), 0, 0);
        let mut firefox = Firefox { origin, context, answers, prompts, calls, socket, process, _profile: profile };
        firefox.call("session.new", json!({ "capabilities": {} }));
        firefox.call("session.subscribe", json!({ "events": ["network.authRequired"] }));
        firefox.call("network.addIntercept", json!({ "phases": ["authRequired"] }));
        let tree = firefox.call("browsingContext.getTree", json!({}));
        firefox.context = tree["contexts"][0]["context"].clone();
        Some(firefox)
    }

    fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.calls += 1;
        let text = json!({ "id": self.calls, "method": method, "params": params }).to_string();
        self.socket.send(Message::text(text)).unwrap();
        self.calls
    }

    /// Calls a method and waits for its result; prompts that appear meanwhile are answered.
    fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, &params);
        loop {
            let message = self.socket.read().unwrap();
            let Ok(message) = serde_json::from_str::<Value>(message.to_text().unwrap_or_default()) else { continue };
            if message["id"] == id {
                assert_eq!(message["type"], "success", "{method}: {message}");
                return message["result"].clone();
            }
            if message["method"] == "network.authRequired" {
                self.answer(&message["params"]["request"]["request"]);
            }
        }
    }

    fn answer(&mut self, request: &Value) {
        self.prompts += 1;
        let answer = match self.answers.is_empty() {
            true => json!({ "request": request, "action": "cancel" }),
            false => {
                let (name, password) = self.answers.remove(0);
                let credentials = json!({ "type": "password", "username": name, "password": password });
                json!({ "request": request, "action": "provideCredentials", "credentials": credentials })
            }
        };
        self.send("network.continueWithAuth", &answer);
    }

    fn js(&mut self, expression: &str) -> Value {
        let target = json!({ "context": self.context });
        let params = json!({ "expression": expression, "target": target, "awaitPromise": true });
        self.call("script.evaluate", params)["result"]["value"].clone()
    }

    /// Runs an expression that leads to another page, and waits until the page shows a text.
    fn leave(&mut self, expression: &str, text: &str) -> &mut Firefox {
        self.js("globalThis.left = true");
        self.js(expression);
        let shown = format!(
            "globalThis.left !== true && document.readyState === 'complete' && document.body.innerText.includes({})",
            quote(text)
        );
        let end = Instant::now() + TIMEOUT;
        while self.js(&shown) != json!(true) {
            let page = self.js("`${location}\\n${document.body?.innerText}`");
            assert!(Instant::now() < end, "{text:?} is not to be seen at {page}");
            thread::sleep(Duration::from_millis(25));
        }
        self
    }

    /// Opens a path of the site and waits until the page shows a text.
    fn open(&mut self, path: &str, text: &str) -> &mut Firefox {
        let address = quote(&format!("{}{path}", self.origin));
        self.leave(&format!("{{ location.href = {address}; 0 }}"), text)
    }

    /// Follows the link with a text, and waits until the next page shows another.
    fn press(&mut self, link: &str, text: &str) -> &mut Firefox {
        let link = quote(link);
        self.leave(&format!("[...document.links].find((it) => it.textContent.trim() === {link}).click()"), text)
    }

    /// Presses keys, one after the other.
    fn keys(&mut self, keys: &[&str]) {
        let press = |key: &&str| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        self.act(keys.iter().flat_map(press).collect());
    }

    /// Presses a key together with Ctrl.
    fn control(&mut self, key: &str) {
        let act = |kind: &str, key: &str| json!({ "type": kind, "value": key });
        let control = "\u{e009}";
        self.act(vec![act("keyDown", control), act("keyDown", key), act("keyUp", key), act("keyUp", control)]);
    }

    fn act(&mut self, actions: Vec<Value>) {
        let source = json!({ "type": "key", "id": "keyboard", "actions": actions });
        let params = json!({ "context": self.context, "actions": [source] });
        self.call("input.performActions", params);
    }

    fn types(&mut self, name: &str, password: &str) {
        self.answers.push((name.into(), password.into()));
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[test]
fn firefox_signs_in_with_one_prompt_and_out_without_one() {
    let server = Server::start();
    server.page("open", "Open page", "For everybody.", &[]);
    server.page("minutes/march", "Minutes of March", "The oars are in the shed.", &["--private"]);
    let Some(mut firefox) = Firefox::start(&server) else { return };
    let first = format!("{{ location.href = {}; 0 }}", quote(&format!("{}/minutes/march", server.origin)));
    firefox.leave(&first, "Sign in to read this page");
    firefox.types("rita", "not her password");
    firefox.press("Sign in", "That name and password did not work.");
    firefox.types("rita", PASSWORD);
    firefox.press("Try again", "The oars are in the shed.");
    let prompts = firefox.prompts;
    // Signed in at a page, signed in everywhere.
    for (path, text) in [("/", "Minutes of March"), ("/search?q=oars", "Minutes of March"), ("/open", "rita")] {
        firefox.open(path, text);
        assert_eq!((firefox.prompts, firefox.js("document.body.innerText.includes('rita')")), (prompts, json!(true)));
    }
    firefox.types("eve", PASSWORD);
    firefox.open("/login?not=rita&next=/minutes/march", "The oars are in the shed.");
    assert_eq!((firefox.prompts, firefox.js("document.body.innerText.includes('eve')")), (prompts + 1, json!(true)));
    firefox.press("Sign out", "You are signed out.");
    firefox.open("/open", "Sign in");
    assert_eq!(firefox.prompts, prompts + 1, "no prompt was shown");
    firefox.open("/minutes/march", "Sign in to read this page");
}

#[test]
fn what_the_toolbar_changes_is_undone_by_firefox() {
    let server = Server::start();
    let Some(mut firefox) = Firefox::start(&server) else { return };
    firefox.types("eve", PASSWORD);
    let form = format!("{{ location.href = {}; 0 }}", quote(&format!("{}/admin/pages/new", server.origin)));
    firefox.leave(&form, "Options");
    firefox.js("document.querySelector('#body').focus()");
    firefox.keys(&["h", "e", "l", "l", "o"]);
    firefox.js("document.querySelector('#body').setSelectionRange(0, 5)");
    let value = "document.querySelector('#body').value";
    let bold = "document.querySelector('.toolbar button[aria-label^=Bold]').click()";
    firefox.js(bold);
    assert_eq!(firefox.js(value), json!("**hello**"));
    firefox.js(bold);
    assert_eq!(firefox.js(value), json!("hello"));
    firefox.js("document.querySelector('.toolbar button[aria-label=List]').click()");
    assert_eq!(firefox.js(value), json!("- hello"));
    firefox.control("z");
    assert_eq!(firefox.js(value), json!("hello"));
    firefox.control("z");
    assert_eq!(firefox.js(value), json!("**hello**"));
    firefox.control("z");
    assert_eq!(firefox.js(value), json!("hello"));
    // Without the command, the change is made all the same.
    firefox.js("document.execCommand = () => false; 0");
    firefox.js(bold);
    assert_eq!(firefox.js(value), json!("**hello**"));
}
