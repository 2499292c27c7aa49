//! GetBucketVersioning and PutBucketVersioning.

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document;
use crate::store::Versioning;
use crate::wire::payload::Payload;
use crate::wire::xml::{self, Writer, malformed};

/// GetBucketVersioning: no `Status` on a bucket that was never configured (VER-ST-002).
///
/// # Errors
/// `NoSuchBucket`.
pub fn get(exchange: &Exchange) -> Outcome {
    let mut writer = Writer::new("VersioningConfiguration");
    match document::bucket(exchange)?.versioning {
        Versioning::Unversioned => {}
        Versioning::Enabled => drop(writer.text("Status", "Enabled")),
        Versioning::Suspended => drop(writer.text("Status", "Suspended")),
    }
    Ok(Reply::xml(writer.finish()))
}

/// PutBucketVersioning.
///
/// # Errors
/// A bad document, or suspension of a lock bucket (VER-ST-009, LOCK-BKT-006).
pub async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    document::require_integrity(payload)?; // VER-ST-010
    let wanted = parse(&document::read(payload).await?)?;
    document::change(exchange, move |bucket, _| {
        if wanted == Versioning::Suspended && bucket.object_lock.is_some() {
            return Err(ApiError::with_message(
                Code::InvalidBucketState,
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
            ));
        }
        bucket.versioning = wanted;
        Ok(())
    })
    .await?;
    Ok(Reply::ok())
}

fn parse(body: &[u8]) -> Result<Versioning, ApiError> {
    let root = xml::parse(body, "VersioningConfiguration")?;
    root.only(&["Status", "MfaDelete"])?;
    match root.child_text("MfaDelete")? {
        None | Some("Disabled") => {}
        Some("Enabled") => {
            return Err(ApiError::with_message(
                Code::NotImplemented,
                "MFA Delete is not implemented by this server",
            ));
        }
        Some(_) => return Err(malformed()),
    }
    match root.child_text("Status")? {
        None => Err(Code::IllegalVersioningConfigurationException.into()), // VER-ST-004
        Some("Enabled") => Ok(Versioning::Enabled),
        Some("Suspended") => Ok(Versioning::Suspended),
        Some(_) => Err(malformed()), // VER-ST-003
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(inner: &str) -> Result<Versioning, Code> {
        let body = format!("<VersioningConfiguration>{inner}</VersioningConfiguration>");
        parse(body.as_bytes()).map_err(|error| error.code)
    }

    #[test]
    fn the_document_is_strict() {
        assert_eq!(code("<Status>Enabled</Status>"), Ok(Versioning::Enabled));
        assert_eq!(
            code("<Status><![CDATA[Suspended]]></Status>"),
            Ok(Versioning::Suspended)
        );
        assert_eq!(code(""), Err(Code::IllegalVersioningConfigurationException));
        assert_eq!(code("<Status>enabled</Status>"), Err(Code::MalformedXML));
        assert_eq!(code("<Status>Disabled</Status>"), Err(Code::MalformedXML));
        assert_eq!(code("<Status>Enabled</Status><X/>"), Err(Code::MalformedXML));
        assert_eq!(
            code("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>"),
            Err(Code::NotImplemented)
        );
    }
}
