//! GetObjectLockConfiguration and PutObjectLockConfiguration.

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::lock::{DefaultRetention, ObjectLockConfiguration, RetentionMode, RetentionPeriod};
use crate::ops::document;
use crate::store::Versioning;
use crate::wire::payload::Payload;
use crate::wire::xml::{self, Element, Writer, malformed};

/// GetObjectLockConfiguration (LOCK-CFG-001, LOCK-CFG-002).
///
/// # Errors
/// `ObjectLockConfigurationNotFoundError` on a bucket without lock.
pub fn get(exchange: &Exchange) -> Outcome {
    let bucket = document::bucket(exchange)?;
    let configuration = bucket.object_lock.ok_or_else(|| {
        ApiError::new(Code::ObjectLockConfigurationNotFoundError).with("BucketName", bucket.name.as_str())
    })?;
    let mut writer = Writer::new("ObjectLockConfiguration");
    writer.text("ObjectLockEnabled", "Enabled");
    if let Some(default) = configuration.default {
        writer
            .open("Rule")
            .open("DefaultRetention")
            .text("Mode", default.mode.as_str());
        match default.period {
            RetentionPeriod::Days(days) => writer.text("Days", days.to_string()),
            RetentionPeriod::Years(years) => writer.text("Years", years.to_string()),
        };
    }
    Ok(Reply::xml(writer.finish()))
}

/// PutObjectLockConfiguration; without a rule it removes the default (LOCK-CFG-008).
///
/// # Errors
/// A bad document (before the bucket's state is looked at, LOCK-CFG-010), or a bucket whose versioning is not enabled.
pub async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    document::require_integrity(payload)?; // LOCK-INT-006
    let wanted = parse(&document::read(payload).await?)?;
    document::change(exchange, move |bucket, _| {
        if bucket.versioning != Versioning::Enabled {
            // LOCK-BKT-004
            return Err(ApiError::with_message(
                Code::InvalidBucketState,
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            ));
        }
        bucket.object_lock = Some(wanted);
        Ok(())
    })
    .await?;
    Ok(Reply::ok())
}

/// LOCK-CFG-003, LOCK-CFG-004
fn parse(body: &[u8]) -> Result<ObjectLockConfiguration, ApiError> {
    let root = xml::parse(body, "ObjectLockConfiguration")?;
    root.only(&["ObjectLockEnabled", "Rule"])?;
    if root.child_text("ObjectLockEnabled")? != Some("Enabled") {
        return Err(malformed());
    }
    let Some(rule) = root.child("Rule")? else {
        return Ok(ObjectLockConfiguration { default: None });
    };
    rule.only(&["DefaultRetention"])?;
    let retention = rule.child("DefaultRetention")?.ok_or_else(malformed)?;
    if retention.child("DefaultEventHold")?.is_some() {
        return Err(ApiError::with_message(
            Code::NotImplemented,
            "Event holds are not implemented by this server",
        ));
    }
    retention.only(&["Mode", "Days", "Years"])?;
    let mode = retention
        .child_text("Mode")?
        .and_then(RetentionMode::parse)
        .ok_or_else(malformed)?;
    let days = period(retention, "Days", 36_500)?;
    let years = period(retention, "Years", 100)?;
    let period = match (days, years) {
        (Some(days), None) => RetentionPeriod::Days(days),
        (None, Some(years)) => RetentionPeriod::Years(years),
        _ => return Err(malformed()),
    };
    Ok(ObjectLockConfiguration {
        default: Some(DefaultRetention { mode, period }),
    })
}

/// LOCK-CFG-006, LOCK-CFG-007
fn period(retention: &Element, name: &'static str, max: u32) -> Result<Option<u32>, ApiError> {
    let Some(text) = retention.child_text(name)? else {
        return Ok(None);
    };
    if retention
        .child(if name == "Days" { "Years" } else { "Days" })?
        .is_some()
    {
        return Err(malformed()); // both: the document is wrong before any value is
    }
    let value: i64 = text.parse().map_err(|_| malformed())?;
    if value <= 0 {
        return Err(invalid(
            "Default retention period must be a positive integer value.",
            name,
        ));
    }
    match u32::try_from(value) {
        Ok(value) if value <= max => Ok(Some(value)),
        _ => Err(invalid("Default retention period too large.", name)),
    }
}

fn invalid(message: &str, name: &str) -> ApiError {
    ApiError::invalid_argument(message, name, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(inner: &str) -> Result<ObjectLockConfiguration, Code> {
        let body = format!("<ObjectLockConfiguration>{inner}</ObjectLockConfiguration>");
        parse(body.as_bytes()).map_err(|error| error.code)
    }

    fn rule(inner: &str) -> Result<ObjectLockConfiguration, Code> {
        code(&format!(
            "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>{inner}</DefaultRetention></Rule>"
        ))
    }

    #[test]
    fn the_document_is_strict() {
        assert_eq!(
            code("<ObjectLockEnabled>Enabled</ObjectLockEnabled>"),
            Ok(ObjectLockConfiguration { default: None })
        );
        let days = DefaultRetention {
            mode: RetentionMode::Governance,
            period: RetentionPeriod::Days(36_500),
        };
        assert_eq!(
            rule("<Mode>GOVERNANCE</Mode><Days>36500</Days>"),
            Ok(ObjectLockConfiguration { default: Some(days) })
        );
        for bad in [
            "",
            "<Mode>GOVERNANCE</Mode>",
            "<Days>1</Days>",
            "<Mode>governance</Mode><Days>1</Days>",
            "<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>",
            "<Mode>GOVERNANCE</Mode><Days>0</Days><Years>1</Years>",
            "<Mode>GOVERNANCE</Mode><Days>one</Days>",
        ] {
            assert_eq!(rule(bad), Err(Code::MalformedXML), "{bad}");
        }
        for bad in [
            "<Days>0</Days>",
            "<Days>-1</Days>",
            "<Years>101</Years>",
            "<Days>36501</Days>",
        ] {
            assert_eq!(
                rule(&format!("<Mode>COMPLIANCE</Mode>{bad}")),
                Err(Code::InvalidArgument),
                "{bad}"
            );
        }
        assert_eq!(code(""), Err(Code::MalformedXML));
        assert_eq!(
            code("<ObjectLockEnabled>Disabled</ObjectLockEnabled>"),
            Err(Code::MalformedXML)
        );
        assert_eq!(
            code("<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule/>"),
            Err(Code::MalformedXML)
        );
    }
}
