//! The limits of the C library's allocator, in the environment of the real server.

use crate::server::Server;

#[test]
fn a_server_starts_with_few_arenas_unless_its_environment_says_otherwise() {
    let limit = |environment: &[(&str, &str)]| {
        let server = Server::start_with(environment);
        let environment = std::fs::read(format!("/proc/{}/environ", server.pid())).unwrap();
        let variables = String::from_utf8(environment).unwrap();
        variables.split('\0').find_map(|variable| Some(variable.strip_prefix("MALLOC_ARENA_MAX=")?.to_owned()))
    };
    assert_eq!(limit(&[]).as_deref(), Some("2"));
    assert_eq!(limit(&[("MALLOC_ARENA_MAX", "5")]).as_deref(), Some("5"));
    assert_eq!(limit(&[("GLIBC_TUNABLES", "glibc.malloc.arena_max=5")]), None);
}
