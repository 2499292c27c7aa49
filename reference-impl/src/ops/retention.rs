//! Retention and legal hold of one version.
//!
//! The order of refusals is that of LOCK-API-002: XML validity, the bucket has Object Lock, the version exists, it is
//! no delete marker, the date lies in the future, the lock allows it.

use crate::authority::allows;
use crate::authz::Action;
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::lock::{LegalHold, LockState, Retention, RetentionMode};
use crate::ops::document::{self, MAX_DOCUMENT};
use crate::ops::target::{Rights, Target, alter_object, hide_missing};
use crate::store::BucketConfig;
use crate::versions::{OnMarker, find_object};
use crate::wire::dates;
use crate::wire::payload::Payload;
use crate::wire::xml::{self, Writer, malformed};

/// The header that asks to bypass governance.
const BYPASS: &str = "x-amz-bypass-governance-retention";

/// GetObjectRetention.
///
/// # Errors
/// `NoSuchObjectLockConfiguration` if no retention was ever set (LOCK-RET-002).
pub fn get_retention(exchange: &Exchange) -> Outcome {
    let (state, shown) = lock_state(exchange)?;
    let retention = state.retention.ok_or(Code::NoSuchObjectLockConfiguration)?;
    let mut writer = Writer::new("Retention");
    writer
        .text("Mode", retention.mode.as_str())
        .text("RetainUntilDate", dates::iso_millis(retention.until));
    Ok(Reply::xml(writer.finish()).header_opt("x-amz-version-id", shown))
}

/// GetObjectLegalHold.
///
/// # Errors
/// `NoSuchObjectLockConfiguration` if no hold was ever set (LOCK-HOLD-003).
pub fn get_legal_hold(exchange: &Exchange) -> Outcome {
    let (state, shown) = lock_state(exchange)?;
    let hold = state.hold.ok_or(Code::NoSuchObjectLockConfiguration)?;
    let mut writer = Writer::new("LegalHold");
    writer.text("Status", hold.as_str());
    Ok(Reply::xml(writer.finish()).header_opt("x-amz-version-id", shown))
}

fn lock_state(exchange: &Exchange) -> Result<(LockState, Option<String>), ApiError> {
    let target = Target::of(exchange)?;
    require_lock(&target.bucket)?;
    let (snapshot, asked) = (&*exchange.snapshot, exchange.request.version_id());
    // VER-GET-015, LOCK-RET-020
    let version = find_object(
        &snapshot.rows,
        snapshot,
        target.place(),
        asked,
        OnMarker::NotAllowed,
    )
    .map_err(|error| hide_missing(exchange, &target.bucket.name, error))?;
    let state = version.object().map(|object| object.lock).unwrap_or_default();
    Ok((state, target.place().shown_id(snapshot, &version)))
}

/// LOCK-API-001, LOCK-RET-023
fn require_lock(bucket: &BucketConfig) -> Result<(), ApiError> {
    match bucket.object_lock {
        Some(_) => Ok(()),
        None => Err(ApiError::with_message(
            Code::InvalidRequest,
            "Bucket is missing Object Lock Configuration",
        )),
    }
}

/// PutObjectRetention.
///
/// # Errors
/// A bad document, a date that is past, or what the lock forbids.
pub async fn put_retention(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    document::require_integrity(payload)?; // LOCK-INT-006
    let wanted = parse_retention(&payload.collect(MAX_DOCUMENT).await?)?;
    let target = Target::of(exchange)?;
    require_lock(&target.bucket)?;
    let asked = exchange
        .request
        .header(BYPASS)
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let caller = exchange.caller.clone();
    let change = alter_object(
        Rights::of(exchange),
        target,
        OnMarker::NotAllowed,
        move |object, target, view| {
            require_lock(&target.bucket)?;
            if let Some(retention) = wanted {
                check_future(retention.until, view.now)?;
            }
            // The permission only counts where governance stands in the way (decision 0001); header and permission
            // are both needed (LOCK-RET-009, LOCK-RET-010).
            let bypass = asked
                && allows(
                    &caller,
                    view.config,
                    &target.check(Action::BypassGovernanceRetention),
                );
            object.lock.may_retain(wanted, view.now, bypass)?;
            object.lock.retention = wanted;
            Ok(())
        },
    );
    change.await?;
    Ok(Reply::ok())
}

