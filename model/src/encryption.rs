//! Default encryption of buckets (section 1 of encryption): as far as its configuration alone tells it.
//!
//! Every bucket has SSE-S3, and objects have it without being asked. What KMS keys, keys of the customer and blocked types of
//! encryption would do is not ruled on yet.

use Asked::{KeyBesideAes, NoRule, TwoRules, Unknown};
use Integrity::{Absent, Algorithm};

use crate::access::change;
use crate::argument::{BucketName, Integrity, SseAlgorithm};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::reply::{Code, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::table::{Decision, Printed, effects, fields, printed, refusal, table, words};
use crate::words::{RULE, clauses};

clauses! { Encryption, BucketEncryption;
    "ENC-BKT-003" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption; UG:default-s3-c-encryption-setting-faq",
        "GetBucketEncryption of a bucket that was never configured is 200, with one rule: SSEAlgorithm AES256, BucketKeyEnabled false." {
        ENC_BKT_003 = "default", &[GetBucketEncryption], else row;
        ENC_BKT_003_ALGORITHM = "algorithm", &[GetBucketEncryption], else (omitted "SSEAlgorithm");
        ENC_BKT_003_BUCKET_KEY = "bucket-key", &[GetBucketEncryption], else (omitted "BucketKeyEnabled");
    }
    "ENC-BKT-004" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption",
        "DeleteBucketEncryption is 204, also where nothing is configured, and puts the default back." {
        ENC_BKT_004 = "status", &[DeleteBucketEncryption], else "it is 200";
        ENC_BKT_004_RESETS = "resets", &[DeleteBucketEncryption], else row;
        ENC_BKT_004_AGAIN = "idempotent", &[DeleteBucketEncryption], else row;
    }
    "ENC-BKT-005" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption_exc",
        "A missing bucket is reported before what is wrong with the document." {
        ENC_BKT_005 = "order", &[PutBucketEncryption], else row;
    }
    "ENC-BKT-006" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption_exc",
        "PutBucketEncryption without a rule, or with more than one, is 400 MalformedXML." {
        ENC_BKT_006 = "no-rule", &[PutBucketEncryption], else row;
        ENC_BKT_006_TWO = "two-rules", &[PutBucketEncryption], else row;
    }
    "ENC-BKT-007" RULE, Recorded, Medium, "LS:test_s3_default_bucket_encryption_exc",
        "KMSMasterKeyID beside AES256 is 400 InvalidArgument, with ArgumentName ApplyServerSideEncryptionByDefault." {
        ENC_BKT_007 = "key", &[PutBucketEncryption], else row;
        ENC_BKT_007_MESSAGE = "message", &[PutBucketEncryption], else other_text;
        ENC_BKT_007_ARGUMENT = "argument-name", &[PutBucketEncryption], else (omitted "ArgumentName");
    }
    "ENC-BKT-008" RULE, Documented, Medium, "API; UG",
        "SSEAlgorithm is AES256, aws:kms or aws:kms:dsse; another value is 400 MalformedXML. Keys of the customer are no default." {
        ENC_BKT_008 = "unknown", &[PutBucketEncryption], else row;
    }
    "ENC-BKT-012" RULE, Documented, Medium, "UG; API",
        "BucketKeyEnabled beside AES256 is accepted, kept, and without effect." {
        ENC_BKT_012 = "accepted", &[PutBucketEncryption], else row;
        ENC_BKT_012_KEPT = "kept", &[PutBucketEncryption], else row;
    }
    "ENC-BKT-013" RULE, Documented, Medium, "API",
        "PutBucketEncryption needs Content-MD5 or a checksum: 400 InvalidRequest." {
        ENC_BKT_013 = "integrity", &[PutBucketEncryption], else row;
    }
}

words! {
    /// What GetBucketEncryption and DeleteBucketEncryption answer.
    enum Configured {
        /// It is 200 with what is configured, or with the default.
        Shown,
        /// The default is put back.
        Reset,
        /// The configuration stays.
        Unchanged,
        /// It is 404 ServerSideEncryptionConfigurationNotFoundError.
        NotFound,
    }
}

table! {
    /// What GetBucketEncryption answers.
    Getting {
        /// Encryption was configured.
        configured: bool,
    } => Configured;

    ENC_BKT_003             if !configured                              => passes,          else NotFound;
    _                                                                   => Shown;
}

/// GetBucketEncryption.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let case = Getting {
        configured: found.encryption.is_some(),
    };
    if let (Configured::NotFound, Some(by)) = case.ruled(cx) {
        return Err(Refusal::new(
            Code::ServerSideEncryptionConfigurationNotFoundError,
            by,
        ));
    }
    let bucket_key = found.encryption == Some(true);
    let mut reply = Reply::success(200);
    fields! { cx, &mut reply;
        ENC_BKT_003_ALGORITHM  => require SseAlgorithm, Value::Text("AES256");
        ENC_BKT_003_BUCKET_KEY => require BucketKeyEnabled, Value::Text(if bucket_key { "true" } else { "false" });
    }
    Ok((reply, None))
}

