//! What a request is addressed to: bucket and key from the path, or the bucket from the host name.

use crate::error::{ApiError, Code};
use crate::regions;
use crate::wire::encoding::percent_decode;

/// The bucket and key of a request; both absent means the endpoint itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Target {
    /// The bucket.
    pub bucket: Option<String>,
    /// The key; never empty.
    pub key: Option<String>,
}

/// The longest key in bytes of UTF-8.
const MAX_KEY: usize = 1024;

/// Finds bucket and key; with a host name below one of `domains`, or below an endpoint of S3 itself, the bucket is in the
/// host (virtual-host form).
///
/// # Errors
/// `InvalidURI` for a path that does not decode to UTF-8, `KeyTooLongError` for a key over 1,024 bytes.
pub fn parse(host: &str, raw_path: &str, domains: &[String]) -> Result<Target, ApiError> {
    let path = raw_path.strip_prefix('/').unwrap_or(raw_path);
    let (bucket, key) = match read_host(host, domains) {
        Host::Below { name, .. } => (name, path),
        Host::Elsewhere(_) => {
            let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
            (decode(bucket, raw_path)?, key)
        }
    };
    if bucket.is_empty() {
        // `//key` would address no bucket at all: never read it as the endpoint.
        return if path.is_empty() {
            Ok(Target::default())
        } else {
            Err(invalid_uri(raw_path))
        };
    }
    let key = decode(key, raw_path)?;
    if key.len() > MAX_KEY {
        return Err(ApiError::new(Code::KeyTooLongError)
            .with("Size", key.len().to_string())
            .with("MaxSizeAllowed", MAX_KEY.to_string()));
    }
    Ok(Target {
        bucket: Some(bucket),
        key: (!key.is_empty()).then_some(key),
    })
}

fn decode(text: &str, raw_path: &str) -> Result<String, ApiError> {
    percent_decode(text.as_bytes())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| invalid_uri(raw_path))
}

fn invalid_uri(raw_path: &str) -> ApiError {
    ApiError::new(Code::InvalidURI).with("URI", raw_path)
}

/// The domains of AWS's own endpoints.
static AWS_DOMAINS: [&str; 3] = ["amazonaws.com", "amazonaws.com.cn", "api.aws"];

/// A host name, and where it lies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Host {
    /// Below one of the domains, the longest one that fits, or below an endpoint of S3 itself.
    Below {
        /// What stands before the domain, in lower case.
        name: String,
        /// The domain.
        domain: String,
    },
    /// Below none of them: the host without its port, in lower case.
    Elsewhere(String),
}

/// Reads a host name.
pub fn read_host(host: &str, domains: &[String]) -> Host {
    let name = host_name(host).to_ascii_lowercase();
    let below = |domain: &String| {
        let before = name.strip_suffix(domain.as_str())?.strip_suffix('.')?;
        (!before.is_empty()).then(|| (before.to_owned(), domain.clone()))
    };
    let nearest = domains
        .iter()
        .filter_map(below)
        .min_by_key(|(name, _)| name.len());
    match nearest.or_else(|| below_s3(&name)) {
        Some((name, domain)) => Host::Below { name, domain },
        None => Host::Elsewhere(name),
    }
}

/// Whether a host name is one of AWS's own.
pub fn is_aws(name: &str) -> bool {
    let below = |domain: &&str| name.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    AWS_DOMAINS.iter().any(below)
}

/// Whether a label of a host says S3: `s3`, or the old `s3-REGION`.
pub fn is_s3(label: &str) -> bool {
    let place = label.strip_prefix("s3-");
    label == "s3"
        || place.is_some_and(|place| matches!(place, "fips" | "external-1") || regions::exists(place))
}

/// What stands before an endpoint of S3 itself, and the endpoint: `b` and `s3.us-east-1.amazonaws.com`.
///
/// A client that takes this server for S3 means that bucket, also where the server was told of no domain.
fn below_s3(name: &str) -> Option<(String, String)> {
    let labels: Vec<&str> = name.split('.').collect();
    let at = labels
        .iter()
        .rposition(|label| is_s3(label))
        .filter(|_| is_aws(name))?;
    let (before, endpoint) = labels.split_at(at);
    let before = match before {
        // In a VPC: `b.bucket.vpce-ID.s3.us-east-1.vpce.amazonaws.com`.
        [before @ .., "bucket", id] if id.starts_with("vpce-") => before,
        [.., id] if id.starts_with("vpce-") => return None,
        before => before,
    };
    (!before.is_empty()).then(|| (before.join("."), endpoint.join(".")))
}

