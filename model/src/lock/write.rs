//! Lock headers of writes, and what a new version is locked with (`LOCK-HDR`).

use crate::argument::{BucketName, Date, Hold, Integrity, Key, LockMode, VersionName};
use crate::cx::Cx;
use crate::lock::READS;
use crate::lock::configuration::{
    LOCK_CFG_012, LOCK_CFG_012_FROM, LOCK_CFG_012_HOLD, LOCK_CFG_014, LOCK_CFG_015, LOCK_CFG_015_MARKER,
    LOCK_CFG_016, by_default,
};
use crate::lock::integrity::{Parameters, of_write, without_digest};
use crate::reply::{Code, Refusal};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Bucket, Retention, State, Upload, Version};
use crate::table::{Decision, Printed, effects, printed, table, words};
use crate::time::Moment;
use crate::words::{FORM, RULE, clauses, consequence};

mod headers;
mod show;

pub(crate) use headers::{declared, faultless};
pub(crate) use show::{hide_from_listing, show_protection};

/// The routes whose requests can bring lock headers.
const GIVEN: &[Route] = routes_where!(|route| route.row().takes("mode") && route.row().takes("hold"));
/// The routes on which an upload is completed.
const COMPLETE: &[Route] = &[CompleteMultipartUpload];

clauses! { ObjectLock, LockWrite;
    "LOCK-HDR-001" consequence(&["LOCK-HDR-003", "LOCK-HDR-006", "LOCK-HDR-009"]).because("POST forms come with their operation"),
        Documented, Medium, "API", "The three lock headers are accepted on PutObject, CopyObject, CreateMultipartUpload and POST forms."
    "LOCK-HDR-002" RULE, Recorded, Medium, "LS:test_s3_object_lock_mode_validation, test_bucket_config_default_retention",
        "Mode without date or date without mode: 400 InvalidArgument, ArgumentName is the missing header; also where a default exists." {
        LOCK_HDR_002 = "no-date", GIVEN, else row;
        LOCK_HDR_002_MODE = "no-mode", GIVEN, else row;
        LOCK_HDR_002_DEFAULT = "with-default", GIVEN, else row;
        LOCK_HDR_002_MESSAGE = "message", GIVEN, else other_text;
        LOCK_HDR_002_ARGUMENT = "argument-name", GIVEN, else (omitted "ArgumentName");
    }
    "LOCK-HDR-003" RULE, Recorded, Medium, "LS:test_s3_object_lock_mode_validation",
        "An unknown mode: 400 InvalidArgument, \"Unknown wormMode directive.\", with ArgumentName and the value as sent." {
        LOCK_HDR_003 = "mode", GIVEN, else row;
        LOCK_HDR_003_MESSAGE = "message", GIVEN, else other_text;
        LOCK_HDR_003_ARGUMENT = "argument-name", GIVEN, else (omitted "ArgumentName");
        LOCK_HDR_003_VALUE = "argument-value", GIVEN, else (omitted "ArgumentValue");
    }
    "LOCK-HDR-004" RULE, Reported, Medium, "VGW",
        "An unparsable date: 400 InvalidArgument, \"The retain until date must be provided in ISO 8601 format\"." {
        LOCK_HDR_004 = "date", GIVEN, else row;
        LOCK_HDR_004_MESSAGE = "message", GIVEN, else other_text;
        LOCK_HDR_004_ARGUMENT = "argument-name", GIVEN, else (omitted "ArgumentName");
    }
    "LOCK-HDR-005" RULE, Reported, Medium, "VGW; LS body analogue",
        "A date that is not in the future: 400 InvalidArgument, \"The retain until date must be in the future!\"" {
        LOCK_HDR_005 = "past", GIVEN, else row;
        LOCK_HDR_005_MESSAGE = "message", GIVEN, else other_text;
        LOCK_HDR_005_ARGUMENT = "argument-name", GIVEN, else (omitted "ArgumentName");
    }
    "LOCK-HDR-006" RULE, Reported, Medium, "VGW",
        "A hold that is neither ON nor OFF: 400 InvalidArgument, \"Legal Hold must be either of 'ON' or 'OFF'\"." {
        LOCK_HDR_006 = "hold", GIVEN, else row;
        LOCK_HDR_006_MESSAGE = "message", GIVEN, else other_text;
        LOCK_HDR_006_ARGUMENT = "argument-name", GIVEN, else (omitted "ArgumentName");
    }
    "LOCK-HDR-007" RULE, Reported, Medium, "VGW; ceph",
        "A lock header in a bucket without lock: 400 InvalidRequest, \"Bucket is missing ObjectLockConfiguration\"." {
        LOCK_HDR_007 = "retention", GIVEN, else row;
        LOCK_HDR_007_HOLD = "hold", GIVEN, else row;
        LOCK_HDR_007_MESSAGE = "message", GIVEN, else other_text;
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
        LOCK_HDR_009 = "retention", GIVEN, else row;
        LOCK_HDR_009_HOLD = "hold", GIVEN, else row;
        LOCK_HDR_009_BOTH = "both", GIVEN, else row;
    }
    "LOCK-HDR-010" RULE, Chosen, Low, "K(m)", "A hold of OFF on a write is stored and visible to reads." {
        LOCK_HDR_010 = "off", GIVEN, choice ["stored as OFF", "as if not sent"];
    }
    "LOCK-HDR-011" RULE, Documented, High, "API; UG",
        "Lock headers go on CreateMultipartUpload and take effect at Complete; parts and uploads in progress are not locked." {
        LOCK_HDR_011 = "retention-at-complete", COMPLETE, else "the version is made without the retention of its upload";
        LOCK_HDR_011_HOLD = "hold-at-complete", COMPLETE, else "the version is made without the hold of its upload";
        LOCK_HDR_011_PARTS = "parts", &[UploadPart, UploadPartCopy], else row;
    }
    "LOCK-HDR-012" RULE, Chosen, Low, "K(l)",
        "A date that passes between Create and Complete is not validated again." {
        LOCK_HDR_012 = "past-at-complete", COMPLETE, choice ["the version is made", "400 InvalidArgument"];
    }
    "LOCK-HDR-013" FORM, Recorded, Medium, "LS:test_s3_object_retention, test_put_get_object_legal_hold",
        "Reads show the lock headers that were set, the date in ISO 8601 UTC, and omit those that were not." {
        LOCK_HDR_013 = "mode", READS, else (omitted "x-amz-object-lock-mode");
        LOCK_HDR_013_DATE = "date", READS, else (omitted "x-amz-object-lock-retain-until-date");
        LOCK_HDR_013_HOLD = "hold", READS, else (omitted "x-amz-object-lock-legal-hold");
        LOCK_HDR_013_NO_MODE = "no-mode", READS, else "x-amz-object-lock-mode: GOVERNANCE is sent where none was set";
        LOCK_HDR_013_NO_HOLD = "no-hold", READS, else "x-amz-object-lock-legal-hold: OFF is sent where none was set";
    }
    "LOCK-HDR-014" RULE, Documented, High, "API:GetObject/HeadObject",
        "Retention headers are shown only with s3:GetObjectRetention, the hold header only with s3:GetObjectLegalHold; \
         the read succeeds without them." {
        LOCK_HDR_014 = "retention", READS, else row;
        LOCK_HDR_014_HOLD = "hold", READS, else row;
        LOCK_HDR_014_SUCCEEDS = "succeeds", READS, else row;
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
    let (mut copy, by_default) = with_default(cx, bucket, declared, made);
    if bucket.lock.is_none() {
        return Ok(copy);
    }
    if asked(headers).is_some() || by_default {
        without_digest(cx)?;
    }
    effects! { cx;
        LOCK_HDR_015      if copy.retention.is_none() && source.retention.is_some() => never copy.retention = source.retention;
        LOCK_HDR_015_HOLD if copy.hold.is_none() && source.hold.is_some()           => never copy.hold = source.hold;
    }
    Ok(copy)
}

words! {
    /// What becomes of an upload whose date of retention has passed since it was begun.
    enum Passed {
        /// The version is made.
        Made,
        /// It is refused with 400 InvalidArgument.
        Refused,
    }
}

table! {
    /// Whether the date of retention is judged again at the completion of an upload.
    Completion {
        /// The date that the upload was begun with is past.
        past: bool,
    } => Passed;

    LOCK_HDR_012            if past                                             => Made,    or Refused;
    _                                                                           => Made;
}

/// The lock state of a completed upload: what it was begun with, otherwise the default (`LOCK-HDR-011`).
pub(crate) fn protection_of_upload(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    upload: &Upload,
) -> Result<Protection, Refusal> {
    let past = upload
        .retention
        .is_some_and(|retention| cx.is_past(retention.until));
    if let (Passed::Refused, Some(by)) = (Completion { past }).ruled(cx) {
        return Err(Refusal::new(Code::InvalidArgument, by));
    }
    let mut declared = Protection::default();
    effects! { cx;
        LOCK_HDR_011      if upload.retention.is_some() => does declared.retention = upload.retention;
        LOCK_HDR_011_HOLD if upload.hold.is_some()      => does declared.hold = upload.hold;
    }
    let has_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
    let case = Counting {
        matters: has_default && declared.retention.is_none() && upload.begun != cx.now,
    };
    let made = match case.ruled(cx).0 {
        Counted::FromCompletion => cx.now,
        Counted::FromBeginning => upload.begun,
    };
    Ok(with_default(cx, bucket, declared, made).0)
}

words! {
    /// From when the period of a default counts for a completed upload.
    enum Counted {
        /// It counts from the completion.
        FromCompletion,
        /// It counts from the beginning of the upload.
        FromBeginning,
    }
}

table! {
    /// From when the period of a default counts for a completed upload.
    Counting {
        /// The default will lock the version, and the upload was begun earlier.
        matters: bool,
    } => Counted;

    LOCK_CFG_012_FROM       if matters                                          => FromCompletion, or FromBeginning;
    _                                                                           => FromCompletion;
}

words! {
    /// What a new version is locked with.
    enum LockedBy {
        /// It is locked with what the request declares, if anything.
        Declared,
        /// It has the retention of the default, and the hold that the request declares, if any.
        DefaultRetention,
        /// It has the retention of the default and is on hold.
        DefaultOnHold,
    }
}

table! {
    /// What a new version is locked with where its bucket may have a default.
    Locking {
        /// The bucket has a default.
        default: bool,
        /// Retention is declared.
        retention: bool,
        /// A hold is declared, ON or OFF.
        hold: bool,
    } => LockedBy;

    LOCK_CFG_014            if default && retention                             => Declared, else passes;
    LOCK_CFG_012_HOLD       if default && !retention && hold                    => passes,   else Declared;
    LOCK_CFG_012            if default                                          => passes,   else Declared;
    LOCK_CFG_015            if default && !hold                                 => passes,   else DefaultOnHold;
    LOCK_CFG_012            if default                                          => DefaultRetention, else same;
    _                                                                           => Declared;
}

/// What a new version is locked with: what is declared, otherwise the default of its bucket, counted from its making
/// (`LOCK-CFG-012`, `LOCK-CFG-014`, `LOCK-CFG-015`). Also says whether the default applied.
fn with_default(cx: &mut Cx<'_>, bucket: &Bucket, declared: Protection, made: Moment) -> (Protection, bool) {
    let Some(default) = bucket.lock.and_then(|lock| lock.default) else {
        return (declared, false);
    };
    let case = Locking {
        default: true,
        retention: declared.retention.is_some(),
        hold: declared.hold.is_some(),
    };
    let hold = match case.ruled(cx).0 {
        LockedBy::Declared => return (declared, false),
        LockedBy::DefaultRetention => declared.hold,
        LockedBy::DefaultOnHold => Some(true),
    };
    let retention = Some(by_default(cx, default, made));
    (Protection { retention, hold }, true)
}

words! {
    /// Whether a permission is asked.
    enum Permission {
        /// Nothing is asked for the default.
        NotAsked,
        /// S3:PutObjectRetention is asked for writes subject to the default.
        Asked,
    }
}

table! {
    /// Whether a write subject to the default of its bucket needs s3:PutObjectRetention.
    DefaultNeeds {
        /// The write is subject to the default: its headers say nothing of retention.
        by_default: bool,
    } => Permission;

    LOCK_CFG_016            if by_default                                       => NotAsked, else Asked;
    _                                                                           => NotAsked;
}

/// Whether a write subject to the default of its bucket needs s3:PutObjectRetention (`LOCK-CFG-016`).
pub(crate) fn default_needs_permission(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    (mode, until): (LockMode, Date),
) -> bool {
    let has_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
    let by_default = has_default && mode == LockMode::Absent && until == Date::Absent;
    DefaultNeeds { by_default }.ruled(cx).0 == Permission::Asked
}

/// The default never applies to a new delete marker (`LOCK-CFG-015`).
pub(crate) fn leave_marker(
    cx: &mut Cx<'_>,
    found: &Bucket,
    next: &mut State,
    (name, key): (BucketName, Key),
    marker: VersionName,
) {
    let Some(default) = found.lock.and_then(|lock| lock.default) else {
        return;
    };
    let made = cx.now;
    effects! { cx;
        LOCK_CFG_015_MARKER => never {
            let retention = by_default(cx, default, made);
            let bucket = next.buckets.get_mut(&name);
            if let Some(version) = bucket.and_then(|bucket| bucket.version_mut(key, marker)) {
                version.retention = Some(retention);
            }
        };
    }
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    let mut tables = headers::tables();
    tables.extend([
        printed::<Completion>(),
        printed::<Counting>(),
        printed::<Locking>(),
        printed::<DefaultNeeds>(),
    ]);
    tables.extend(show::tables());
    tables
}
