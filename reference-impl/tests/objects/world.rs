//! A server with a bucket, and short ways to ask for things.

use crate::client::{Answer, Call, OWNER, TestServer};

/// A server with one bucket.
pub(crate) struct World {
    pub(crate) server: TestServer,
}

impl World {
    /// A bucket `/bkt` that never had versioning.
    pub(crate) fn unversioned() -> Self {
        let world = Self {
            server: TestServer::start(),
        };
        assert_eq!(world.ask(Call::new("PUT", "/bkt")).code(), "200");
        world
    }

    /// A bucket `/bkt` with versioning.
    pub(crate) fn versioned() -> Self {
        let world = Self::unversioned();
        world.versioning("Enabled");
        world
    }

    /// A lock bucket `/bkt`.
    pub(crate) fn locking() -> Self {
        let world = Self {
            server: TestServer::start(),
        };
        let create = Call::new("PUT", "/bkt").header("x-amz-bucket-object-lock-enabled", "true");
        assert_eq!(world.ask(create).code(), "200");
        world
    }

    pub(crate) fn versioning(&self, status: &str) {
        let body = format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
        assert_eq!(
            self.ask(Call::new("PUT", "/bkt?versioning").document(&body))
                .code(),
            "200"
        );
    }

    pub(crate) fn ask(&self, call: Call) -> Answer {
        self.server.ask(OWNER, call)
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(Call::new("GET", target))
    }

    pub(crate) fn head(&self, target: &str) -> Answer {
        self.ask(Call::new("HEAD", target))
    }

    pub(crate) fn delete(&self, target: &str) -> Answer {
        self.ask(Call::new("DELETE", target))
    }

    /// Puts an object; lock buckets want a digest, so there is always one.
    pub(crate) fn put(&self, target: &str, body: &str) -> Answer {
        let answer = self.ask(Call::new("PUT", target).document(body));
        assert_eq!(answer.code(), "200", "{}", answer.text());
        answer
    }

    /// Puts an object and gives its version id.
    pub(crate) fn put_version(&self, target: &str, body: &str) -> String {
        self.put(target, body)
            .header("x-amz-version-id")
            .unwrap()
            .to_owned()
    }

    /// The body of an object, or the code of the refusal.
    pub(crate) fn read(&self, target: &str) -> String {
        let answer = self.get(target);
        if answer.status == 200 {
            answer.text()
        } else {
            answer.code()
        }
    }

    /// What ListObjectVersions tells, an entry a word: key, `@` for a version or `!` for a marker, the id (`null` or
    /// its place in `ids`), and `*` for the latest.
    pub(crate) fn history(&self, ids: &[&str]) -> String {
        let text = self.get("/bkt?versions").text();
        let mut words = Vec::new();
        let mut rest = text.as_str();
        while let Some(at) = rest
            .find("<Version>")
            .into_iter()
            .chain(rest.find("<DeleteMarker>"))
            .min()
        {
            let marker = rest[at..].starts_with("<DeleteMarker>");
            rest = &rest[at + 5..];
            let element = |name: &str| {
                let start = rest.find(&format!("<{name}>")).unwrap() + name.len() + 2;
                rest[start..].split('<').next().unwrap().to_owned()
            };
            let id = element("VersionId");
            let id = ids
                .iter()
                .position(|known| *known == id)
                .map_or(id, |place| place.to_string());
            let sign = if marker { '!' } else { '@' };
            let latest = if element("IsLatest") == "true" { "*" } else { "" };
            words.push(format!("{}{sign}{id}{latest}", element("Key")));
        }
        words.join(" ")
    }
}
