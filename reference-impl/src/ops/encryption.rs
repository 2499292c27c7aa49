//! Default encryption of a bucket. Every object has SSE-S3; the default can say so, and nothing else is built.

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document;
use crate::wire::payload::Payload;
use crate::wire::xml::{self, Writer, malformed};

/// GetBucketEncryption: SSE-S3, whether or not it was ever configured (ENC-BKT-001, ENC-BKT-003).
///
/// # Errors
/// `NoSuchBucket`.
pub fn get(exchange: &Exchange) -> Outcome {
    let bucket_key = document::bucket(exchange)?.bucket_key;
    let mut writer = Writer::new("ServerSideEncryptionConfiguration");
    writer.open("Rule").open("ApplyServerSideEncryptionByDefault");
    writer.text("SSEAlgorithm", "AES256").close();
    writer.text("BucketKeyEnabled", bucket_key.to_string());
    Ok(Reply::xml(writer.finish()))
}

/// PutBucketEncryption: SSE-S3, with or without a bucket key, which has no effect (ENC-BKT-012).
///
/// # Errors
/// `InvalidRequest` without a digest (ENC-BKT-013), what is wrong with the document, and `NotImplemented` for KMS keys and
/// blocked types of encryption, which would change what writes do.
pub async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    document::require_integrity(payload)?;
    let bucket_key = parse(&document::read(payload).await?)?;
    document::change(exchange, move |bucket, _| {
        bucket.bucket_key = bucket_key;
        Ok(())
    })
    .await?;
    Ok(Reply::ok())
}

/// DeleteBucketEncryption: back to the default; idempotent (ENC-BKT-004).
///
/// # Errors
/// `NoSuchBucket`.
pub async fn delete(exchange: &Exchange) -> Outcome {
    document::change(exchange, |bucket, _| {
        bucket.bucket_key = false;
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}

/// Whether the bucket key is on in a document that asks for SSE-S3.
fn parse(body: &[u8]) -> Result<bool, ApiError> {
    let root = xml::parse(body, "ServerSideEncryptionConfiguration")?;
    root.only(&["Rule"])?;
    // Neither none nor two (ENC-BKT-006).
    let rule = root.child("Rule")?.ok_or_else(malformed)?;
    rule.only(&[
        "ApplyServerSideEncryptionByDefault",
        "BucketKeyEnabled",
        "BlockedEncryptionTypes",
    ])?;
    if rule.child("BlockedEncryptionTypes")?.is_some() {
        return Err(not_built(
            "Blocking types of encryption is not implemented by this server",
        ));
    }
    let default = rule
        .child("ApplyServerSideEncryptionByDefault")?
        .ok_or_else(malformed)?;
    default.only(&["SSEAlgorithm", "KMSMasterKeyID"])?;
    match default.child_text("SSEAlgorithm")? {
        Some("AES256") => {}
        Some("aws:kms" | "aws:kms:dsse") => {
            return Err(not_built(
                "Encryption with KMS keys is not implemented by this server",
            ));
        }
        Some(_) | None => return Err(malformed()), // ENC-BKT-008
    }
    if default.child("KMSMasterKeyID")?.is_some() {
        // ENC-BKT-007
        let message =
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
        let error = ApiError::with_message(Code::InvalidArgument, message);
        return Err(error.with("ArgumentName", "ApplyServerSideEncryptionByDefault"));
    }
    match rule.child_text("BucketKeyEnabled")? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(malformed()),
    }
}

fn not_built(message: &'static str) -> ApiError {
    ApiError::with_message(Code::NotImplemented, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inner: &str) -> Result<bool, Code> {
        let root = "ServerSideEncryptionConfiguration";
        parse(format!("<{root}>{inner}</{root}>").as_bytes()).map_err(|error| error.code)
    }

    fn rule(default: &str, more: &str) -> String {
        format!(
            "<Rule><ApplyServerSideEncryptionByDefault>{default}</ApplyServerSideEncryptionByDefault>{more}</Rule>"
        )
    }

    #[test]
    fn sse_s3_is_taken_and_what_is_not_built_is_refused() {
        let sse_s3 = "<SSEAlgorithm>AES256</SSEAlgorithm>";
        assert_eq!(read(&rule(sse_s3, "")), Ok(false));
        assert_eq!(
            read(&rule(sse_s3, "<BucketKeyEnabled>true</BucketKeyEnabled>")),
            Ok(true)
        );
        let blocked =
            "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>";
        assert_eq!(read(&rule(sse_s3, blocked)), Err(Code::NotImplemented));
        for algorithm in ["aws:kms", "aws:kms:dsse"] {
            let kms = rule(&format!("<SSEAlgorithm>{algorithm}</SSEAlgorithm>"), "");
            assert_eq!(read(&kms), Err(Code::NotImplemented));
        }
    }

    #[test]
    fn the_document_is_strict() {
        let sse_s3 = "<SSEAlgorithm>AES256</SSEAlgorithm>";
        let two = rule(sse_s3, "").repeat(2);
        let unknown = rule("<SSEAlgorithm>AES128</SSEAlgorithm>", "");
        for malformed in ["", &two, &unknown, "<Rule/>", &rule(sse_s3, "<X/>")] {
            assert_eq!(read(malformed), Err(Code::MalformedXML), "{malformed}");
        }
        let key = format!("{sse_s3}<KMSMasterKeyID>k</KMSMasterKeyID>");
        assert_eq!(read(&rule(&key, "")), Err(Code::InvalidArgument));
    }
}
