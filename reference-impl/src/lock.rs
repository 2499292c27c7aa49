//! Object Lock: the values of retention, legal hold and defaults, and every decision about them.
//!
//! The functions are pure; plans ask them with the writer's clock.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::wire::dates;

/// The mode of a retention.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub enum RetentionMode {
    /// Can be lifted with the bypass header and permission.
    Governance,
    /// Can be lifted by nobody before its date.
    Compliance,
}

impl RetentionMode {
    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Governance => "GOVERNANCE",
            Self::Compliance => "COMPLIANCE",
        }
    }

    /// Reads the value on the wire, which is case-sensitive (LOCK-CFG-003).
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "GOVERNANCE" => Some(Self::Governance),
            "COMPLIANCE" => Some(Self::Compliance),
            _ => None,
        }
    }
}

/// The retention of one version.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub struct Retention {
    /// The mode.
    pub mode: RetentionMode,
    /// The instant from which the version is no longer protected.
    pub until: Timestamp,
}

/// A legal hold that was set at least once.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub enum LegalHold {
    /// The version is protected.
    On,
    /// The hold was lifted; reads show `OFF` (LOCK-HOLD-004).
    Off,
}

impl LegalHold {
    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "ON",
            Self::Off => "OFF",
        }
    }

    /// Reads the value on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ON" => Some(Self::On),
            "OFF" => Some(Self::Off),
            _ => None,
        }
    }
}

/// The lock state of one version.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub struct LockState {
    /// The retention, if one was ever set and not removed.
    pub retention: Option<Retention>,
    /// The legal hold, if one was ever set.
    pub hold: Option<LegalHold>,
}

/// The length of a default retention.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub enum RetentionPeriod {
    /// Days of 24 hours.
    Days(u32),
    /// Years of 365 days (LOCK-CFG-013).
    Years(u32),
}

/// The default retention of a bucket.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub struct DefaultRetention {
    /// The mode.
    pub mode: RetentionMode,
    /// The period, counted from a version's creation (LOCK-CFG-012).
    pub period: RetentionPeriod,
}

/// The Object Lock configuration of a lock bucket.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub struct ObjectLockConfiguration {
    /// The default retention, if any.
    pub default: Option<DefaultRetention>,
}

/// A change that a lock forbids.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Locked;

impl From<Locked> for ApiError {
    /// The one answer that every lock gives (LOCK-API-004, LOCK-API-005).
    fn from(_: Locked) -> Self {
        Self::with_message(
            Code::AccessDenied,
            "Access Denied because object protected by object lock.",
        )
    }
}

impl Retention {
    /// Whether the retention still protects: at its very instant it no longer does (LOCK-RET-017).
    pub fn protects(self, now: Timestamp) -> bool {
        now < self.until
    }
}

impl LockState {
    /// Whether a version in this state may be removed.
    ///
    /// `bypass` says that the request asked to bypass governance *and* that the caller may.
    ///
    /// # Errors
    /// `Locked` under a legal hold or an unexpired retention (LOCK-DEL-001).
    pub fn may_remove(self, now: Timestamp, bypass: bool) -> Result<(), Locked> {
        if self.hold == Some(LegalHold::On) {
            return Err(Locked); // LOCK-HOLD-005: no bypass
        }
        match self.retention.filter(|retention| retention.protects(now)) {
            None => Ok(()),
            Some(Retention {
                mode: RetentionMode::Governance,
                ..
            }) if bypass => Ok(()), // LOCK-DEL-002
            Some(_) => Err(Locked), // LOCK-DEL-003
        }
    }

