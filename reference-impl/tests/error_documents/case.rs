//! One error: what is asked, and the whole document that answers it.

use crate::client::{Answer, Call, Key, OTHER, OWNER, TestServer};

/// The elements of a document, in their order.
pub(crate) type Elements = Vec<(String, String)>;

/// A server with a plain bucket `/bkt`, a versioned one `/ver` and a lock bucket `/lck`, each with an object `k`.
pub(crate) struct World {
    pub(crate) server: TestServer,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self {
            server: TestServer::start(),
        };
        for bucket in ["/bkt", "/ver"] {
            world.done(Call::new("PUT", bucket));
        }
        world.done(Call::new("PUT", "/lck").header("x-amz-bucket-object-lock-enabled", "true"));
        let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        world.done(Call::new("PUT", "/ver?versioning").document(enabled));
        for key in ["/bkt/k", "/ver/k", "/lck/k"] {
            world.done(Call::new("PUT", key).document("hello"));
        }
        world
    }

    pub(crate) fn ask(&self, call: Call) -> Answer {
        self.server.ask(OWNER, call)
    }

    /// Asks for something that must succeed.
    pub(crate) fn done(&self, call: Call) -> Answer {
        let what = format!("{} {}", call.method, call.target);
        let answer = self.ask(call);
        assert!(answer.status < 300, "{what}: {}", answer.text());
        answer
    }

    /// Asks as the owner, and compares the whole document.
    pub(crate) fn refuses(&self, call: Call, code: &str, message: &str, extra: &[(&str, &str)]) {
        self.refuses_to(OWNER, call, code, message, extra);
    }

    /// Asks as a stranger, and compares the whole document.
    pub(crate) fn refuses_others(&self, call: Call, code: &str, message: &str, extra: &[(&str, &str)]) {
        self.refuses_to(OTHER, call, code, message, extra);
    }

    fn refuses_to(&self, key: Key, call: Call, code: &str, message: &str, extra: &[(&str, &str)]) {
        let what = format!("{} {} {:?}", call.method, call.target, call.headers);
        let answer = self.server.ask(key, call);
        check(&what, &answer, code, message, extra);
    }
}

/// Compares an answer with the whole document: `code` is status and code.
pub(crate) fn check(what: &str, answer: &Answer, code: &str, message: &str, extra: &[(&str, &str)]) {
    assert_eq!(answer.code(), code, "{what}: {}", answer.text());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut expected = vec![
        pair("Code", code.split_once(' ').unwrap().1),
        pair("Message", message),
    ];
    expected.extend(extra.iter().map(|(name, value)| pair(name, value)));
    let mut found = elements(&answer.text());
    let identity: Vec<String> = found
        .split_off(found.len() - 2)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(identity, ["RequestId", "HostId"], "{what}");
    assert_eq!(found, expected, "{what}");
}

/// The elements of an `Error` document, with their text.
pub(crate) fn elements(text: &str) -> Elements {
    let mut rest = text
        .split_once("<Error>")
        .unwrap()
        .1
        .split_once("</Error>")
        .unwrap()
        .0;
    let mut elements = Elements::new();
    while let Some((_, opened)) = rest.split_once('<') {
        let (name, inner) = opened.split_once('>').unwrap();
        let (value, behind) = inner.split_once(&format!("</{name}>")).unwrap();
        let value = value.replace("&lt;", "<").replace("&gt;", ">");
        let value = value
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&");
        elements.push((name.to_owned(), value));
        rest = behind;
    }
    elements
}
