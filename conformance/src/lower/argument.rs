//! How each argument of a request to S3 travels: in its path, its query, a header, or its document.

use bucketlaw_model::argument::{
    CannedAcl, Content, Date, Delimiter, Directive, Encoding, Etag, Given, Hold, LockMode, OwnershipWord,
    SourceDate, SseAlgorithm, VersioningWord,
};
use bucketlaw_model::lock::retention::date::OFFSET;
use bucketlaw_model::observed::iso8601;

use super::outgoing::Outgoing;
use super::{Lowering, UNPARSABLE, Unbound, content_bytes};
use crate::wire::checksum::md5_hex;
use crate::wire::sign::uri_encode;

impl Outgoing<'_> {
    /// Says an argument. What only documents of their own say is left to them.
    pub(super) fn say(&mut self, name: &str, given: Given) -> Result<(), Unbound> {
        let lowering = self.lowering;
        match given {
            Given::Bucket(bucket) => {
                let bucket = lowering.names.bucket(lowering.world, bucket);
                match name {
                    "source_bucket" => self.source.0 = bucket,
                    _ => self.bucket = bucket,
                }
            }
            Given::Key(key) => {
                let key = uri_encode(&lowering.world.key_bytes(key), true);
                match name {
                    "source_key" => self.source.0.push_str(&format!("/{key}")),
                    _ => self.key = key,
                }
            }
            Given::Version(version) => {
                let id = lowering.names.version(version)?;
                match name {
                    "source_version" => self.source.1 = id,
                    "version_marker" => self.query_if("version-id-marker", id),
                    _ => self.query_if("versionId", id),
                }
            }
            Given::Upload(upload) => {
                let id = lowering.names.upload(upload)?;
                self.query("uploadId", id);
            }
            Given::Part(part) => self.query("partNumber", part.0.to_string()),
            Given::OptionalKey(key) => {
                let text = |key| String::from_utf8_lossy(&lowering.world.key_bytes(key)).into_owned();
                self.query_if(&name.replace('_', "-"), key.map(text));
            }
            Given::Number(number) => {
                self.query_if(&name.replace('_', "-"), number.map(|number| number.to_string()));
            }
            Given::Delimiter(Delimiter::Slash) => self.query("delimiter", "/"),
            Given::Encoding(Encoding::Url) => self.query("encoding-type", "url"),
            Given::Delimiter(Delimiter::Absent) | Given::Encoding(Encoding::Absent) => {}
            Given::Acl(acl) => self.header_if("x-amz-acl", acl_word(acl)),
            Given::LockMode(mode) => self.place_if(name, "x-amz-object-lock-mode", mode_word(mode)),
            Given::Hold(hold) => self.place_if(name, "x-amz-object-lock-legal-hold", hold_word(hold)),
            Given::Date(date) => {
                let date = lowering.date(date);
                self.place_if(name, "x-amz-object-lock-retain-until-date", date.as_deref());
            }
            Given::SseAlgorithm(word) => self.place_if(name, "", sse_word(word)),
            Given::Versioning(word) => self.place_if(name, "", versioning_word(word)),
            Given::Ownership(word) => self.place_if(name, "", ownership_word(word)),
            Given::OptionalFlag(flag) => {
                let word = flag.map(|flag| flag.to_string());
                match name {
                    "bypass" => self.header_if("x-amz-bypass-governance-retention", word.as_deref()),
                    _ => self.place_if(name, "", word.as_deref()),
                }
            }
            Given::Flag(true) => match name {
                "lock" => self.header("x-amz-bucket-object-lock-enabled", "true"),
                "if_match_time" => {
                    let past = lowering.names.http_dates.past.as_str();
                    self.header("x-amz-if-match-last-modified-time", past);
                }
                "if_match_size" => self.header("x-amz-if-match-size", "1"),
                "kms_key" => self.place(name, "", "1234abcd-12ab-34cd-56ef-1234567890ab"),
                _ => {}
            },
            Given::Directive(Directive::Replace) => {
                self.header("x-amz-metadata-directive", "REPLACE");
                self.header("x-amz-meta-copied", "yes");
            }
            Given::Flag(false) | Given::Directive(Directive::Copy) => {}
            Given::Etag(etag) => {
                let header = match name {
                    "if_match" => "If-Match",
                    "if_none_match" => "If-None-Match",
                    "source_if_match" => "x-amz-copy-source-if-match",
                    _ => "x-amz-copy-source-if-none-match",
                };
                let value = lowering.etag(etag).map(|value| (header.to_owned(), value));
                self.conditions.extend(value);
            }
            Given::SourceDate(date) => {
                let header = match name {
                    "source_if_modified_since" => "x-amz-copy-source-if-modified-since",
                    _ => "x-amz-copy-source-if-unmodified-since",
                };
                let dates = &lowering.names.http_dates;
                let date = match date {
                    SourceDate::Absent => None,
                    SourceDate::Before => Some(dates.past.as_str()),
                    SourceDate::After => Some(dates.now.as_str()),
                };
                self.header_if(header, date);
            }
            Given::Carrier(carrier) => self.carrier = carrier,
            Given::Content(content) => self.body = Some(content_bytes(lowering.world, content)),
            Given::Body(form) => self.form = form,
            Given::Integrity(integrity) => self.integrity = Some(integrity),
            Given::Identifiers(_)
            | Given::LockForm(_)
            | Given::Period(_)
            | Given::Policy(_)
            | Given::Tags(_)
            | Given::Times(_) => {}
        }
        Ok(())
    }

    fn header_if(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.header(name, value);
        }
    }

    fn query_if(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.query(name, value);
        }
    }

    fn place_if(&mut self, argument: &str, header: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.place(argument, header, value);
        }
    }
}