    /// Whether the retention of a version in this state may become `wanted`; `None` removes it.
    ///
    /// A legal hold has no say (LOCK-HOLD-007). `bypass` is as for `may_remove`.
    ///
    /// # Errors
    /// `Locked` if that would loosen an unexpired retention.
    pub fn may_retain(self, wanted: Option<Retention>, now: Timestamp, bypass: bool) -> Result<(), Locked> {
        // LOCK-RET-005: without retention, or after its end, anything goes.
        let Some(held) = self.retention.filter(|retention| retention.protects(now)) else {
            return Ok(());
        };
        let allowed = match (held.mode, wanted) {
            (RetentionMode::Governance, None) => bypass, // LOCK-RET-011
            (RetentionMode::Compliance, None) => false,  // LOCK-RET-016
            (RetentionMode::Governance, Some(wanted)) => match wanted.mode {
                // LOCK-RET-006 to LOCK-RET-009
                RetentionMode::Governance => wanted.until >= held.until || bypass,
                RetentionMode::Compliance => bypass, // LOCK-RET-013
            },
            (RetentionMode::Compliance, Some(wanted)) => match wanted.mode {
                RetentionMode::Governance => false,                      // LOCK-RET-015
                RetentionMode::Compliance => wanted.until >= held.until, // LOCK-RET-014
            },
        };
        if allowed { Ok(()) } else { Err(Locked) }
    }

    /// Whether there is anything to protect data with.
    pub fn is_some(self) -> bool {
        self != Self::default()
    }
}

impl DefaultRetention {
    /// The retention of a version that is created now (LOCK-CFG-012).
    pub fn applied(self, created: Timestamp) -> Retention {
        let days = match self.period {
            RetentionPeriod::Days(days) => i64::from(days),
            RetentionPeriod::Years(years) => i64::from(years) * 365, // LOCK-CFG-013
        };
        Retention {
            mode: self.mode,
            until: created.plus_millis(days * Timestamp::DAY),
        }
    }
}

/// The lock state of a new version: what the request named, else the bucket's default.
///
/// A named retention replaces the default wholly (LOCK-CFG-014); the default never holds (LOCK-CFG-015).
pub fn of_new_version(
    named: LockState,
    configuration: Option<ObjectLockConfiguration>,
    created: Timestamp,
) -> LockState {
    let default = configuration.and_then(|configuration| configuration.default);
    LockState {
        retention: named
            .retention
            .or_else(|| default.map(|default| default.applied(created))),
        ..named
    }
}

const MODE: &str = "x-amz-object-lock-mode";
const UNTIL: &str = "x-amz-object-lock-retain-until-date";
const HOLD: &str = "x-amz-object-lock-legal-hold";

/// The three lock headers of a write as they were sent (LOCK-HDR-001).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct WriteHeaders<'a> {
    /// `x-amz-object-lock-mode`.
    pub mode: Option<&'a str>,
    /// `x-amz-object-lock-retain-until-date`.
    pub until: Option<&'a str>,
    /// `x-amz-object-lock-legal-hold`.
    pub hold: Option<&'a str>,
}

