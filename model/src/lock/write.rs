//! Lock headers of writes, and what a new version is locked with (`LOCK-HDR`).

use crate::access::{Need, denied};
use crate::action::Action;
use crate::argument::{BucketName, Date, Hold, Integrity, Key, LockMode, VersionName};
use crate::cx::Cx;
use crate::lock::configuration::{
    LOCK_CFG_012, LOCK_CFG_012_FROM, LOCK_CFG_012_HOLD, LOCK_CFG_014, LOCK_CFG_015, LOCK_CFG_015_MARKER,
    LOCK_CFG_016, by_default,
};
use crate::lock::hold::LOCK_HOLD_004_HEADER;
use crate::lock::integrity::{Parameters, of_write, without_digest};
use crate::lock::retention::{
    LOCK_RET_017_HEADERS, LOCK_RET_018, LOCK_RET_021, LOCK_RET_024_HEADER, LOCK_RET_024_HEADER_UTC,
    is_beyond_limit,
};
use crate::lock::{READS, permit};
use crate::reply::{Code, Field, Fields, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Bucket, Mode, Retention, State, Upload, Version};
use crate::time::Moment;
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

/// The routes whose requests can bring lock headers.
const GIVEN: &[Route] = routes_where!(|route| route.row().takes("mode") && route.row().takes("hold"));
/// The routes on which an upload is completed.
const COMPLETE: &[Route] = &[CompleteMultipartUpload];

const MODE: &str = "x-amz-object-lock-mode";
const DATE: &str = "x-amz-object-lock-retain-until-date";
const HOLD: &str = "x-amz-object-lock-legal-hold";

