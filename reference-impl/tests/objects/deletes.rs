//! VER-DEL and VER-MDEL.

use super::world::World;
use crate::client::{Answer, Call};

#[test]
fn simple_deletes_stack_markers() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let marker = |answer: Answer| {
        assert_eq!(
            (answer.status, answer.header("x-amz-delete-marker")),
            (204, Some("true"))
        );
        answer.header("x-amz-version-id").unwrap().to_owned()
    };
    let (one, two) = (marker(world.delete("/bkt/k")), marker(world.delete("/bkt/k")));
    let absent = marker(world.delete("/bkt/never"));
    assert_eq!(
        world.history(&[&id, &one, &two, &absent]),
        "k!2* k!1 k@0 never!3*"
    );
    // VER-DEL-010: a marker that is removed by its id gives way to what is below.
    assert_eq!(marker(world.delete(&format!("/bkt/k?versionId={two}"))), two);
    assert_eq!(world.get("/bkt/k").code(), "404 NoSuchKey");
    marker(world.delete(&format!("/bkt/k?versionId={one}")));
    assert_eq!(world.read("/bkt/k"), "x");
    let removed = world.delete(&format!("/bkt/k?versionId={id}"));
    assert_eq!(removed.header("x-amz-version-id"), Some(id.as_str()));
    assert_eq!(removed.header("x-amz-delete-marker"), None);
    assert_eq!(world.get("/bkt/k").code(), "404 NoSuchKey");
}

#[test]
fn unversioned_deletes_are_silent() {
    let world = World::unversioned();
    world.put("/bkt/k", "x");
    for target in ["/bkt/k", "/bkt/k", "/bkt/k?versionId=null"] {
        let answer = world.delete(target);
        assert_eq!(answer.status, 204);
        assert_eq!(
            answer
                .header("x-amz-version-id")
                .or(answer.header("x-amz-delete-marker")),
            None
        );
    }
    assert_eq!(world.history(&[]), "");
}

fn many(world: &World, objects: &str) -> Answer {
    world.ask(Call::new("POST", "/bkt?delete").document(&format!("<Delete>{objects}</Delete>")))
}

fn object(key: &str, id: Option<&str>) -> String {
    let id = id
        .map(|id| format!("<VersionId>{id}</VersionId>"))
        .unwrap_or_default();
    format!("<Object><Key>{key}</Key>{id}</Object>")
}

#[test]
fn many_deletes_tell_of_each() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let marker = world
        .delete("/bkt/m")
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    let answer = many(
        &world,
        &[
            object("n", None),
            object("k", Some(&id)),
            object("m", Some(&marker)),
            object("k", Some("bad")),
        ]
        .concat(),
    );
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let made = answer.element("DeleteMarkerVersionId").unwrap();
    for expected in [
        format!(
            "<Deleted><Key>n</Key><DeleteMarker>true</DeleteMarker>\
             <DeleteMarkerVersionId>{made}</DeleteMarkerVersionId></Deleted>"
        ),
        format!("<Deleted><Key>k</Key><VersionId>{id}</VersionId></Deleted>"),
        format!(
            "<Deleted><Key>m</Key><VersionId>{marker}</VersionId><DeleteMarker>true</DeleteMarker>\
             <DeleteMarkerVersionId>{marker}</DeleteMarkerVersionId></Deleted>"
        ),
        "<Error><Key>k</Key><VersionId>bad</VersionId><Code>NoSuchVersion</Code>\
         <Message>The specified version does not exist.</Message></Error>"
            .to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected}\n{text}");
    }
    // VER-MDEL-010, VER-MDEL-011
    assert!(many(&world, &object("k", Some(&id))).text().contains("<Deleted>"));
    let quiet = many(
        &world,
        &format!(
            "<Quiet>true</Quiet>{}{}",
            object("q", None),
            object("q", Some("bad"))
        ),
    );
    assert!(!quiet.text().contains("<Deleted>") && quiet.text().contains("<Error>"));
}

#[test]
fn many_deletes_want_a_digest_and_a_list() {
    let world = World::unversioned();
    let body = format!("<Delete>{}</Delete>", object("k", None));
    let bare = world.ask(Call::new("POST", "/bkt?delete").body(&body));
    assert_eq!(bare.code(), "400 InvalidRequest");
    assert_eq!(
        bare.element("Message").as_deref(),
        Some("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    );
    assert_eq!(many(&world, "").code(), "400 MalformedXML");
    assert_eq!(
        many(&world, &object("k", None).repeat(1001)).code(),
        "400 MalformedXML"
    );
    let all = many(&world, &object("k", None).repeat(1000));
    assert_eq!(all.text().matches("<Deleted>").count(), 1000);
}

#[test]
fn entries_see_what_the_entries_before_them_did() {
    let world = World::unversioned();
    world.put("/bkt/k", "x");
    world.versioning("Suspended");
    let answer = many(&world, &[object("k", None), object("k", Some("null"))].concat());
    // First the object gives way to a null marker, then the marker goes.
    assert!(
        answer
            .text()
            .contains("<VersionId>null</VersionId><DeleteMarker>true</DeleteMarker>"),
        "{}",
        answer.text()
    );
    assert_eq!(world.history(&[]), "");
}
