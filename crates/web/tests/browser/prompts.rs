//! The prompts of the browser: credentials and dialogs.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::devtools::Listener;

/// The prompts that the browser showed, and the user's answers.
#[derive(Default)]
pub struct Prompts {
    pub credentials: Option<(String, String)>,
    pub challenges: Vec<String>,
    answered: HashSet<String>,
    /// The number of challenges that got credentials.
    pub answers: usize,
    pub dialogs: Vec<String>,
}

impl Prompts {
    /// The credentials, once for each request: a user who is asked again cancels.
    fn answer(&mut self, request: &str) -> Value {
        match self.credentials.clone().filter(|_| self.answered.insert(request.into())) {
            Some((name, password)) => {
                self.answers += 1;
                json!({ "response": "ProvideCredentials", "username": name, "password": password })
            }
            None => json!({ "response": "CancelAuth" }),
        }
    }
}

/// Answers the prompts of a window and records them.
pub fn listener(prompts: &Arc<Mutex<Prompts>>) -> Listener {
    let prompts = Arc::clone(prompts);
    Box::new(move |event, params| {
        let mut prompts = prompts.lock().unwrap();
        match event {
            "Page.javascriptDialogOpening" => {
                if params["type"] != "beforeunload" {
                    prompts.dialogs.push(params["message"].as_str().unwrap_or_default().into());
                }
                Some(("Page.handleJavaScriptDialog", json!({ "accept": true })))
            }
            "Fetch.authRequired" => {
                let (challenge, request) = (&params["authChallenge"], params["requestId"].as_str().unwrap_or_default());
                let text = |field: &str| challenge[field].as_str().unwrap_or_default();
                prompts.challenges.push(format!("{} {}", text("scheme"), text("realm")));
                let answer = json!({ "requestId": request, "authChallengeResponse": prompts.answer(request) });
                Some(("Fetch.continueWithAuth", answer))
            }
            "Fetch.requestPaused" => Some(("Fetch.continueRequest", json!({ "requestId": params["requestId"] }))),
            _ => None,
        }
    })
}