clauses! { ObjectLock, LockWrite;
    "LOCK-HDR-001" consequence(&["LOCK-HDR-003", "LOCK-HDR-006", "LOCK-HDR-009"]).because("POST forms come with their operation"),
        Documented, Medium, "API", "The three lock headers are accepted on PutObject, CopyObject, CreateMultipartUpload and POST forms."
    "LOCK-HDR-002" RULE, Recorded, Medium, "LS:test_s3_object_lock_mode_validation, test_bucket_config_default_retention",
        "Mode without date or date without mode: 400 InvalidArgument, ArgumentName is the missing header; also where a default exists." {
        LOCK_HDR_002 = "no-date", GIVEN, else "a mode alone is ignored";
        LOCK_HDR_002_MODE = "no-mode", GIVEN, else "a date alone is ignored";
        LOCK_HDR_002_DEFAULT = "with-default", GIVEN, else "half a pair is ignored where a default exists";
        LOCK_HDR_002_MESSAGE = "message", GIVEN, else "it is another text";
        LOCK_HDR_002_ARGUMENT = "argument-name", GIVEN, else "ArgumentName is omitted";
    }
    "LOCK-HDR-003" RULE, Recorded, Medium, "LS:test_s3_object_lock_mode_validation",
        "An unknown mode: 400 InvalidArgument, \"Unknown wormMode directive.\", with ArgumentName and the value as sent." {
        LOCK_HDR_003 = "mode", GIVEN, else "it is ignored";
        LOCK_HDR_003_MESSAGE = "message", GIVEN, else "it is another text";
        LOCK_HDR_003_ARGUMENT = "argument-name", GIVEN, else "ArgumentName is omitted";
        LOCK_HDR_003_VALUE = "argument-value", GIVEN, else "ArgumentValue is omitted";
    }
    "LOCK-HDR-004" RULE, Reported, Medium, "VGW",
        "An unparsable date: 400 InvalidArgument, \"The retain until date must be provided in ISO 8601 format\"." {
        LOCK_HDR_004 = "date", GIVEN, else "it is ignored";
        LOCK_HDR_004_MESSAGE = "message", GIVEN, else "it is another text";
        LOCK_HDR_004_ARGUMENT = "argument-name", GIVEN, else "ArgumentName is omitted";
    }
    "LOCK-HDR-005" RULE, Reported, Medium, "VGW; LS body analogue",
        "A date that is not in the future: 400 InvalidArgument, \"The retain until date must be in the future!\"" {
        LOCK_HDR_005 = "past", GIVEN, else "a past date is accepted";
        LOCK_HDR_005_MESSAGE = "message", GIVEN, else "it is another text";
        LOCK_HDR_005_ARGUMENT = "argument-name", GIVEN, else "ArgumentName is omitted";
    }
    "LOCK-HDR-006" RULE, Reported, Medium, "VGW",
        "A hold that is neither ON nor OFF: 400 InvalidArgument, \"Legal Hold must be either of 'ON' or 'OFF'\"." {
        LOCK_HDR_006 = "hold", GIVEN, else "it is ignored";
        LOCK_HDR_006_MESSAGE = "message", GIVEN, else "it is another text";
        LOCK_HDR_006_ARGUMENT = "argument-name", GIVEN, else "ArgumentName is omitted";
    }
    "LOCK-HDR-007" RULE, Reported, Medium, "VGW; ceph",
        "A lock header in a bucket without lock: 400 InvalidRequest, \"Bucket is missing ObjectLockConfiguration\"." {
        LOCK_HDR_007 = "retention", GIVEN, else "the headers are ignored";
        LOCK_HDR_007_HOLD = "hold", GIVEN, else "a hold header alone is ignored";
        LOCK_HDR_007_MESSAGE = "message", GIVEN, else "it is another text";
    }
    "LOCK-HDR-008" RULE, Chosen, Low, "VGW tests",
        "Order of checks: pairing, date format, date in the future, hold value, mode value, bucket has lock." {
        LOCK_HDR_008_FORMAT = "date-format", GIVEN, choice ["after the pairing", "before it"];
        LOCK_HDR_008_FUTURE = "date-in-future", GIVEN, choice ["after the pairing", "before it"];
        LOCK_HDR_008_HOLD = "hold-value", GIVEN, choice ["after pairing and date", "before them"];
        LOCK_HDR_008_MODE = "mode-value", GIVEN, choice ["after date and hold", "before them"];
        LOCK_HDR_008_LOCK = "bucket-has-lock", GIVEN, choice ["after all values", "before them"];
        LOCK_HDR_008_SOURCE = "source", &[CopyObject], choice ["before what is wrong with the source", "after it"];
    }
    "LOCK-HDR-009" RULE, Documented, Critical, "API", "Retention and hold may be set in one request; they lock the new version." {
        LOCK_HDR_009 = "retention", GIVEN, else "the retention is not set";
        LOCK_HDR_009_HOLD = "hold", GIVEN, else "the hold is not set";
        LOCK_HDR_009_BOTH = "both", GIVEN, else "the hold is not set when a retention is";
    }
    "LOCK-HDR-010" RULE, Chosen, Low, "K(m)", "A hold of OFF on a write is stored and visible to reads." {
        LOCK_HDR_010 = "off", GIVEN, choice ["stored as OFF", "as if not sent"];
    }
    "LOCK-HDR-011" RULE, Documented, High, "API; UG",
        "Lock headers go on CreateMultipartUpload and take effect at Complete; parts and uploads in progress are not locked." {
        LOCK_HDR_011 = "retention-at-complete", COMPLETE, else "the version is made without the retention of its upload";
        LOCK_HDR_011_HOLD = "hold-at-complete", COMPLETE, else "the version is made without the hold of its upload";
        LOCK_HDR_011_PARTS = "parts", &[UploadPart, UploadPartCopy],
            else "a part of an upload with lock state is not replaced: it is refused by the lock";
    }
    "LOCK-HDR-012" RULE, Chosen, Low, "K(l)",
        "A date that passes between Create and Complete is not validated again." {
        LOCK_HDR_012 = "past-at-complete", COMPLETE, choice ["the version is made", "400 InvalidArgument"];
    }
    "LOCK-HDR-013" FORM, Recorded, Medium, "LS:test_s3_object_retention, test_put_get_object_legal_hold",
        "Reads show the lock headers that were set, the date in ISO 8601 UTC, and omit those that were not." {
        LOCK_HDR_013 = "mode", READS, else "x-amz-object-lock-mode is omitted";
        LOCK_HDR_013_DATE = "date", READS, else "x-amz-object-lock-retain-until-date is omitted";
        LOCK_HDR_013_HOLD = "hold", READS, else "x-amz-object-lock-legal-hold is omitted";
        LOCK_HDR_013_NO_MODE = "no-mode", READS, else "x-amz-object-lock-mode: GOVERNANCE is sent where none was set";
        LOCK_HDR_013_NO_HOLD = "no-hold", READS, else "x-amz-object-lock-legal-hold: OFF is sent where none was set";
    }
    "LOCK-HDR-014" RULE, Documented, High, "API:GetObject/HeadObject",
        "Retention headers are shown only with s3:GetObjectRetention, the hold header only with s3:GetObjectLegalHold; \
         the read succeeds without them." {
        LOCK_HDR_014 = "retention", READS, else "the retention headers are shown to everybody who may read";
        LOCK_HDR_014_HOLD = "hold", READS, else "the hold header is shown to everybody who may read";
        LOCK_HDR_014_SUCCEEDS = "succeeds", READS, else "the read of a version with lock state is refused without them";
    }
    "LOCK-HDR-015" RULE, Recorded, High, "LS:test_s3_copy_object_retention_lock, test_s3_copy_object_legal_hold",
        "A copy never carries retention or hold from its source: it gets what its headers say, else the default, else nothing." {
        LOCK_HDR_015 = "retention", &[CopyObject], else "a copy that nothing else retains has its source's retention";
        LOCK_HDR_015_HOLD = "hold", &[CopyObject], else "a copy that nothing else holds has its source's hold";
    }
    "LOCK-HDR-016" FORM, Documented, Low, "API", "Listings show no lock state." {
        LOCK_HDR_016 = "listings", &[ListObjectVersions, ListObjectsV2], else "ObjectLockMode is shown";
    }
}

