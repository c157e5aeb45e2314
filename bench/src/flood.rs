//! The latency for readers of every server while a client guesses passwords.

use std::{sync::Arc, time::Duration};

use crate::{
    client::Login,
    load::{Load, PROVEN, READER},
    options::Options,
    peers::{NAME, Server, right},
    plot::grouped,
    report::{Report, Table, number},
};

/// The number of connections that guess.
const GUESSERS: usize = 16;

/// Floods every private page of every server with wrong passwords, each used once.
pub(crate) fn run(options: &Options, servers: &[Server], report: &mut Report) {
    let mut rows = Vec::new();
    for server in servers {
        for (how, place) in &server.private {
            let reader = || Load::probe(READER, &server.public, None);
            let mut proven = Load::probe(PROVEN, place, Some(right()));
            // One connection instead of four: on a server that hashes slowly for each request, four would be a load of
            // their own.
            proven.connections = 1;
            let idle = reader().run_for(options.time.min(Duration::from_secs(3)));
            let _warm = proven.clone().run_for(Duration::from_millis(500));
            let wrong = Arc::new(|n: u64| Some(Login::new(NAME, &format!("wrong password {n}"))));
            let flood = Load::flood(place, GUESSERS, wrong).start();
            std::thread::sleep(Duration::from_millis(300));
            let (public, private) = (reader().start(), proven.start());
            std::thread::sleep(options.time);
            let (public, private, guesses) = (public.stop(), private.stop(), flood.stop());
            eprintln!("  {} {how}: public {}; private {}", server.name, public.describe(), private.describe());
            rows.push(vec![
                server.name.to_owned(),
                (*how).to_owned(),
                number(idle.millis(99.0)),
                number(public.millis(99.0)),
                public.count().to_string(),
                number(private.millis(50.0)),
                private.count().to_string(),
                (public.not_ok() + private.not_ok()).to_string(),
                grouped(guesses.count() as f64 / (options.time.as_secs_f64() + 0.3)),
                guesses.describe(),
            ]);
        }
    }
    let head = &[
        "server",
        "password",
        "public p99 ms, idle",
        "public p99 ms, flooded",
        "answers",
        "private p50 ms, flooded",
        "answers",
        "not 200",
        "guesses/s",
        "answers to guesses",
    ];
    report.tables.push(Table { title: "While 16 connections guess passwords", head, rows });
}
