//! The examples of the help and of the README are commands that work.

use std::{os::unix::fs::symlink, path::Path, process::Command};

use tempfile::TempDir;

use crate::server::{run, text};

const HTPASSWD: &str = "zoe:$2y$05$C3auafqRpWfvzNKDLeoQneC2becd/DMab.6I8sFA/5nlr27MTV7na\n";

/// The help of a command.
fn help(arguments: &[&str]) -> String {
    let (ok, out, _) = text(&run(Path::new("/"), &[arguments, &["--help"]].concat(), ""));
    assert!(ok, "{arguments:?}");
    out
}

/// The commands of the line examples, without those that run a server.
fn examples() -> Vec<String> {
    let commands =
        [&[][..], &["user", "add"], &["user", "import"], &["group", "add"], &["token", "add"], &["page", "put"]];
    let helps = commands.map(|command| help(command).split_once("Example").unwrap().1.to_owned());
    let readme = include_str!("../../../../README.md").split("## From a terminal").nth(1).unwrap();
    let readme = readme.split("\n## ").next().unwrap().to_owned();
    let lines = helps.iter().chain([&readme]).flat_map(|text| text.lines()).map(str::trim);
    let runs_a_server = |line: &str| line.contains("  run the site") || line.contains("--listen");
    lines
        .filter(|line| (line.starts_with("postern ") || line.starts_with("echo ")) && !runs_a_server(line))
        // The rest of the line is an explanation.
        .map(|line| line.split("   ").next().unwrap().trim().to_owned())
        .collect()
}

/// A site with the users and pages that the examples assume, and without those that they add.
fn site(folder: &TempDir) {
    for file in ["secret.md", "rules.md", "welcome.md", "rota.md", "offer.md"] {
        std::fs::write(folder.path().join(file), "Text.\r\n").unwrap();
    }
    std::fs::write(folder.path().join("htpasswd"), HTPASSWD).unwrap();
    symlink(env!("CARGO_BIN_EXE_postern"), folder.path().join("postern")).unwrap();
    for (user, role) in [("ann", "reader"), ("bob", "reader"), ("boss", "admin")] {
        let (ok, _, err) = text(&run(folder.path(), &["user", "add", user, "--role", role], "open sesame"));
        assert!(ok, "{err}");
    }
}

#[test]
fn every_example_of_the_help_and_of_the_readme_works() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder);
    let examples = examples();
    assert!(examples.len() > 15, "{examples:?}");
    for example in examples {
        let words: Vec<&str> = example.split_whitespace().collect();
        // This undoes an earlier example; there may be nothing to undo.
        let _undone = match words[..] {
            [.., "user", "add", name, "--role", _] | ["postern", "user", "add", name, "--role", _, ..] => {
                Some(run(folder.path(), &["user", "delete", name], ""))
            }
            ["postern", "token", "add", user, ..] => Some(run(folder.path(), &["token", "end", user, "--all"], "")),
            ["postern", "group", "add", name, ..] => Some(run(folder.path(), &["group", "delete", name], "")),
            ["postern", "page", "put", path, ..] => Some(run(folder.path(), &["page", "delete", path, "--yes"], "")),
            _ => None,
        };
        let mut shell = Command::new("bash");
        let command = example.replace("/etc/nginx/htpasswd", "htpasswd");
        // A password that is asked for comes from a pipe here.
        let command = if command.contains(['|', '<']) { command } else { format!("echo 'open sesame' | {command}") };
        shell.args(["-euo", "pipefail", "-c", &command]).current_dir(folder.path()).env_clear();
        shell.env("PATH", format!("{}:/usr/bin:/bin", folder.path().display())).env("SECRET", "open sesame");
        let (ok, out, err) = text(&shell.env("POSTERN_BCRYPT_COST", "10").output().unwrap());
        let is_done = ok || err.contains("already a user zoe");
        assert!(is_done, "{example}\n{out}{err}");
        // The next example needs the user who was deleted.
        let _again = run(folder.path(), &["user", "add", "ann", "--role", "reader"], "open sesame");
    }
}

#[test]
fn every_date_of_the_help_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let help = help(&["page", "put"]);
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | 'T' | 'Z');
    let dates: Vec<&str> = help.split(|c| !is_part(c)).filter(|word| word.starts_with("20")).collect();
    assert!(dates.len() >= 3 && dates.iter().any(|date| date.ends_with('Z')), "{dates:?}");
    for date in dates {
        let arguments = ["page", "put", "x", "--title", "X", "--published", date];
        let (ok, out, err) = text(&run(folder.path(), &arguments, ""));
        assert!(ok, "{date}: {out}{err}");
    }
}

#[test]
fn text_from_other_systems_is_cleaned_at_every_input() {
    use crate::{server::Server, site::basic};
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "\u{feff}correct-horse-9\r\n").unwrap();
    let server =
        Server::start_in(folder, &[("POSTERN_ADMIN_PASSWORD_FILE", "password"), ("POSTERN_ADMIN_PASSWORD", "")]);
    let done = |arguments: &[&str], input: &str| {
        let (ok, out, err) = text(&server.cli(arguments, input));
        assert!(ok, "{arguments:?}: {out}{err}");
        out
    };
    done(&["user", "add", "ann", "--role", "reader"], "\u{feff}pass word 1\r\nsecond line\n");
    let hash = HTPASSWD.trim().split_once(':').unwrap().1;
    done(&["user", "import"], &format!("\u{feff}zoe:{hash}:likes tea: and coffee\r\nbob:{hash}\r\n\r\n# end"));
    for credentials in ["admin:correct-horse-9", "ann:pass word 1", "zoe:open sesame", "bob:open sesame"] {
        let status = server.status("/private-example", &format!("Authorization: {}\r\n", basic(credentials)));
        assert_eq!(status, 200, "{credentials}");
    }
    done(&["page", "put", "slides", "--title", "Slides"], "\u{feff}One\u{b}Two\r\nThree\u{c}Four\r");
    assert_eq!(done(&["page", "show", "slides"], ""), "One\nTwo\nThree\nFour\n");
    for (arguments, input, words) in [
        (&["page", "put", "odd", "--title", "Odd"][..], "fine\nbell \u{7}", "Line 2, column 6"),
        (&["page", "put", "odd", "--title", "O\u{1b}dd"], "", "Character 2 is a control character (U+001B)"),
    ] {
        let (ok, _, err) = text(&server.cli(arguments, input));
        assert!(!ok && err.contains(words), "{err}");
    }
}