/// What a new version is locked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) retention: Option<Retention>,
    pub(crate) hold: Option<bool>,
}

/// The first fault found so far; where a later check finds one too, which is reported is open (`LOCK-HDR-008`).
#[derive(Default)]
struct Faults(Option<Refusal>);

impl Faults {
    fn weigh(&mut self, cx: &mut Cx<'_>, order: FacetId, fault: Option<Refusal>) {
        if let Some(fault) = fault
            && (self.0.is_none() || cx.choose(order, 2) == 1)
        {
            self.0 = Some(fault);
        }
    }
}

/// The lock headers of a write: mode, date and hold.
pub(crate) type Headers = (LockMode, Date, Hold);

/// What the headers of a write ask for, if anything.
fn asked((mode, until, hold): Headers) -> Option<Parameters> {
    match (mode, until, hold) {
        (LockMode::Absent, Date::Absent, Hold::Absent) => None,
        (LockMode::Absent, Date::Absent, Hold::On | Hold::Off | Hold::Unknown) => Some(Parameters::HoldAlone),
        _ => Some(Parameters::Retention),
    }
}

/// The lock state that the headers of a PutObject and the default of its bucket give.
pub(crate) fn protection(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    headers: Headers,
    integrity: Integrity,
) -> Result<Protection, Refusal> {
    faultless(cx, bucket, headers)?;
    let declared = declared(cx, bucket, headers);
    let made = cx.now;
    let (protection, by_default) = with_default(cx, bucket, declared, made);
    let parameters = asked(headers).or(by_default.then_some(Parameters::BucketDefault));
    if let Some(parameters) = parameters.filter(|_| bucket.lock.is_some()) {
        of_write(cx, parameters, integrity)?;
    }
    Ok(protection)
}

/// The lock state of a copy, whose headers have no fault: never its source's (`LOCK-HDR-015`, `LOCK-INT-007`).
pub(crate) fn protection_of_copy(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    headers: Headers,
    source: &Version,
) -> Result<Protection, Refusal> {
    let declared = declared(cx, bucket, headers);
    let made = cx.now;
    let (mut protection, by_default) = with_default(cx, bucket, declared, made);
    if bucket.lock.is_none() {
        return Ok(protection);
    }
    if asked(headers).is_some() || by_default {
        without_digest(cx)?;
    }
    if protection.retention.is_none() && source.retention.is_some() && !cx.decides(LOCK_HDR_015) {
        protection.retention = source.retention;
    }
    if protection.hold.is_none() && source.hold.is_some() && !cx.decides(LOCK_HDR_015_HOLD) {
        protection.hold = source.hold;
    }
    Ok(protection)
}

