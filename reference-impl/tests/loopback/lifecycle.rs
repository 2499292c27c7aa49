//! Settings of buckets, locks over time, and what survives a restart.

use bucketlaw_server::clock::Timestamp;

use super::client::{Call, NOW, OWNER, TestServer};

const LOCKED: &str = "Access Denied because object protected by object lock.";

fn versioning(status: &str) -> String {
    format!("<VersioningConfiguration>{status}</VersioningConfiguration>")
}

#[test]
fn versioning_configuration() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let put = |body: &str| {
        server
            .ask(OWNER, Call::new("PUT", "/bucket?versioning").document(body))
            .code()
    };
    let get = || {
        server
            .ask(OWNER, Call::new("GET", "/bucket?versioning"))
            .element("Status")
    };
    assert_eq!(get(), None);
    assert_eq!(
        put(&versioning("")),
        "400 IllegalVersioningConfigurationException"
    );
    assert_eq!(put(&versioning("<Status>enabled</Status>")), "400 MalformedXML");
    assert_eq!(put(""), "400 MissingRequestBodyError");
    let bare = Call::new("PUT", "/bucket?versioning").body(versioning("<Status>Enabled</Status>"));
    assert_eq!(server.ask(OWNER, bare).code(), "400 InvalidRequest");
    assert_eq!(put(&versioning("<Status>Suspended</Status>")), "200");
    assert_eq!(get().as_deref(), Some("Suspended"));
    assert_eq!(put(&versioning("<Status>Enabled</Status>")), "200");
    assert_eq!(get().as_deref(), Some("Enabled"));
}

#[test]
fn compliance_ends_with_its_date_and_not_before() {
    let mut server = TestServer::start();
    let create = Call::new("PUT", "/locks").header("x-amz-bucket-object-lock-enabled", "true");
    assert_eq!(server.ask(OWNER, create).code(), "200");
    let put = Call::new("PUT", "/locks/k")
        .header("x-amz-object-lock-mode", "COMPLIANCE")
        .header("x-amz-object-lock-retain-until-date", "2026-01-02T04:04:05Z")
        .header("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")
        .body("hello");
    let version = server
        .ask(OWNER, put)
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    let delete = Call::new("DELETE", &format!("/locks/k?versionId={version}"))
        .header("x-amz-bypass-governance-retention", "true");
    let refused = server.ask(OWNER, delete.clone());
    assert_eq!(
        (refused.code().as_str(), refused.element("Message").as_deref()),
        ("403 AccessDenied", Some(LOCKED))
    );
    assert_eq!(server.ask(OWNER, Call::new("DELETE", "/locks/k")).status, 204);

    // Neither a restart nor a clock that starts in the past lets it go.
    let folder = server.folder.clone();
    server.advance(3599);
    assert_eq!(
        server
            .ask(
                OWNER,
                Call {
                    time: NOW + 3599,
                    ..delete.clone()
                }
            )
            .status,
        403
    );
    server.ask(
        OWNER,
        Call {
            time: NOW + 3599,
            ..Call::new("PUT", "/locks/other")
        },
    );
    server.stop();
    let server = TestServer::open(folder, Some(Timestamp::from_seconds(NOW)));
    let early = server.ask(
        OWNER,
        Call {
            time: NOW + 3599,
            ..delete.clone()
        },
    );
    assert_eq!(
        early.element("Message").as_deref(),
        Some(LOCKED),
        "{}",
        early.text()
    );
    server.advance(1);
    assert_eq!(
        server
            .ask(
                OWNER,
                Call {
                    time: NOW + 3600,
                    ..delete
                }
            )
            .status,
        204
    );
}

#[test]
fn buckets_go_only_when_empty() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    server.ask(OWNER, Call::new("PUT", "/bucket/k").body("data"));
    let refused = server.ask(OWNER, Call::new("DELETE", "/bucket"));
    assert_eq!(refused.code(), "409 BucketNotEmpty");
    server.ask(OWNER, Call::new("DELETE", "/bucket/k"));
    assert_eq!(server.ask(OWNER, Call::new("DELETE", "/bucket")).status, 204);
    assert_eq!(server.ask(OWNER, Call::new("HEAD", "/bucket")).status, 404);
}

#[test]
fn acknowledged_writes_survive_a_restart() {
    let mut server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let big = vec![b'x'; 300_000];
    assert_eq!(
        server
            .ask(OWNER, Call::new("PUT", "/bucket/big").body(&big))
            .status,
        200
    );
    server.ask(
        OWNER,
        Call::new("PUT", "/bucket?versioning").document(&versioning("<Status>Enabled</Status>")),
    );
    let folder = server.folder.clone();
    server.stop();
    let server = TestServer::open(folder, Some(Timestamp::from_seconds(NOW)));
    assert_eq!(server.ask(OWNER, Call::new("GET", "/bucket/big")).body, big);
    let status = server
        .ask(OWNER, Call::new("GET", "/bucket?versioning"))
        .element("Status");
    assert_eq!(status.as_deref(), Some("Enabled"));
}
