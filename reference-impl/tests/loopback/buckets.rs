//! What replies say of buckets: ARNs, Regions, dates.

use super::client::{Call, OTHER, OWNER, TestServer};

fn configuration(constraint: &str) -> String {
    format!(
        "<CreateBucketConfiguration><LocationConstraint>{constraint}</LocationConstraint></CreateBucketConfiguration>"
    )
}

#[test]
fn buckets_have_an_arn_and_a_date_of_whole_seconds() {
    let server = TestServer::start();
    let running = |seconds: i64| server.advance(seconds);
    running(1);
    for name in ["first", "second.bucket"] {
        let arn = format!("arn:aws:s3:::{name}");
        // The second time it is there already.
        for _ in 0..2 {
            let made = server.ask(OWNER, Call::new("PUT", &format!("/{name}")));
            assert_eq!(
                (made.status, made.header("x-amz-bucket-arn")),
                (200, Some(arn.as_str()))
            );
        }
        let head = server.ask(OWNER, Call::new("HEAD", &format!("/{name}")));
        assert_eq!(
            (head.status, head.header("x-amz-bucket-arn")),
            (200, Some(arn.as_str()))
        );
        let list = server.ask(OWNER, Call::new("GET", &format!("/?prefix={name}")));
        assert_eq!(list.element("BucketArn"), Some(arn));
        assert_eq!(
            list.element("CreationDate").as_deref(),
            Some("2026-01-02T03:04:06.000Z")
        );
    }
    let taken = server.ask(OTHER, Call::new("PUT", "/first"));
    assert_eq!((taken.status, taken.header("x-amz-bucket-arn")), (409, None));
}

#[test]
fn dates_in_documents_are_of_whole_seconds() {
    let server = TestServer::start();
    server.advance_millis(678);
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    server.ask(OWNER, Call::new("PUT", "/bucket/k").body("x"));
    server.ask(
        OWNER,
        Call::new("PUT", "/bucket?versioning")
            .document("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    );
    let upload = server
        .ask(OWNER, Call::new("POST", "/bucket/u?uploads"))
        .element("UploadId")
        .unwrap();
    let part = format!("/bucket/u?partNumber=1&uploadId={upload}");
    assert_eq!(server.ask(OWNER, Call::new("PUT", &part).body("x")).status, 200);
    let copy = |target: &str| {
        server.ask(
            OWNER,
            Call::new("PUT", target).header("x-amz-copy-source", "/bucket/k"),
        )
    };
    let get = |target: &str| server.ask(OWNER, Call::new("GET", target));
    for (answer, element) in [
        (get("/"), "CreationDate"),
        (get("/bucket"), "LastModified"),
        (get("/bucket?list-type=2"), "LastModified"),
        (get("/bucket?versions"), "LastModified"),
        (get("/bucket?uploads"), "Initiated"),
        (get(&format!("/bucket/u?uploadId={upload}")), "LastModified"),
        (copy("/bucket/copy"), "LastModified"),
        (copy(&part), "LastModified"),
    ] {
        let date = answer.element(element);
        assert_eq!(
            date.as_deref(),
            Some("2026-01-02T03:04:05.000Z"),
            "{}",
            answer.text()
        );
    }
}

#[test]
fn location_constraints_are_regions() {
    let server = TestServer::start();
    for (constraint, code) in [
        ("eu-mars-1", "400 InvalidLocationConstraint"),
        ("EU-WEST-1", "400 InvalidLocationConstraint"),
        ("us-east-1", "400 InvalidLocationConstraint"),
        ("", "400 InvalidLocationConstraint"),
        ("eu-west-1", "400 IllegalLocationConstraintException"),
        ("EU", "400 IllegalLocationConstraintException"),
    ] {
        let answer = server.ask(OWNER, Call::new("PUT", "/bucket").body(configuration(constraint)));
        assert_eq!(answer.code(), code, "{constraint}");
        let named = code
            .ends_with("InvalidLocationConstraint")
            .then(|| constraint.to_owned());
        assert_eq!(answer.element("LocationConstraint"), named, "{constraint}");
        if named.is_some() {
            let message = "The specified location-constraint is not valid";
            assert_eq!(answer.element("Message").as_deref(), Some(message));
        }
    }
    assert_eq!(server.ask(OWNER, Call::new("HEAD", "/bucket")).status, 404);
    assert_eq!(
        server
            .ask(
                OWNER,
                Call::new("PUT", "/bucket").body("<CreateBucketConfiguration/>")
            )
            .status,
        200
    );
}

#[test]
fn buckets_are_filtered_by_regions_that_exist() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let list = |region: &str| server.ask(OWNER, Call::new("GET", &format!("/?bucket-region={region}")));
    assert_eq!(list("us-east-1").element("Name").as_deref(), Some("bucket"));
    assert_eq!(
        (list("eu-west-1").status, list("eu-west-1").element("Name")),
        (200, None)
    );
    for region in ["eu-mars-1", "", "EU"] {
        let answer = list(region);
        assert_eq!(answer.code(), "400 InvalidArgument", "{region}");
        let message = format!("Argument value {region} is not a valid AWS Region");
        assert_eq!(answer.element("Message"), Some(message));
        assert_eq!(answer.element("ArgumentName").as_deref(), Some("bucket-region"));
    }
}
