//! A deleted bucket takes its settings with it (EVAL-OPX-011).

use super::world::{BUCKET_SETTINGS, POLICY, World};
use crate::client::{Call, Key, OTHER, OWNER};

/// Empties and removes `/bkt`, whoever owns it.
fn remove(world: &World, key: Key) {
    let ask = |call: Call| world.server.ask(key, call);
    ask(Call::new("PUT", "/bkt/k?legal-hold").document("<LegalHold><Status>OFF</Status></LegalHold>"));
    let text = ask(Call::new("GET", "/bkt?versions")).text();
    for piece in text.split("<VersionId>").skip(1) {
        let id = piece.split_once('<').unwrap().0;
        let delete = Call::new("DELETE", &format!("/bkt/k?versionId={id}"))
            .header("x-amz-bypass-governance-retention", "true");
        assert_eq!(ask(delete).status, 204);
    }
    assert_eq!(ask(Call::new("DELETE", "/bkt")).status, 204);
}

/// What every setting of a bucket tells its owner, without what is new in each answer.
fn settings(world: &World, key: Key, bucket: &str) -> Vec<String> {
    let mut told = Vec::new();
    let subresources = BUCKET_SETTINGS.map(|name| format!("?{name}"));
    let listings = ["?versions", "?uploads", "?list-type=2"].map(str::to_owned);
    for query in subresources.into_iter().chain(listings) {
        let answer = world
            .server
            .ask(key, Call::new("GET", &format!("/{bucket}{query}")));
        let text = answer.text().replace(bucket, "BUCKET");
        let text = text.split("<RequestId>").next().unwrap_or_default();
        told.push(format!("{query}: {} {text}", answer.status));
    }
    told
}

#[test]
fn a_bucket_made_again_has_the_settings_of_a_new_one() {
    for again in [OWNER, OTHER] {
        let world = World::full();
        let full = settings(&world, OWNER, "bkt");
        let upload = world.get("/bkt?uploads").element("UploadId").unwrap();
        let version = world.get("/bkt?versions").element("VersionId").unwrap();
        let fresh = {
            assert_eq!(world.server.ask(again, Call::new("PUT", "/new")).status, 200);
            settings(&world, again, "new")
        };
        for (old, new) in full.iter().zip(&fresh) {
            // Each of them was another one, or this test tells nothing.
            assert!(old != new || old.starts_with("?location"), "{old}");
        }
        remove(&world, OWNER);
        assert_eq!(world.server.ask(again, Call::new("PUT", "/bkt")).status, 200);
        assert_eq!(settings(&world, again, "bkt"), fresh);
        // Nothing of what was in it is found by its old name either.
        let ask = |method: &str, target: &str| {
            let call = Call::new(method, target).body("");
            world.server.ask(again, call).code()
        };
        let old_upload = format!("/bkt/part?uploadId={upload}");
        assert_eq!(ask("GET", &old_upload), "404 NoSuchUpload");
        assert_eq!(
            ask("PUT", &format!("{old_upload}&partNumber=1")),
            "404 NoSuchUpload"
        );
        assert_eq!(ask("DELETE", &old_upload), "404 NoSuchUpload");
        assert_ne!(ask("GET", &format!("/bkt/k?versionId={version}")), "200");
        assert_eq!(ask("GET", "/bkt/k"), "404 NoSuchKey");
        // The policy of the old bucket let the other account in; this one has none.
        let stranger = if again.id == OWNER.id { OTHER } else { OWNER };
        for call in [
            Call::new("GET", "/bkt"),
            Call::new("GET", "/bkt?acl"),
            Call::new("GET", "/bkt?policy"),
            Call::new("PUT", "/bkt?policy").document(POLICY),
            Call::new("PUT", "/bkt/k").body("x"),
        ] {
            let what = format!("{} {}", call.method, call.target);
            assert_eq!(world.server.ask(stranger, call).status, 403, "{what}");
        }
        // What is written now has no lock and no version.
        assert_eq!(ask("PUT", "/bkt/k"), "200");
        let head = world.server.ask(again, Call::new("HEAD", "/bkt/k"));
        for name in [
            "x-amz-version-id",
            "x-amz-object-lock-mode",
            "x-amz-object-lock-legal-hold",
            "x-amz-tagging-count",
        ] {
            assert_eq!(head.header(name), None, "{name}");
        }
    }
}
