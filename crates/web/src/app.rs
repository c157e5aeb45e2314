//! The state of the process, which every request may use. None of the modules whose types it holds imports it.

use store::Store;

use crate::{
    admin::jobs::Jobs,
    auth::{
        failed_logins::FailedLogins,
        sign_ins::SignIns,
        verify::{authenticator::Authenticator, verified_cache::Limits},
    },
    cache::process::Cache,
    db::Db,
    http::{client::Proxies, view::View},
    render_pool::RenderPool,
};

/// What every request may use; one for the process.
pub struct App {
    /// The database, and the memory of what it said.
    pub db: Db,
    /// What sign-ins go through.
    pub authenticator: Authenticator,
    /// Where refused sign-ins are noted.
    pub failed_logins: FailedLogins,
    /// Which sign-ins were noted lately.
    pub sign_ins: SignIns,
    /// The templates.
    pub view: View,
    /// Where Markdown is rendered.
    pub render_pool: RenderPool,
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
        cache: Cache,
        bcrypt_cost: u32,
        verified_limits: Limits,
        options: Options,
    ) -> Result<App, String> {
        let authenticator = Authenticator::new(bcrypt_cost, verified_limits)
            .map_err(|error| format!("no thread for bcrypt: {error}"))?;
        let reset = authenticator.throttle_reset();
        Ok(App {
            db: Db::new(store, cache, move |news| reset.note(news)).map_err(|error| error.to_string())?,
            authenticator,
            failed_logins: FailedLogins::default(),
            sign_ins: SignIns::default(),
            render_pool: RenderPool::new(),
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