impl<'a> WriteHeaders<'a> {
    /// Takes the headers from a request by name.
    pub fn from_request(header: impl Fn(&'static str) -> Option<&'a str>) -> Self {
        Self {
            mode: header(MODE),
            until: header(UNTIL),
            hold: header(HOLD),
        }
    }

    /// Reads the headers, in the order of LOCK-HDR-008.
    ///
    /// # Errors
    /// What LOCK-HDR-002 to LOCK-HDR-007 say.
    pub fn read(&self, now: Timestamp, lock_bucket: bool) -> Result<LockState, ApiError> {
        let pair = match (self.mode, self.until) {
            (Some(mode), Some(until)) => Some((mode, until)),
            (None, None) => None,
            (mode, _) => {
                let missing = if mode.is_some() { UNTIL } else { MODE };
                let message =
                    "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
                return Err(ApiError::invalid_argument(message, missing, None)); // LOCK-HDR-002
            }
        };
        let dated = pair
            .map(|(mode, until)| read_date(until, now).map(|date| (mode, date)))
            .transpose()?;
        let hold = self.hold.map(read_hold).transpose()?;
        let retention = dated
            .map(|(mode, until)| read_mode(mode).map(|mode| Retention { mode, until }))
            .transpose()?;
        let state = LockState { retention, hold };
        if state.is_some() && !lock_bucket {
            let message = "Bucket is missing ObjectLockConfiguration";
            return Err(ApiError::with_message(Code::InvalidRequest, message)); // LOCK-HDR-007
        }
        Ok(state)
    }
}

fn read_date(text: &str, now: Timestamp) -> Result<Timestamp, ApiError> {
    // LOCK-RET-024 speaks of documents; that headers are read alike is decision 0009.
    let date = dates::parse_iso_or_utc(text).ok_or_else(|| {
        let message = "The retain until date must be provided in ISO 8601 format";
        ApiError::invalid_argument(message, UNTIL, Some(text)) // LOCK-HDR-004
    })?;
    if date <= now {
        let message = "The retain until date must be in the future!";
        return Err(ApiError::invalid_argument(message, UNTIL, Some(text))); // LOCK-HDR-005
    }
    Ok(date)
}

fn read_hold(text: &str) -> Result<LegalHold, ApiError> {
    LegalHold::parse(text).ok_or_else(|| {
        ApiError::invalid_argument("Legal Hold must be either of 'ON' or 'OFF'", HOLD, Some(text)) // LOCK-HDR-006
    })
}

fn read_mode(text: &str) -> Result<RetentionMode, ApiError> {
    // LOCK-HDR-003
    RetentionMode::parse(text)
        .ok_or_else(|| ApiError::invalid_argument("Unknown wormMode directive.", MODE, Some(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const EARLIER: Timestamp = Timestamp::from_seconds(999_999);
    const LATER: Timestamp = Timestamp::from_seconds(1_000_100);
    const LATEST: Timestamp = Timestamp::from_seconds(1_000_200);

    fn governance(until: Timestamp) -> Option<Retention> {
        Some(Retention {
            mode: RetentionMode::Governance,
            until,
        })
    }

    fn compliance(until: Timestamp) -> Option<Retention> {
        Some(Retention {
            mode: RetentionMode::Compliance,
            until,
        })
    }

    fn state(retention: Option<Retention>, hold: Option<LegalHold>) -> LockState {
        LockState { retention, hold }
    }

    #[test]
    fn removal_follows_hold_mode_date_and_bypass() {
        let (ok, no) = (Ok(()), Err(Locked));
        // retention, hold, without bypass, with bypass
        let table = [
            (None, None, ok, ok),
            (None, Some(LegalHold::Off), ok, ok),
            (None, Some(LegalHold::On), no, no),
            (governance(LATER), None, no, ok),
            (governance(LATER), Some(LegalHold::Off), no, ok),
            (governance(LATER), Some(LegalHold::On), no, no),
            (governance(NOW), None, ok, ok),
            (governance(EARLIER), None, ok, ok),
            (governance(EARLIER), Some(LegalHold::On), no, no),
            (compliance(LATER), None, no, no),
            (compliance(LATER), Some(LegalHold::Off), no, no),
            (compliance(NOW), None, ok, ok),
            (compliance(EARLIER), None, ok, ok),
        ];
        for (retention, hold, without, with) in table {
            let state = state(retention, hold);
            assert_eq!(state.may_remove(NOW, false), without, "{state:?}");
            assert_eq!(state.may_remove(NOW, true), with, "{state:?} with bypass");
        }
    }

    #[test]
    fn retention_changes_follow_the_table() {
        let (ok, no) = (Ok(()), Err(Locked));
        // held, wanted, without bypass, with bypass
        let table = [
            (None, governance(LATER), ok, ok),
            (None, compliance(LATER), ok, ok),
            (None, None, ok, ok),
            (governance(NOW), None, ok, ok),
            (compliance(NOW), governance(LATER), ok, ok),
            (compliance(EARLIER), None, ok, ok),
            (governance(LATER), governance(LATER), ok, ok),
            (governance(LATER), governance(LATEST), ok, ok),
            (governance(LATEST), governance(LATER), no, ok),
            (governance(LATER), None, no, ok),
            (governance(LATER), compliance(LATER), no, ok),
            (governance(LATER), compliance(LATEST), no, ok),
            (governance(LATEST), compliance(LATER), no, ok),
            (compliance(LATER), compliance(LATER), ok, ok),
            (compliance(LATER), compliance(LATEST), ok, ok),
            (compliance(LATEST), compliance(LATER), no, no),
            (compliance(LATER), governance(LATEST), no, no),
            (compliance(LATER), None, no, no),
        ];
        for (held, wanted, without, with) in table {
            for hold in [None, Some(LegalHold::On), Some(LegalHold::Off)] {
                let state = state(held, hold);
                assert_eq!(
                    state.may_retain(wanted, NOW, false),
                    without,
                    "{state:?} to {wanted:?}"
                );
                assert_eq!(
                    state.may_retain(wanted, NOW, true),
                    with,
                    "{state:?} to {wanted:?} with bypass"
                );
            }
        }
    }

    #[test]
    fn the_default_gives_way_to_what_is_named_and_never_holds() {
        let default = |period| {
            let default = DefaultRetention {
                mode: RetentionMode::Compliance,
                period,
            };
            Some(ObjectLockConfiguration {
                default: Some(default),
            })
        };
        let days = of_new_version(LockState::default(), default(RetentionPeriod::Days(2)), NOW);
        assert_eq!(days, state(compliance(NOW.plus_millis(2 * Timestamp::DAY)), None));
        let years = of_new_version(LockState::default(), default(RetentionPeriod::Years(1)), NOW);
        assert_eq!(
            years,
            state(compliance(NOW.plus_millis(365 * Timestamp::DAY)), None)
        );
        let named = state(governance(LATER), None);
        assert_eq!(
            of_new_version(named, default(RetentionPeriod::Days(2)), NOW),
            named
        );
        let held = of_new_version(
            state(None, Some(LegalHold::On)),
            default(RetentionPeriod::Days(1)),
            NOW,
        );
        assert_eq!(
            held,
            state(compliance(NOW.plus_millis(Timestamp::DAY)), Some(LegalHold::On))
        );
        let none = of_new_version(
            LockState::default(),
            Some(ObjectLockConfiguration::default()),
            NOW,
        );
        assert_eq!(none, LockState::default());
    }

    fn headers<'a>(mode: Option<&'a str>, until: Option<&'a str>, hold: Option<&'a str>) -> WriteHeaders<'a> {
        WriteHeaders { mode, until, hold }
    }

    #[test]
    fn write_headers_are_read() {
        let future = Some("1970-01-13T00:00:00Z");
        let read = |headers: WriteHeaders<'_>| headers.read(NOW, true).unwrap();
        assert_eq!(read(headers(None, None, None)), LockState::default());
        let until = Timestamp::from_seconds(12 * 86_400);
        assert_eq!(
            read(headers(Some("GOVERNANCE"), future, None)),
            state(governance(until), None)
        );
        assert_eq!(
            read(headers(Some("COMPLIANCE"), future, Some("ON"))),
            state(compliance(until), Some(LegalHold::On))
        );
        assert_eq!(
            read(headers(None, None, Some("OFF"))),
            state(None, Some(LegalHold::Off))
        );
        assert!(headers(None, None, None).read(NOW, false).is_ok());
    }

    #[test]
    fn write_headers_are_refused_in_order() {
        let (past, future) = (Some("1970-01-02T00:00:00Z"), Some("2999-01-01T00:00:00Z"));
        let both = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
        let table = [
            (headers(Some("x"), None, Some("x")), both, UNTIL),
            (headers(None, Some("x"), None), both, MODE),
            (
                headers(Some("x"), Some("x"), Some("x")),
                "The retain until date must be provided in ISO 8601 format",
                UNTIL,
            ),
            (
                headers(Some("x"), past, Some("x")),
                "The retain until date must be in the future!",
                UNTIL,
            ),
            (
                headers(Some("x"), future, Some("x")),
                "Legal Hold must be either of 'ON' or 'OFF'",
                HOLD,
            ),
            (
                headers(Some("governance"), future, Some("ON")),
                "Unknown wormMode directive.",
                MODE,
            ),
        ];
        for (headers, message, argument) in table {
            let error = headers.read(NOW, false).unwrap_err();
            assert_eq!(
                (error.code, error.message.as_str()),
                (Code::InvalidArgument, message),
                "{headers:?}"
            );
            assert_eq!(
                error.extra.first(),
                Some(&("ArgumentName", argument.to_owned())),
                "{headers:?}"
            );
        }
        let error = headers(None, None, Some("OFF")).read(NOW, false).unwrap_err();
        assert_eq!(error.code, Code::InvalidRequest);
        assert_eq!(error.message, "Bucket is missing ObjectLockConfiguration");
    }
}
