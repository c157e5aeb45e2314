//! The client of a request, behind trusted proxies.

use std::{
    fmt,
    net::{AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use actix_web::{dev::RequestHead, http::header::HeaderMap};
use ipnet::IpNet;

/// The client, as the trusted proxies report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The nearest address that is not a trusted proxy.
    pub address: IpAddr,
    /// Whether the client used HTTPS, as the nearest trusted proxy reports.
    pub https: bool,
}

/// The network of a client: an IPv4 address, or an IPv6 /64, because an IPv6 client can use any address in its /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// An IPv4 address.
    V4(u32),
    /// The upper 64 bits of an IPv6 address.
    V6(u64),
}

impl Origin {
    /// The network around it that one customer of a provider usually has: an IPv4 address, or an IPv6 /48.
    pub fn vicinity(self) -> Origin {
        match self {
            Origin::V4(_) => self,
            Origin::V6(bits) => Origin::V6(bits >> 16 << 16),
        }
    }
}

impl fmt::Display for Origin {
    /// `192.0.2.7` or `2001:db8:1:2::/64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Origin::V4(bits) => Ipv4Addr::from_bits(bits).fmt(f),
            Origin::V6(bits) => write!(f, "{}/64", Ipv6Addr::from_bits(u128::from(bits) << 64)),
        }
    }
}

impl FromStr for Origin {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Origin, AddrParseError> {
        let address = text.strip_suffix("/64").unwrap_or(text).parse()?;
        Ok(Client { address, https: false }.origin())
    }
}

impl Client {
    /// The network of the client.
    pub fn origin(&self) -> Origin {
        match self.address.to_canonical() {
            IpAddr::V4(address) => Origin::V4(address.to_bits()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments().map(u64::from);
                Origin::V6(a << 48 | b << 32 | c << 16 | d)
            }
        }
    }
}

/// The trusted proxies in front of the server.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// The networks of the proxies.
    pub trusted: Vec<IpNet>,
    /// The header in which they report the client.
    pub header: ForwardedHeader,
}

impl Proxies {
    /// Whether an address is that of a trusted proxy.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// A header in which a proxy reports the client. Only one is read: a proxy passes on the other one as the client sent
/// it, and a client could forge it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239), its `for` and `proto`.
    Forwarded,
}

/// Determines the client of a request: the peer or, if the peer is a trusted proxy, the rightmost address in the
/// forwarded header that is not a trusted proxy. The nearest proxy reports the protocol.
pub fn client(head: &RequestHead, proxies: &Proxies) -> Client {
    // Only in-process tests have no peer address.
    let peer = head.peer_addr.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip().to_canonical());
    if !proxies.contain(peer) {
        return Client { address: peer, https: false };
    }
    let (hops, proto) = match proxies.header {
        ForwardedHeader::XForwardedFor => {
            let hops = list(&head.headers, "x-forwarded-for").into_iter().map(str::to_owned).collect();
            (hops, list(&head.headers, "x-forwarded-proto").last().map(|proto| (*proto).to_owned()))
        }
        ForwardedHeader::Forwarded => {
            let elements = list(&head.headers, "forwarded");
            let hops = elements.iter().map(|element| parameter(element, "for").unwrap_or_default()).collect::<Vec<_>>();
            (hops, elements.last().and_then(|element| parameter(element, "proto")))
        }
    };
    let mut address = peer;
    for hop in hops.iter().rev() {
        let Some(hop) = parse_hop(hop) else { break };
        address = hop;
        if !proxies.contain(hop) {
            break;
        }
    }
    Client { address, https: proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")) }
}

/// The value of a parameter of an element of `Forwarded` (RFC 7239 section 4): a token or a quoted string.
fn parameter(element: &str, name: &str) -> Option<String> {
    let mut pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    Some(quoted.unwrap_or(value).replace('\\', ""))
}

