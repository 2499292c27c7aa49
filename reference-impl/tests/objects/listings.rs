//! ListObjects, ListObjectsV2 and VER-LIST.

use super::world::World;

/// The texts of all elements with a name, in order.
fn all(text: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    text.split(&open)
        .skip(1)
        .map(|rest| rest.split(&close).next().unwrap().to_owned())
        .collect()
}

#[test]
fn objects_are_listed_by_prefix_and_delimiter() {
    let world = World::versioned();
    for key in ["a", "b/1", "b/2", "c", "gone"] {
        world.put(&format!("/bkt/{key}"), key);
    }
    world.delete("/bkt/gone");
    let text = world.get("/bkt?list-type=2&delimiter=%2F").text();
    assert_eq!(all(&text, "Key"), ["a", "c"]);
    assert!(
        text.contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"),
        "{text}"
    );
    assert_eq!(all(&text, "KeyCount"), ["3"]);
    assert_eq!(
        all(&world.get("/bkt?list-type=2&prefix=b%2F").text(), "Key"),
        ["b/1", "b/2"]
    );
    // Page by page with both forms.
    let (mut seen, mut target) = (Vec::new(), "/bkt?list-type=2&max-keys=1".to_owned());
    loop {
        let text = world.get(&target).text();
        seen.extend(all(&text, "Key"));
        match all(&text, "NextContinuationToken").first() {
            Some(token) => target = format!("/bkt?list-type=2&max-keys=1&continuation-token={token}"),
            None => break,
        }
    }
    assert_eq!(seen, ["a", "b/1", "b/2", "c"]);
    let page = world.get("/bkt?max-keys=2&delimiter=%2F").text();
    assert_eq!(all(&page, "NextMarker"), ["b/"]);
    assert_eq!(
        all(&world.get("/bkt?marker=b%2F&delimiter=%2F").text(), "Key"),
        ["c"]
    );
    assert_eq!(world.get("/bkt?max-keys=-1").code(), "400 InvalidArgument");
    assert_eq!(
        all(&world.get("/bkt?max-keys=0").text(), "IsTruncated"),
        ["false"]
    );
}

#[test]
fn versions_are_listed_newest_first_and_page_by_page() {
    let world = World::versioned();
    let ids: Vec<String> = (0..5)
        .map(|i| world.put_version("/bkt/k", &i.to_string()))
        .collect();
    world.put("/bkt/z", "z");
    let first = world.get("/bkt?versions&max-keys=2").text();
    let id = |i: usize| ids[i].clone();
    assert_eq!(all(&first, "VersionId"), [id(4), id(3)]);
    assert_eq!(
        (all(&first, "KeyMarker"), all(&first, "VersionIdMarker")),
        (vec![String::new()], vec![String::new()])
    );
    assert_eq!(
        (all(&first, "NextKeyMarker"), all(&first, "NextVersionIdMarker")),
        (vec!["k".to_owned()], vec![id(3)])
    );
    let next = format!(
        "/bkt?versions&max-keys=2&key-marker=k&version-id-marker={}",
        ids[3]
    );
    assert_eq!(all(&world.get(&next).text(), "VersionId"), [id(2), id(1)]);
    // VER-LIST-009: the marker's version may be gone.
    world.delete(&format!("/bkt/k?versionId={}", ids[3]));
    assert_eq!(all(&world.get(&next).text(), "VersionId"), [id(2), id(1)]);
    assert_eq!(all(&world.get("/bkt?versions&key-marker=k").text(), "Key"), ["z"]);
    let refused = world.get(&format!("/bkt?versions&version-id-marker={}", ids[2]));
    assert_eq!(refused.code(), "400 InvalidArgument");
    assert_eq!(
        refused.element("Message").as_deref(),
        Some("A version-id marker cannot be specified without a key marker.")
    );
}

#[test]
fn odd_keys_survive_the_listing() {
    let world = World::unversioned();
    for key in ["a%20b", "%C3%A9", "x%2Fy", "a%2Bb", "%25"] {
        assert_eq!(world.put(&format!("/bkt/{key}"), "x").status, 200);
    }
    let text = world.get("/bkt?list-type=2&encoding-type=url").text();
    assert_eq!(all(&text, "Key"), ["%25", "a%20b", "a%2Bb", "x/y", "%C3%A9"]);
    assert_eq!(world.get("/bkt?encoding-type=xml").code(), "400 InvalidArgument");
}
