//! Where requests go: scheme, host and port of a target.

use std::fmt;

/// The endpoint of a target, e.g. `http://127.0.0.1:9000`.
///
/// The client always dials this host, whatever `Host` a request carries, so bucket host names need no name service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The host name or address, an IPv6 one without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Why a text is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEndpoint(String);

impl fmt::Display for BadEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; expected http://HOST[:PORT] or https://HOST[:PORT]",
            self.0
        )
    }
}

impl std::error::Error for BadEndpoint {}

impl std::str::FromStr for Endpoint {
    type Err = BadEndpoint;

    fn from_str(url: &str) -> Result<Self, BadEndpoint> {
        let bad = |what: &str| BadEndpoint(format!("the endpoint {url:?} {what}"));
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("has no scheme"))?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(bad("has an unknown scheme")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority
            .contains(|c: char| matches!(c, '/' | '?' | '#' | '@') || c.is_whitespace() || c.is_control())
        {
            return Err(bad("has more than a host and a port"));
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest
                    .split_once(']')
                    .ok_or_else(|| bad("has an unclosed bracket"))?;
                let port = if rest.is_empty() {
                    None
                } else {
                    Some(rest.strip_prefix(':').unwrap_or("?"))
                };
                (host, port)
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        if host.is_empty() {
            return Err(bad("has no host"));
        }
        let port = match port {
            None => Self::default_port(tls),
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| bad("has a bad port"))?,
            Some(_) => return Err(bad("has a bad port")),
        };
        Ok(Self {
            tls,
            host: host.to_owned(),
            port,
        })
    }
}

impl Endpoint {
    fn default_port(tls: bool) -> u16 {
        if tls { 443 } else { 80 }
    }

    /// The value of `Host`: the port is absent where it is the scheme's own (SIG-CAN-012).
    pub fn authority(&self) -> String {
        self.authority_of(&self.host)
    }

    /// The value of `Host` for another host name at the same port, e.g. a bucket's.
    pub fn authority_of(&self, host: &str) -> String {
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        if self.port == Self::default_port(self.tls) {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}",
            if self.tls { "https" } else { "http" },
            self.authority()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes() {
        for (url, authority) in [
            ("http://127.0.0.1:9000", "127.0.0.1:9000"),
            ("HTTPS://s3.example.com/", "s3.example.com"),
            ("http://[::1]:80", "[::1]"),
            ("https://[::1]:8443", "[::1]:8443"),
        ] {
            let endpoint: Endpoint = url.parse().unwrap();
            assert_eq!(endpoint.authority(), authority);
            assert_eq!(endpoint.to_string().parse::<Endpoint>().unwrap(), endpoint);
        }
    }

    #[test]
    fn refuses_what_is_more_or_less_than_an_endpoint() {
        for url in [
            "",
            "localhost",
            "ftp://a",
            "http://",
            "http://a:0",
            "http://a:+1",
            "http://a:70000",
            "http://a/b",
            "http://u@a",
            "http://a?x",
            "http://[::1",
            "http://[::1]x",
            "http://::1",
        ] {
            assert!(url.parse::<Endpoint>().is_err(), "{url}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(url: String) {
            let _ = url.parse::<Endpoint>();
            let _ = format!("http://{url}").parse::<Endpoint>();
        }
    }
}
