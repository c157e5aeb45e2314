//! The filter in `deploy/`, run by fail2ban's own tester on the log of the real binary.

use std::{
    io::{Write, stderr},
    process::Command,
};

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::server::{PASSWORD, Server};

#[test]
fn fail2ban_reads_every_refused_sign_in_and_nothing_else() {
    if Command::new("fail2ban-regex").arg("--version").output().is_err() {
        let all = std::env::vars_os().any(|(name, _)| name == "POSTERN_TEST_ALL");
        assert!(!all, "fail2ban-regex is not installed");
        // Not by a macro: the test harness keeps what a test prints that passes.
        let _unseen = writeln!(stderr(), "left out: fail2ban (fail2ban-regex is not installed)");
        return;
    }
    let filter = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/fail2ban/filter.d/postern.conf");
    for format in ["text", "json"] {
        let server = Server::start_with(&[("POSTERN_LOG_FORMAT", format)]);
        let ask = |credentials: &str| {
            server.status("/admin/", &format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(credentials)))
        };
        assert_eq!(ask(&format!("admin:{PASSWORD}")), 200);
        assert_eq!([ask("admin:wrong"), ask("nobody:wrong"), ask("no colon")], [401; 3]);
        // A stale password that is sent again is not a guess.
        assert_eq!(ask("admin:wrong"), 401);
        // Input with which somebody would try to have another client banned.
        assert_eq!(ask("x\" client=198.51.100.9 why=\"wrong password:y"), 401);
        let log = server.folder.path().join("log");
        let tester = Command::new("fail2ban-regex").arg("--print-all-matched").arg(&log).arg(filter).output().unwrap();
        let report = String::from_utf8_lossy(&tester.stdout).into_owned();
        let lines = std::fs::read_to_string(&log).unwrap();
        assert!(report.contains("4 matched"), "{report}\n{lines}");
        assert!(!report.contains("198.51.100.9"), "{report}");
    }
}
