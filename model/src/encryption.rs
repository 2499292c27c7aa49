//! Default encryption of buckets (section 1 of encryption): as far as its configuration alone tells it.
//!
//! Every bucket has SSE-S3, and objects have it without being asked. What KMS keys, keys of the customer and blocked types of
//! encryption would do is not ruled on yet.

use crate::access::change;
use crate::argument::{BucketName, Integrity, SseAlgorithm};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::words::{FacetId, RULE, clauses};

clauses! { Encryption, BucketEncryption;
    "ENC-BKT-003" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption; UG:default-s3-c-encryption-setting-faq",
        "GetBucketEncryption of a bucket that was never configured is 200, with one rule: SSEAlgorithm AES256, BucketKeyEnabled false." {
        ENC_BKT_003 = "default", &[GetBucketEncryption], else "it is 404 ServerSideEncryptionConfigurationNotFoundError";
        ENC_BKT_003_ALGORITHM = "algorithm", &[GetBucketEncryption], else (omitted "SSEAlgorithm");
        ENC_BKT_003_BUCKET_KEY = "bucket-key", &[GetBucketEncryption], else (omitted "BucketKeyEnabled");
    }
    "ENC-BKT-004" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption",
        "DeleteBucketEncryption is 204, also where nothing is configured, and puts the default back." {
        ENC_BKT_004 = "status", &[DeleteBucketEncryption], else "it is 200";
        ENC_BKT_004_RESETS = "resets", &[DeleteBucketEncryption], else "the configuration stays";
        ENC_BKT_004_AGAIN = "idempotent", &[DeleteBucketEncryption],
            else "where nothing is configured it is 404 ServerSideEncryptionConfigurationNotFoundError";
    }
    "ENC-BKT-005" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption_exc",
        "A missing bucket is reported before what is wrong with the document." {
        ENC_BKT_005 = "order", &[PutBucketEncryption], else "the document is refused first";
    }
    "ENC-BKT-006" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption_exc",
        "PutBucketEncryption without a rule, or with more than one, is 400 MalformedXML." {
        ENC_BKT_006 = "no-rule", &[PutBucketEncryption], else "it is accepted and changes nothing";
        ENC_BKT_006_TWO = "two-rules", &[PutBucketEncryption], else "it is accepted and changes nothing";
    }
    "ENC-BKT-007" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption_exc",
        "KMSMasterKeyID beside AES256 is 400 InvalidArgument, with ArgumentName ApplyServerSideEncryptionByDefault." {
        ENC_BKT_007 = "key", &[PutBucketEncryption], else "the key is ignored";
        ENC_BKT_007_MESSAGE = "message", &[PutBucketEncryption], else other_text;
        ENC_BKT_007_ARGUMENT = "argument-name", &[PutBucketEncryption], else (omitted "ArgumentName");
    }
    "ENC-BKT-008" RULE, Documented, Medium, "API; UG",
        "SSEAlgorithm is AES256, aws:kms or aws:kms:dsse; another value is 400 MalformedXML. Keys of the customer are no default." {
        ENC_BKT_008 = "unknown", &[PutBucketEncryption], else "it is accepted and changes nothing";
    }
    "ENC-BKT-012" RULE, Documented, Medium, "UG; API",
        "BucketKeyEnabled beside AES256 is accepted, kept, and without effect." {
        ENC_BKT_012 = "accepted", &[PutBucketEncryption], else "it is 400 InvalidArgument";
        ENC_BKT_012_KEPT = "kept", &[PutBucketEncryption], else "it is accepted and not kept";
    }
    "ENC-BKT-013" RULE, Documented, Medium, "API",
        "PutBucketEncryption needs Content-MD5 or a checksum: 400 InvalidRequest." {
        ENC_BKT_013 = "integrity", &[PutBucketEncryption], else "neither is needed";
    }
}

/// What is wrong with a document, by the facet that refuses it.
fn fault(algorithm: SseAlgorithm, second: SseAlgorithm, kms_key: bool) -> Option<FacetId> {
    if second != SseAlgorithm::Absent {
        return Some(ENC_BKT_006_TWO);
    }
    match algorithm {
        SseAlgorithm::Absent => Some(ENC_BKT_006),
        SseAlgorithm::Unknown => Some(ENC_BKT_008),
        SseAlgorithm::Aes256 => kms_key.then_some(ENC_BKT_007),
        SseAlgorithm::Kms | SseAlgorithm::Dsse => None,
    }
}

/// The refusal of a faulty document.
fn refusal(cx: &mut Cx<'_>, fault: FacetId) -> Refusal {
    if fault != ENC_BKT_007 {
        return Refusal::new(Code::MalformedXML, fault);
    }
    let message =
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
    let refusal = Refusal::new(Code::InvalidArgument, fault);
    let refusal = cx.saying(refusal, ENC_BKT_007_MESSAGE, message);
    cx.naming(
        refusal,
        ENC_BKT_007_ARGUMENT,
        Name::ArgumentName,
        Value::Text("ApplyServerSideEncryptionByDefault"),
    )
}

