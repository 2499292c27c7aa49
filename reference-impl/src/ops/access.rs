//! Block Public Access and Object Ownership of a bucket.

use crate::authz::{Ownership, PublicAccessBlock};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document;
use crate::wire::payload::Payload;
use crate::wire::xml::{self, Element, Writer, malformed};

/// GetPublicAccessBlock.
///
/// # Errors
/// `NoSuchPublicAccessBlockConfiguration` after the configuration was deleted (EVAL-BPA-002).
pub fn get_public_access_block(exchange: &Exchange) -> Outcome {
    let bucket = document::bucket(exchange)?;
    let block = bucket.public_access_block.ok_or_else(|| {
        ApiError::new(Code::NoSuchPublicAccessBlockConfiguration).with("BucketName", bucket.name.as_str())
    })?;
    let mut writer = Writer::new("PublicAccessBlockConfiguration");
    writer
        .text("BlockPublicAcls", block.block_public_acls.to_string())
        .text("IgnorePublicAcls", block.ignore_public_acls.to_string())
        .text("BlockPublicPolicy", block.block_public_policy.to_string())
        .text("RestrictPublicBuckets", block.restrict_public_buckets.to_string());
    Ok(Reply::xml(writer.finish()))
}

/// PutPublicAccessBlock.
///
/// # Errors
/// `MalformedXML`.
pub async fn put_public_access_block(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let block = parse_block(&document::read(payload).await?)?;
    document::change(exchange, move |bucket, _| {
        bucket.public_access_block = Some(block);
        Ok(())
    })
    .await?;
    Ok(Reply::ok())
}

/// DeletePublicAccessBlock: all settings are false then; idempotent (EVAL-BPA-002).
///
/// # Errors
/// `NoSuchBucket`.
pub async fn delete_public_access_block(exchange: &Exchange) -> Outcome {
    document::change(exchange, |bucket, _| {
        bucket.public_access_block = None;
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}

fn parse_block(body: &[u8]) -> Result<PublicAccessBlock, ApiError> {
    let root = xml::parse(body, "PublicAccessBlockConfiguration")?;
    root.only(&[
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
    ])?;
    Ok(PublicAccessBlock {
        block_public_acls: boolean(&root, "BlockPublicAcls")?,
        ignore_public_acls: boolean(&root, "IgnorePublicAcls")?,
        block_public_policy: boolean(&root, "BlockPublicPolicy")?,
        restrict_public_buckets: boolean(&root, "RestrictPublicBuckets")?,
    })
}

/// EVAL-BPA-003: what is omitted is false.
fn boolean(root: &Element, name: &str) -> Result<bool, ApiError> {
    match root.child_text(name)? {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(malformed()),
    }
}

/// GetBucketOwnershipControls.
///
/// # Errors
/// `OwnershipControlsNotFoundError` after the controls were deleted (EVAL-OWN-001).
pub fn get_ownership(exchange: &Exchange) -> Outcome {
    let bucket = document::bucket(exchange)?;
    let ownership = bucket.ownership.ok_or_else(|| {
        ApiError::new(Code::OwnershipControlsNotFoundError).with("BucketName", bucket.name.as_str())
    })?;
    let mut writer = Writer::new("OwnershipControls");
    writer.open("Rule").text("ObjectOwnership", ownership.as_str());
    Ok(Reply::xml(writer.finish()))
}

/// PutBucketOwnershipControls.
///
/// # Errors
/// `MalformedXML` (EVAL-OWN-012), `InvalidBucketAclWithObjectOwnership` (EVAL-OWN-006).
pub async fn put_ownership(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let ownership = parse_ownership(&document::read(payload).await?)?;
    document::change(exchange, move |bucket, _| {
        let shared = bucket.acl.as_ref().is_some_and(|acl| acl.grants_others());
        if !ownership.acls_enabled() && shared {
            return Err(Code::InvalidBucketAclWithObjectOwnership.into());
        }
        bucket.ownership = Some(ownership);
        Ok(())
    })
    .await?;
    Ok(Reply::ok())
}

fn parse_ownership(body: &[u8]) -> Result<Ownership, ApiError> {
    let root = xml::parse(body, "OwnershipControls")?;
    root.only(&["Rule"])?;
    let rule = root.child("Rule")?.ok_or_else(malformed)?;
    rule.only(&["ObjectOwnership"])?;
    rule.child_text("ObjectOwnership")?
        .and_then(Ownership::parse)
        .ok_or_else(malformed)
}

/// DeleteBucketOwnershipControls: the bucket then behaves as ObjectWriter (EVAL-OWN-001).
///
/// # Errors
/// `NoSuchBucket`.
pub async fn delete_ownership(exchange: &Exchange) -> Outcome {
    document::change(exchange, |bucket, _| {
        bucket.ownership = None;
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_strict() {
        let block = |inner: &str| {
            parse_block(
                format!("<PublicAccessBlockConfiguration>{inner}</PublicAccessBlockConfiguration>")
                    .as_bytes(),
            )
        };
        assert_eq!(block("").unwrap(), PublicAccessBlock::default());
        assert!(
            block("<BlockPublicAcls>true</BlockPublicAcls>")
                .unwrap()
                .block_public_acls
        );
        assert!(block("<BlockPublicAcls>yes</BlockPublicAcls>").is_err());
        assert!(block("<Other>true</Other>").is_err());
        let ownership = |inner: &str| {
            parse_ownership(format!("<OwnershipControls>{inner}</OwnershipControls>").as_bytes())
        };
        let rule = "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>";
        assert_eq!(ownership(rule).unwrap(), Ownership::ObjectWriter);
        assert!(ownership(&rule.repeat(2)).is_err());
        assert!(ownership("<Rule><ObjectOwnership>objectwriter</ObjectOwnership></Rule>").is_err());
        assert!(ownership("").is_err());
    }
}