/// The lock state of a completed upload: what it was begun with, otherwise the default (`LOCK-HDR-011`).
pub(crate) fn protection_of_upload(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    upload: &Upload,
) -> Result<Protection, Refusal> {
    if let Some(Retention { until, .. }) = upload.retention
        && cx.is_past(until)
        && cx.choose(LOCK_HDR_012, 2) == 1
    {
        return Err(Refusal::new(Code::InvalidArgument, LOCK_HDR_012));
    }
    let declared = Protection {
        retention: upload.retention.filter(|_| cx.decides(LOCK_HDR_011)),
        hold: upload.hold.filter(|_| cx.decides(LOCK_HDR_011_HOLD)),
    };
    let has_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
    let counts = has_default && declared.retention.is_none() && upload.begun != cx.now;
    let made = if counts && cx.choose(LOCK_CFG_012_FROM, 2) == 1 {
        upload.begun
    } else {
        cx.now
    };
    Ok(with_default(cx, bucket, declared, made).0)
}

/// Parts of an upload with lock state can be replaced, as nothing is locked yet (`LOCK-HDR-011`).
pub(crate) fn part_replaced(cx: &mut Cx<'_>, upload: &Upload, part: u16) -> Result<(), Refusal> {
    if upload.is_locking() && upload.parts.contains(&part) {
        permit(cx, LOCK_HDR_011_PARTS)?;
    }
    Ok(())
}

/// What headers without a fault declare, in a lock bucket.
pub(crate) fn declared(cx: &mut Cx<'_>, bucket: &Bucket, (mode, until, hold): Headers) -> Protection {
    if bucket.lock.is_none() {
        return Protection::default();
    }
    let retention = header_retention(cx, mode, until);
    Protection {
        retention,
        hold: header_hold(cx, hold, retention.is_some()),
    }
}

/// What a new version is locked with: what is declared, otherwise the default of its bucket, counted from its making
/// (`LOCK-CFG-012`, `LOCK-CFG-014`, `LOCK-CFG-015`). Also says whether the default applied.
fn with_default(cx: &mut Cx<'_>, bucket: &Bucket, declared: Protection, made: Moment) -> (Protection, bool) {
    let Some(default) = bucket.lock.and_then(|lock| lock.default) else {
        return (declared, false);
    };
    let replaced = declared.retention.is_some() && cx.decides(LOCK_CFG_014);
    if declared.retention.is_none() && declared.hold.is_some() && !cx.decides(LOCK_CFG_012_HOLD) {
        return (declared, false);
    }
    if replaced || !cx.decides(LOCK_CFG_012) {
        return (declared, false);
    }
    let holds_too = declared.hold.is_none() && !cx.decides(LOCK_CFG_015);
    let protection = Protection {
        retention: Some(by_default(cx, default, made)),
        hold: if holds_too { Some(true) } else { declared.hold },
    };
    (protection, true)
}

/// Refuses faulty headers (`LOCK-HDR-002` to `LOCK-HDR-008`).
pub(crate) fn faultless(cx: &mut Cx<'_>, bucket: &Bucket, headers: Headers) -> Result<(), Refusal> {
    if asked(headers).is_none() {
        return Ok(());
    }
    let (mode, until, hold) = headers;
    let until = header_date(cx, until);
    let mut faults = Faults::default();
    let with_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
    faults.0 = unpaired(cx, mode, until, with_default);
    let unparsable = until == Date::Unparsable && cx.law(LOCK_HDR_004);
    let fault = unparsable.then(|| {
        let message = "The retain until date must be provided in ISO 8601 format";
        odd(
            cx,
            (LOCK_HDR_004, LOCK_HDR_004_MESSAGE, LOCK_HDR_004_ARGUMENT),
            message,
            DATE,
        )
    });
    faults.weigh(cx, LOCK_HDR_008_FORMAT, fault);
    if let Some(until) = cx.world.moment(until) {
        let past = cx.is_past(until) && cx.law(LOCK_HDR_005);
        let fault = past.then(|| {
            let message = "The retain until date must be in the future!";
            odd(
                cx,
                (LOCK_HDR_005, LOCK_HDR_005_MESSAGE, LOCK_HDR_005_ARGUMENT),
                message,
                DATE,
            )
        });
        faults.weigh(cx, LOCK_HDR_008_FUTURE, fault);
        if is_beyond_limit(cx, until) {
            faults.weigh(
                cx,
                LOCK_HDR_008_FUTURE,
                Some(Refusal::new(Code::InvalidArgument, LOCK_RET_021)),
            );
        }
    }
    let fault = (hold == Hold::Unknown && cx.law(LOCK_HDR_006)).then(|| {
        let message = "Legal Hold must be either of 'ON' or 'OFF'";
        odd(
            cx,
            (LOCK_HDR_006, LOCK_HDR_006_MESSAGE, LOCK_HDR_006_ARGUMENT),
            message,
            HOLD,
        )
    });
    faults.weigh(cx, LOCK_HDR_008_HOLD, fault);
    let fault = unknown_mode(cx, mode);
    faults.weigh(cx, LOCK_HDR_008_MODE, fault);
    let no_lock = if mode == LockMode::Absent && until == Date::Absent {
        LOCK_HDR_007_HOLD
    } else {
        LOCK_HDR_007
    };
    let fault = (bucket.lock.is_none() && cx.law(no_lock)).then(|| {
        let refusal = Refusal::new(Code::InvalidRequest, no_lock);
        cx.saying(
            refusal,
            LOCK_HDR_007_MESSAGE,
            "Bucket is missing ObjectLockConfiguration",
        )
    });
    faults.weigh(cx, LOCK_HDR_008_LOCK, fault);
    faults.0.map_or(Ok(()), Err)
}

