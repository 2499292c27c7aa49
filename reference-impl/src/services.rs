//! Requests for services of AWS that this server is not: they are refused, and never address a bucket.
//!
//! Their paths begin like those of buckets: `PUT /v20180820/accesspoint/name` of S3 Control would make an object, and
//! `PUT /index.html` at the host of an access point a bucket. They are told by what S3 itself never sends.

use http::HeaderMap;

use crate::error::{ApiError, Code};
use crate::exchange::Query;
use crate::regions;
use crate::wire::target::{Host, is_aws, is_s3, read_host};

/// Headers, or parameters of a presigned query, that requests of one service carry and requests of S3 never do.
static BY_HEADER: [(&str, &str); 7] = [
    ("x-amz-account-id", "S3 Control"), // AP-CTL-001
    ("x-amz-outpost-id", "S3 on Outposts"),
    ("x-amz-request-route", "S3 Object Lambda"), // OLAP-WGOR-001
    ("x-amz-request-token", "S3 Object Lambda"),
    ("x-amz-s3session-token", "S3 Express One Zone"),
    ("x-amz-glacier-version", "S3 Glacier"),
    // All services of the JSON protocol have it, KMS among them.
    ("x-amz-target", "the service that x-amz-target names"),
];

/// The labels of host names that say a service, also with a Region, a Zone or `fips` behind them.
static BY_LABEL: [(&str, &str); 10] = [
    ("s3-control", "S3 Control"),
    ("s3-accesspoint", "access points"), // AP-HOST-001
    ("s3-global", "Multi-Region Access Points"),
    ("s3-object-lambda", "S3 Object Lambda"), // OLAP-REQ-001
    ("s3-outposts", "S3 on Outposts"),
    ("s3-website", "website hosting"),
    ("s3-accelerate", "transfer acceleration"),
    ("s3express", "S3 Express One Zone"),
    ("s3tables", "S3 Tables"),
    ("s3vectors", "S3 Vectors"),
];

/// Services of S3's family with a name of their own in the credential scope.
static BY_SCOPE: [(&str, &str); 5] = [
    ("s3-object-lambda", "S3 Object Lambda"),
    ("s3-outposts", "S3 on Outposts"),
    ("s3express", "S3 Express One Zone"),
    ("s3tables", "S3 Tables"),
    ("s3vectors", "S3 Vectors"),
];

/// Refuses a request whose headers, query or host say that it is for a service that is not built.
///
/// # Errors
/// `NotImplemented`, with the service's name.
pub(crate) fn refuse_others(
    host: &str,
    raw_path: &str,
    headers: &HeaderMap,
    query: &Query,
    domains: &[String],
) -> Result<(), ApiError> {
    let sent = |name: &str| {
        headers.contains_key(name) || query.0.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name))
    };
    let by_header = BY_HEADER.iter().find(|(name, _)| sent(name));
    let named = by_header.map(|(_, service)| (*service).to_owned());
    match named.or_else(|| of_host(host, raw_path, domains)) {
        Some(service) => Err(not_built(&service)),
        None => Ok(()),
    }
}

/// Refuses a credential scope of S3's family that is not built. A scope of any other service is refused in the words
/// of S3 (SIG-HDR-002).
///
/// # Errors
/// `NotImplemented`, with the service's name.
pub(crate) fn refuse_scope(service: &str) -> Result<(), ApiError> {
    match BY_SCOPE.iter().find(|(scope, _)| *scope == service) {
        Some((_, name)) => Err(not_built(name)),
        None => Ok(()),
    }
}

fn not_built(service: &str) -> ApiError {
    ApiError::with_message(
        Code::NotImplemented,
        format!("Requests for {service} are not implemented by this server"),
    )
}

/// The service, other than those of this server, that a host belongs to.
fn of_host(host: &str, raw_path: &str, domains: &[String]) -> Option<String> {
    let name = match read_host(host, domains) {
        // A domain of S3's own, such as `s3.example.org`, has nothing below it but buckets.
        Host::Below { domain, .. } if is_s3(domain.split('.').next().unwrap_or_default()) => return None,
        Host::Elsewhere(name) if domains.contains(&name) => return None,
        Host::Below { name, .. } | Host::Elsewhere(name) => name,
    };
    let labels: Vec<&str> = name.split('.').collect();
    let said = labels.iter().find_map(|label| of_label(label));
    if let Some(service) = said.or_else(|| of_private_endpoint(&labels)) {
        return Some(service.to_owned());
    }
    // IAM and STS are served, but they have no paths.
    let queries = matches!(labels.first(), Some(&("iam" | "sts"))) && matches!(raw_path, "" | "/");
    let other = is_aws(&name) && !queries && !labels.iter().any(|label| is_s3(label));
    other.then(|| format!("the host {name}"))
}

