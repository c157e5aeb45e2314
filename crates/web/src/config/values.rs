//! The values of options, and how they are parsed.

use std::{fmt, net::SocketAddr, str::FromStr};

use ipnet::IpNet;

/// The unparsed `DATABASE_URL`. Its `Debug` hides the password.
#[derive(Clone)]
pub(super) struct UncheckedUrl(pub(super) String);

impl FromStr for UncheckedUrl {
    type Err = std::convert::Infallible;

    fn from_str(url: &str) -> Result<UncheckedUrl, Self::Err> {
        Ok(UncheckedUrl(url.to_owned()))
    }
}

impl fmt::Debug for UncheckedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UncheckedUrl(hidden)")
    }
}

/// `http://` or `https://`, a host and an optional port; no path. Compose files pass unset variables as empty: none.
#[derive(Clone, Debug)]
pub struct BaseUrl(pub(super) String);

impl BaseUrl {
    /// The address, without a slash at the end; empty for none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<BaseUrl, String> {
        let trimmed = url.trim().trim_end_matches('/');
        let authority = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
        match authority {
            Some(authority)
                if !authority.is_empty()
                    && authority.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b)) =>
            {
                Ok(BaseUrl(trimmed.to_owned()))
            }
            _ if trimmed.is_empty() => Ok(BaseUrl(String::new())),
            _ => Err("write it as https://www.example.org, without a path".into()),
        }
    }
}

/// An address and a port, or none. Compose files pass unset variables as empty: none.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptionalAddress(pub Option<SocketAddr>);

impl FromStr for OptionalAddress {
    type Err = String;

    fn from_str(address: &str) -> Result<OptionalAddress, String> {
        match address.trim() {
            "" => Ok(OptionalAddress(None)),
            address => address
                .parse()
                .map(|address| OptionalAddress(Some(address)))
                .map_err(|_| format!("{address:?} is not an address and port such as 127.0.0.1:9100")),
        }
    }
}

/// A number of GiB, or no limit. Compose files pass unset variables as empty: none.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptionalGib(pub Option<u32>);

impl FromStr for OptionalGib {
    type Err = String;

    fn from_str(number: &str) -> Result<OptionalGib, String> {
        match number.trim() {
            "" => Ok(OptionalGib(None)),
            number => match number.parse() {
                Ok(gib @ 1..=1_048_576) => Ok(OptionalGib(Some(gib))),
                _ => Err(format!("{number:?} is not a number of GiB from 1 to 1048576")),
            },
        }
    }
}

/// Addresses and networks, comma separated. Compose files pass unset variables as empty: none.
#[derive(Clone, Debug, Default)]
pub struct Networks(pub Vec<IpNet>);

impl FromStr for Networks {
    type Err = String;

    fn from_str(networks: &str) -> Result<Networks, String> {
        let items = networks.split(',').map(str::trim).filter(|network| !network.is_empty());
        items.map(parse_network).collect::<Result<_, _>>().map(Networks)
    }
}

fn parse_network(network: &str) -> Result<IpNet, String> {
    network
        .parse::<IpNet>()
        .or_else(|_| network.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{network:?} is neither an address such as 10.0.0.1 nor a network such as 10.0.0.0/8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_has_a_scheme_and_a_host_and_no_path() {
        for good in ["https://www.example.org", "http://[::1]:8080/"] {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        for bad in ["www.example.org", "ftp://x", "https://x/y", "https://", "https://a@b"] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn metrics_have_an_address_and_a_port_or_none() {
        let parse = |text: &str| text.parse::<OptionalAddress>();
        assert_eq!(parse("").unwrap().0, None);
        assert_eq!(parse("[::1]:9100").unwrap().0.unwrap().port(), 9100);
        assert!(parse("9100").is_err() && parse("localhost:9100").is_err());
    }

    #[test]
    fn a_limit_of_files_is_a_number_or_none() {
        let parse = |text: &str| text.parse::<OptionalGib>();
        assert_eq!(parse(" ").unwrap().0, None);
        assert_eq!(parse("20").unwrap().0, Some(20));
        assert!(parse("0").is_err() && parse("20 GB").is_err() && parse("-1").is_err());
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        for good in ["10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8"] {
            assert_eq!(good.parse::<Networks>().unwrap().0.len(), 1, "{good}");
        }
        assert_eq!("10.0.0.1, ::1".parse::<Networks>().unwrap().0.len(), 2);
        assert!("".parse::<Networks>().unwrap().0.is_empty());
        assert!("proxy.example.org".parse::<Networks>().is_err());
    }
}