/// The refusal of a lock header.
fn odd(
    cx: &mut Cx<'_>,
    (rule, form, argument): (FacetId, FacetId, FacetId),
    message: &'static str,
    header: &'static str,
) -> Refusal {
    let refusal = cx.saying(Refusal::new(Code::InvalidArgument, rule), form, message);
    cx.naming(refusal, argument, Name::ArgumentName, Value::Text(header))
}

/// A mode without a date, or a date without a mode (`LOCK-HDR-002`).
fn unpaired(cx: &mut Cx<'_>, mode: LockMode, until: Date, with_default: bool) -> Option<Refusal> {
    let (facet, missing) = match (mode == LockMode::Absent, until == Date::Absent) {
        (true, true) | (false, false) => return None,
        (true, false) => (LOCK_HDR_002_MODE, MODE),
        (false, true) => (LOCK_HDR_002, DATE),
    };
    let facet = if with_default { LOCK_HDR_002_DEFAULT } else { facet };
    if !cx.law(facet) {
        return None;
    }
    let message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
    Some(odd(
        cx,
        (facet, LOCK_HDR_002_MESSAGE, LOCK_HDR_002_ARGUMENT),
        message,
        missing,
    ))
}

/// A mode that is none (`LOCK-HDR-003`).
fn unknown_mode(cx: &mut Cx<'_>, mode: LockMode) -> Option<Refusal> {
    let sent = match mode {
        LockMode::Unknown => "STRICT",
        LockMode::LowerCase => "governance",
        LockMode::Absent | LockMode::Compliance | LockMode::Governance => return None,
    };
    if !cx.law(LOCK_HDR_003) {
        return None;
    }
    let message = "Unknown wormMode directive.";
    let refusal = odd(
        cx,
        (LOCK_HDR_003, LOCK_HDR_003_MESSAGE, LOCK_HDR_003_ARGUMENT),
        message,
        MODE,
    );
    Some(cx.naming(
        refusal,
        LOCK_HDR_003_VALUE,
        Name::ArgumentValue,
        Value::Text(sent),
    ))
}

/// A date as the header is read: whether one with an offset or without a zone is a date there is not measured
/// (`LOCK-RET-024`).
fn header_date(cx: &mut Cx<'_>, until: Date) -> Date {
    let facet = match until {
        Date::Offset(_) => LOCK_RET_024_HEADER,
        Date::Zoneless(_) => LOCK_RET_024_HEADER_UTC,
        Date::Absent | Date::At(_) | Date::Unparsable | Date::Far => return until,
    };
    match cx.choose(facet, 2) {
        0 => until,
        _ => Date::Unparsable,
    }
}

/// The retention that the headers set, once their faults are judged.
fn header_retention(cx: &mut Cx<'_>, mode: LockMode, until: Date) -> Option<Retention> {
    let mode = match mode {
        LockMode::Compliance => Mode::Compliance,
        LockMode::Governance => Mode::Governance,
        LockMode::Absent | LockMode::Unknown | LockMode::LowerCase => return None,
    };
    let until = header_date(cx, until);
    let until = cx.world.moment(until)?;
    let until = if cx.decides(LOCK_RET_018) {
        until
    } else {
        until.rounded_up()
    };
    cx.decides(LOCK_HDR_009).then_some(Retention { mode, until })
}