/// LOCK-RET-004
fn check_future(until: Timestamp, now: Timestamp) -> Result<(), ApiError> {
    if until > now {
        return Ok(());
    }
    let message = "The retain until date must be in the future!";
    Err(ApiError::invalid_argument(
        message,
        "RetainUntilDate",
        Some(&dates::java_pacific(until)),
    ))
}

/// Reads a `Retention` document; an empty one asks to remove the retention (LOCK-RET-003, LOCK-RET-011).
fn parse_retention(body: &[u8]) -> Result<Option<Retention>, ApiError> {
    let root = xml::parse(body, "Retention")?;
    for element in ["EventHold", "EventHoldDuration"] {
        if root.child(element)?.is_some() {
            let message = "Event holds are not implemented by this server";
            return Err(ApiError::with_message(Code::NotImplemented, message));
        }
    }
    root.only(&["Mode", "RetainUntilDate"])?;
    match (root.child_text("Mode")?, root.child_text("RetainUntilDate")?) {
        (None, None) => Ok(None),
        (Some(mode), Some(until)) => {
            let mode = RetentionMode::parse(mode).ok_or_else(malformed)?;
            let until = dates::parse_iso_or_utc(until).ok_or_else(malformed)?; // LOCK-RET-024
            Ok(Some(Retention { mode, until }))
        }
        _ => Err(malformed()),
    }
}

/// PutObjectLegalHold; independent of any retention (LOCK-HOLD-002, LOCK-HOLD-006).
///
/// # Errors
/// A bad document, or what every lock operation refuses.
pub async fn put_legal_hold(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    document::require_integrity(payload)?; // LOCK-INT-006
    let wanted = parse_legal_hold(&payload.collect(MAX_DOCUMENT).await?)?; // LOCK-HOLD-009
    let target = Target::of(exchange)?;
    require_lock(&target.bucket)?;
    let change = alter_object(
        Rights::of(exchange),
        target,
        OnMarker::NotAllowed,
        move |object, target, _| {
            require_lock(&target.bucket)?;
            object.lock.hold = Some(wanted);
            Ok(())
        },
    );
    change.await?;
    Ok(Reply::ok())
}

/// LOCK-HOLD-001
fn parse_legal_hold(body: &[u8]) -> Result<LegalHold, ApiError> {
    let root = xml::parse(body, "LegalHold")?;
    root.only(&["Status"])?;
    root.child_text("Status")?
        .and_then(LegalHold::parse)
        .ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_documents_are_strict() {
        let parse = |inner: &str| parse_retention(format!("<Retention>{inner}</Retention>").as_bytes());
        let date = "<RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate>";
        assert_eq!(parse("").unwrap(), None);
        assert_eq!(
            parse(&format!("<Mode>COMPLIANCE</Mode>{date}")).unwrap(),
            Some(Retention {
                mode: RetentionMode::Compliance,
                until: Timestamp::from_seconds(1_893_456_000)
            })
        );
        for bad in [
            date,
            "<Mode>COMPLIANCE</Mode>",
            "<X/>",
            &format!("<Mode>compliance</Mode>{date}"),
        ] {
            assert_eq!(parse(bad).unwrap_err().code, Code::MalformedXML, "{bad}");
        }
        assert_eq!(parse_retention(b"").unwrap_err().code, Code::MalformedXML);
        assert_eq!(
            parse("<EventHold>ON</EventHold>").unwrap_err().code,
            Code::NotImplemented
        );
    }

    #[test]
    fn holds_are_on_or_off() {
        let parse = |inner: &str| parse_legal_hold(format!("<LegalHold>{inner}</LegalHold>").as_bytes());
        assert_eq!(parse("<Status>ON</Status>").unwrap(), LegalHold::On);
        assert_eq!(parse("<Status>OFF</Status>").unwrap(), LegalHold::Off);
        for bad in [
            "",
            "<Status>on</Status>",
            "<Status/>",
            "<Status>ON</Status><Status>ON</Status>",
        ] {
            assert_eq!(parse(bad).unwrap_err().code, Code::MalformedXML, "{bad}");
        }
    }

    #[test]
    fn past_dates_are_shown_in_java_form() {
        let error = check_future(
            Timestamp::from_seconds(1_577_836_800),
            Timestamp::from_seconds(1_600_000_000),
        );
        let extra = error.unwrap_err().extra;
        assert_eq!(
            extra.last(),
            Some(&("ArgumentValue", "Tue Dec 31 16:00:00 PST 2019".to_owned()))
        );
    }
}
