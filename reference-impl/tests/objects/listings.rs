//! ListObjects, ListObjectsV2 and VER-LIST.

use super::world::World;
use crate::client::Call;

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
    for key in ["a%20b", "%C3%A9", "x/y", "a%2Bb", "%25", "%2520"] {
        assert_eq!(world.put(&format!("/bkt/{key}"), "x").status, 200);
    }
    let text = world.get("/bkt?list-type=2&encoding-type=url").text();
    assert_eq!(
        all(&text, "Key"),
        ["%25", "%2520", "a+b", "a%2Bb", "x/y", "%C3%A9"]
    );
    assert_eq!(world.get("/bkt?encoding-type=xml").code(), "400 InvalidArgument");
}

/// VER-LIST-014: in keys, prefixes and markers, of every listing.
#[test]
fn url_encoding_writes_a_space_as_plus() {
    let world = World::versioned();
    for key in ["a%20d/1", "a%20d/2", "a%20k%2B", "a%20l"] {
        world.put(&format!("/bkt/{key}"), "x");
        world.ask(Call::new("POST", &format!("/bkt/{key}?uploads")));
    }
    for (target, pairs) in [
        (
            "/bkt?marker=a%20c",
            vec![
                ("Marker", "a+c"),
                ("NextMarker", "a+k%2B"),
                ("Key", "a+k%2B"),
                ("Prefix", "a+"),
            ],
        ),
        (
            "/bkt?list-type=2&start-after=a%20c",
            vec![("StartAfter", "a+c"), ("Key", "a+k%2B"), ("Prefix", "a+")],
        ),
        (
            "/bkt?versions&key-marker=a%20c",
            vec![
                ("KeyMarker", "a+c"),
                ("NextKeyMarker", "a+k%2B"),
                ("Key", "a+k%2B"),
                ("Prefix", "a+"),
            ],
        ),
        (
            "/bkt?uploads&key-marker=a%20c",
            vec![
                ("KeyMarker", "a+c"),
                ("NextKeyMarker", "a+k%2B"),
                ("Key", "a+k%2B"),
                ("Prefix", "a+"),
            ],
        ),
    ] {
        let limit = if target.contains("uploads") {
            "max-uploads"
        } else {
            "max-keys"
        };
        let target = format!("{target}&encoding-type=url&prefix=a%20&delimiter=/&{limit}=2");
        let text = world.get(&target).text();
        for (name, value) in pairs {
            assert_eq!(
                all(&text, name).first().map(String::as_str),
                Some(value),
                "{name} of {text}"
            );
        }
        assert!(text.contains("<CommonPrefixes><Prefix>a+d/</Prefix>"), "{text}");
        // Without the encoding everything is as it is.
        let plain = world.get(&target.replace("encoding-type=url&", "")).text();
        assert!(
            plain.contains("<Key>a k+</Key>") && plain.contains("<Prefix>a d/</Prefix>"),
            "{plain}"
        );
    }
    let spaced = world.get("/bkt?encoding-type=url&delimiter=%20").text();
    assert_eq!(
        (all(&spaced, "Delimiter"), all(&spaced, "Prefix")),
        (vec!["+".to_owned()], vec![String::new(), "a+".to_owned()])
    );
}

/// VER-LIST-013: U+FF5E comes before U+1F600 in bytes, and after it in the units of UTF-16; capitals come first.
#[test]
fn every_listing_is_in_the_order_of_utf_8() {
    let world = World::versioned();
    let sorted = ["B", "_", "a", "a!b", "ab", "\u{e9}", "\u{ff5e}", "\u{1f600}"].map(str::to_owned);
    let mut keys = sorted.to_vec();
    keys.reverse();
    for key in &keys {
        let target = format!(
            "/bkt/{}",
            bucketlaw_server::wire::encoding::uri_encode(key.as_bytes(), true)
        );
        world.put(&target, "x");
        world.ask(Call::new("POST", &format!("{target}?uploads")));
    }
    for target in ["/bkt?", "/bkt?list-type=2", "/bkt?versions", "/bkt?uploads"] {
        assert_eq!(all(&world.get(target).text(), "Key"), sorted, "{target}");
        // Common prefixes are in the same order.
        let target = format!("{target}&delimiter=%21");
        assert_eq!(
            all(&world.get(&target).text(), "Key").len(),
            sorted.len() - 1,
            "{target}"
        );
    }
}

