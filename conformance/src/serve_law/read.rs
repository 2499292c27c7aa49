//! Requests on the wire as requests of the law.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{
    Body, BucketName, CannedAcl, Content, Date, Encoding, Etag, Hold, Integrity, Key, LockMode, PolicyName,
    UploadName, UploadRef, VersionName, VersionRef,
};
use bucketlaw_model::observed::{Observed, parse_iso8601};
use bucketlaw_model::reply::Name;
use bucketlaw_model::request::{Caller, Operation, Request};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::{Calendar, World};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::lift::etag;
use crate::lower::content_bytes;
use crate::wire::RawRequest;
use crate::wire::sign::percent_decode;
use crate::wire::xml::{Element, parse};

mod bucket;
mod object;
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
            return Ok(Etag::Odd);
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
pub(super) fn page(raw: &RawRequest) -> Page {
    let mut query = parameters(raw.query().unwrap_or_default().as_bytes());
    let mut text = |name: &str| query.remove(name).unwrap_or_default();
    Page {
        prefix: text("prefix"),
        after: text("continuation-token"),
        most: text("max-buckets")
            .parse()
            .unwrap_or(MOST_BUCKETS)
            .min(MOST_BUCKETS),
    }
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
    query: BTreeMap<String, String>,
    bucket: BucketName,
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
    let parts = Parts {
        raw,
        query: parameters(raw.query().unwrap_or_default().as_bytes()),
        bucket,
    };
    match key {
        None => bucket::operation(names, &parts),
        Some(key) => object::operation(names, &parts, key),
    }
}

impl Parts<'_> {
    fn has(&self, name: &str) -> bool {
        self.query.contains_key(name)
    }

    fn header(&self, name: &str) -> Option<String> {
        self.raw
            .header(name)
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    fn bypass(&self) -> Option<bool> {
        self.header("x-amz-bypass-governance-retention")
            .map(|value| value.eq_ignore_ascii_case("true"))
    }

    fn integrity(&self) -> Integrity {
        let has = |name: &str| self.raw.header(name).is_some();
        if has("content-md5") {
            Integrity::Md5
        } else if has("x-amz-checksum-crc32") {
            Integrity::Crc32
        } else if has("x-amz-sdk-checksum-algorithm") {
            Integrity::Algorithm
        } else {
            Integrity::Absent
        }
    }

    /// The document with a root, or what is wrong with the body.
    fn document(&self, root: &str) -> (Body, Option<Element>) {
        if self.raw.body.is_empty() {
            return (Body::Missing, None);
        }
        match parse(&self.raw.body) {
            Ok(element) if element.name == root => (Body::Proper, Some(element)),
            Ok(_) | Err(_) => (Body::Malformed, None),
        }
    }

    fn version(&self, key: Key) -> VersionRef {
        self.query
            .get("versionId")
            .map_or(VersionRef::Current, |id| version((self.bucket, key), id))
    }

    fn upload(&self, key: Key) -> UploadRef {
        let id = self.query.get("uploadId").map_or("", String::as_str);
        match numbers("upload", id) {
            Some([bucket, of, number]) if (bucket, of) == (self.bucket.0.into(), key.0.into()) => {
                UploadRef::Named(UploadName(number))
            }
            Some(_) | None => UploadRef::Malformed,
        }
    }

    /// How a listing writes keys.
    fn encoding(&self) -> Encoding {
        match self.query.get("encoding-type").map(String::as_str) {
            Some("url") => Encoding::Url,
            Some(_) | None => Encoding::Absent,
        }
    }

    /// How many entries a listing may have.
    fn max_keys(&self) -> Option<u16> {
        self.query.get("max-keys").and_then(|text| text.parse().ok())
    }

    /// The canned ACL of a request.
    fn acl(&self) -> CannedAcl {
        match self.header("x-amz-acl").as_deref() {
            Some("private") => CannedAcl::Private,
            Some("public-read") => CannedAcl::PublicRead,
            Some("bucket-owner-full-control") => CannedAcl::BucketOwnerFullControl,
            Some(_) | None => CannedAcl::Absent,
        }
    }

    /// The lock headers of a write.
    fn lock(&self) -> (LockMode, Date, Hold) {
        (
            mode(self.header("x-amz-object-lock-mode").as_deref()),
            date(self.header("x-amz-object-lock-retain-until-date").as_deref()),
            hold(self.header("x-amz-object-lock-legal-hold").as_deref()),
        )
    }
}