/// The members of a list header over all its lines (RFC 9110 section 5.6.1), in order; empty for one that is not UTF-8.
fn list<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers
        .get_all(name)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        // The client wrote some of them, and the proxy added its own to the same line.
        .map(|member| str::from_utf8(member.trim_ascii()).unwrap_or_default())
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
    use actix_web::{http::header::HeaderValue, test::TestRequest};

    fn of(peer: &str, trusted: &[&str], headers: &[(&'static str, &str)]) -> (String, bool) {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:9").parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let header = match headers.iter().any(|(name, _)| *name == "Forwarded") {
            true => ForwardedHeader::Forwarded,
            false => ForwardedHeader::XForwardedFor,
        };
        let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let client = client(request.to_http_request().head(), &Proxies { trusted, header });
        (client.address.to_string(), client.https)
    }

    #[test]
    fn t52_case_38_forwarded_headers_of_an_untrusted_peer_are_ignored() {
        let forged = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-Proto", "https")];
        assert_eq!(of("9.9.9.9", &[], &forged), ("9.9.9.9".into(), false));
        assert_eq!(of("9.9.9.9", &["10.0.0.0/8"], &forged), ("9.9.9.9".into(), false));
    }

    #[test]
    fn an_origin_is_an_ipv4_address_or_64_bits_of_ipv6() {
        let origin = |address: &str| Client { address: address.parse().unwrap(), https: false }.origin();
        assert_eq!(origin("2001:db8:1:2::1"), origin("2001:db8:1:2:ffff::9"));
        assert_ne!(origin("2001:db8:1:2::1"), origin("2001:db8:1:3::1"));
        assert_ne!(origin("192.0.2.1"), origin("192.0.2.2"));
        assert_eq!(origin("192.0.2.1"), origin("::ffff:192.0.2.1"));
        for text in ["192.0.2.1", "2001:db8:1:2::/64"] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
        }
        assert!("example.org".parse::<Origin>().is_err());
        assert_eq!(origin("2001:db8:1:2::1").vicinity(), origin("2001:db8:1:ffff::1").vicinity());
        assert_ne!(origin("2001:db8:1:2::1").vicinity(), origin("2001:db8:2:2::1").vicinity());
        assert_eq!(origin("192.0.2.1").vicinity(), origin("192.0.2.1"));
    }

    #[test]
    fn case_38_behind_a_proxy_the_rightmost_untrusted_address_counts() {
        let chain =
            [("X-Forwarded-For", "6.6.6.6, 2.2.2.2"), ("X-Forwarded-For", "10.0.0.2"), ("X-Forwarded-Proto", "https")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &chain), ("2.2.2.2".into(), true));
    }

    #[test]
    fn case_38_forwarded_is_walked_from_the_right_too() {
        let check = |forwarded: &str, address: &str, https: bool| {
            let found = of("10.0.0.1", &["10.0.0.0/8"], &[("Forwarded", forwarded), ("X-Forwarded-For", "6.6.6.6")]);
            assert_eq!(found, (address.to_owned(), https), "{forwarded}");
        };
        check("for=1.1.1.1, for=2.2.2.2;proto=https", "2.2.2.2", true);
        check("for=2.2.2.2;proto=http;by=10.0.0.9, For=\"10.0.0.2:80\";Proto=HTTPS", "2.2.2.2", true);
        check("for=\"[2001:db8::1]:443\"", "2001:db8::1", false);
        check("for=unknown", "10.0.0.1", false);
        check("for=_hidden, for=3.3.3.3", "3.3.3.3", false);
        check("proto=https", "10.0.0.1", true);
        check("", "10.0.0.1", false);
        assert_eq!(of("9.9.9.9", &["10.0.0.0/8"], &[("Forwarded", "for=1.1.1.1")]), ("9.9.9.9".into(), false));
    }

    #[test]
    fn case_38_no_byte_of_a_client_hides_the_address_that_its_proxy_adds() {
        let check = |name: &'static str, value: &[u8], expected: &str| {
            let mut request = TestRequest::default().peer_addr("10.0.0.1:9".parse().unwrap());
            for line in value.split(|byte| *byte == b'\n') {
                request = request.append_header((name, HeaderValue::from_bytes(line).unwrap()));
            }
            let header = match name {
                "Forwarded" => ForwardedHeader::Forwarded,
                _ => ForwardedHeader::XForwardedFor,
            };
            let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], header };
            let client = client(request.to_http_request().head(), &proxies);
            assert_eq!(client.address.to_string(), expected, "{:?}", value.escape_ascii().to_string());
        };
        check("X-Forwarded-For", b"\xff, 2.2.2.2", "2.2.2.2");
        check("X-Forwarded-For", b"1.1.1.1 \xc3\xa9,2.2.2.2, 10.0.0.2", "2.2.2.2");
        check("X-Forwarded-For", b"\xe9\n2.2.2.2\n\t10.0.0.2\t", "2.2.2.2");
        check("X-Forwarded-For", b"1.1.1.1, 2.2.2.2\xff, 10.0.0.2", "10.0.0.2");
        check("X-Forwarded-For", b"1.1.1.1, \xc2\xa02.2.2.2", "10.0.0.1");
        check("Forwarded", b"for=\"\xff\", for=2.2.2.2", "2.2.2.2");
        check("Forwarded", b"for=\"a, for=2.2.2.2, for=10.0.0.2", "2.2.2.2");
    }

    #[test]
    fn case_37_header_names_with_underscores_and_dots_are_ignored() {
        let alias = [("X_Forwarded_For", "1.1.1.1"), ("X.Forwarded.For", "1.1.1.1")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &alias), ("10.0.0.1".into(), false));
    }

    #[test]
    fn a_hop_that_is_not_an_address_ends_the_walk() {
        let garbage = [("X-Forwarded-For", "1.1.1.1, unknown, 10.0.0.3")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &garbage), ("10.0.0.3".into(), false));
        let ported = [("X-Forwarded-For", "[2001:db8::1]:443")];
        assert_eq!(of("10.0.0.1", &["10.0.0.0/8"], &ported), ("2001:db8::1".into(), false));
    }
}