words! {
    /// What is asked for as the default.
    enum Asked {
        /// No rule.
        NoRule,
        /// Two rules.
        TwoRules,
        /// An algorithm that is none.
        Unknown,
        /// AES256 with a key of KMS beside it.
        KeyBesideAes,
        /// AES256.
        Aes,
        /// A key of KMS.
        Kms,
    }
}

impl Asked {
    fn of(algorithm: SseAlgorithm, second: SseAlgorithm, kms_key: bool) -> Asked {
        match algorithm {
            _ if second != SseAlgorithm::Absent => TwoRules,
            SseAlgorithm::Absent => NoRule,
            SseAlgorithm::Unknown => Unknown,
            SseAlgorithm::Aes256 if kms_key => KeyBesideAes,
            SseAlgorithm::Aes256 => Asked::Aes,
            SseAlgorithm::Kms | SseAlgorithm::Dsse => Asked::Kms,
        }
    }

    fn are_faulty(self) -> bool {
        match self {
            NoRule | TwoRules | Unknown | KeyBesideAes => true,
            Asked::Aes | Asked::Kms => false,
        }
    }
}

words! {
    /// How a document is read.
    enum Reading {
        /// It is accepted; a key beside AES256 is ignored.
        Accepted,
        /// It is accepted and changes nothing.
        Ignored,
        /// It is refused with 400 MalformedXML.
        Malformed,
        /// It is refused with 400 InvalidArgument.
        NotApplicable,
    }
}

table! {
    /// How a ServerSideEncryptionConfiguration document is read.
    Document {
        /// What it asks for.
        rules: Asked,
    } => Reading, unnoted;

    ENC_BKT_006_TWO         if rules == TwoRules                        => Malformed,       else Ignored;
    ENC_BKT_006             if rules == NoRule                          => Malformed,       else Ignored;
    ENC_BKT_008             if rules == Unknown                         => Malformed,       else Ignored;
    ENC_BKT_007             if rules == KeyBesideAes                    => NotApplicable;
    _                                                                   => Accepted;
}

/// Whether a document changes anything, or its refusal.
fn read(cx: &mut Cx<'_>, rules: Asked) -> Result<bool, Refusal> {
    const MESSAGE: &str =
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
    match (Document { rules }).ruled(cx) {
        (Reading::Malformed, Some(by)) => Err(Refusal::new(Code::MalformedXML, by)),
        (Reading::NotApplicable, Some(by)) => Err(refusal! { cx, InvalidArgument, by;
            ENC_BKT_007_MESSAGE  => says MESSAGE;
            ENC_BKT_007_ARGUMENT => require ArgumentName, Value::Text("ApplyServerSideEncryptionByDefault");
        }),
        (Reading::Ignored, _) => Ok(false),
        (Reading::Accepted | Reading::Malformed | Reading::NotApplicable, _) => Ok(true),
    }
}