/// VER-LIST-015: also where the page is asked to be empty there is nothing to go on from.
#[test]
fn a_page_of_no_entries_is_not_truncated() {
    let world = World::versioned();
    world.put("/bkt/k", "x");
    let created = world.ask(Call::new("POST", "/bkt/k?uploads"));
    let upload = created.element("UploadId").unwrap();
    let part = format!("/bkt/k?partNumber=1&uploadId={upload}");
    assert_eq!(world.ask(Call::new("PUT", &part).document("x")).status, 200);
    for target in [
        "/bkt?max-keys=0".to_owned(),
        "/bkt?max-keys=0&delimiter=k".to_owned(),
        "/bkt?max-keys=0&list-type=2".to_owned(),
        "/bkt?max-keys=0&versions".to_owned(),
        "/bkt?max-uploads=0&uploads".to_owned(),
        format!("/bkt/k?uploadId={upload}&max-parts=0"),
    ] {
        let answer = world.get(&target);
        let text = answer.text();
        assert_eq!(
            (answer.status, all(&text, "IsTruncated")),
            (200, vec!["false".to_owned()]),
            "{text}"
        );
        for entry in [
            "Contents",
            "Version",
            "Upload",
            "Part",
            "CommonPrefixes",
            "NextMarker",
            "NextContinuationToken",
        ] {
            assert!(!text.contains(&format!("<{entry}>")), "{entry} in {text}");
        }
    }
}

/// VER-LIST-016, and the same of the listings of objects.
#[test]
fn markers_stand_only_in_truncated_pages() {
    let world = World::versioned();
    for key in ["a", "b/1", "c"] {
        world.put(&format!("/bkt/{key}"), "x");
    }
    for (target, markers) in [
        ("/bkt?versions", &["NextKeyMarker", "NextVersionIdMarker"][..]),
        ("/bkt?delimiter=/", &["NextMarker"]),
        ("/bkt?list-type=2", &["NextContinuationToken"]),
    ] {
        for (limit, truncated) in [("&max-keys=1", true), ("&max-keys=3", false), ("", false)] {
            let text = world.get(&format!("{target}{limit}")).text();
            assert_eq!(
                all(&text, "IsTruncated"),
                [truncated.to_string()],
                "{target}{limit}"
            );
            for name in markers {
                assert_eq!(
                    all(&text, name).len(),
                    usize::from(truncated),
                    "{name} of {target}{limit}"
                );
            }
        }
    }
    // VER-LIST-010: a page that ends with a common prefix has no version to name.
    let text = world.get("/bkt?versions&delimiter=/&max-keys=2").text();
    assert_eq!(
        (
            all(&text, "NextKeyMarker"),
            all(&text, "NextVersionIdMarker").len()
        ),
        (vec!["b/".to_owned()], 0)
    );
}

#[test]
fn start_after_is_not_echoed_beside_a_token() {
    let world = World::unversioned();
    for key in ["a", "b", "c"] {
        world.put(&format!("/bkt/{key}"), "x");
    }
    let first = world.get("/bkt?list-type=2&max-keys=1&start-after=a");
    assert_eq!(first.element("StartAfter").as_deref(), Some("a"));
    let token = first.element("NextContinuationToken").unwrap();
    let second = world.get(&format!(
        "/bkt?list-type=2&start-after=a&continuation-token={token}"
    ));
    assert_eq!(
        (second.element("StartAfter"), second.element("Key").as_deref()),
        (None, Some("c"))
    );
    assert_eq!(second.element("ContinuationToken"), Some(token));
}
