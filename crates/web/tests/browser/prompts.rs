//! The prompts of the browser: credentials and dialogs.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use headless_chrome::{
    Tab,
    protocol::cdp::{Fetch, Page, types::Event},
};

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
    fn answer(&mut self, request: &str) -> Fetch::AuthChallengeResponse {
        match self.credentials.clone().filter(|_| self.answered.insert(request.into())) {
            Some((name, password)) => {
                self.answers += 1;
                Fetch::AuthChallengeResponse {
                    response: Fetch::AuthChallengeResponseResponse::ProvideCredentials,
                    username: Some(name),
                    password: Some(password),
                }
            }
            None => Fetch::AuthChallengeResponse {
                response: Fetch::AuthChallengeResponseResponse::CancelAuth,
                username: None,
                password: None,
            },
        }
    }
}

/// Answers the prompts of a tab and records them.
pub fn listen(tab: &Arc<Tab>, prompts: &Arc<Mutex<Prompts>>) {
    let (weak, prompts) = (Arc::downgrade(tab), Arc::clone(prompts));
    let listener = move |event: &Event| {
        let Some(tab) = weak.upgrade() else { return };
        match event {
            Event::PageJavascriptDialogOpening(event) => {
                if event.params.Type != Page::DialogType::Beforeunload {
                    prompts.lock().unwrap().dialogs.push(event.params.message.clone());
                }
                let _closed = tab.get_dialog().accept(None);
            }
            // This answers the challenge before the library does, because the library cannot cancel.
            Event::FetchAuthRequired(event) => {
                let (challenge, request_id) = (&event.params.auth_challenge, event.params.request_id.clone());
                let mut prompts = prompts.lock().unwrap();
                prompts.challenges.push(format!("{} {}", challenge.scheme, challenge.realm));
                let auth_challenge_response = prompts.answer(&request_id);
                let _answered = tab.call_method(Fetch::ContinueWithAuth { request_id, auth_challenge_response });
            }
            _ => {}
        }
    };
    tab.add_event_listener(Arc::new(listener)).unwrap();
}