impl Lowering<'_> {
    fn date(&self, date: Date) -> Option<String> {
        if let Some(written) = self.names.dates {
            return written(date);
        }
        match date {
            Date::Absent => None,
            Date::Unparsable => Some(UNPARSABLE.to_owned()),
            Date::At(_) | Date::Far => self.world.moment(date).map(|moment| iso8601(moment.earliest)),
            Date::Zoneless(_) => {
                let moment = self.world.moment(date)?;
                Some(iso8601(moment.earliest).trim_end_matches('Z').to_owned())
            }
            Date::Offset(_) => {
                let there = iso8601(self.world.moment(date)?.earliest.plus(OFFSET));
                Some(format!("{}+02:00", there.trim_end_matches('Z')))
            }
        }
    }

    /// The ETag of a condition as it is sent.
    pub(super) fn etag(&self, etag: Etag) -> Option<String> {
        let of = |content: Content| md5_hex(&content_bytes(self.world, content));
        match etag {
            Etag::Unconditional => None,
            Etag::Any => Some("*".to_owned()),
            Etag::Of(content) => Some(format!("\"{}\"", of(content))),
            Etag::Unclosed(content) => Some(format!("\"{}", of(content))),
            Etag::Unopened(content) => Some(format!("{}\"", of(content))),
            Etag::OfPart(content) => Some(format!(
                "\"{}\"",
                crate::lift::etag(&content_bytes(self.world, content), true)
            )),
            Etag::List => {
                Some("\"0123456789abcdef0123456789abcdef\", \"fedcba9876543210fedcba9876543210\"".to_owned())
            }
        }
    }
}

pub(super) fn mode_word(mode: LockMode) -> Option<&'static str> {
    match mode {
        LockMode::Absent => None,
        LockMode::Compliance => Some("COMPLIANCE"),
        LockMode::Governance => Some("GOVERNANCE"),
        LockMode::LowerCase => Some("governance"),
        LockMode::Unknown => Some("STRICT"),
    }
}

fn hold_word(hold: Hold) -> Option<&'static str> {
    match hold {
        Hold::Absent => None,
        Hold::Off => Some("OFF"),
        Hold::On => Some("ON"),
        Hold::Unknown => Some("MAYBE"),
    }
}

fn acl_word(acl: CannedAcl) -> Option<&'static str> {
    match acl {
        CannedAcl::Absent => None,
        CannedAcl::Private => Some("private"),
        CannedAcl::PublicRead => Some("public-read"),
        CannedAcl::BucketOwnerFullControl => Some("bucket-owner-full-control"),
    }
}

fn sse_word(word: SseAlgorithm) -> Option<&'static str> {
    match word {
        SseAlgorithm::Absent => None,
        SseAlgorithm::Aes256 => Some("AES256"),
        SseAlgorithm::Kms => Some("aws:kms"),
        SseAlgorithm::Dsse => Some("aws:kms:dsse"),
        SseAlgorithm::Unknown => Some("AES128"),
    }
}

fn versioning_word(word: VersioningWord) -> Option<&'static str> {
    match word {
        VersioningWord::Enabled => Some("Enabled"),
        VersioningWord::Suspended => Some("Suspended"),
        VersioningWord::Missing => None,
        VersioningWord::Unknown => Some("Paused"),
    }
}

/// The setting as S3 writes it; `None` leaves the rule out.
fn ownership_word(word: OwnershipWord) -> Option<&'static str> {
    match word {
        OwnershipWord::BucketOwnerEnforced => Some("BucketOwnerEnforced"),
        OwnershipWord::BucketOwnerPreferred => Some("BucketOwnerPreferred"),
        OwnershipWord::ObjectWriter => Some("ObjectWriter"),
        OwnershipWord::Missing => None,
        OwnershipWord::Unknown => Some("Everybody"),
    }
}
