//! Embedded stylesheets, scripts and icons, at addresses that change with their content.

use std::{fmt::Write, sync::LazyLock};

use actix_web::web::Path;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{
    answer::{Answer, Caching},
    error::Error,
};

/// The folder `assets/`: embedded in release builds, read from disk in debug builds.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../assets/"]
struct Assets;

static PREFIX: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Assets::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for file in names.iter().filter_map(|name| Assets::get(name)) {
        hash.update(file.metadata.sha256_hash());
    }
    let mut prefix = String::from("/static/");
    for byte in hash.finalize().iter().take(6) {
        let _infallible = write!(prefix, "{byte:02x}");
    }
    prefix
});

/// `/static/` and a hash of all assets, without a trailing slash.
pub fn prefix() -> &'static str {
    &PREFIX
}

/// GET `/static/{hash}/{file}`.
pub async fn show(path: Path<(String, String)>) -> Result<Answer, Error> {
    let (hash, name) = path.into_inner();
    // 404 for an outdated hash: otherwise caches would store the new bytes at the old address for one year.
    if prefix().strip_prefix("/static/") != Some(hash.as_str()) {
        return Err(Error::NotFound);
    }
    file(&name, Caching::Immutable)
}

/// GET `/favicon.ico`.
pub async fn favicon() -> Result<Answer, Error> {
    file("favicon.ico", Caching::Public)
}

fn file(name: &str, caching: Caching) -> Result<Answer, Error> {
    let file = Assets::get(name).ok_or(Error::NotFound)?;
    let content_type = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ico") => "image/x-icon",
        Some("png") => "image/png",
        _ => return Err(Error::NotFound),
    };
    Ok(Answer::new(content_type, file.data.into_owned(), caching))
}
