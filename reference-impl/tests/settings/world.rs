//! A server whose bucket has every setting, and all that can be read of it.

use std::collections::BTreeMap;

use crate::client::{Answer, Call, Key, NOW, OWNER, TestServer};

/// All that reads tell, by the target that was read.
pub(crate) type Seen = BTreeMap<String, String>;

/// The subresources that tell a setting of the bucket `/bkt`.
pub(crate) const BUCKET_SETTINGS: [&str; 8] = [
    "acl",
    "location",
    "object-lock",
    "ownershipControls",
    "policy",
    "publicAccessBlock",
    "tagging",
    "versioning",
];

/// The subresources that tell something of the object `/bkt/k`.
pub(crate) const OBJECT_SETTINGS: [&str; 4] = ["acl", "legal-hold", "retention", "tagging"];

pub(crate) const POLICY: &str = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetBucketCORS","Resource":"arn:aws:s3:::bkt"}}"#;

pub(crate) fn tagging(tags: &[(&str, &str)]) -> String {
    let tags: String = tags
        .iter()
        .map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"))
        .collect();
    format!("<Tagging><TagSet>{tags}</TagSet></Tagging>")
}

pub(crate) fn ownership(setting: &str) -> String {
    format!(
        "<OwnershipControls><Rule><ObjectOwnership>{setting}</ObjectOwnership></Rule></OwnershipControls>"
    )
}

/// A server, and short ways to ask it as the owner.
pub(crate) struct World {
    pub(crate) server: TestServer,
}

impl World {
    /// A server without buckets.
    pub(crate) fn empty() -> Self {
        Self {
            server: TestServer::start(),
        }
    }

    /// A server with a bucket `/bkt` where ACLs are on and nothing blocks them.
    pub(crate) fn with_acls() -> Self {
        let world = Self::empty();
        world.done(Call::new("PUT", "/bkt").header("x-amz-object-ownership", "ObjectWriter"));
        world.done(Call::new("DELETE", "/bkt?publicAccessBlock"));
        world
    }

    /// A server with a bucket `/bkt` that has every setting, an object `/bkt/k` of two versions that has every setting
    /// too, and an upload.
    pub(crate) fn full() -> Self {
        let world = Self::empty();
        world.furnish(OWNER);
        world
    }

    /// Makes that bucket and all that is in it.
    pub(crate) fn furnish(&self, key: Key) {
        let done = |call: Call| {
            let answer = self.server.ask(key, call);
            assert!(answer.status < 300, "{}", answer.text());
            answer
        };
        let put = |target: &str, body: &str| done(Call::new("PUT", target).document(body));
        done(
            Call::new("PUT", "/bkt")
                .header("x-amz-bucket-object-lock-enabled", "true")
                .header("x-amz-object-ownership", "ObjectWriter"),
        );
        put("/bkt?policy", POLICY);
        put(
            "/bkt?publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>",
        );
        put("/bkt?tagging", &tagging(&[("team", "a"), ("cost", "1")]));
        let id = done(Call::new("GET", "/bkt?acl")).element("ID").unwrap();
        done(Call::new("PUT", "/bkt?acl").header("x-amz-grant-read", &format!("id={id}")));
        let rule = "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>";
        put(
            "/bkt?object-lock",
            &format!(
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
            ),
        );
        put("/bkt/k", "older bytes");
        put("/bkt/k", "newer bytes");
        put("/bkt/k?tagging", &tagging(&[("kind", "draft")]));
        put("/bkt/k?legal-hold", "<LegalHold><Status>ON</Status></LegalHold>");
        done(Call::new("PUT", "/bkt/k?acl").header("x-amz-acl", "private"));
        done(Call::new("POST", "/bkt/part?uploads"));
    }

    pub(crate) fn ask(&self, call: Call) -> Answer {
        self.server.ask(OWNER, call)
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(Call::new("GET", target))
    }

    /// Sends a document with its digest.
    pub(crate) fn put(&self, target: &str, body: &str) -> Answer {
        self.ask(Call::new("PUT", target).document(body))
    }

    /// Asks for something that must succeed.
    pub(crate) fn done(&self, call: Call) -> Answer {
        let what = format!("{} {}", call.method, call.target);
        let answer = self.ask(call);
        assert!(answer.status < 300, "{what}: {}", answer.text());
        answer
    }

    /// Stops the server and starts another one on its data.
    pub(crate) fn restart(&mut self) {
        self.server.stop();
        let folder = std::sync::Arc::clone(&self.server.folder);
        let clock = bucketlaw_server::clock::Timestamp::from_seconds(NOW);
        self.server = TestServer::open(folder, Some(clock));
    }

    /// Everything that the owner can read of `/bkt` and what is in it.
    pub(crate) fn seen(&self) -> Seen {
        let mut seen = Seen::new();
        let mut look = |target: String| {
            let answer = self.get(&target);
            let headers: Vec<String> = answer
                .headers
                .iter()
                .filter(|(name, _)| !["x-amz-request-id", "x-amz-id-2", "date"].contains(&name.as_str()))
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            let text = answer.text();
            // An error's identity is new each time.
            let text = text.split("<RequestId>").next().unwrap_or_default();
            let told = format!("{}\n{}\n{text}", answer.status, headers.join("\n"));
            seen.insert(target, told);
        };
        for name in BUCKET_SETTINGS {
            look(format!("/bkt?{name}"));
        }
        for name in OBJECT_SETTINGS {
            look(format!("/bkt/k?{name}"));
        }
        for target in ["/bkt/k", "/bkt/new", "/bkt?versions", "/bkt?uploads", "/"] {
            look(target.to_owned());
        }
        seen
    }
}

/// The targets that tell something else now.
pub(crate) fn changed(before: &Seen, after: &Seen) -> Vec<String> {
    let differs = |target: &&String| before.get(*target) != after.get(*target);
    before.keys().filter(differs).cloned().collect()
}
