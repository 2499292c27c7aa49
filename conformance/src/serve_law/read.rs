//! Requests on the wire as requests of the law.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{
    Body, BucketName, Content, Date, Etag, Hold, Identifier, Identifiers, Integrity, Key, LockMode, Period,
    PolicyName, VersionName, VersionRef, VersioningWord,
};
use bucketlaw_model::observed::{Observed, parse_iso8601, text};
use bucketlaw_model::reply::Name;
use bucketlaw_model::request::{Caller, Operation, Request};
use bucketlaw_model::simulate::version_id;
use bucketlaw_model::time::Time;
use bucketlaw_model::world::{Calendar, World};
use data_encoding::HEXUPPER;

use crate::wire::RawRequest;
use crate::wire::xml::{Element, parse};

mod policy;

/// The names of a small world, as requests bring them.
#[derive(Debug)]
pub(super) struct Names {
    world: World,
    bodies: Vec<Vec<u8>>,
    policies: u16,
}

impl Names {
    pub(super) fn new() -> Names {
        // Dates of requests are whole seconds since the epoch.
        let calendar = Calendar {
            start: Time(0),
            unit: 1000,
        };
        Names {
            world: World::new(&[], &[], &[], calendar),
            bodies: vec![Vec::new()],
            policies: 0,
        }
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    /// The bytes of a content.
    pub(super) fn body(&self, content: Content) -> Vec<u8> {
        self.bodies
            .get(usize::from(content.0))
            .cloned()
            .unwrap_or_default()
    }

    fn bucket(&mut self, name: &str) -> Result<BucketName, String> {
        self.world.declare_bucket(name);
        self.world
            .bucket(name)
            .map(BucketName)
            .ok_or_else(|| "too many buckets".to_owned())
    }

    fn key(&mut self, bytes: &[u8]) -> Result<Key, String> {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
        let word: String = bytes
            .iter()
            .map(|byte| {
                if plain(byte) {
                    char::from(*byte).to_string()
                } else {
                    format!("%{}", HEXUPPER.encode(&[*byte]))
                }
            })
            .collect();
        self.world.append_key(&word);
        self.world
            .key(&word)
            .map(Key)
            .ok_or_else(|| "too many keys".to_owned())
    }

    fn content(&mut self, body: &[u8]) -> Result<Content, String> {
        let at = self
            .bodies
            .iter()
            .position(|known| known == body)
            .unwrap_or_else(|| {
                self.bodies.push(body.to_owned());
                self.bodies.len() - 1
            });
        self.world.declare_content(&format!("c{at}"));
        u8::try_from(at)
            .map(Content)
            .map_err(|_| "too many contents".to_owned())
    }

    fn policy(&mut self, json: &str) -> Result<PolicyName, String> {
        let line = policy::line(json)?;
        let name = format!("p{}", self.policies);
        self.policies += 1;
        self.world.declare_policy(&name, &line)
    }

    /// Puts the entries of a listing into the byte order of keys: here keys are numbered as they come.
    pub(super) fn order(&self, observed: &mut Observed) {
        observed
            .entries
            .sort_by(|a, b| text(&a.fields, Name::KeyElement).cmp(&text(&b.fields, Name::KeyElement)));
    }
}

/// The world that a request belongs to: its bucket's name up to the last hyphen.
pub(super) fn stem(raw: &RawRequest) -> Option<String> {
    let bucket = raw.path().strip_prefix('/')?.split('/').next()?;
    let stem = bucket.rsplit_once('-').map_or(bucket, |(stem, _)| stem);
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// The fields of a form, as IAM takes them.
pub(super) fn form(raw: &RawRequest) -> BTreeMap<String, String> {
    let is_form = raw
        .header("content-type")
        .is_some_and(|value| value.starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return BTreeMap::new();
    }
    parameters(&String::from_utf8_lossy(&raw.body))
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    let pair = |word: &str| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        (lossy(name), lossy(value))
    };
    query
        .split('&')
        .filter(|word| !word.is_empty())
        .map(pair)
        .collect()
}

fn lossy(text: &str) -> String {
    String::from_utf8_lossy(&decoded(text)).into_owned()
}

/// Percent-decodes.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|pair| HEXUPPER.decode(&pair.to_ascii_uppercase()).ok());
        match pair.as_deref() {
            Some([byte]) => {
                bytes.push(*byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            Some(_) | None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
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
    let (bucket, key) = path
        .split_once('/')
        .map_or((path, None), |(bucket, key)| (bucket, Some(key)));
    let bucket = names.bucket(bucket)?;
    let key = key
        .filter(|key| !key.is_empty())
        .map(|key| names.key(&decoded(key)))
        .transpose()?;
    let parts = Parts {
        raw,
        query: parameters(raw.query().unwrap_or_default()),
        bucket,
    };
    match key {
        None => on_bucket(names, &parts),
        Some(key) => on_key(names, &parts, key),
    }
}

fn on_bucket(names: &mut Names, parts: &Parts<'_>) -> Result<Operation, String> {
    let bucket = parts.bucket;
    let has = |name: &str| parts.query.contains_key(name);
    Ok(match parts.raw.method.as_str() {
        "PUT" if has("versioning") => Operation::PutBucketVersioning {
            bucket,
            status: parts.versioning(),
            integrity: parts.integrity(),
        },
        "GET" if has("versioning") => Operation::GetBucketVersioning { bucket },
        "PUT" if has("object-lock") => {
            let (body, root) = parts.document("ObjectLockConfiguration");
            let rule = root.as_ref().and_then(|root| root.at("Rule/DefaultRetention"));
            let mode = mode(rule.and_then(|rule| rule.text_of("Mode")));
            let period = period(rule);
            Operation::PutObjectLockConfiguration {
                bucket,
                mode,
                period,
                body,
                integrity: parts.integrity(),
            }
        }
        "GET" if has("object-lock") => Operation::GetObjectLockConfiguration { bucket },
        "PUT" if has("policy") => Operation::PutBucketPolicy {
            bucket,
            policy: names.policy(&String::from_utf8_lossy(&parts.raw.body))?,
        },
        "GET" if has("policy") => Operation::GetBucketPolicy { bucket },
        "DELETE" if has("policy") => Operation::DeleteBucketPolicy { bucket },
        "PUT" if has("publicAccessBlock") => {
            let on = parts.text("BlockPublicPolicy").as_deref() == Some("true");
            Operation::PutPublicAccessBlock { bucket, on }
        }
        "DELETE" if has("publicAccessBlock") => Operation::DeletePublicAccessBlock { bucket },
        "POST" if has("delete") => parts.delete_objects(names)?,
        "GET" if has("versions") => Operation::ListObjectVersions { bucket },
        "GET" if has("list-type") => Operation::ListObjectsV2 { bucket },
        "PUT" if parts.query.is_empty() => Operation::CreateBucket {
            bucket,
            lock: parts.header("x-amz-bucket-object-lock-enabled").as_deref() == Some("true"),
        },
        "DELETE" if parts.query.is_empty() => Operation::DeleteBucket { bucket },
        "HEAD" => Operation::HeadBucket { bucket },
        method => {
            return Err(format!(
                "{method} {} is not an operation of the law",
                parts.raw.target
            ));
        }
    })
}

fn on_key(names: &mut Names, parts: &Parts<'_>, key: Key) -> Result<Operation, String> {
    let bucket = parts.bucket;
    let version = parts.version(key);
    let has = |name: &str| parts.query.contains_key(name);
    Ok(match parts.raw.method.as_str() {
        "GET" if has("retention") => Operation::GetObjectRetention { bucket, key, version },
        "PUT" if has("retention") => {
            let (body, root) = parts.document("Retention");
            let mode = mode(root.as_ref().and_then(|root| root.text_of("Mode")));
            let until = date(root.as_ref().and_then(|root| root.text_of("RetainUntilDate")));
            let (bypass, integrity) = (parts.bypass(), parts.integrity());
            Operation::PutObjectRetention {
                bucket,
                key,
                version,
                mode,
                until,
                bypass,
                body,
                integrity,
            }
        }
        "GET" if has("legal-hold") => Operation::GetObjectLegalHold { bucket, key, version },
        "PUT" if has("legal-hold") => {
            let (body, root) = parts.document("LegalHold");
            let hold = hold(root.as_ref().and_then(|root| root.text_of("Status")));
            Operation::PutObjectLegalHold {
                bucket,
                key,
                version,
                hold,
                body,
                integrity: parts.integrity(),
            }
        }
        "GET" => Operation::GetObject { bucket, key, version },
        "HEAD" => Operation::HeadObject { bucket, key, version },
        "DELETE" => Operation::DeleteObject {
            bucket,
            key,
            version,
            bypass: parts.bypass(),
            if_match: Etag::Unconditional,
        },
        "PUT" if parts.query.is_empty() => Operation::PutObject {
            bucket,
            key,
            content: names.content(&parts.raw.body)?,
            mode: mode(parts.header("x-amz-object-lock-mode").as_deref()),
            until: date(parts.header("x-amz-object-lock-retain-until-date").as_deref()),
            hold: hold(parts.header("x-amz-object-lock-legal-hold").as_deref()),
            integrity: parts.integrity(),
            if_match: Etag::Unconditional,
            if_none_match: Etag::Unconditional,
        },
        method => {
            return Err(format!(
                "{method} {} is not an operation of the law",
                parts.raw.target
            ));
        }
    })
}

impl Parts<'_> {
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
        if self.raw.header("content-md5").is_some() {
            Integrity::Md5
        } else if self.raw.header("x-amz-checksum-crc32").is_some() {
            Integrity::Crc32
        } else {
            Integrity::Absent
        }
    }

    fn text(&self, path: &str) -> Option<String> {
        parse(&self.raw.body).ok()?.text_of(path).map(str::to_owned)
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

    fn versioning(&self) -> VersioningWord {
        match self.text("Status").as_deref() {
            Some("Enabled") => VersioningWord::Enabled,
            Some("Suspended") => VersioningWord::Suspended,
            Some(_) => VersioningWord::Unknown,
            None => VersioningWord::Missing,
        }
    }

    fn version(&self, key: Key) -> VersionRef {
        self.query
            .get("versionId")
            .map_or(VersionRef::Current, |id| version(self.bucket, key, id))
    }

    fn delete_objects(&self, names: &mut Names) -> Result<Operation, String> {
        let root = parse(&self.raw.body).map_err(|error| error.to_string())?;
        let mut objects = Identifiers::new();
        for object in root.children_named("Object") {
            let key = names.key(object.text_of("Key").unwrap_or_default().as_bytes())?;
            let version = object
                .text_of("VersionId")
                .map_or(VersionRef::Current, |id| version(self.bucket, key, id));
            objects.push(Identifier { key, version });
        }
        let quiet = root.text_of("Quiet") == Some("true");
        let (bypass, integrity) = (self.bypass(), self.integrity());
        Ok(Operation::DeleteObjects {
            bucket: self.bucket,
            objects,
            bypass,
            quiet,
            integrity,
        })
    }
}

/// The version that an id names: those that this endpoint makes can be read.
fn version(bucket: BucketName, key: Key, id: &str) -> VersionRef {
    let number = id.rsplit('.').next().and_then(|number| number.parse().ok());
    let named = number
        .map(VersionName)
        .filter(|name| version_id((bucket, key, *name)) == id);
    match named {
        _ if id == "null" => VersionRef::Named(VersionName::NULL),
        Some(name) => VersionRef::Named(name),
        None => VersionRef::Malformed,
    }
}

fn mode(word: Option<&str>) -> LockMode {
    match word {
        None => LockMode::Absent,
        Some("COMPLIANCE") => LockMode::Compliance,
        Some("GOVERNANCE") => LockMode::Governance,
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

fn date(word: Option<&str>) -> Date {
    match word.map(parse_iso8601) {
        None => Date::Absent,
        Some(Some(time)) => Date::At(time.0.div_euclid(1000)),
        Some(None) => Date::Unparsable,
    }
}

fn period(rule: Option<&Element>) -> Period {
    let amount = |name: &str| {
        rule.and_then(|rule| rule.text_of(name))
            .map(|text| text.parse().unwrap_or(0))
    };
    match (amount("Days"), amount("Years")) {
        (None, None) => Period::Absent,
        (Some(days), None) => Period::Days(days),
        (None, Some(years)) => Period::Years(years),
        (Some(_), Some(_)) => Period::Both,
    }
}
