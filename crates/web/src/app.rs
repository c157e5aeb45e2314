//! The state of the process, which every request may use. None of the modules whose types it holds imports it.

use store::Store;

use crate::{
    admin::jobs::Jobs,
    auth::{
        failed_logins::Refusals,
        sign_ins::SignIns,
        verify::{authenticator::Door, verified_cache::Limits},
    },
    cache::process::Memory,
    db::Db,
    http::{client::Proxies, view::View},
    render_pool::Renderers,
};

/// What every request may use; one for the process.
pub struct App {
    /// The database, and the memory of what it said.
    pub db: Db,
    /// What sign-ins go through.
    pub door: Door,
    /// Where refused sign-ins are noted.
    pub refusals: Refusals,
    /// Which sign-ins were noted lately.
    pub sign_ins: SignIns,
    /// The templates.
    pub view: View,
    /// Where Markdown is rendered.
    pub renderers: Renderers,
    /// What takes longer than a second.
    pub jobs: Jobs,
    /// What the operator decided.
    pub options: Options,
}

impl App {
    /// The state over an opened and migrated store; new passwords are hashed at `bcrypt_cost`.
    ///
    /// # Errors
    /// One line with the cause: no thread, no randomness, or a template that cannot be parsed.
    pub fn new(
        store: Store,
        memory: Memory,
        bcrypt_cost: u32,
        proofs: Limits,
        options: Options,
    ) -> Result<App, String> {
        let door = Door::new(bcrypt_cost, proofs).map_err(|error| format!("no thread for bcrypt: {error}"))?;
        let forgiveness = door.forgiveness();
        Ok(App {
            db: Db::new(store, memory, move |news| forgiveness.note(news)).map_err(|error| error.to_string())?,
            door,
            refusals: Refusals::default(),
            sign_ins: SignIns::default(),
            renderers: Renderers::new(),
            jobs: Jobs::default(),
            view: View::load().map_err(|error| error.to_string())?,
            options,
        })
    }
}

/// The part of the configuration that requests need.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The site's address, without a slash at its end.
    pub base_url: String,
    /// Who may speak for others.
    pub proxies: Proxies,
    /// Whether private pages are refused outside HTTPS.
    pub require_https: bool,
    /// How many days deleted pages stay in the trash.
    pub trash_days: u32,
}
