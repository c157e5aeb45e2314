//! Who is at the other end of the connection, when proxies may stand between.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{dev::RequestHead, http::header::HeaderMap};
use ipnet::IpNet;

/// The client as far as trusted proxies tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The nearest address that is no trusted proxy.
    pub address: IpAddr,
    /// Whether the client spoke HTTPS, as the trusted proxy says.
    pub https: bool,
}

/// Reads the client from a request's connection and, only if the peer is a trusted proxy, from `X-Forwarded-For`
/// (walked from the right, past further trusted proxies) and `X-Forwarded-Proto` (the rightmost value).
pub fn client(head: &RequestHead, trusted: &[IpNet]) -> Client {
    // A peer without an address is a test in process.
    let peer = head.peer_addr.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip().to_canonical());
    let is_proxy = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_proxy(&peer) {
        return Client { address: peer, https: false };
    }
    let mut address = peer;
    for hop in list(&head.headers, "x-forwarded-for").into_iter().rev() {
        let Some(hop) = parse_hop(hop) else { break };
        address = hop;
        if !is_proxy(&hop) {
            break;
        }
    }
    let https =
        list(&head.headers, "x-forwarded-proto").last().is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
    Client { address, https }
}

/// The members of a list header over all its lines (RFC 9110 section 5.6.1), in order.
fn list<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers
        .get_all(name)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect()
}

/// `203.0.113.7`, `203.0.113.7:1234`, `2001:db8::1` or `[2001:db8::1]:1234`.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let address = hop.parse::<IpAddr>().ok();
    let with_port = || hop.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.or_else(with_port).or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn of(peer: &str, trusted: &[&str], headers: &[(&'static str, &str)]) -> (String, bool) {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:9").parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let client = client(request.to_http_request().head(), &trusted);
        (client.address.to_string(), client.https)
    }

    #[test]
    fn t52_case_38_forwarded_headers_of_a_stranger_change_nothing() {
        let forged = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-Proto", "https")];
        assert_eq!(of("9.9.9.9", &[], &forged), ("9.9.9.9".into(), false));
        assert_eq!(of("9.9.9.9", &["10.0.0.0/8"], &forged), ("9.9.9.9".into(), false));
    }

    #[test]
    fn case_38_behind_a_proxy_the_rightmost_untrusted_address_counts() {
        let chain =
            [("X-Forwarded-For", "6.6.6.6, 2.2.2.2"), ("X-Forwarded-For", "10.0.0.2"), ("X-Forwarded-Proto", "https")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &chain), ("2.2.2.2".into(), true));
    }

    #[test]
    fn case_37_underscore_and_dot_spellings_are_other_headers() {
        let alias = [("X_Forwarded_For", "1.1.1.1"), ("X.Forwarded.For", "1.1.1.1")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &alias), ("10.0.0.1".into(), false));
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_walk() {
        let garbage = [("X-Forwarded-For", "1.1.1.1, unknown, 10.0.0.3")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &garbage), ("10.0.0.3".into(), false));
        let ported = [("X-Forwarded-For", "[2001:db8::1]:443")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &ported), ("2001:db8::1".into(), false));
    }
}
