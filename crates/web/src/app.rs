//! The state of the process, shared by all requests. The modules whose types it contains do not import it.

use std::sync::{Arc, atomic::AtomicBool};

use domain::page::PagePath;
use store::{NameKey, Store};

use crate::{
    admin::jobs::Jobs,
    auth::{
        failed_logins::FailedLogins,
        sign_ins::SignIns,
        verify::{authenticator::Authenticator, verified_cache::Limits},
    },
    cache::process::Cache,
    db::Db,
    http::{
        budget::Budget,
        client::Proxies,
        error_counts::ErrorCounts,
        upload_limits::{Pace, UploadSlots},
        view::View,
    },
    render_pool::RenderPool,
    smaller_copies::SmallerCopies,
    upload::Limits as UploadLimits,
};

/// The state of the process.
pub struct App {
    /// The database, with its cache.
    pub db: Db,
    /// The authenticator of sign-ins.
    pub authenticator: Authenticator,
    /// The recorder of rejected sign-ins.
    pub failed_logins: FailedLogins,
    /// The recorder of sign-ins.
    pub sign_ins: SignIns,
    /// The templates.
    pub view: View,
    /// The threads that render pages.
    pub render_pool: RenderPool,
    /// The thread that makes smaller copies of pictures.
    pub smaller_copies: SmallerCopies,
    /// The background jobs of bulk actions.
    pub jobs: Jobs,
    /// The bytes of memory that large bodies and answers under way may take.
    pub under_way: Arc<Budget>,
    /// The slots of users for forms with a file.
    pub upload_slots: Arc<UploadSlots>,
    /// The pages that are being loaded and rendered.
    pub pages_in_progress: Arc<Budget>,
    /// The numbers of answers with a status of 5xx.
    pub error_counts: ErrorCounts,
    /// The options that requests need.
    pub options: Options,
    /// Whether the server is about to stop: it still answers, and tells a load balancer to choose another one.
    pub is_draining: AtomicBool,
}

/// The bytes of memory that large bodies and answers under way may take. A client network gets at most a quarter, which
/// holds the largest form.
const BYTES_UNDER_WAY: usize = 80 << 20;

/// The number of pages that may be loaded and rendered at a time. A text may have 1 MiB, and a client network gets at most a
/// quarter.
const PAGES_IN_PROGRESS: usize = 64;

impl App {
    /// The state over an opened and migrated store. New passwords are hashed at `bcrypt_cost`.
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
        let names = name_key(&store).map_err(|error| error.to_string())?;
        let authenticator = Authenticator::new(bcrypt_cost, verified_limits, names)
            .map_err(|error| format!("no thread for bcrypt: {error}"))?;
        store.read(|conn| authenticator.remember_places(conn)).map_err(|error| error.to_string())?;
        let smaller_copies =
            SmallerCopies::start(store.clone()).map_err(|error| format!("no thread for pictures: {error}"))?;
        let reset = authenticator.throttle_reset();
        Ok(App {
            db: Db::new(store, cache, move |event| reset.handle(event)).map_err(|error| error.to_string())?,
            authenticator,
            failed_logins: FailedLogins::default(),
            sign_ins: SignIns::default(),
            render_pool: RenderPool::new(),
            smaller_copies,
            jobs: Jobs::default(),
            under_way: Budget::new(BYTES_UNDER_WAY),
            upload_slots: Arc::default(),
            pages_in_progress: Budget::new(PAGES_IN_PROGRESS),
            error_counts: ErrorCounts::default(),
            view: View::load().map_err(|error| error.to_string())?,
            options,
            is_draining: AtomicBool::new(false),
        })
    }
}

/// The key of the hashes of names; the first instance makes it.
fn name_key(store: &Store) -> store::Result<NameKey> {
    if let Some(key) = store.read(store::failed_sign_ins::key)? {
        return Ok(key);
    }
    match store.write(store::writing::failed_sign_ins::key) {
        Ok(key) => Ok(key),
        // Another instance was first, or the database cannot be written: this instance then counts alone.
        Err(_) => store.read(store::failed_sign_ins::key)?.map_or_else(NameKey::random, Ok),
    }
}

/// The part of the configuration that requests need.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The address of the site, without a trailing slash.
    pub base_url: String,
    /// Whether the operator chose that address, so that a page may name it as its own.
    pub is_base_url_chosen: bool,
    /// The trusted proxies.
    pub proxies: Proxies,
    /// Whether private pages require HTTPS.
    pub require_https: bool,
    /// The number of days that deleted pages stay in the trash.
    pub trash_days: u32,
    /// The limits on files.
    pub uploads: UploadLimits,
    /// The pace at which a form with a file has to arrive.
    pub pace: Pace,
    /// Whether the database could not be written when the server started.
    pub is_read_only: bool,
}

impl Options {
    /// The address of a page for programs elsewhere; empty if the operator has not chosen the address of the site.
    pub fn canonical(&self, path: &PagePath) -> String {
        self.absolute(&path.href())
    }

    /// An address of this site for programs elsewhere; empty if the operator has not chosen the address of the site.
    pub fn absolute(&self, href: &str) -> String {
        if self.is_base_url_chosen { format!("{}{href}", self.base_url) } else { String::new() }
    }
}
