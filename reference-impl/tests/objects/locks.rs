//! LOCK-HDR, LOCK-INT, LOCK-DEL on the wire.

use super::world::World;
use crate::client::{Answer, Call, NOW};

const LOCKED: &str = "Access Denied because object protected by object lock.";
const BYPASS: &str = "x-amz-bypass-governance-retention";
/// An hour after the still clock.
const LATER: &str = "2026-01-02T04:04:05Z";

fn put(mode: &str) -> Call {
    Call::new("PUT", "/bkt/k")
        .header("x-amz-object-lock-mode", mode)
        .header("x-amz-object-lock-retain-until-date", LATER)
        .document("x")
}

fn is_locked(answer: &Answer) -> bool {
    answer.code() == "403 AccessDenied" && answer.element("Message").as_deref() == Some(LOCKED)
}

fn delete(world: &World, id: &str, bypass: bool) -> Answer {
    let call = Call::new("DELETE", &format!("/bkt/k?versionId={id}"));
    world.ask(if bypass { call.header(BYPASS, "true") } else { call })
}

fn stored(world: &World, call: Call) -> String {
    let answer = world.ask(call);
    assert_eq!(answer.code(), "200", "{}", answer.text());
    answer.header("x-amz-version-id").unwrap().to_owned()
}

#[test]
fn governance_gives_way_to_a_bypass_and_compliance_to_nothing() {
    let world = World::locking();
    let governed = stored(&world, put("GOVERNANCE"));
    let compliant = stored(&world, put("COMPLIANCE"));
    assert!(is_locked(&delete(&world, &governed, false)));
    assert_eq!(delete(&world, &governed, true).status, 204);
    assert!(is_locked(&delete(&world, &compliant, true)));
    // LOCK-DEL-004, LOCK-DEL-005: markers come and go freely.
    let marker = world
        .delete("/bkt/k")
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    assert!(is_locked(&delete(&world, &compliant, true)));
    assert_eq!(delete(&world, &marker, false).status, 204);
    let head = world.head("/bkt/k");
    assert_eq!(head.header("x-amz-object-lock-mode"), Some("COMPLIANCE"));
    assert_eq!(
        head.header("x-amz-object-lock-retain-until-date"),
        Some("2026-01-02T04:04:05.000Z")
    );
    assert_eq!(head.header("x-amz-object-lock-legal-hold"), None);
    world.server.advance(3600);
    let late = Call {
        time: NOW + 3600,
        ..Call::new("DELETE", &format!("/bkt/k?versionId={compliant}"))
    };
    assert_eq!(world.ask(late).status, 204);
}

#[test]
fn holds_are_never_bypassed() {
    let world = World::locking();
    let call = Call::new("PUT", "/bkt/k")
        .header("x-amz-object-lock-legal-hold", "ON")
        .document("x");
    let id = stored(&world, call);
    assert!(is_locked(&delete(&world, &id, true)));
    let off = Call::new("PUT", "/bkt/k?legal-hold").document("<LegalHold><Status>OFF</Status></LegalHold>");
    assert_eq!(world.ask(off).code(), "200");
    assert_eq!(
        world.head("/bkt/k").header("x-amz-object-lock-legal-hold"),
        Some("OFF")
    );
    assert_eq!(delete(&world, &id, false).status, 204);
}

#[test]
fn many_deletes_leave_what_is_locked() {
    let world = World::locking();
    let locked = stored(&world, put("COMPLIANCE"));
    let free = world.put_version("/bkt/free", "x");
    let body = format!(
        "<Delete><Object><Key>k</Key><VersionId>{locked}</VersionId></Object>\
         <Object><Key>free</Key><VersionId>{free}</VersionId></Object></Delete>"
    );
    let text = world
        .ask(
            Call::new("POST", "/bkt?delete")
                .header(BYPASS, "true")
                .document(&body),
        )
        .text();
    assert!(
        text.contains(&format!("<Code>AccessDenied</Code><Message>{LOCKED}</Message>")),
        "{text}"
    );
    assert!(text.contains("<Deleted><Key>free</Key>"), "{text}");
}

#[test]
fn the_bypass_header_is_for_lock_buckets_only() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    for (target, value) in [
        ("/bkt/k".to_owned(), "true"),
        (format!("/bkt/k?versionId={id}"), "false"),
        ("/bkt/k".to_owned(), "false"),
    ] {
        let answer = world.ask(Call::new("DELETE", &target).header(BYPASS, value));
        assert_eq!(answer.code(), "400 InvalidArgument");
        assert_eq!(answer.element("ArgumentName").as_deref(), Some(BYPASS));
    }
    assert_eq!(world.history(&[&id]), "k@0*");
}

