//! Embedded stylesheets, scripts and icons, at addresses that change with their content.

use std::{collections::BTreeMap, fmt::Write, sync::LazyLock};

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

/// The texts of the style sheets and scripts, and the names of all files.
pub fn sources() -> impl Iterator<Item = String> {
    Assets::iter().map(|name| match Assets::get(&name) {
        Some(file) if name.ends_with(".css") || name.ends_with(".js") => {
            format!("{name}\n{}", String::from_utf8_lossy(&file.data))
        }
        _ => name.into_owned(),
    })
}

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

/// GET `/static/{hash}/{file:.+}`.
pub async fn show(path: Path<(String, String)>) -> Result<Answer, Error> {
    let (hash, name) = path.into_inner();
    // 404 for an outdated hash: otherwise caches would store the new bytes at the old address for one year.
    if prefix().strip_prefix("/static/") != Some(hash.as_str()) {
        return Err(Error::NotFound);
    }
    FILES.get(name.as_str()).cloned().ok_or(Error::NotFound)
}

/// The answer to `/favicon.ico` for a site without an icon of its own.
pub async fn favicon() -> Result<Answer, Error> {
    FAVICON.clone().ok_or(Error::NotFound)
}

/// One answer for each file, which is compressed when it is first asked for and never again.
static FILES: LazyLock<BTreeMap<String, Answer>> = LazyLock::new(|| {
    let answer = |name: &str| Some((name.to_owned(), answer(name, Caching::Immutable)?));
    Assets::iter().filter_map(|name| answer(&name)).collect()
});

/// The icon at its address without a hash.
static FAVICON: LazyLock<Option<Answer>> = LazyLock::new(|| answer("favicon.ico", Caching::Public));

fn answer(name: &str, caching: Caching) -> Option<Answer> {
    let content_type = match name.rsplit('.').next()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "png" => "image/png",
        _ => return None,
    };
    Some(Answer::new(content_type, Assets::get(name)?.data.into_owned(), caching))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `fetch` throws in a page whose address has a name and a password.
    #[test]
    fn scripts_of_the_panel_fetch_by_one_function() {
        let fetching: Vec<String> = sources().filter(|source| source.contains(" fetch(")).collect();
        let names: Vec<&str> = fetching.iter().filter_map(|source| source.lines().next()).collect();
        assert_eq!(names, ["panel/fetch-own.js"]);
    }

    #[actix_web::test]
    async fn a_file_is_one_answer_for_everybody() {
        let address = || Path::from((prefix().trim_start_matches("/static/").to_owned(), "site.css".to_owned()));
        let [first, second] = [show(address()).await.unwrap(), show(address()).await.unwrap()];
        // The same bytes in memory, and not equal ones: what was computed for one is computed for all.
        assert_eq!(first.body().as_ptr(), second.body().as_ptr());
        assert!(first.shares_memory_with(&second));
        let icon = [favicon().await.unwrap(), favicon().await.unwrap()];
        assert!(icon[0].shares_memory_with(&icon[1]));
    }
}
