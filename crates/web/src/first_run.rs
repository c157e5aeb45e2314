//! The first run, on a database without an administrator: adds one and, where there is no page yet, three example pages.

use std::io;

use domain::{
    access::Admin,
    audience::AudienceInput,
    page::{PageContent, PageInput},
    password::{Password, PasswordHash},
    text,
    user::{UserContent, UserInput},
    zone::Zone,
};
use store::{
    Conn, Store,
    writing::{Command, Consent, Publish, new_page_id},
};

use crate::auth::verify::bcrypt_pool;
use crate::{clock, config::Serve, db::run_command};

/// The paths of the example pages.
pub const EXAMPLES: [&str; 3] = ["welcome", "private-example", "how-to-write"];

/// The administrator who was just added.
pub struct FirstAdmin {
    name: String,
    // Only a generated password: a chosen one must not be printed.
    generated: Option<String>,
}

impl FirstAdmin {
    /// The text that is printed once: address, name and password.
    pub fn introduction(&self, base_url: &str) -> String {
        let password = match &self.generated {
            Some(password) => format!("{password}   (shown this once)"),
            None => "as you set it".into(),
        };
        format!("  panel     {base_url}/admin/\n  name      {}\n  password  {password}", self.name)
    }
}

/// What the transaction of the first run found or did.
enum Outcome {
    /// There is an administrator already.
    NotNeeded,
    /// There is none, but the name belongs to another user.
    NameTaken,
    /// The administrator was added, with this many example pages.
    Added(usize),
}

/// Adds the first administrator if there is no administrator yet, and the example pages if there is no page either. A
/// database that is not `writable` is left alone.
///
/// # Errors
/// One line with the cause and the fix; nothing was added.
pub fn run(store: &Store, serve: &Serve, bcrypt_cost: u32, writable: bool) -> Result<Option<FirstAdmin>, String> {
    if store.read(store::users::has_admin).map_err(|error| error.to_string())? {
        warn_of_unused_password(serve);
        return Ok(None);
    }
    if !writable {
        log::warn!("there is no administrator, and none can be added to a database that takes no writes");
        return Ok(None);
    }
    let (user, password) = check(serve)?;
    let (password, generated) = match password {
        Some(password) => (password, None),
        None => {
            let generated = generate()?;
            (Password::parse(&generated)?, Some(generated))
        }
    };
    let hash = bcrypt_pool::hash(&password, bcrypt_cost).map_err(|error| error.to_string())?;
    let examples = examples()?;
    let outcome = store.write(|conn| add(conn, &user, &hash, &examples)).or_else(|error| match error {
        // Another instance starts at the same moment, and was faster.
        store::Error::Duplicate => Ok(Outcome::NotNeeded),
        error => Err(error.to_string()),
    })?;
    let name = user.name;
    match outcome {
        Outcome::Added(pages) => {
            log::info!("added the administrator {name} and {pages} example pages");
            Ok(Some(FirstAdmin { name: name.to_string(), generated }))
        }
        Outcome::NameTaken => {
            log::warn!(
                "there is no administrator: {name} has another role, and POSTERN_ADMIN_USER names nobody else; give the \
                 role with `postern user role`, or name somebody else and start again"
            );
            Ok(None)
        }
        Outcome::NotNeeded => {
            warn_of_unused_password(serve);
            Ok(None)
        }
    }
}

/// Inside the transaction the database is looked at once more: `postern user add` or another instance may run.
fn add(conn: &mut Conn, user: &UserContent, hash: &PasswordHash, examples: &[PageContent]) -> store::Result<Outcome> {
    let admin = Admin::command_line();
    if store::users::has_admin(conn)? {
        return Ok(Outcome::NotNeeded);
    }
    if store::users::find(conn, &user.name)?.is_some() {
        return Ok(Outcome::NameTaken);
    }
    store::writing::users::insert(conn, &admin, user, hash, clock::now())?;
    match store::pages::exist(conn)? {
        true => Ok(Outcome::Added(0)),
        false => add_examples(conn, &admin, examples).map(Outcome::Added),
    }
}

fn warn_of_unused_password(serve: &Serve) {
    let is_set = serve.admin_password.as_deref().is_some_and(|password| !password.is_empty())
        || serve.admin_password_file.as_deref().is_some_and(|file| !file.as_os_str().is_empty());
    if is_set {
        log::info!(
            "the password of POSTERN_ADMIN_PASSWORD is not used, because there is an administrator already; `postern \
             user passwd` sets a password"
        );
    }
}

/// Checks the options of the first administrator. `serve` also calls it before a new database file is created.
///
/// # Errors
/// One line with the cause and the fix.
pub fn check(serve: &Serve) -> Result<(UserContent, Option<Password>), String> {
    let (name, role) = (serve.admin_user.clone(), "admin".into());
    let input = UserInput { name, role, active: true, ..UserInput::default() };
    let user = input.check(Zone::default()).map_err(|invalid| format!("POSTERN_ADMIN_USER: {invalid}"))?;
    if user.name.is_signed_out() {
        return Err("POSTERN_ADMIN_USER: this name is reserved, because browsers send it to sign out".into());
    }
    let password = chosen_password(serve)?
        .map(|password| Password::parse_new(&password, user.name.as_str()))
        .transpose()
        .map_err(|message| format!("POSTERN_ADMIN_PASSWORD: {message}"))?;
    Ok((user, password))
}

