//! Requests on the wire as requests of the law.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::argument::{BucketName, Content, Etag, Key, PolicyName};
use bucketlaw_model::observed::Observed;
use bucketlaw_model::reply::Name;
use bucketlaw_model::request::{Caller, Operation, Request, Route, Row, Target};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::{Calendar, World};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::lift::etag;
use crate::lower::content_bytes;
use crate::wire::RawRequest;
use crate::wire::sign::percent_decode;

mod argument;
mod policy;

/// What a key of a program can't hold as it is.
const UNLIKE_WORDS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'_')
    .remove(b'-');

/// The names of a small world, as requests bring them.
#[derive(Debug)]
pub(super) struct Names {
    world: World,
    bodies: BTreeMap<u8, Vec<u8>>,
    policies: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn new() -> Names {
        // Dates of requests are whole seconds since the epoch.
        let calendar = Calendar {
            start: Time(0),
            unit: 1000,
        };
        let world = World::new(&[], &[], &[], calendar);
        let bodies = world
            .contents()
            .map(|content| (content.0, content_bytes(&world, content)))
            .collect();
        Names {
            world,
            bodies,
            policies: BTreeMap::new(),
        }
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    /// The bytes of a content.
    pub(super) fn body(&self, content: Content) -> Vec<u8> {
        self.bodies.get(&content.0).cloned().unwrap_or_default()
    }

    /// The text of a policy, by the name that it got.
    pub(super) fn document(&self, policy: &str) -> Option<Vec<u8>> {
        self.policies.get(policy).map(|text| text.clone().into_bytes())
    }

    fn bucket(&mut self, name: &str) -> Result<BucketName, String> {
        self.world.declare_bucket(name);
        self.world
            .bucket(name)
            .map(BucketName)
            .ok_or_else(|| "too many buckets".to_owned())
    }

    fn key(&mut self, bytes: &[u8]) -> Result<Key, String> {
        let word = percent_encode(bytes, UNLIKE_WORDS).to_string();
        self.world.append_key(&word);
        self.world
            .key(&word)
            .map(Key)
            .ok_or_else(|| "too many keys".to_owned())
    }

    /// Puts the digest of a content in the place of the law's word for an ETag.
    pub(super) fn show_etags(&self, observed: &mut Observed) {
        let of_entries = observed.entries.iter_mut().flat_map(|entry| &mut entry.fields);
        for (name, text) in observed.fields.iter_mut().chain(of_entries) {
            if matches!(name, Name::EtagHeader | Name::EtagElement) {
                let (word, of_part) = text
                    .strip_prefix("part:")
                    .map_or((text.as_str(), false), |word| (word, true));
                let bytes = self.world.content(word).and_then(|at| self.bodies.get(&at));
                let digest = bytes.map_or_else(|| word.to_owned(), |bytes| etag(bytes, of_part));
                *text = format!("\"{digest}\"");
            }
        }
    }

    /// The content with these bytes.
    fn content(&mut self, body: &[u8]) -> Result<Content, String> {
        if let Some((at, _)) = self.bodies.iter().find(|(_, known)| *known == body) {
            return Ok(Content(*at));
        }
        let named = std::str::from_utf8(body)
            .ok()
            .and_then(|text| text.strip_prefix("content ")?.strip_suffix('\n'));
        let name = named.map_or_else(|| format!("c{}", self.bodies.len()), str::to_owned);
        self.content_named(&name, body)
    }

    /// The content with a name.
    fn content_named(&mut self, name: &str, body: &[u8]) -> Result<Content, String> {
        self.world.declare_content_of(name, body.len());
        let at = self
            .world
            .content(name)
            .ok_or_else(|| "too many contents".to_owned())?;
        self.bodies.entry(at).or_insert_with(|| body.to_owned());
        Ok(Content(at))
    }

    /// The content whose ETag a condition holds; one that was never written if nobody wrote it.
    fn etag(&mut self, text: Option<&str>) -> Result<Etag, String> {
        let Some(text) = text else {
            return Ok(Etag::Unconditional);
        };
        if text == "*" {
            return Ok(Etag::Any);
        }
        if text.contains(',') {
            return Ok(Etag::List);
        }
        let bare = text.trim_matches('"');
        let torn = text.starts_with('"') != text.ends_with('"');
        let of_part = bare.ends_with("-1");
        let digest = bare.trim_end_matches("-1");
        let known = self.bodies.iter().find(|(_, body)| etag(body, of_part) == bare);
        let content = match known.map(|(at, _)| Content(*at)) {
            Some(content) => content,
            None => self.content_named(&format!("unseen-{digest}"), digest.as_bytes())?,
        };
        Ok(if of_part {
            if torn {
                return Err("an ETag of an upload without one of its quotes is not ruled on".to_owned());
            }
            Etag::OfPart(content)
        } else if torn && text.starts_with('"') {
            Etag::Unclosed(content)
        } else if torn {
            Etag::Unopened(content)
        } else {
            Etag::Of(content)
        })
    }

    fn policy(&mut self, json: &str) -> Result<PolicyName, String> {
        let line = policy::line(json)?;
        let name = format!("p{}", self.policies.len());
        let declared = self.world.declare_policy(&name, &line)?;
        self.policies.insert(name, json.to_owned());
        Ok(declared)
    }
}

/// The world that a request belongs to: its bucket's name up to the last hyphen.
pub(super) fn stem(raw: &RawRequest) -> Option<String> {
    let bucket = raw.path().strip_prefix('/')?.split('/').next()?;
    let stem = bucket.rsplit_once('-').map_or(bucket, |(stem, _)| stem);
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// Whether a request lists buckets.
pub(super) fn lists_buckets(raw: &RawRequest) -> bool {
    raw.method == "GET" && raw.path() == "/"
}

/// Which buckets a listing of buckets asks for.
pub(super) struct Page {
    /// What their names start with.
    pub(super) prefix: String,
    /// The name behind which they are.
    pub(super) after: String,
    /// How many at the most.
    pub(super) most: usize,
}

/// How many buckets a page has at the most.
const MOST_BUCKETS: usize = 10_000;

/// The page that a listing of buckets asks for.
///
/// # Errors
/// What of it nobody rules on.
pub(super) fn page(raw: &RawRequest) -> Result<Page, String> {
    let query = Query::of(raw);
    let text = |name: &str| query.get(name).cloned().unwrap_or_default();
    let page = Page {
        prefix: text("prefix"),
        after: text("continuation-token"),
        most: text("max-buckets")
            .parse()
            .unwrap_or(MOST_BUCKETS)
            .min(MOST_BUCKETS),
    };
    query.is_read("ListBuckets")?;
    Ok(page)
}

/// The fields of a form, as IAM takes them.
pub(super) fn form(raw: &RawRequest) -> BTreeMap<String, String> {
    let is_form = raw
        .header("content-type")
        .is_some_and(|value| value.starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return BTreeMap::new();
    }
    parameters(&raw.body)
}

/// The parameters of a query or a form; of those with one name the last.
fn parameters(query: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(query).into_owned().collect()
}

/// The request as the law takes it.
pub(super) fn request(names: &mut Names, raw: &RawRequest, caller: Caller) -> Result<Request, String> {
    let form = form(raw);
    let operation = match form.get("Action").map(String::as_str) {
        Some("PutUserPolicy") => {
            let document = form.get("PolicyDocument").map_or("", String::as_str);
            Operation::PutUserPolicy {
                policy: names.policy(document)?,
            }
        }
        Some("DeleteUserPolicy") => Operation::DeleteUserPolicy {},
        Some(other) => return Err(format!("{other} is not an operation of the law")),
        None => s3(names, raw)?,
    };
    Ok(Request { caller, operation })
}

/// What stands in a request, on the way to its operation.
struct Parts<'r> {
    raw: &'r RawRequest,
    query: Query,
    bucket: BucketName,
    key: Option<Key>,
    row: &'static Row,
}

/// The parameters of a query, and which of them somebody looked at.
///
/// What nobody looked at is no part of the operation that was found: to rule as if it were not there would be to carry out
/// another request than the one that was made (`EVAL-OPX-009`).
struct Query {
    given: BTreeMap<String, String>,
    seen: RefCell<BTreeSet<String>>,
}

impl Query {
    fn of(raw: &RawRequest) -> Query {
        Query {
            given: parameters(raw.query().unwrap_or_default().as_bytes()),
            seen: RefCell::default(),
        }
    }

