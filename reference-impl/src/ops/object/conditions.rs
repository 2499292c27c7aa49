//! Conditional requests: on reads, on copy sources and on writes.

use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::Request;
use crate::store::VersionRecord;
use crate::versions::Place;
use crate::wire::dates;

/// The four conditions of a read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct ReadConditions<'a> {
    if_match: Option<&'a str>,
    if_none_match: Option<&'a str>,
    if_modified_since: Option<Timestamp>,
    if_unmodified_since: Option<Timestamp>,
}

/// How the conditions of a read turned out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// All hold.
    Holds,
    /// A condition failed that means "give it only if it changed".
    Unchanged(Failed),
    /// A condition failed that means "give it only if it is still the one".
    Failed(Failed),
}

/// The condition that failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Failed {
    Match,
    NoneMatch,
    ModifiedSince,
    UnmodifiedSince,
}

impl Failed {
    const fn header(self) -> &'static str {
        match self {
            Self::Match => "If-Match",
            Self::NoneMatch => "If-None-Match",
            Self::ModifiedSince => "If-Modified-Since",
            Self::UnmodifiedSince => "If-Unmodified-Since",
        }
    }

    /// The refusal, for a condition on what is read.
    pub(crate) fn refusal(self) -> ApiError {
        ApiError::new(Code::PreconditionFailed).with("Condition", self.header())
    }

    /// The refusal, for a condition on a copy source (VER-COND-017).
    pub(crate) fn source_refusal(self) -> ApiError {
        let condition = format!("x-amz-copy-source-{}", self.header());
        ApiError::new(Code::PreconditionFailed).with("Condition", condition)
    }
}

impl<'a> ReadConditions<'a> {
    /// The conditions of GetObject and HeadObject.
    pub(crate) fn of_read(request: &'a Request) -> Self {
        let date = |name| request.header(name).and_then(dates::parse_http);
        Self {
            if_match: request.header("if-match"),
            if_none_match: request.header("if-none-match"),
            if_modified_since: date("if-modified-since"),
            if_unmodified_since: date("if-unmodified-since"),
        }
    }

    /// The conditions on a copy source. A date that is none is ignored on a read (RFC 9110, 13.1.3), but a copy must not
    /// be made as if it had not been asked about.
    pub(crate) fn of_source(request: &'a Request) -> Result<Self, ApiError> {
        let date = |name| {
            let read = |text| {
                let date = dates::parse_http(text).or_else(|| dates::parse_iso(text));
                date.ok_or_else(|| ApiError::invalid_argument("Invalid date", name, Some(text)))
            };
            request.header(name).map(read).transpose()
        };
        Ok(Self {
            if_match: request.header("x-amz-copy-source-if-match"),
            if_none_match: request.header("x-amz-copy-source-if-none-match"),
            if_modified_since: date("x-amz-copy-source-if-modified-since")?,
            if_unmodified_since: date("x-amz-copy-source-if-unmodified-since")?,
        })
    }

    /// Judges an object; an ETag condition stands in for the date condition of its kind (VER-COND-018).
    pub(crate) fn judge(&self, etag: &str, modified: Timestamp, now: Timestamp) -> Verdict {
        let modified = modified.as_seconds();
        match (self.if_match, self.if_unmodified_since) {
            (Some(wanted), _) if !names_etag(wanted, etag) => return Verdict::Failed(Failed::Match),
            (None, Some(date)) if modified > date.as_seconds() => {
                return Verdict::Failed(Failed::UnmodifiedSince);
            }
            _ => {}
        }
        match (self.if_none_match, self.if_modified_since) {
            (Some(unwanted), _) if names_etag(unwanted, etag) => Verdict::Unchanged(Failed::NoneMatch),
            // A date in the future is no date (RFC 9110, 13.1.3).
            (None, Some(date)) if date <= now && modified <= date.as_seconds() => {
                Verdict::Unchanged(Failed::ModifiedSince)
            }
            _ => Verdict::Holds,
        }
    }
}

/// Whether a range counts under an `If-Range`, which names the object by a strong entity tag or by its exact date.
pub(crate) fn range_counts(if_range: Option<&str>, etag: &str, modified: Timestamp) -> bool {
    let Some(named) = if_range else { return true };
    match dates::parse_http(named) {
        Some(date) => date.as_seconds() == modified.as_seconds(),
        None => !named.starts_with("W/") && bare_etag(named) == etag,
    }
}

/// Whether a list of entity tags, quoted or not, or `*`, names an entity tag.
fn names_etag(list: &str, etag: &str) -> bool {
    list.split(',')
        .map(bare_etag)
        .any(|named| named == "*" || named == etag)
}

/// An entity tag without quotes, of which one may be missing (VER-COND-021), and without weakness. S3 reads the tags of
/// writes so; that it reads those of reads, deletes and copy sources alike is decision 0009.
pub(crate) fn bare_etag(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    let text = text.strip_prefix('"').unwrap_or(text);
    text.strip_suffix('"').unwrap_or(text)
}

/// The condition of a write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum WriteCondition {
    /// None.
    None,
    /// `If-None-Match: *`: the key must not exist.
    Absent,
    /// `If-Match`: the current object must have this entity tag.
    Matches(String),
}

