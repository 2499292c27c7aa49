//! What keeps a version from being deleted, and how it is lifted: holds, and retention that somebody may end.

use bucketlaw_model::observed::{iso8601, parse_iso8601};
use bucketlaw_model::time::Time;

use super::ask::Asker;
use crate::report::KeptBy;
use crate::wire::checksum::content_md5;
use crate::wire::{RawRequest, RawResponse};

/// The namespace of documents of S3.
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// How soon a date has to be that the clean-up rather waits for than asks others to shorten: in milliseconds.
const SOON: i64 = 3_600_000;

/// How far in the future the date lies to which retention is shortened that can't be taken away: in milliseconds.
const SHORTENED: i64 = 2000;

/// The lock state of a version, as far as the endpoint tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lock {
    /// Whether its legal hold is ON; `None` where the endpoint does not tell.
    pub(super) hold: Option<bool>,
    /// The mode of its retention.
    pub(super) mode: Option<String>,
    /// The date of its retention.
    pub(super) until: Option<String>,
}

impl Lock {
    /// Reads the lock state of the version that `on` makes requests on: a method, and a subresource if not the object.
    ///
    /// An endpoint that has no answer to GetObjectRetention or GetObjectLegalHold may tell it in the headers of the object.
    pub(super) fn read(asker: &Asker<'_>, on: &dyn Fn(&str, Option<&str>) -> RawRequest) -> Lock {
        let ask = |subresource| asker.ask(&on("GET", Some(subresource))).ok();
        let text = |reply: &Option<RawResponse>, name: &str| {
            let root = reply.as_ref().and_then(|reply| reply.xml().ok())?;
            root.text_of(name).map(str::to_owned)
        };
        let (hold, retention) = (ask("legal-hold"), ask("retention"));
        let mut lock = Lock {
            hold: text(&hold, "Status").map(|status| status == "ON"),
            mode: text(&retention, "Mode"),
            until: text(&retention, "RetainUntilDate"),
        };
        if lock.hold.is_none() || lock.until.is_none() {
            lock.complete(asker.ask(&on("HEAD", None)).ok());
        }
        let none = |reply: &Option<RawResponse>| reply.as_ref().is_some_and(|reply| reply.status == 404);
        lock.hold = lock.hold.or(none(&hold).then_some(false));
        lock
    }

    /// Takes what is missing from the headers of the object.
    fn complete(&mut self, head: Option<RawResponse>) {
        let header = |name: &str| {
            let value = head.as_ref().and_then(|reply| reply.text_header(name));
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let take = |slot: &mut Option<String>, name| *slot = slot.take().or_else(|| header(name));
        take(&mut self.mode, "x-amz-object-lock-mode");
        take(&mut self.until, "x-amz-object-lock-retain-until-date");
        let hold = header("x-amz-object-lock-legal-hold").map(|status| status == "ON");
        self.hold = self.hold.or(hold);
    }

    /// Whether time ends the lock soon; then nothing else has to.
    pub(super) fn ends_soon(&self, now: i64) -> bool {
        let until = self.until.as_deref().and_then(parse_iso8601);
        self.hold != Some(true) && until.is_some_and(|until| now < until.0 && until.0 <= now + SOON)
    }

    /// Who keeps a version from being deleted that has this lock.
    pub(super) fn kept_by(&self, now: i64) -> KeptBy {
        let until = self.until.as_deref().and_then(parse_iso8601);
        if self.is_compliance() && until.is_some_and(|until| until.0 > now) {
            KeptBy::Lock
        } else {
            KeptBy::Target
        }
    }

    /// Whether only time may end it, by the law of S3.
    pub(super) fn is_compliance(&self) -> bool {
        self.mode.as_deref() == Some("COMPLIANCE")
    }
}

/// The body that lifts a hold.
pub(super) fn no_hold() -> Vec<u8> {
    format!("<LegalHold xmlns=\"{NAMESPACE}\"><Status>OFF</Status></LegalHold>").into_bytes()
}

/// The bodies that end a retention, or shorten it so that a bypass gets past it: the plainest first.
///
/// The second is for endpoints that take no empty retention, and for versions whose lock state is broken, such as one that
/// has a mode and no date.
pub(super) fn no_retention(now: i64) -> [Vec<u8>; 2] {
    let soon = iso8601(Time((now + SHORTENED).div_euclid(1000) * 1000));
    [
        format!("<Retention xmlns=\"{NAMESPACE}\"/>").into_bytes(),
        format!(
            "<Retention xmlns=\"{NAMESPACE}\"><Mode>GOVERNANCE</Mode><RetainUntilDate>{soon}</RetainUntilDate></Retention>"
        )
        .into_bytes(),
    ]
}

/// A request that changes a lock, with its body; past governance where that counts.
pub(super) fn change(request: RawRequest, body: Vec<u8>, bypass: bool) -> RawRequest {
    let request = request.with_header("Content-MD5", content_md5(&body));
    let request = if bypass {
        request.with_header("x-amz-bypass-governance-retention", "true")
    } else {
        request
    };
    request.with_body(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(held: bool, until: &str) -> Lock {
        Lock {
            hold: Some(held),
            mode: Some("COMPLIANCE".to_owned()),
            until: Some(until.to_owned()).filter(|until| !until.is_empty()),
        }
    }

    #[test]
    fn only_a_date_that_is_near_is_waited_for() {
        let now = parse_iso8601("2030-01-01T00:00:00.000Z").map_or(0, |time| time.0);
        assert!(lock(false, "2030-01-01T00:00:20.000Z").ends_soon(now));
        assert!(
            !lock(true, "2030-01-01T00:00:20.000Z").ends_soon(now),
            "a hold stays"
        );
        assert!(
            !lock(false, "2029-12-31T23:59:59.000Z").ends_soon(now),
            "it is over"
        );
        assert!(!lock(false, "2030-01-02T00:00:00.000Z").ends_soon(now));
        assert!(!lock(false, "").ends_soon(now));
    }

    #[test]
    fn a_retention_is_taken_away_or_shortened() {
        let now = parse_iso8601("2030-01-01T00:00:00.400Z").map_or(0, |time| time.0);
        let [none, soon] = no_retention(now).map(|body| String::from_utf8(body).unwrap());
        assert!(none.ends_with("/>"), "{none}");
        assert!(soon.contains("<RetainUntilDate>2030-01-01T00:00:02"), "{soon}");
    }
}