#[test]
fn locked_writes_want_a_digest() {
    let world = World::locking();
    let bare = Call::new("PUT", "/bkt/k")
        .header("x-amz-object-lock-legal-hold", "ON")
        .body("x");
    let answer = world.ask(bare);
    assert_eq!(answer.code(), "400 InvalidRequest");
    assert_eq!(
        answer.element("Message").as_deref(),
        Some(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )
    );
    let default = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
                   <Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
    assert_eq!(
        world
            .ask(Call::new("PUT", "/bkt?object-lock").document(default))
            .code(),
        "200"
    );
    assert_eq!(
        world.ask(Call::new("PUT", "/bkt/k").body("x")).code(),
        "400 InvalidRequest"
    );
    let id = world.put_version("/bkt/k", "x");
    assert_eq!(
        world.head("/bkt/k").header("x-amz-object-lock-retain-until-date"),
        Some("2026-01-03T03:04:05.000Z")
    );
    assert!(is_locked(&delete(&world, &id, false)));
}

#[test]
fn lock_headers_need_a_lock_bucket() {
    let world = World::versioned();
    let answer = world.ask(put("GOVERNANCE"));
    assert_eq!(answer.code(), "400 InvalidRequest");
    assert_eq!(
        answer.element("Message").as_deref(),
        Some("Bucket is missing ObjectLockConfiguration")
    );
}

#[test]
fn copies_do_not_inherit_locks() {
    let world = World::locking();
    stored(&world, put("COMPLIANCE"));
    let copy = Call::new("PUT", "/bkt/copy").header("x-amz-copy-source", "bkt/k");
    assert_eq!(world.ask(copy).code(), "200");
    let head = world.head("/bkt/copy");
    assert_eq!((head.status, head.header("x-amz-object-lock-mode")), (200, None));
}

/// LOCK-RET-024: in a document a date may have an offset, and without a zone it is UTC.
#[test]
fn dates_of_documents_have_an_offset_or_are_utc() {
    let world = World::locking();
    world.put("/bkt/k", "x");
    for (sent, shown) in [
        ("2026-01-02T04:04:05", "2026-01-02T04:04:05.000Z"),
        ("2026-01-02T06:05:05+02:00", "2026-01-02T04:05:05.000Z"),
        ("2026-01-01T22:36:05.5-05:30", "2026-01-02T04:06:05.500Z"),
    ] {
        let body = format!(
            "<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>{sent}</RetainUntilDate></Retention>"
        );
        let answer = world.ask(Call::new("PUT", "/bkt/k?retention").document(&body));
        assert_eq!(answer.code(), "200", "{sent}");
        let kept = world.get("/bkt/k?retention").element("RetainUntilDate");
        assert_eq!(kept.as_deref(), Some(shown));
    }
    let body = "<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>next year</RetainUntilDate></Retention>";
    let answer = world.ask(Call::new("PUT", "/bkt/k?retention").document(body));
    assert_eq!(answer.code(), "400 MalformedXML");
}

/// The headers of every write are read as documents are (decision 0009).
#[test]
fn dates_of_headers_have_an_offset_or_are_utc() {
    let world = World::locking();
    world.put("/bkt/k", "x");
    let locked = |call: Call, date: &str| {
        call.header("x-amz-object-lock-mode", "GOVERNANCE")
            .header("x-amz-object-lock-retain-until-date", date)
    };
    let writes = || {
        [
            Call::new("PUT", "/bkt/put").document("x"),
            Call::new("PUT", "/bkt/copy").header("x-amz-copy-source", "/bkt/k"),
            Call::new("POST", "/bkt/upload?uploads"),
        ]
    };
    for date in [
        "2026-01-02T06:04:05+02:00",
        "2026-01-01T20:04:05.000-08:00",
        "2026-01-02T04:04:05",
        LATER,
    ] {
        for call in writes() {
            assert_eq!(world.ask(locked(call, date)).code(), "200", "{date}");
        }
        for key in ["put", "copy"] {
            let head = world.head(&format!("/bkt/{key}"));
            let until = head.header("x-amz-object-lock-retain-until-date");
            assert_eq!(until, Some("2026-01-02T04:04:05.000Z"), "{date}");
        }
    }
    // The last of these is past, though its local time is not.
    for date in [
        "2026-01-02T03:04:05",
        "2026-01-02T04:04:05Z[UTC]",
        "2026-01-02T04:04:05[UTC]",
        "2026-01-02T04:04:05+02:00",
    ] {
        for call in writes() {
            assert_eq!(
                world.ask(locked(call, date)).code(),
                "400 InvalidArgument",
                "{date}"
            );
        }
    }
    for (date, code) in [
        ("2026-01-02T04:04:05Z[UTC]", "400 MalformedXML"),
        ("2026-01-02T04:04:05[UTC]", "400 MalformedXML"),
        ("2026-01-02T04:04:05+02:00", "400 InvalidArgument"),
        ("2026-01-02T03:04:05", "400 InvalidArgument"),
    ] {
        let body = format!(
            "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{date}</RetainUntilDate></Retention>"
        );
        let answer = world.ask(Call::new("PUT", "/bkt/k?retention").document(&body));
        assert_eq!(answer.code(), code, "{date}");
    }
}