    fn get(&self, name: &str) -> Option<&String> {
        let (name, value) = self.given.get_key_value(name)?;
        self.seen.borrow_mut().insert(name.clone());
        Some(value)
    }

    /// Refuses a query with a parameter that nobody looked at, but for those that sign, and the name that SDKs give the
    /// operation.
    fn is_read(&self, operation: &str) -> Result<(), String> {
        let seen = self.seen.borrow();
        let says_nothing = |name: &str| name.starts_with("X-Amz-") || name == "x-id";
        let mut names = self.given.keys();
        match names.find(|name| !seen.contains(*name) && !says_nothing(name)) {
            None => Ok(()),
            Some(name) => Err(format!(
                "the law does not rule on the parameter `{name}` of {operation}"
            )),
        }
    }
}

fn s3(names: &mut Names, raw: &RawRequest) -> Result<Operation, String> {
    let path = raw.path().strip_prefix('/').unwrap_or_default();
    if path.is_empty() && raw.method == "GET" {
        return Ok(Operation::ListBuckets {});
    }
    let (bucket, key) = path
        .split_once('/')
        .map_or((path, None), |(bucket, key)| (bucket, Some(key)));
    let bucket = names.bucket(bucket)?;
    let key = key
        .filter(|key| !key.is_empty())
        .map(|key| names.key(&percent_decode(key, false)))
        .transpose()?;
    let mut parts = Parts {
        raw,
        query: Query::of(raw),
        bucket,
        key,
        row: Route::ListBuckets.row(),
    };
    if parts.query.get("list-type").is_some_and(|version| version != "2") {
        return Err(format!(
            "{} {} is not an operation of the law",
            raw.method, raw.target
        ));
    }
    parts.row =
        row(&parts).ok_or_else(|| format!("{} {} is not an operation of the law", raw.method, raw.target))?;
    let operation = Operation::made(parts.row.name, &mut |argument| parts.argument(names, argument))?;
    parts.query.is_read(parts.row.name)?;
    Ok(operation)
}

/// The row of the operation that is addressed in this way.
fn row(parts: &Parts<'_>) -> Option<&'static Row> {
    let target = if parts.key.is_some() {
        Target::Object
    } else {
        Target::Bucket
    };
    let rows = || {
        Route::ALL
            .iter()
            .map(|route| route.row())
            .filter(|row| row.target == target)
    };
    let method = parts.raw.method.as_str();
    let mut known = rows().map(|row| row.subresource);
    let subresource = known
        .find(|name| !name.is_empty() && parts.has(name))
        .unwrap_or_default();
    let addressed = || rows().filter(|row| row.method.name() == method && row.subresource == subresource);
    let given = |row: &&Row| row.given.is_some_and(|header| parts.raw.header(header).is_some());
    addressed()
        .find(given)
        .or_else(|| addressed().find(|row| row.given.is_none()))
}

#[cfg(test)]
mod tests {
    use bucketlaw_model::program::Handle;

    use super::*;
    use crate::lower::{Service, lower};

    #[test]
    fn a_plus_sign_of_a_query_or_a_form_is_a_space() {
        let read = parameters(b"Action=PutUserPolicy&PolicyDocument=%7B+%22a%2Bb%22+%7D&x=%zz&flag&&x=2");
        let text = |name: &str| read.get(name).map(String::as_str);
        assert_eq!(text("Action"), Some("PutUserPolicy"));
        assert_eq!(text("PolicyDocument"), Some("{ \"a+b\" }"));
        assert_eq!((text("x"), text("flag"), read.len()), (Some("2"), Some(""), 4));
    }

    /// Every operation that a program of the suite asks for, with whatever it can hold.
    #[test]
    fn a_parameter_that_is_no_part_of_an_operation_is_not_passed_over() {
        let mut tried = BTreeSet::new();
        for entry in crate::suite::embedded().unwrap() {
            let mut lowered = crate::lower::Names::default();
            for (number, asked) in entry.program.requests() {
                for nth in 0..4 {
                    let handle = Handle { step: number, nth };
                    lowered.handles.insert(handle, "id.0.0.1".to_owned());
                }
                let Ok((raw, Service::S3)) = lower(&entry.program.world, &lowered, asked) else {
                    continue;
                };
                let name = asked.operation.name();
                let mut names = Names::new();
                let read = |names: &mut Names, raw: &RawRequest| match lists_buckets(raw) {
                    true => page(raw).map(|_| "ListBuckets"),
                    false => request(names, raw, asked.caller).map(|request| request.operation.name()),
                };
                match read(&mut names, &raw) {
                    Ok(read) => assert_eq!(read, name, "{raw:?}"),
                    // It holds what the law does not rule on whatever stands beside it.
                    Err(_) => continue,
                }
                if !tried.insert((name, raw.query().unwrap_or_default().len())) {
                    continue;
                }
                for more in ["unheard", "lifecycle", "response-content-type", "fetch-owner"] {
                    let mut with = raw.clone();
                    with.push_query(more, Some("1"));
                    let why = read(&mut names, &with).unwrap_err();
                    assert!(why.contains(more), "{why}");
                }
                let mut signed = raw.clone();
                signed.push_query("X-Amz-Expires", Some("900"));
                signed.push_query("x-id", Some(name));
                assert_eq!(read(&mut names, &signed), Ok(name));
            }
        }
        assert!(tried.len() > 40, "{tried:?}");
    }

    #[test]
    fn what_a_parameter_says_is_not_guessed() {
        for target in [
            "/b?max-keys=many",
            "/b?list-type=1",
            "/b?encoding-type=base64",
            "/b?versions&delimiter=-",
            "/b?acl&policy",
            "/b/k?uploads&versionId=null",
            "/b/k?retention&partNumber=1",
        ] {
            let raw = RawRequest::new("GET", target);
            assert!(
                request(&mut Names::new(), &raw, Caller::Owner).is_err(),
                "{target}"
            );
        }
    }
}
