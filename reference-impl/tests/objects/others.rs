//! VER-PUT-016: making an object leaves every other version as it was, with its bytes, tags, lock state and date.

use super::world::World;
use crate::client::{Answer, Call};

const LATER: &str = "2026-01-02T04:04:05Z";

/// All that replies tell about one version; what time alone changes is not in it.
fn told(world: &World, id: &str) -> String {
    let target = format!("/bkt/k?versionId={id}");
    let read = world.ask(Call::new("GET", &target).header("x-amz-checksum-mode", "ENABLED"));
    let mut headers: Vec<String> = read
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-amz-request-id", "x-amz-id-2"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    headers.sort();
    let tags = world.get(&format!("{target}&tagging")).text();
    format!("{} {headers:?} {} {tags}", read.code(), read.text())
}

/// The entries of ListObjectVersions, by version id, without what says which is the latest.
fn listed(world: &World) -> Vec<(String, String)> {
    let text = world.get("/bkt?versions").text();
    let mut entries: Vec<(String, String)> = text
        .split("<VersionId>")
        .skip(1)
        .map(|entry| {
            let id = entry.split('<').next().unwrap().to_owned();
            let rest = entry.split("</IsLatest>").nth(1).unwrap();
            (id, rest.split("<Key>").next().unwrap().to_owned())
        })
        .collect();
    entries.sort();
    entries
}

fn upload(world: &World) -> String {
    world
        .ask(Call::new("POST", "/bkt/k?uploads"))
        .element("UploadId")
        .unwrap()
}

fn complete(world: &World, id: &str, etag: &str) -> Answer {
    let part = format!("<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>");
    let list = format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>");
    world.ask(Call::new("POST", &format!("/bkt/k?uploadId={id}")).document(&list))
}

/// Every way to make an object of the key.
fn make(world: &World, way: &str, early: &str) -> Answer {
    let copy = |target: &str, source: &str| Call::new("PUT", target).header("x-amz-copy-source", source);
    let part = |id: &str| format!("/bkt/k?partNumber=1&uploadId={id}");
    match way {
        "put" => world.ask(Call::new("PUT", "/bkt/k").document("new")),
        "copy" => world.ask(copy("/bkt/k", "bkt/source")),
        "copy in place" => world.ask(copy("/bkt/k", "bkt/k").header("x-amz-metadata-directive", "REPLACE")),
        "late upload" | "early upload" => {
            let id = if way == "early upload" {
                early.to_owned()
            } else {
                upload(world)
            };
            let etag = world.put(&part(&id), "new").header("etag").unwrap().to_owned();
            complete(world, &id, &etag)
        }
        "upload of copies" => {
            let id = upload(world);
            let etag = world.ask(copy(&part(&id), "bkt/source")).element("ETag").unwrap();
            complete(world, &id, &etag)
        }
        _ => world.delete("/bkt/k"),
    }
}

#[test]
fn making_an_object_leaves_all_others_alone() {
    for way in [
        "put",
        "copy",
        "copy in place",
        "late upload",
        "early upload",
        "upload of copies",
        "marker",
    ] {
        let world = World::locking();
        let early = upload(&world);
        world.put("/bkt/source", "source");
        let mut ids = Vec::new();
        for (body, tag) in [("one", "a=1"), ("two", "a=2"), ("three", "a=3")] {
            let put = Call::new("PUT", "/bkt/k")
                .header("x-amz-tagging", tag)
                .header("x-amz-meta-body", body)
                .header("x-amz-object-lock-mode", "GOVERNANCE")
                .header("x-amz-object-lock-retain-until-date", LATER)
                .document(body);
            ids.push(world.ask(put).header("x-amz-version-id").unwrap().to_owned());
            world.server.advance(1);
        }
        let marker = world
            .delete("/bkt/k")
            .header("x-amz-version-id")
            .unwrap()
            .to_owned();
        world.put("/bkt/k", "four");
        let before: Vec<String> = ids.iter().map(|id| told(&world, id)).collect();
        let entries = listed(&world);
        world.server.advance(1);
        let made = make(&world, way, &early);
        assert!(made.status < 300, "{way}: {}", made.text());
        let id = made.header("x-amz-version-id").unwrap();
        let after: Vec<String> = ids.iter().map(|id| told(&world, id)).collect();
        assert_eq!(after, before, "{way}");
        let mut now = listed(&world);
        now.retain(|(known, _)| known != id);
        assert_eq!(now, entries, "{way}");
        assert!(entries.iter().any(|(known, _)| *known == marker));
    }
}

/// In a suspended bucket only the `null` version gives way.
#[test]
fn a_suspended_bucket_loses_its_null_version_alone() {
    for way in [
        "put",
        "copy",
        "copy in place",
        "late upload",
        "early upload",
        "upload of copies",
        "marker",
    ] {
        let world = World::unversioned();
        world.put("/bkt/k", "null");
        world.put("/bkt/source", "source");
        world.versioning("Enabled");
        let early = upload(&world);
        let ids = [
            world.put_version("/bkt/k", "one"),
            world.put_version("/bkt/k", "two"),
        ];
        world.versioning("Suspended");
        let before = ids.clone().map(|id| told(&world, &id));
        let entries = listed(&world);
        assert!(make(&world, way, &early).status < 300, "{way}");
        assert_eq!(ids.clone().map(|id| told(&world, &id)), before, "{way}");
        let kept = |entries: Vec<(String, String)>| -> Vec<_> {
            entries.into_iter().filter(|(id, _)| id != "null").collect()
        };
        assert_eq!(kept(listed(&world)), kept(entries), "{way}");
        let nulls = listed(&world).iter().filter(|(id, _)| id == "null").count();
        assert_eq!(nulls, 2, "{way}: one of the key, one of the source");
    }
}