impl WriteCondition {
    /// Reads the headers of PutObject, CopyObject and CompleteMultipartUpload (VER-COND-001 to VER-COND-003).
    pub(crate) fn read(request: &Request) -> Result<Self, ApiError> {
        let refused = |header: &str| {
            let additional = format!("We don't accept the provided value of {header} header for this API");
            Err(ApiError::not_implemented(header, &additional))
        };
        match (request.header("if-match"), request.header("if-none-match")) {
            (None, None) => Ok(Self::None),
            (Some(_), Some(_)) => Err(ApiError::not_implemented(
                "If-Match,If-None-Match",
                "Multiple conditional request headers present in the request",
            )),
            (None, Some("*")) => Ok(Self::Absent),
            (None, Some(_)) => refused("If-None-Match"),
            (Some("*"), None) => refused("If-Match"),
            (Some(etag), None) => Ok(Self::Matches(bare_etag(etag).to_owned())),
        }
    }

    /// Judges the current entry of the key, and nothing else (VER-COND-007).
    pub(crate) fn judge(&self, place: &Place<'_>, current: Option<&VersionRecord>) -> Result<(), ApiError> {
        let object = current.and_then(VersionRecord::object);
        match (self, object) {
            (Self::None, _) | (Self::Absent, None) => Ok(()), // VER-COND-006
            (Self::Absent, Some(_)) => Err(Failed::NoneMatch.refusal()),
            (Self::Matches(_), None) => Err(place.no_such_key()), // VER-COND-005
            (Self::Matches(etag), Some(object)) if object.etag == *etag => Ok(()),
            (Self::Matches(_), Some(_)) => Err(Failed::Match.refusal()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1000);
    const MODIFIED: Timestamp = Timestamp::from_millis(500_900);

    fn judge(conditions: ReadConditions<'_>) -> Verdict {
        conditions.judge("abc", MODIFIED, NOW)
    }

    #[test]
    fn entity_tags_are_compared_without_quotes() {
        for list in ["abc", "\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*", "\"abc"] {
            assert!(names_etag(list, "abc"), "{list}");
        }
        for list in ["", "ab", "\"abcd\""] {
            assert!(!names_etag(list, "abc"), "{list}");
        }
    }

    #[test]
    fn a_missing_quote_is_forgiven() {
        for text in ["abc", "\"abc\"", "\"abc", "abc\"", " W/\"abc\" "] {
            assert_eq!(bare_etag(text), "abc", "{text}");
        }
        for text in ["\"", "\"\"", "", "\"\"abc\"\"", "'abc'"] {
            assert_ne!(bare_etag(text), "abc", "{text}");
        }
    }

    #[test]
    fn a_range_counts_for_the_object_that_is_named_alone() {
        for (named, counts) in [
            (None, true),
            (Some("\"abc\""), true),
            (Some("abc"), true),
            (Some("W/\"abc\""), false),
            (Some("\"x\""), false),
            (Some("*"), false),
            (Some("\"x\", \"abc\""), false),
            (Some("Thu, 01 Jan 1970 00:08:20 GMT"), true),
            (Some("Thu, 01 Jan 1970 00:08:19 GMT"), false),
            (Some("Thu, 01 Jan 1970 00:08:21 GMT"), false),
        ] {
            assert_eq!(range_counts(named, "abc", MODIFIED), counts, "{named:?}");
        }
    }

    #[test]
    fn a_match_outweighs_the_unmodified_date() {
        let early = Some(Timestamp::from_seconds(1));
        let both = ReadConditions {
            if_match: Some("abc"),
            if_unmodified_since: early,
            ..Default::default()
        };
        assert_eq!(judge(both), Verdict::Holds);
        let date = ReadConditions {
            if_unmodified_since: early,
            ..Default::default()
        };
        assert_eq!(judge(date), Verdict::Failed(Failed::UnmodifiedSince));
        let other = ReadConditions {
            if_match: Some("x"),
            ..Default::default()
        };
        assert_eq!(judge(other), Verdict::Failed(Failed::Match));
    }

    #[test]
    fn a_none_match_outweighs_the_modified_date() {
        let at = |seconds| Some(Timestamp::from_seconds(seconds));
        let both = ReadConditions {
            if_none_match: Some("abc"),
            if_modified_since: at(1),
            ..Default::default()
        };
        assert_eq!(judge(both), Verdict::Unchanged(Failed::NoneMatch));
        let fresh = ReadConditions {
            if_none_match: Some("x"),
            if_modified_since: at(900),
            ..Default::default()
        };
        assert_eq!(judge(fresh), Verdict::Holds);
        // Dates on the wire have whole seconds: the same second is not "since".
        let same = ReadConditions {
            if_modified_since: at(500),
            ..Default::default()
        };
        assert_eq!(judge(same), Verdict::Unchanged(Failed::ModifiedSince));
        let before = ReadConditions {
            if_modified_since: at(499),
            ..Default::default()
        };
        assert_eq!(judge(before), Verdict::Holds);
        let future = ReadConditions {
            if_modified_since: at(1001),
            ..Default::default()
        };
        assert_eq!(judge(future), Verdict::Holds);
    }
}