fn of_label(label: &str) -> Option<&'static str> {
    let says = |known: &str| {
        let Some(rest) = label.strip_prefix(known) else {
            return false;
        };
        match rest.strip_prefix('-') {
            None => rest.is_empty(),
            // Zones are of S3 Express One Zone: `s3express-use1-az4`.
            Some(place) => {
                matches!(place, "fips" | "control") || regions::exists(place) || place.contains("-az")
            }
        }
    };
    BY_LABEL
        .iter()
        .find(|(known, _)| says(known))
        .map(|(_, service)| *service)
}

/// Endpoints in a VPC say the service first: `accesspoint.vpce-ID.s3.REGION.vpce.amazonaws.com`.
fn of_private_endpoint(labels: &[&str]) -> Option<&'static str> {
    labels.windows(2).find_map(|pair| match pair {
        ["accesspoint", id] if id.starts_with("vpce-") => Some("access points"),
        ["control", id] if id.starts_with("vpce-") => Some("S3 Control"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::encoding::parse_query;

    fn host(host: &str, path: &str) -> bool {
        let domains = ["localhost".to_owned(), "s3.example.org".to_owned()];
        let refused = refuse_others(host, path, &HeaderMap::new(), &Query::default(), &domains);
        assert!(
            refused
                .as_ref()
                .err()
                .is_none_or(|error| error.code == Code::NotImplemented)
        );
        refused.is_err()
    }

    #[test]
    fn hosts_of_other_services_are_told() {
        for other in [
            "111122223333.s3-control.us-east-1.amazonaws.com",
            "s3-control.localhost:9000",
            "111122223333.S3-Control.localhost",
            "111122223333.s3-control-fips.dualstack.us-east-1.amazonaws.com",
            "name-111122223333.s3-accesspoint.us-east-1.amazonaws.com",
            "name-111122223333.s3-accesspoint.localhost",
            "alias.mrap.accesspoint.s3-global.amazonaws.com",
            "name-111122223333.s3-object-lambda.us-east-1.amazonaws.com",
            "route.s3-object-lambda.localhost",
            "name.op-1.s3-outposts.us-east-1.amazonaws.com",
            "bkt.s3-website-us-east-1.amazonaws.com",
            "bkt.s3-website.eu-central-1.amazonaws.com",
            "bkt.s3-website.localhost:9000",
            "bkt.s3-accelerate.amazonaws.com",
            "bkt--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
            "s3express-control.us-east-1.amazonaws.com",
            "s3tables.us-east-1.amazonaws.com",
            "s3vectors.us-east-1.api.aws",
            "accesspoint.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com",
            "control.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com",
            "glacier.us-east-1.amazonaws.com",
            "kms.us-east-1.amazonaws.com:443",
            "kms-fips.us-gov-west-1.amazonaws.com",
            "sqs.cn-north-1.amazonaws.com.cn",
            "kms.us-east-1.amazonaws.com.",
            "bkt.s3-website.localhost.:9000",
        ] {
            assert!(host(other, "/"), "{other}");
        }
        assert!(host("iam.amazonaws.com", "/bkt"));
        assert!(host("sts.us-east-1.amazonaws.com", "/bkt/k"));
    }

    #[test]
    fn hosts_of_this_server_are_not() {
        for ours in [
            "127.0.0.1:9000",
            "[::1]:9000",
            "localhost",
            "bkt.localhost",
            "my.dotted.bkt.localhost:9000",
            "kms.localhost",
            "glacier.localhost",
            "s3-control-logs.localhost",
            "s3-websites.localhost",
            "s3-control.s3.example.org",
            "x.s3-accesspoint.s3.example.org",
            "s3.us-east-1.amazonaws.com",
            "s3.dualstack.us-east-1.amazonaws.com",
            "bkt.s3.amazonaws.com",
            "s3-control.s3.us-east-1.amazonaws.com",
            "x.s3-website.s3.amazonaws.com",
            "bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com",
            "b.bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com",
            "s3-us-west-2.amazonaws.com",
            "storage.example.com",
            "iam.amazonaws.com",
            "sts.us-east-1.amazonaws.com",
            "",
            ".",
        ] {
            assert!(!host(ours, "/"), "{ours}");
        }
    }

    #[test]
    fn headers_of_other_services_are_told_wherever_they_stand() {
        for (name, _) in BY_HEADER {
            let mut headers = HeaderMap::new();
            headers.insert(name, "x".parse().unwrap());
            let of_header = refuse_others("h", "/b/k", &headers, &Query::default(), &[]);
            assert_eq!(of_header.unwrap_err().code, Code::NotImplemented, "{name}");
            let query = parse_query(&format!("{}=x", name.to_ascii_uppercase())).unwrap();
            let of_query = refuse_others("h", "/b/k", &HeaderMap::new(), &query, &[]);
            assert_eq!(of_query.unwrap_err().code, Code::NotImplemented, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_host_is_too_odd(host in ".*", path in ".*") {
            let _ = refuse_others(&host, &path, &HeaderMap::new(), &Query::default(), &["localhost".to_owned()]);
        }
    }
}
