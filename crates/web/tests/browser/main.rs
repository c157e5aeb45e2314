//! The real binary seen through Chromium.
#[test]
fn loads() { let _ = headless_chrome::LaunchOptions::default_builder(); }