/// The hold that the header sets.
fn header_hold(cx: &mut Cx<'_>, hold: Hold, with_retention: bool) -> Option<bool> {
    let on = match hold {
        Hold::Absent | Hold::Unknown => return None,
        Hold::On => true,
        Hold::Off => false,
    };
    if !on && cx.choose(LOCK_HDR_010, 2) == 1 {
        return None;
    }
    let set = cx.decides(LOCK_HDR_009_HOLD) && (!with_retention || cx.decides(LOCK_HDR_009_BOTH));
    set.then_some(on)
}

/// Whether a write subject to the default of its bucket needs s3:PutObjectRetention: only when `LOCK-CFG-016` is
/// repealed.
pub(crate) fn default_needs_permission(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    (mode, until): (LockMode, Date),
) -> bool {
    let by_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
    by_default && mode == LockMode::Absent && until == Date::Absent && !cx.decides(LOCK_CFG_016)
}

/// The default never applies to a new delete marker (`LOCK-CFG-015`).
pub(crate) fn leave_marker(
    cx: &mut Cx<'_>,
    found: &Bucket,
    next: &mut State,
    (name, key): (BucketName, Key),
    marker: VersionName,
) {
    if let Some(default) = found.lock.and_then(|lock| lock.default)
        && !cx.decides(LOCK_CFG_015_MARKER)
    {
        let made = cx.now;
        let retention = by_default(cx, default, made);
        let version = next
            .buckets
            .get_mut(&name)
            .and_then(|bucket| bucket.version_mut(key, marker));
        if let Some(version) = version {
            version.retention = Some(retention);
        }
    }
}

/// Shows lock headers on a read (`LOCK-HDR-013`, `LOCK-HDR-014`).
pub(crate) fn show_protection(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    (name, key): (BucketName, Key),
    version: &Version,
) -> Result<(), Refusal> {
    let may_see = |cx: &mut Cx<'_>, facet, action| {
        let Err(denial) = cx.permits(name, Need::object(facet, action, key)) else {
            return Ok(true);
        };
        if !cx.decides(LOCK_HDR_014_SUCCEEDS) {
            return Err(denied(cx, denial));
        }
        Ok(!cx.law(facet))
    };
    let lapsed = version
        .retention
        .filter(|retention| !cx.law(LOCK_RET_017_HEADERS) && cx.is_past(retention.until));
    match version.retention.filter(|_| lapsed.is_none()) {
        Some(retention) => {
            if may_see(cx, LOCK_HDR_014, Action::GetObjectRetention)? {
                let mode = Value::Text(retention.mode.name());
                cx.require(reply, LOCK_HDR_013, Name::LockMode, mode);
                let date = Value::Date(retention.shown(cx.now));
                cx.require(reply, LOCK_HDR_013_DATE, Name::RetainUntil, date);
            } else {
                reply.push(Name::LockMode, Value::Absent, LOCK_HDR_014);
                reply.push(Name::RetainUntil, Value::Absent, LOCK_HDR_014);
            }
        }
        None => cx.forbid(
            reply,
            LOCK_HDR_013_NO_MODE,
            Name::LockMode,
            Value::Text("GOVERNANCE"),
        ),
    }
    match version.hold {
        Some(on) if may_see(cx, LOCK_HDR_014_HOLD, Action::GetObjectLegalHold)? => {
            let (facet, word) = if on {
                (LOCK_HDR_013_HOLD, "ON")
            } else {
                (LOCK_HOLD_004_HEADER, "OFF")
            };
            cx.require(reply, facet, Name::LegalHold, Value::Text(word));
        }
        Some(_) => reply.push(Name::LegalHold, Value::Absent, LOCK_HDR_014_HOLD),
        None => cx.forbid(reply, LOCK_HDR_013_NO_HOLD, Name::LegalHold, Value::Text("OFF")),
    }
    Ok(())
}

/// Listings show no lock state (`LOCK-HDR-016`).
pub(crate) fn hide_from_listing(cx: &mut Cx<'_>, fields: &mut Fields, version: &Version) {
    let Some(retention) = version.retention else {
        return;
    };
    let value = if cx.law(LOCK_HDR_016) {
        Value::Absent
    } else {
        Value::Text(retention.mode.name())
    };
    fields.push(Field {
        name: Name::ObjectLockElement,
        value,
        by: LOCK_HDR_016,
    });
}
