//! How each argument of a request to S3 is read off the wire.

use bucketlaw_model::argument::{
    Body, BucketName, CannedAcl, Carrier, Date, Delimiter, Directive, Encoding, Given, Hold, Identifier,
    Identifiers, Integrity, Key, LockForm, LockMode, OwnershipWord, PartNumber, Period, SourceDate,
    SseAlgorithm, Tags, Times, UploadName, UploadRef, VersionName, VersionRef, VersioningWord,
};
use bucketlaw_model::observed::parse_iso8601;

use super::{Names, Parts};
use crate::wire::sign::percent_decode;
use crate::wire::xml::{Element, parse};

impl Parts<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.query.get(name).is_some()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.raw
            .header(name)
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// The argument with a name.
    pub(super) fn argument(&self, names: &mut Names, name: &'static str) -> Result<Given, String> {
        let key = self.key.unwrap_or(Key(0));
        let has_header = |header: &str| self.raw.header(header).is_some();
        Ok(match name {
            "bucket" => Given::Bucket(self.bucket),
            "key" => Given::Key(key),
            "version" => {
                let id = self.query.get("versionId");
                Given::Version(id.map_or(VersionRef::Current, |id| version((self.bucket, key), id)))
            }
            "upload" => Given::Upload(self.upload(key)),
            "part" => Given::Part(PartNumber(self.number("partNumber")?.unwrap_or(1))),
            "source_bucket" => Given::Bucket(self.source(names)?.0),
            "source_key" => Given::Key(self.source(names)?.1),
            "source_version" => Given::Version(self.source(names)?.2),
            "content" => Given::Content(names.content(&self.raw.body)?),
            "policy" => Given::Policy(names.policy(&String::from_utf8_lossy(&self.raw.body))?),
            "tags" => Given::Tags(tags(names, self.root().as_ref())?),
            "objects" => Given::Identifiers(self.identifiers(names)?.0),
            "times" => Given::Times(self.identifiers(names)?.1),
            "quiet" => Given::Flag(self.document_text("Quiet").as_deref() == Some("true")),
            "on" => Given::Flag(self.document_text("BlockPublicPolicy").as_deref() == Some("true")),
            "lock" => {
                let lock = self.header("x-amz-bucket-object-lock-enabled");
                Given::Flag(lock.as_deref() == Some("true"))
            }
            "bypass" => {
                let bypass = self.header("x-amz-bypass-governance-retention");
                Given::OptionalFlag(bypass.map(|value| value.eq_ignore_ascii_case("true")))
            }
            "if_match_time" => Given::Flag(has_header("x-amz-if-match-last-modified-time")),
            "if_match_size" => Given::Flag(has_header("x-amz-if-match-size")),
            "if_match" => Given::Etag(names.etag(self.condition("If-Match").as_deref())?),
            "if_none_match" => Given::Etag(names.etag(self.condition("If-None-Match").as_deref())?),
            "conditions" => Given::Carrier(self.carrier()),
            "source_if_match" => {
                let etag = self.header("x-amz-copy-source-if-match");
                Given::Etag(names.etag(etag.as_deref())?)
            }
            "source_if_none_match" => {
                let etag = self.header("x-amz-copy-source-if-none-match");
                Given::Etag(names.etag(etag.as_deref())?)
            }
            "source_if_modified_since" => {
                Given::SourceDate(self.source_date("x-amz-copy-source-if-modified-since"))
            }
            "source_if_unmodified_since" => {
                Given::SourceDate(self.source_date("x-amz-copy-source-if-unmodified-since"))
            }
            "directive" => Given::Directive(match self.header("x-amz-metadata-directive").as_deref() {
                Some("REPLACE") => Directive::Replace,
                Some(_) | None => Directive::Copy,
            }),
            "mode" => Given::LockMode(mode(self.text(name, "x-amz-object-lock-mode").as_deref())),
            "until" => {
                let date_text = self.text(name, "x-amz-object-lock-retain-until-date");
                Given::Date(date(date_text.as_deref()))
            }
            "hold" => Given::Hold(hold(self.text(name, "x-amz-object-lock-legal-hold").as_deref())),
            "status" => Given::Versioning(versioning(self.text(name, "").as_deref())),
            "ownership" => Given::Ownership(ownership(self.text(name, "").as_deref())),
            "algorithm" | "second" => Given::SseAlgorithm(sse(self.text(name, "").as_deref())),
            "kms_key" => Given::Flag(self.text(name, "").is_some()),
            "bucket_key" => Given::OptionalFlag(self.text(name, "").map(|text| text == "true")),
            "period" => {
                let root = self.root();
                Given::Period(period(
                    root.as_ref().and_then(|root| root.at("Rule/DefaultRetention")),
                ))
            }
            "form" => {
                let (body, root) = self.document();
                Given::LockForm(root.map_or(LockForm::Proper, |root| form(&root, body)))
            }
            "body" => Given::Body(self.document().0),
            "integrity" => Given::Integrity(self.integrity()),
            "acl" => Given::Acl(self.acl()),
            "max_keys" => Given::Number(self.number("max-keys")?),
            "encoding" => Given::Encoding(match self.query.get("encoding-type").map(String::as_str) {
                Some("url") => Encoding::Url,
                Some(other) => return Err(format!("the law has no encoding-type `{other}`: it knows `url`")),
                None => Encoding::Absent,
            }),
            "delimiter" => Given::Delimiter(match self.query.get("delimiter").map(String::as_str) {
                Some("/") => Delimiter::Slash,
                Some(other) => return Err(format!("the law has no delimiter `{other}`: it knows `/`")),
                None => Delimiter::Absent,
            }),
            "prefix" => Given::OptionalKey(self.key_in_query(names, "prefix")?),
            "key_marker" => Given::OptionalKey(self.key_in_query(names, "key-marker")?),
            "version_marker" => {
                let marker = self.key_in_query(names, "key-marker")?;
                let of = marker.or(self.key_in_query(names, "prefix")?).unwrap_or(Key(0));
                let id = self.query.get("version-id-marker");
                Given::Version(id.map_or(VersionRef::Current, |id| version((self.bucket, of), id)))
            }
            other => return Err(format!("nothing says how the argument `{other}` travels")),
        })
    }

    /// The document, or what is wrong with the body.
    fn document(&self) -> (Body, Option<Element>) {
        if self.raw.body.is_empty() {
            return (Body::Missing, None);
        }
        let root = self.row.document.as_ref().map(|document| document.root);
        match parse(&self.raw.body) {
            Ok(element) if Some(element.name.as_str()) == root => (Body::Proper, Some(element)),
            Ok(_) | Err(_) => (Body::Malformed, None),
        }
    }

    fn root(&self) -> Option<Element> {
        self.document().1
    }

    fn document_text(&self, path: &str) -> Option<String> {
        let root = self.root()?;
        let below = |element: Option<&Element>, step: &str| -> Option<Element> {
            // `Rule#2` is the second element of the name.
            let (name, nth) = step.split_once('#').unwrap_or((step, "1"));
            let nth: usize = nth.parse().ok()?;
            element?.children_named(name).nth(nth.checked_sub(1)?).cloned()
        };
        let found = path
            .split('/')
            .try_fold(root, |element, step| below(Some(&element), step));
        found.map(|element| element.text)
    }

    /// The text of an argument where the row has it: in the document at its path, or else in a header.
    fn text(&self, argument: &str, header: &str) -> Option<String> {
        match self.row.document.as_ref().map(|document| document.path(argument)) {
            Some(path) => self.document_text(path?),
            None => self.header(header),
        }
    }

    /// A parameter that is a number.
    fn number(&self, name: &str) -> Result<Option<u16>, String> {
        let number = |text: &String| {
            text.parse()
                .map_err(|_| format!("the law does not rule on {name}={text}: it knows numbers up to 65535"))
        };
        self.query.get(name).map(number).transpose()
    }

    fn key_in_query(&self, names: &mut Names, name: &str) -> Result<Option<Key>, String> {
        let text = self.query.get(name);
        text.map(|text| names.key(text.as_bytes())).transpose()
    }

    /// Where the conditions of a write stand.
    fn carrier(&self) -> Carrier {
        if self.has("If-Match") || self.has("If-None-Match") {
            Carrier::Query
        } else {
            Carrier::Header
        }
    }

    fn condition(&self, name: &str) -> Option<String> {
        let may_be_in_query = self.row.arguments.contains(&"conditions");
        if may_be_in_query && self.carrier() == Carrier::Query {
            self.query.get(name).cloned()
        } else {
            self.header(name)
        }
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

    fn upload(&self, key: Key) -> UploadRef {
        let id = self.query.get("uploadId").map_or("", String::as_str);
        match numbers("upload", id) {
            Some([bucket, of, number]) if (bucket, of) == (self.bucket.0.into(), key.0.into()) => {
                UploadRef::Named(UploadName(number))
            }
            Some(_) | None => UploadRef::Malformed,
        }
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

    /// The entries of a DeleteObjects, and how many times over they are sent.
    fn identifiers(&self, names: &mut Names) -> Result<(Identifiers, Times), String> {
        let root = parse(&self.raw.body).map_err(|error| error.to_string())?;
        let mut objects = Identifiers::new();
        for object in root.children_named("Object") {
            let key = names.key(object.text_of("Key").unwrap_or_default().as_bytes())?;
            let version = object
                .text_of("VersionId")
                .map_or(VersionRef::Current, |id| version((self.bucket, key), id));
            let etag = names.etag(object.text_of("ETag"))?;
            objects.push(Identifier { key, version, etag });
        }
        // More than a hundred entries are the same ones many times over.
        let all = objects.len();
        if all > 100 {
            objects.truncate(1);
        }
        let times = u16::try_from(all / objects.len().max(1)).unwrap_or(u16::MAX);
        Ok((objects, Times(times.max(1))))
    }

    /// The source of a copy.
    fn source(&self, names: &mut Names) -> Result<(BucketName, Key, VersionRef), String> {
        let header = self.header("x-amz-copy-source").unwrap_or_default();
        let (path, id) = header
            .split_once("?versionId=")
            .map_or((header.as_str(), None), |(path, id)| (path, Some(id)));
        let (bucket, key) = path
            .trim_start_matches('/')
            .split_once('/')
            .ok_or("a copy source without a key")?;
        let (bucket, key) = (names.bucket(bucket)?, names.key(&percent_decode(key, false))?);
        let id = id.map(|id| String::from_utf8_lossy(&percent_decode(id, false)).into_owned());
        Ok((
            bucket,
            key,
            id.map_or(VersionRef::Current, |id| version((bucket, key), &id)),
        ))
    }

    fn source_date(&self, name: &str) -> SourceDate {
        match self.header(name) {
            None => SourceDate::Absent,
            Some(date) if date.contains(" 2000 ") => SourceDate::Before,
            Some(_) => SourceDate::After,
        }
    }
}

/// The tags of a document.
fn tags(names: &mut Names, root: Option<&Element>) -> Result<Tags, String> {
    let mut tags = Tags::default();
    let set = root.and_then(|root| root.child("TagSet"));
    for tag in set.into_iter().flat_map(|set| set.children_named("Tag")) {
        let value = tag.text_of("Value").unwrap_or_default();
        let body = format!("content {value}\n").into_bytes();
        let value = names.content_named(value, &body)?;
        match tag.text_of("Key") {
            Some("tag") => tags.tag = Some(value),
            Some("more") => tags.more = Some(value),
            Some(key) => return Err(format!("the law has no tag `{key}`: it knows `tag` and `more`")),
            None => return Err("a tag without a key is not ruled on".to_owned()),
        }
    }
    Ok(tags)
}

fn form(root: &Element, body: Body) -> LockForm {
    let default = root.at("Rule/DefaultRetention");
    match (root.text_of("ObjectLockEnabled"), root.child("Rule")) {
        _ if body != Body::Proper => LockForm::Proper,
        (Some("Enabled"), Some(_)) if default.is_some_and(|default| default.children.is_empty()) => {
            LockForm::EmptyDefault
        }
        (Some("Enabled"), Some(rule)) if rule.children.is_empty() => LockForm::EmptyRule,
        (Some("Enabled"), _) => LockForm::Proper,
        (Some(_), _) => LockForm::Disabled,
        (None, Some(_)) => LockForm::NoEnabled,
        (None, None) => LockForm::Empty,
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

fn sse(word: Option<&str>) -> SseAlgorithm {
    match word {
        None => SseAlgorithm::Absent,
        Some("AES256") => SseAlgorithm::Aes256,
        Some("aws:kms") => SseAlgorithm::Kms,
        Some("aws:kms:dsse") => SseAlgorithm::Dsse,
        Some(_) => SseAlgorithm::Unknown,
    }
}

fn versioning(word: Option<&str>) -> VersioningWord {
    match word {
        Some("Enabled") => VersioningWord::Enabled,
        Some("Suspended") => VersioningWord::Suspended,
        Some(_) => VersioningWord::Unknown,
        None => VersioningWord::Missing,
    }
}

fn ownership(word: Option<&str>) -> OwnershipWord {
    match word {
        Some("BucketOwnerEnforced") => OwnershipWord::BucketOwnerEnforced,
        Some("BucketOwnerPreferred") => OwnershipWord::BucketOwnerPreferred,
        Some("ObjectWriter") => OwnershipWord::ObjectWriter,
        Some(_) => OwnershipWord::Unknown,
        None => OwnershipWord::Missing,
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
