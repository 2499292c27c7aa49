//! VER-ID, VER-PUT, VER-GET.

use super::world::World;
use crate::client::{Call, OTHER};

#[test]
fn unversioned_buckets_replace_and_tell_no_ids() {
    let world = World::unversioned();
    assert_eq!(world.put("/bkt/k", "one").header("x-amz-version-id"), None);
    world.put("/bkt/k", "two");
    assert_eq!(world.read("/bkt/k"), "two");
    let by_null = world.get("/bkt/k?versionId=null");
    assert_eq!((by_null.status, by_null.header("x-amz-version-id")), (200, None));
    assert_eq!(world.history(&[]), "k@null*");
    let refused = world.get("/bkt/k?versionId=abc");
    assert_eq!(refused.code(), "400 InvalidArgument");
    assert_eq!(
        refused.element("Message").as_deref(),
        Some("Invalid version id specified")
    );
    assert_eq!(refused.element("ArgumentName").as_deref(), Some("versionId"));
    assert_eq!(refused.element("ArgumentValue").as_deref(), Some("abc"));
}

#[test]
fn enabled_buckets_keep_every_version_and_the_old_null_one() {
    let world = World::unversioned();
    world.put("/bkt/k", "old");
    world.versioning("Enabled");
    let first = world.put_version("/bkt/k", "first");
    let second = world.put_version("/bkt/k", "second");
    assert_eq!(first.len(), 32);
    assert_ne!(first, second);
    assert_eq!(world.history(&[&first, &second]), "k@1* k@0 k@null");
    assert_eq!(world.read("/bkt/k"), "second");
    assert_eq!(world.read(&format!("/bkt/k?versionId={first}")), "first");
    assert_eq!(world.read("/bkt/k?versionId=null"), "old");
    assert_eq!(
        world.get("/bkt/k?versionId=null").header("x-amz-version-id"),
        Some("null")
    );
}

#[test]
fn suspended_buckets_have_one_null_entry() {
    let world = World::versioned();
    let first = world.put_version("/bkt/k", "first");
    world.versioning("Suspended");
    assert_eq!(world.put("/bkt/k", "null one").header("x-amz-version-id"), None);
    world.put("/bkt/k", "null two");
    assert_eq!(world.history(&[&first]), "k@null* k@0");
    assert_eq!(world.head("/bkt/k").header("x-amz-version-id"), Some("null"));
    let deleted = world.delete("/bkt/k");
    assert_eq!(deleted.header("x-amz-version-id"), Some("null"));
    assert_eq!(deleted.header("x-amz-delete-marker"), Some("true"));
    assert_eq!(world.history(&[&first]), "k!null* k@0");
    world.delete("/bkt/k");
    assert_eq!(world.history(&[&first]), "k!null* k@0");
    world.put("/bkt/k", "null three");
    assert_eq!(world.history(&[&first]), "k@null* k@0");
    world.versioning("Enabled");
    let last = world.put_version("/bkt/k", "last");
    assert_eq!(world.history(&[&first, &last]), "k@1* k@null k@0");
}

#[test]
fn altered_foreign_and_gone_ids_are_told_apart() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let other = world.put_version("/bkt/other", "y");
    let mut altered = id.clone();
    altered.replace_range(31.., if id.ends_with('A') { "Q" } else { "A" });
    for bad in [altered.as_str(), other.as_str(), "x", ""] {
        for method in ["GET", "HEAD", "DELETE"] {
            let answer = world.ask(Call::new(method, &format!("/bkt/k?versionId={bad}")));
            assert_eq!(answer.status, 400, "{method} {bad}");
        }
    }
    let target = format!("/bkt/k?versionId={id}");
    world.delete(&target);
    let gone = world.get(&target);
    assert_eq!(gone.code(), "404 NoSuchVersion");
    assert_eq!(gone.element("Key").as_deref(), Some("k"));
    assert_eq!(gone.element("VersionId").as_deref(), Some(id.as_str()));
    assert_eq!(gone.header("x-amz-version-id"), None);
    assert_eq!(world.delete(&target).status, 204);
}