/// Adds the examples; returns how many.
fn add_examples(conn: &mut Conn, admin: &Admin, examples: &[PageContent]) -> store::Result<usize> {
    let mut added = 0;
    for example in examples {
        if store::pages::find(conn, &example.path)?.is_none() {
            let publish = Publish::first(new_page_id()?, example.clone());
            let command = Command::Publish(publish);
            match run_command(conn, admin.editor(), &command, Consent::Stated, &mut |_| {}) {
                // A page that the operator put below the example's path would get other readers: no example then.
                Err(store::Error::Unconfirmed) => {}
                Ok(_) => added += 1,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(added)
}

fn chosen_password(serve: &Serve) -> Result<Option<String>, String> {
    // Compose files pass unset variables as empty.
    let typed = serve.admin_password.as_deref().filter(|password| !password.is_empty());
    let file = serve.admin_password_file.as_deref().filter(|file| !file.as_os_str().is_empty());
    match (typed, file) {
        (Some(_), Some(_)) => Err("set POSTERN_ADMIN_PASSWORD or POSTERN_ADMIN_PASSWORD_FILE, not both".into()),
        (Some(password), None) => Ok(Some(password.to_owned())),
        (None, Some(file)) => {
            let name = "POSTERN_ADMIN_PASSWORD_FILE";
            let bytes =
                std::fs::read(file).map_err(|error| format!("{name}: {} cannot be read: {error}", file.display()))?;
            password_of(&bytes).map(Some).map_err(|message| format!("{name}: {message}"))
        }
        (None, None) => Ok(None),
    }
}

/// The password in a file or a pipe: its text without the line ends after it.
///
/// # Errors
/// As [`text::from_bytes`].
pub fn password_of(bytes: &[u8]) -> Result<String, String> {
    Ok(text::from_bytes(bytes)?.trim_end_matches('\n').to_owned())
}

/// Generates a password of 100 random bits: four groups of letters and digits that look different from each other.
///
/// # Errors
/// When the system provides no randomness.
pub fn generate() -> Result<String, String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system provides no randomness: {}", io::Error::from(error)))?;
    let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    Ok(letters.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// The three example pages, validated as any other page.
fn examples() -> Result<Vec<PageContent>, String> {
    let example = |path: &str, title: &str, summary: &str, private, body: &str| {
        PageInput {
            path: path.into(),
            title: title.into(),
            summary: summary.into(),
            body: body.into(),
            audience: AudienceInput {
                kind: if private { "signed-in" } else { "public" }.into(),
                ..AudienceInput::default()
            },
            show_title: private,
            ..PageInput::default()
        }
        .check(clock::now())
        .map_err(|invalid| format!("the example page {path}: {invalid}"))
    };
    Ok(vec![
        example(
            EXAMPLES[0],
            "Welcome",
            "A public page: everyone can read it.",
            false,
            include_str!("examples/welcome.md"),
        )?,
        example(
            EXAMPLES[1],
            "A private page",
            "It opens with a name and a password.",
            true,
            include_str!("examples/private-example.md"),
        )?,
        example(
            EXAMPLES[2],
            "How to write a page",
            "Headings, links, tables, code: Markdown in two minutes.",
            false,
            include_str!("examples/how-to-write.md"),
        )?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_pages_are_valid_and_one_of_them_is_private() {
        let pages = examples().unwrap();
        assert_eq!(
            pages.iter().map(|page| page.audience == domain::audience::Audience::SignedIn).collect::<Vec<_>>(),
            [false, true, false]
        );
    }

    #[test]
    fn an_example_that_would_open_an_existing_page_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("site.db").display());
        let store = Store::open(&store::DatabaseUrl::parse(&url).unwrap(), 1).unwrap();
        store.migrate().unwrap();
        let admin = Admin::command_line();
        let private = PageInput { title: "Mine".into(), ..PageInput::default() };
        let page = |path: &str, kind: &str| {
            let audience = AudienceInput { kind: kind.into(), ..AudienceInput::default() };
            PageInput { path: path.into(), audience, ..private.clone() }.check(clock::now()).unwrap()
        };
        store
            .write(|conn| add_examples(conn, &admin, &[page("/", "signed-in"), page("/welcome/mine", "inherited")]))
            .unwrap();
        store.write(|conn| add_examples(conn, &admin, &examples().unwrap())).unwrap();
        let exists = |path: &str| {
            let path = domain::page::PagePath::parse(path).unwrap();
            store.read(|conn| store::pages::find(conn, &path)).unwrap().is_some()
        };
        assert!(!exists("welcome"));
        assert!(exists("private-example") && exists("how-to-write"));
    }

    #[test]
    fn case_12_generated_passwords_are_long_valid_and_never_the_same() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_eq!(one.len(), 23);
        assert_ne!(one, two);
        assert!(Password::parse_new(&one, "admin").is_ok());
    }
}