words! {
    /// What is reported of a missing bucket and a faulty document.
    enum First {
        /// The bucket is missing: 404 NoSuchBucket.
        Bucket,
        /// The document is refused first.
        Document,
    }
}

table! {
    /// What is reported of a missing bucket and a faulty document.
    Nowhere {
        /// Both are there.
        both: bool,
    } => First;

    ENC_BKT_005             if both                                     => Bucket,          else Document;
    _                                                                   => Bucket;
}

words! {
    /// Whether the digest of a document suffices.
    enum Digest {
        /// It suffices.
        Sufficient,
        /// It is refused with 400 InvalidRequest.
        Refused,
    }
}

table! {
    /// Whether the digest of the document suffices.
    OfDocument {
        /// The digest that is sent.
        digest: Integrity,
    } => Digest;

    ENC_BKT_013             if digest == Absent || digest == Algorithm  => Refused;
    _                                                                   => Sufficient;
}

words! {
    /// Whether a bucket key is configured.
    enum BucketKey {
        /// It is kept.
        Kept,
        /// It is accepted and not kept.
        NotKept,
        /// It is refused with 400 InvalidArgument.
        Refused,
    }
}

table! {
    /// Whether BucketKeyEnabled is accepted beside AES256.
    Keeping {
        /// It is true.
        asked: bool,
    } => BucketKey;

    ENC_BKT_012             if asked                                    => passes,          else Refused;
    ENC_BKT_012_KEPT        if asked                                    => Kept,            else NotKept;
    _                                                                   => NotKept;
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
    let rules = Asked::of(algorithm, second, kms_key);
    let case = Nowhere {
        both: rules.are_faulty() && !cx.state.buckets.contains(&name),
    };
    if case.ruled(cx).0 == First::Document {
        read(cx, rules)?;
    }
    cx.bucket(name)?;
    let need = cx.needed(None);
    cx.authorize_before(name, need.as_slice(), |cx| read(cx, rules).err())?;
    if let (Digest::Refused, Some(by)) = (OfDocument { digest: integrity }).ruled(cx) {
        return Err(Refusal::new(Code::InvalidRequest, by));
    }
    if !read(cx, rules)? {
        return Ok((Reply::success(200), None));
    }
    // What a KMS key as the default does to writes is not ruled on yet.
    if rules == Asked::Kms {
        return Err(not_modelled());
    }
    let case = Keeping {
        asked: bucket_key == Some(true),
    };
    let kept = match case.ruled(cx) {
        (BucketKey::Refused, Some(by)) => return Err(Refusal::new(Code::InvalidArgument, by)),
        (key, _) => key == BucketKey::Kept,
    };
    let next = change(cx.state, name, |bucket| bucket.encryption = Some(kept));
    Ok((Reply::success(200), next))
}

table! {
    /// What DeleteBucketEncryption does.
    Deleting {
        /// Encryption was configured.
        configured: bool,
    } => Configured;

    ENC_BKT_004_AGAIN       if !configured                              => passes,          else NotFound;
    ENC_BKT_004_RESETS      if configured                               => Reset,           else Unchanged;
    _                                                                   => Unchanged;
}

/// DeleteBucketEncryption.
pub(crate) fn delete(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let case = Deleting {
        configured: found.encryption.is_some(),
    };
    let resets = match case.ruled(cx) {
        (Configured::NotFound, Some(by)) => {
            return Err(Refusal::new(
                Code::ServerSideEncryptionConfigurationNotFoundError,
                by,
            ));
        }
        (answer, _) => answer == Configured::Reset,
    };
    let mut status = 204;
    effects! { cx;
        ENC_BKT_004 => never status = 200;
    }
    let next = resets
        .then(|| change(cx.state, name, |bucket| bucket.encryption = None))
        .flatten();
    Ok((Reply::success(status), next))
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Getting>(),
        printed::<Nowhere>(),
        printed::<OfDocument>(),
        printed::<Document>(),
        printed::<Keeping>(),
        printed::<Deleting>(),
    ]
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
