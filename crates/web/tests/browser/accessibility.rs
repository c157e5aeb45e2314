//! Accessibility: axe-core checks every page, in both themes.

use std::fs;

use super::{
    chromium::{Chromium, named},
    server::Server,
    walk,
};

/// Runs all rules, including the one for the size of targets (WCAG 2.2), which is off by default.
const RUN: &str = "axe.run(document, { rules: { 'target-size': { enabled: true } } }).then((results) => \
    results.violations.flatMap((rule) => rule.nodes.map((node) => \
    `${rule.id}: ${node.html.slice(0, 160)} ${node.any.concat(node.all).map((check) => check.message).join('; ')}`)))";

fn axe_finds_nothing(theme: &str) {
    let Some(axe) = named("POSTERN_TEST_AXE", "axe-core") else { return };
    let axe = fs::read_to_string(axe).unwrap();
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    walk::furnish(&server);
    let mut found = Vec::new();
    walk::everywhere(
        &browser,
        &server,
        |person| {
            // Tall, so that the bar with the buttons covers nothing to which one would scroll.
            person.resize(1280, 4000).prefer(theme);
        },
        |name, person| {
            person.js(&format!("{axe}; 0"));
            for problem in person.js(RUN).as_array().unwrap() {
                found.push(format!("{name}: {}", problem.as_str().unwrap()));
            }
        },
    );
    assert!(found.is_empty(), "{} in {theme}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn axe_finds_nothing_on_any_page_in_light() {
    axe_finds_nothing("light");
}

#[test]
fn axe_finds_nothing_on_any_page_in_dark() {
    axe_finds_nothing("dark");
}
