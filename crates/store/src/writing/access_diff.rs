//! The effect of a command on access, and the consent of the user to it.

use std::fmt::Write;

use domain::{
    audience::Gain,
    effective_access::EffectiveAccess,
    page::{PageId, PagePath},
};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// What a command does to the readers of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessChange {
    /// The key of the page.
    pub page: PageId,
    /// The path of the page before the command; after it, for a page that is not published now.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// The effective access before; `None` for a page that is not published, and for one that is restored for chosen readers.
    pub before: Option<EffectiveAccess>,
    /// The effective access after.
    pub after: EffectiveAccess,
    /// How many readers the page gains.
    pub gain: Gain,
    /// The readers that the page gains, in words.
    pub added: Option<String>,
    /// The readers that the page loses, in words.
    pub removed: Option<String>,
    /// Whether the command itself says who can read this page: an option of the command line, or the form of a page that
    /// readers do not have.
    pub stated: bool,
}

impl AccessChange {
    /// Whether the page gains readers whom the command does not state.
    pub fn is_unstated_gain(&self) -> bool {
        self.added.is_some() && !self.stated
    }
}

/// The effect of a command on access: the pages whose readers change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessDiff {
    pub(super) changes: Vec<AccessChange>,
    pub(super) fingerprint: Fingerprint,
}

impl AccessDiff {
    /// The pages whose readers change: first those that gain readers whom the command does not state, then the others;
    /// both in the order of their paths.
    pub fn changes(&self) -> &[AccessChange] {
        &self.changes
    }

    /// The fingerprint of all changes, shown or not: who confirms it has seen this effect and no other.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Whether somebody gains access that the command does not state, and the user has to be asked.
    pub fn needs_consent(&self) -> bool {
        self.changes.iter().any(AccessChange::is_unstated_gain)
    }
}

/// The fingerprint of rows or of changes that a user was shown: 96 bits of SHA-256 as hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of some integers, in their order.
    pub fn of(keys: impl IntoIterator<Item = i64>) -> Fingerprint {
        let mut hash = Sha256::new();
        keys.into_iter().for_each(|key| hash.update(key.to_be_bytes()));
        Fingerprint::finish(hash)
    }

    pub(super) fn finish(hash: Sha256) -> Fingerprint {
        let mut digits = String::with_capacity(24);
        for byte in hash.finalize().iter().take(12) {
            let _infallible = write!(digits, "{byte:02x}");
        }
        Fingerprint(digits)
    }

    /// A fingerprint that a form sent back; any text can be compared.
    pub fn sent(text: &str) -> Fingerprint {
        Fingerprint(text.to_owned())
    }

    /// The digits, for a form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the user who runs a command agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// To what the command itself states, and nothing else.
    #[default]
    Stated,
    /// To the effect with this fingerprint.
    Shown(Fingerprint),
    /// To any effect: the operator said so on the command line.
    Any,
}

impl Consent {
    /// # Errors
    /// [`Error::Unconfirmed`] when somebody gains access without the user's consent.
    pub(super) fn check(&self, diff: &AccessDiff) -> Result<()> {
        let covered = match self {
            Consent::Any => true,
            Consent::Shown(fingerprint) => fingerprint == diff.fingerprint(),
            Consent::Stated => false,
        };
        if covered || !diff.needs_consent() { Ok(()) } else { Err(Error::Unconfirmed) }
    }
}
