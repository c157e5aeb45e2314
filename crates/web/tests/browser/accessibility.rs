//! Accessibility: axe-core checks every page, in both themes.

use std::fs;

use super::{
    chromium::{Chromium, Person, named},
    server::Server,
    walk,
};

/// All rules, including the one for the size of targets (WCAG 2.2), which is off by default.
pub const ALL: &str = "rules: { 'target-size': { enabled: true } }";
/// The rules about colours. The other rules have the same result in both themes, because these differ only in colours.
pub const COLOURS: &str = "runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }";

/// The problems that some rules of axe-core find on a page.
pub fn problems(person: &Person, rules: &str) -> Vec<String> {
    // Without the rest of the results, axe-core describes no elements that have no problem.
    let found = person.js(&format!(
        "axe.run(document, {{ resultTypes: ['violations'], {rules} }}).then((results) => \
         results.violations.flatMap((rule) => rule.nodes.map((node) => \
         `${{rule.id}}: ${{node.html.slice(0, 160)}} ${{node.any.concat(node.all).map((check) => check.message).join('; ')}}`)))"
    ));
    found.as_array().unwrap().iter().map(|problem| problem.as_str().unwrap().to_owned()).collect()
}

/// The problems that axe-core finds on a page, in light and in dark.
pub fn in_both_themes(person: &Person, axe: &str) -> Vec<String> {
    let mut found = Vec::new();
    person.js(&format!("{axe}; 0"));
    for (theme, rules) in [("light", ALL), ("dark", COLOURS)] {
        // The page stays as it is: a theme is a media query.
        person.prefer(theme);
        found.extend(problems(person, rules).iter().map(|problem| format!("in {theme}: {problem}")));
    }
    person.prefer("light");
    found
}

#[test]
fn axe_finds_nothing_on_any_page_in_light_and_in_dark() {
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
            // The window is tall, so that the bar with the buttons covers no element below the fold.
            person.resize(1280, 4000);
        },
        |name, person| {
            found.extend(in_both_themes(person, &axe).into_iter().map(|problem| format!("{name} {problem}")));
        },
    );
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}