#[test]
fn markers_answer_as_each_operation_wants() {
    let world = World::versioned();
    world.put("/bkt/k", "x");
    let marker = world
        .delete("/bkt/k")
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    let hidden = world.get("/bkt/k");
    assert_eq!(hidden.code(), "404 NoSuchKey");
    assert_eq!(hidden.header("x-amz-delete-marker"), Some("true"));
    assert_eq!(hidden.header("x-amz-version-id"), Some(marker.as_str()));
    let head = world.head("/bkt/k");
    assert_eq!((head.status, head.body.len()), (404, 0));
    assert_eq!(head.header("x-amz-delete-marker"), Some("true"));
    let by_id = format!("versionId={marker}");
    let named = world.get(&format!("/bkt/k?{by_id}"));
    assert_eq!(named.code(), "405 MethodNotAllowed");
    assert_eq!(named.element("Method").as_deref(), Some("GET"));
    assert_eq!(named.element("ResourceType").as_deref(), Some("DeleteMarker"));
    assert_eq!(named.header("allow"), Some("DELETE"));
    assert!(named.header("last-modified").is_some());
    // VER-GET-009 to VER-GET-012
    for (target, current) in [("acl", "404 NoSuchKey"), ("tagging", "405 MethodNotAllowed")] {
        assert_eq!(world.get(&format!("/bkt/k?{target}")).code(), current, "{target}");
        assert_eq!(
            world.get(&format!("/bkt/k?{target}&{by_id}")).code(),
            "405 MethodNotAllowed",
            "{target}"
        );
    }
    assert_eq!(world.delete("/bkt/k?tagging").code(), "405 MethodNotAllowed");
    let attributes =
        |target: &str| world.ask(Call::new("GET", target).header("x-amz-object-attributes", "ETag"));
    assert_eq!(attributes("/bkt/k?attributes").code(), "404 NoSuchKey");
    assert_eq!(
        attributes(&format!("/bkt/k?attributes&{by_id}")).code(),
        "405 MethodNotAllowed"
    );
}

#[test]
fn tags_belong_to_one_version() {
    let world = World::versioned();
    let first = world.put_version("/bkt/k", "1");
    world.put("/bkt/k", "2");
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    let target = format!("/bkt/k?tagging&versionId={first}");
    let put = world.ask(Call::new("PUT", &target).document(tags));
    assert_eq!(
        (put.status, put.header("x-amz-version-id")),
        (200, Some(first.as_str()))
    );
    assert!(world.get(&target).text().contains("<Key>a</Key><Value>b</Value>"));
    assert!(!world.get("/bkt/k?tagging").text().contains("<Tag>"));
    assert_eq!(
        world
            .head(&format!("/bkt/k?versionId={first}"))
            .header("x-amz-tagging-count"),
        Some("1")
    );
    assert_eq!(world.delete(&target).status, 204);
    assert!(!world.get(&target).text().contains("<Tag>"));
}

#[test]
fn strangers_learn_nothing() {
    let world = World::versioned();
    world.put("/bkt/k", "x");
    for target in ["/bkt/k", "/bkt/absent", "/bkt/k?versionId=null"] {
        for method in ["GET", "DELETE"] {
            let answer = world.server.ask(OTHER, Call::new(method, target));
            assert_eq!(answer.code(), "403 AccessDenied", "{method} {target}");
        }
    }
}

/// VER-PUT-015: whoever names a version means something else than what a write would do.
#[test]
fn no_write_takes_the_id_of_a_version_that_it_does_not_write_to() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let upload = world
        .ask(Call::new("POST", "/bkt/k?uploads"))
        .element("UploadId")
        .unwrap();
    let part = format!("/bkt/k?partNumber=1&uploadId={upload}");
    let tag = world.put(&part, "part").header("etag").unwrap().to_owned();
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>"
    );
    let suspend = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    let copy = |target: &str| Call::new("PUT", target).header("x-amz-copy-source", "bkt/k");
    let calls = [
        Call::new("PUT", "/bkt/k?").document("y"),
        copy("/bkt/k2?"),
        Call::new("POST", "/bkt/k?uploads&"),
        Call::new("PUT", &format!("{part}&")).document("other"),
        copy(&format!("{part}&")),
        Call::new("POST", &format!("/bkt/k?uploadId={upload}&")).document(&list),
        Call::new("DELETE", &format!("/bkt/k?uploadId={upload}&")),
        Call::new("PUT", "/bkt?versioning&").document(suspend),
        Call::new("POST", "/bkt?delete&").document("<Delete><Object><Key>k</Key></Object></Delete>"),
        Call::new("DELETE", "/bkt?"),
    ];
    let before = (
        world.history(&[]),
        world.get(&format!("/bkt/k?uploadId={upload}")).text(),
    );
    for call in calls {
        for version in [id.as_str(), "null", "bad", ""] {
            let call = Call {
                target: format!("{}versionId={version}", call.target),
                ..call.clone()
            };
            let (method, target) = (call.method.clone(), call.target.clone());
            let answer = world.ask(call);
            assert_eq!(answer.code(), "400 InvalidArgument", "{method} {target}");
            let message = answer.element("Message");
            assert_eq!(
                message.as_deref(),
                Some("This operation does not accept a version-id.")
            );
            assert_eq!(answer.element("ArgumentName").as_deref(), Some("versionId"));
        }
    }
    assert_eq!(
        (
            world.history(&[]),
            world.get(&format!("/bkt/k?uploadId={upload}")).text()
        ),
        before
    );
}