fn absent(by: FacetId) -> Refusal {
    Refusal::new(Code::ServerSideEncryptionConfigurationNotFoundError, by)
}

/// GetBucketEncryption.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    if found.encryption.is_none() && !cx.decides(ENC_BKT_003) {
        return Err(absent(ENC_BKT_003));
    }
    let bucket_key = found.encryption == Some(true);
    let shown = Value::Text(if bucket_key { "true" } else { "false" });
    let mut reply = Reply::success(200);
    cx.require(
        &mut reply,
        ENC_BKT_003_ALGORITHM,
        Name::SseAlgorithm,
        Value::Text("AES256"),
    );
    cx.require(&mut reply, ENC_BKT_003_BUCKET_KEY, Name::BucketKeyEnabled, shown);
    Ok((reply, None))
}

/// PutBucketEncryption: `algorithm`, and whether a key of KMS stands beside it, whether the bucket key is on, and the
/// algorithm of a second rule.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    name: BucketName,
    algorithm: SseAlgorithm,
    (kms_key, bucket_key, second): (bool, Option<bool>, SseAlgorithm),
    integrity: Integrity,
) -> Ruling {
    let fault = fault(algorithm, second, kms_key);
    if let Some(fault) = fault
        && !cx.state.buckets.contains(&name)
        && !cx.decides(ENC_BKT_005)
    {
        return Err(refusal(cx, fault));
    }
    cx.bucket(name)?;
    let need = cx.needed(None);
    cx.authorize_before(name, need.as_slice(), |cx| match fault {
        Some(fault) if cx.law(fault) => Some(refusal(cx, fault)),
        Some(_) | None => None,
    })?;
    if matches!(integrity, Integrity::Absent | Integrity::Algorithm) {
        cx.refuse(ENC_BKT_013, |facet| Refusal::new(Code::InvalidRequest, facet))?;
    }
    if let Some(fault) = fault {
        if cx.law(fault) {
            return Err(refusal(cx, fault));
        }
        if fault != ENC_BKT_007 {
            return Ok((Reply::success(200), None));
        }
    }
    // What a KMS key as the default does to writes is not ruled on yet.
    if matches!(algorithm, SseAlgorithm::Kms | SseAlgorithm::Dsse) {
        return Err(not_modelled());
    }
    let asked = bucket_key == Some(true);
    if asked && !cx.decides(ENC_BKT_012) {
        return Err(Refusal::new(Code::InvalidArgument, ENC_BKT_012));
    }
    let kept = asked && cx.decides(ENC_BKT_012_KEPT);
    let next = change(cx.state, name, |bucket| bucket.encryption = Some(kept));
    Ok((Reply::success(200), next))
}

/// DeleteBucketEncryption.
pub(crate) fn delete(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let resets = match found.encryption {
        None if !cx.decides(ENC_BKT_004_AGAIN) => return Err(absent(ENC_BKT_004_AGAIN)),
        None => false,
        Some(_) => cx.decides(ENC_BKT_004_RESETS),
    };
    let status = if cx.decides(ENC_BKT_004) { 204 } else { 200 };
    let next = resets
        .then(|| change(cx.state, name, |bucket| bucket.encryption = None))
        .flatten();
    Ok((Reply::success(status), next))
}

#[cfg(test)]
mod tests {
    use crate::simulate::answers;

    #[test]
    fn enc_bkt_003_004_012_what_is_configured_is_shown_until_it_is_deleted() {
        let replies = answers(
            "1 owner CreateBucket bucket=b\n2 owner PutBucketEncryption bucket=b algorithm=AES256 bucket_key=true\n\
             3 owner GetBucketEncryption bucket=b\n4 owner DeleteBucketEncryption bucket=b\n\
             5 owner DeleteBucketEncryption bucket=b\n6 owner GetBucketEncryption bucket=b\n",
        );
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [200, 200, 200, 204, 204, 200]);
    }

    #[test]
    fn enc_bkt_005_006_007_008_what_is_wrong_with_a_document() {
        let replies = answers(
            "1 owner PutBucketEncryption bucket=b\n2 owner CreateBucket bucket=b\n3 owner PutBucketEncryption bucket=b\n\
             4 owner PutBucketEncryption bucket=b algorithm=AES256 second=AES256\n\
             5 owner PutBucketEncryption bucket=b algorithm=AES256 kms_key=true\n\
             6 owner PutBucketEncryption bucket=b algorithm=unknown\n\
             7 owner PutBucketEncryption bucket=b algorithm=aws:kms\n",
        );
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [404, 200, 400, 400, 400, 400, 501]);
    }
}