/// The host without its port, and without the dot that a whole name may end with.
fn host_name(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}

/// Whether a bucket may have this name (general purpose naming rules).
pub fn is_bucket_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|byte| plain(byte) || byte == b'-' || byte == b'.')
        && name.bytes().next().is_some_and(plain)
        && name.bytes().last().is_some_and(plain)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
        && !["xn--", "sthree-", "amzn-s3-demo-"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str, path: &str) -> Target {
        parse(host, path, &["localhost".to_owned(), "s3.localhost".to_owned()]).unwrap()
    }

    fn of(bucket: &str, key: Option<&str>) -> Target {
        Target {
            bucket: Some(bucket.to_owned()),
            key: key.map(str::to_owned),
        }
    }

    #[test]
    fn path_style_and_virtual_host_style_name_the_same() {
        assert_eq!(target("127.0.0.1:9000", "/b/k/l"), of("b", Some("k/l")));
        assert_eq!(target("b.localhost:9000", "/k/l"), of("b", Some("k/l")));
        assert_eq!(target("b.s3.localhost", "/k/l"), of("b", Some("k/l")));
        assert_eq!(target("B.localhost.:9000", "/k/l"), of("b", Some("k/l")));
        assert_eq!(target("localhost:9000", "/b/"), of("b", None));
        assert_eq!(target("localhost:9000", "/"), Target::default());
    }

    #[test]
    fn endpoints_of_s3_name_buckets_wherever_the_server_stands() {
        for (host, bucket) in [
            ("b.s3.amazonaws.com", "b"),
            ("b.s3.us-east-1.amazonaws.com:443", "b"),
            ("b.s3-us-west-2.amazonaws.com", "b"),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", "b"),
            ("b.s3-fips.us-gov-west-1.amazonaws.com", "b"),
            ("b.s3.cn-north-1.amazonaws.com.cn", "b"),
            ("my.s3.bucket.s3.amazonaws.com.", "my.s3.bucket"),
            ("s3-control.s3.amazonaws.com", "s3-control"),
            ("b.bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com", "b"),
        ] {
            assert_eq!(target(host, "/k/l"), of(bucket, Some("k/l")), "{host}");
        }
        for host in [
            "s3.amazonaws.com",
            "s3.us-east-1.amazonaws.com",
            "s3-us-west-2.amazonaws.com",
            "bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com",
            "b.s3.example.com",
            "s3.amazonaws.com.example.com",
        ] {
            assert_eq!(target(host, "/b/k/l"), of("b", Some("k/l")), "{host}");
        }
    }

    #[test]
    fn paths_are_not_normalised() {
        assert_eq!(target("h", "/b/../c"), of("b", Some("../c")));
        assert_eq!(target("h", "/b//k"), of("b", Some("/k")));
        assert_eq!(target("h", "/b/a%2Fb"), of("b", Some("a/b")));
        assert!(parse("h", "//k", &[]).is_err());
        assert!(parse("h", "/b/%ff", &[]).is_err());
        assert_eq!(
            parse("h", &format!("/b/{}", "k".repeat(1025)), &[])
                .unwrap_err()
                .code,
            Code::KeyTooLongError
        );
    }

    #[test]
    fn bucket_names_follow_the_rules() {
        for good in ["abc", "a-b.c", "1bucket"] {
            assert!(is_bucket_name(good), "{good}");
        }
        for bad in [
            "ab",
            "Abc",
            "a..b",
            "-abc",
            "abc-",
            "192.168.0.1",
            "xn--abc",
            "a_b",
            "abc--x-s3",
        ] {
            assert!(!is_bucket_name(bad), "{bad}");
        }
        assert!(!is_bucket_name(&"a".repeat(64)));
    }
}