/// The three numbers of an id that this endpoint made.
fn numbers(kind: &str, id: &str) -> Option<[u16; 3]> {
    let rest = id.strip_prefix(kind)?.strip_prefix('.')?;
    let numbers: Vec<u16> = rest
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// The version that an id names: those that this endpoint makes can be read.
fn version((bucket, key): (BucketName, Key), id: &str) -> VersionRef {
    if id == "null" {
        return VersionRef::Named(VersionName::NULL);
    }
    match numbers("id", id) {
        _ if id.is_empty() => VersionRef::Empty,
        Some([b, k, number]) if (b, k) == (bucket.0.into(), key.0.into()) => {
            VersionRef::Named(VersionName(number))
        }
        Some([b, k, number]) => match (u8::try_from(b), u8::try_from(k)) {
            (Ok(b), Ok(k)) => VersionRef::Foreign(BucketName(b), Key(k), VersionName(number)),
            _ => VersionRef::Malformed,
        },
        None => VersionRef::Malformed,
    }
}

fn mode(word: Option<&str>) -> LockMode {
    match word {
        None => LockMode::Absent,
        Some("COMPLIANCE") => LockMode::Compliance,
        Some("GOVERNANCE") => LockMode::Governance,
        Some("governance") => LockMode::LowerCase,
        Some(_) => LockMode::Unknown,
    }
}

fn hold(word: Option<&str>) -> Hold {
    match word {
        None => Hold::Absent,
        Some("ON") => Hold::On,
        Some("OFF") => Hold::Off,
        Some(_) => Hold::Unknown,
    }
}

/// A date, with the way in which it is written.
fn date(word: Option<&str>) -> Date {
    let Some(word) = word else {
        return Date::Absent;
    };
    let seconds = |text: &str| parse_iso8601(text).map(|time| time.0.div_euclid(1000));
    if let Some(at) = seconds(word) {
        return Date::At(at);
    }
    if let Some(at) = seconds(&format!("{word}Z")) {
        return Date::Zoneless(at);
    }
    with_offset(word).map_or(Date::Unparsable, Date::Offset)
}

/// The seconds of a date that ends in its offset from UTC, such as `+02:00`.
fn with_offset(word: &str) -> Option<i64> {
    let (local, _) = word.split_at_checked(word.len().checked_sub("+00:00".len())?)?;
    parse_iso8601(&format!("{local}Z"))?;
    let instant: jiff::Timestamp = word.parse().ok()?;
    Some(instant.as_millisecond().div_euclid(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_sign_of_a_query_or_a_form_is_a_space() {
        let read = parameters(b"Action=PutUserPolicy&PolicyDocument=%7B+%22a%2Bb%22+%7D&x=%zz&flag&&x=2");
        let text = |name: &str| read.get(name).map(String::as_str);
        assert_eq!(text("Action"), Some("PutUserPolicy"));
        assert_eq!(text("PolicyDocument"), Some("{ \"a+b\" }"));
        assert_eq!((text("x"), text("flag"), read.len()), (Some("2"), Some(""), 4));
    }

    #[test]
    fn dates_are_told_apart_by_their_zone() {
        let at = 1_772_323_200;
        for (text, expected) in [
            ("2026-03-01T00:00:00Z", Date::At(at)),
            ("2026-03-01T00:00:00.999Z", Date::At(at)),
            ("2026-03-01T00:00:00", Date::Zoneless(at)),
            ("2026-03-01T02:00:00+02:00", Date::Offset(at)),
            ("2026-02-28T18:30:00-05:30", Date::Offset(at)),
            ("1969-12-31T22:59:59.5-01:00", Date::Offset(-1)),
        ] {
            assert_eq!(date(Some(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for text in [
            "tomorrow",
            "2026-02-31T00:00:00Z",
            "2026-02-29T00:00:00",
            "2026-02-30T00:00:00+02:00",
            "2026-03-01T00:00:00+02:99",
            "2026-03-01T00:00:00+99:00",
            "2026-03-01T00:00:00*02:00",
            "2026-03-01 00:00:00+02:00",
        ] {
            assert_eq!(date(Some(text)), Date::Unparsable, "{text}");
        }
    }
}
