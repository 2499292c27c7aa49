//! Requests for services that this server is not: none of them ever touches a bucket.

use super::client::{Call, OWNER, TestServer};

/// A server with buckets of every name that such a request could fall into.
fn server() -> TestServer {
    let server = TestServer::start();
    for name in ["v20180820", "111122223333", "index", "name-111122223333", "bkt"] {
        assert_eq!(
            server.ask(OWNER, Call::new("PUT", &format!("/{name}"))).code(),
            "200"
        );
    }
    server
}

fn state(server: &TestServer) -> Vec<String> {
    let mut state = vec![server.ask(OWNER, Call::new("GET", "/")).text()];
    for name in ["v20180820", "111122223333", "index", "name-111122223333", "bkt"] {
        state.push(
            server
                .ask(OWNER, Call::new("GET", &format!("/{name}?versions")))
                .text(),
        );
        state.push(
            server
                .ask(OWNER, Call::new("GET", &format!("/{name}?policy")))
                .code(),
        );
    }
    state
}

/// Sends a request signed in its header, presigned and unsigned, and wants it refused in each form.
fn assert_refused(server: &TestServer, call: &Call, codes: &[&str]) {
    for (form, answer) in [
        ("signed", server.ask(OWNER, call.clone())),
        (
            "presigned",
            server.send(&server.presigned(OWNER, call.clone(), 60)),
        ),
        ("unsigned", server.send(call)),
    ] {
        let code = answer.code();
        assert!(
            codes.contains(&code.as_str()),
            "{form} {call:?}: {code} {}",
            answer.text()
        );
    }
}

#[test]
fn s3_control_is_told_by_its_header() {
    let server = server();
    let before = state(&server);
    for (method, target) in [
        ("PUT", "/v20180820/accesspoint/name"),
        ("GET", "/v20180820/accesspoint/name"),
        ("DELETE", "/v20180820/accesspoint/name"),
        ("GET", "/v20180820/accesspoint?bucket=bkt"),
        ("PUT", "/v20180820/accesspoint/name/policy"),
        ("PUT", "/v20180820/accesspointforobjectlambda/name"),
        ("PUT", "/v20180820/configuration/publicAccessBlock"),
        ("DELETE", "/v20180820/configuration/publicAccessBlock"),
        ("POST", "/v20180820/jobs"),
        ("PUT", "/v20180820/bucket/name"),
        ("POST", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Abkt"),
        ("GET", "/v20180820"),
        ("PUT", "/v20180820"),
        ("POST", "/v20180820?delete"),
        // What would be wrong with them as requests of S3 is not looked at.
        ("GET", &format!("/v20180820/tags/{}", "x".repeat(1100))),
        ("GET", "/v20180820/%00"),
        ("GET", "//v20180820"),
    ] {
        let call = Call::new(method, target).header("x-amz-account-id", "111122223333");
        assert_refused(&server, &call, &["501 NotImplemented"]);
        for host in [
            "111122223333.s3-control.us-east-1.amazonaws.com",
            "111122223333.s3-control.localhost:9000",
        ] {
            let call = Call::new(method, target).header("host", host);
            assert_refused(&server, &call, &["501 NotImplemented"]);
        }
    }
    // Without either it is a bucket like any other.
    let put = server.ask(OWNER, Call::new("PUT", "/v20180820/accesspoint/name").body("x"));
    assert_eq!(put.code(), "200");
    assert_eq!(
        server
            .ask(OWNER, Call::new("DELETE", "/v20180820/accesspoint/name"))
            .status,
        204
    );
    assert_eq!(state(&server), before);
}

#[test]
fn hosts_of_other_services_hold_no_buckets() {
    let server = server();
    let before = state(&server);
    for host in [
        "name-111122223333.s3-accesspoint.us-east-1.amazonaws.com",
        "name-111122223333.s3-accesspoint.localhost",
        "name-111122223333.s3-object-lambda.us-east-1.amazonaws.com",
        "bkt.s3-website-us-east-1.amazonaws.com",
        "bkt.s3-website.localhost",
        "alias.mrap.accesspoint.s3-global.amazonaws.com",
        "glacier.us-east-1.amazonaws.com",
        "kms.us-east-1.amazonaws.com",
        "iam.amazonaws.com",
    ] {
        for (method, target) in [
            ("GET", "/index"),
            ("PUT", "/index"),
            ("PUT", "/fresh"),
            ("PUT", "/bkt/k"),
            ("DELETE", "/index"),
            ("POST", "/WriteGetObjectResponse"),
            ("PUT", "/111122223333/vaults/v"),
        ] {
            let call = Call::new(method, target).header("host", host);
            assert_refused(&server, &call, &["501 NotImplemented"]);
        }
    }
    assert_eq!(state(&server), before);
}

/// Nor does a path at an endpoint of S3 itself: the bucket is in the host.
#[test]
fn hosts_of_s3_name_the_bucket() {
    let server = server();
    let before = state(&server);
    let at = |method: &str, host: &str| {
        let call = Call::new(method, "/index").header("host", host);
        server.ask(OWNER, call.body(if method == "PUT" { "x" } else { "" }))
    };
    for host in [
        "bkt.s3.us-east-1.amazonaws.com",
        "bkt.s3.amazonaws.com",
        "bkt.localhost.:9000",
    ] {
        let put = at("PUT", host);
        assert_eq!(
            (put.code().as_str(), put.header("etag").is_some()),
            ("200", true),
            "{host}"
        );
        assert_eq!(
            server.ask(OWNER, Call::new("GET", "/bkt/index")).text(),
            "x",
            "{host}"
        );
        assert_eq!(at("DELETE", host).status, 204, "{host}");
    }
    assert_eq!(state(&server), before);
}

#[test]
fn headers_and_scopes_of_other_services_are_refused() {
    let server = server();
    let before = state(&server);
    for (name, value) in [
        ("x-amz-glacier-version", "2012-06-01"),
        ("x-amz-target", "TrentService.CreateKey"),
        ("x-amz-request-route", "io-use1-001"),
        ("x-amz-request-token", "token"),
        ("x-amz-outpost-id", "op-1"),
        ("x-amz-s3session-token", "token"),
    ] {
        for (method, target) in [
            ("PUT", "/111122223333/vaults/v"),
            ("POST", "/"),
            ("PUT", "/fresh"),
        ] {
            let call = Call::new(method, target).header(name, value);
            assert_refused(&server, &call, &["501 NotImplemented"]);
        }
    }
    let malformed = [
        "400 AuthorizationHeaderMalformed",
        "400 AuthorizationQueryParametersError",
    ];
    for (service, codes) in [
        ("s3-object-lambda", ["501 NotImplemented"; 2]),
        ("s3-outposts", ["501 NotImplemented"; 2]),
        ("s3express", ["501 NotImplemented"; 2]),
        ("glacier", malformed),
        ("kms", malformed),
        ("sqs", malformed),
        ("iam", malformed),
        ("sts", malformed),
        ("", malformed),
    ] {
        for (method, target) in [
            ("PUT", "/fresh"),
            ("PUT", "/bkt/k"),
            ("POST", "/WriteGetObjectResponse"),
        ] {
            let call = Call {
                service,
                ..Call::new(method, target)
            };
            for answer in [
                server.ask(OWNER, call.clone()),
                server.send(&server.presigned(OWNER, call.clone(), 60)),
            ] {
                assert!(
                    codes.contains(&answer.code().as_str()),
                    "{service}: {}",
                    answer.text()
                );
            }
        }
    }
    assert_eq!(state(&server), before);
}
