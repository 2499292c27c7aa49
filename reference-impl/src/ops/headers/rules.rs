//! The table of headers.

use OperationId as Op;
use Routes::{All, These, Writes};
use Treatment::{CopiesOnly, Ignored, NotBuilt, OutOfContext, Read, Unsupported};

use super::{Routes, Rule, Treatment};
use crate::ops::OperationId;

/// What makes an object, or begins to.
const MAKES: Routes = These(&[Op::PutObject, Op::CopyObject, Op::CreateMultipartUpload]);
const COPIES: Routes = These(&[Op::CopyObject, Op::UploadPartCopy]);
const READS: Routes = These(&[Op::GetObject, Op::HeadObject]);
const ATTRIBUTES: Routes = These(&[Op::GetObjectAttributes]);
const CREATE_BUCKET: Routes = These(&[Op::CreateBucket]);

const UNDEFINED: Treatment = Ignored("S3 defines it for other operations, and pays no attention to it here");
const AT_THE_BEGINNING: Treatment =
    Ignored("S3 takes it when an object or upload is begun; nothing later has a say in it");
const BY_S3: Treatment = Ignored("S3 says it in replies; what a request says of it means nothing");

const fn rule(names: &'static [&'static str], routes: Routes, treatment: Treatment) -> Rule {
    Rule {
        names,
        routes,
        treatment,
    }
}

const CONDITIONS: &[&str] = &[
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
];
const LOCKS: &[&str] = &[
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
];
const ACLS: &[&str] = &[
    "x-amz-acl",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
];
const SYSTEM: &[&str] = &[
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];

/// Every header that means something in S3, but for those that carry the request itself (credentials, dates, lengths,
/// framing) and those of other services, which are told before. Of the lines for a header the first that fits rules.
pub static RULES: &[Rule] = &[
    // Encryption: objects have SSE-S3, and nothing else is built.
    rule(&["x-amz-server-side-encryption-customer-*"], All, NotBuilt), // ENC-SSEC-001
    rule(&["x-amz-copy-source-server-side-encryption-*"], All, NotBuilt),
    rule(
        &[
            "x-amz-server-side-encryption-aws-kms-key-id",
            "x-amz-server-side-encryption-context",
            "x-amz-server-side-encryption-bucket-key-enabled",
        ],
        All,
        NotBuilt,
    ),
    rule(&["x-amz-server-side-encryption"], MAKES, Read), // ENC-HDR-001
    rule(
        &["x-amz-server-side-encryption"],
        These(&[Op::GetObject, Op::HeadObject, Op::UploadPart]),
        Unsupported, // ENC-HDR-003
    ),
    rule(&["x-amz-server-side-encryption*"], All, NotBuilt),
    // Features that are not built.
    rule(&["x-amz-object-lock-event-hold*"], All, NotBuilt), // LOCK-EVT-002
    rule(&["x-amz-write-offset-bytes"], All, NotBuilt),
    rule(&["x-amz-rename-source*"], All, NotBuilt),
    rule(
        &["x-amz-object-annotation-*", "x-amz-object-if-match"],
        All,
        NotBuilt,
    ), // POL-MTX-042, POL-MTX-043
    rule(&["x-amz-create-session-mode"], All, NotBuilt),
    rule(&["x-amz-fwd-*"], All, NotBuilt), // OLAP-WGOR-006
    rule(&["x-amz-bucket-namespace"], CREATE_BUCKET, NotBuilt), // POL-KEY-031
    rule(
        &[
            "x-amz-skip-destination-validation",
            "x-amz-transition-default-minimum-object-size",
        ],
        All,
        NotBuilt,
    ),
    // Conditions: a write must not drop one.
    rule(
        &["if-match"],
        These(&[
            Op::GetObject,
            Op::HeadObject,
            Op::PutObject,
            Op::CopyObject,
            Op::CompleteMultipartUpload,
            Op::DeleteObject,
        ]),
        Read,
    ),
    rule(
        &["if-none-match"],
        These(&[
            Op::GetObject,
            Op::HeadObject,
            Op::PutObject,
            Op::CopyObject,
            Op::CompleteMultipartUpload,
        ]),
        Read,
    ),
    rule(&["if-modified-since", "if-unmodified-since"], READS, Read),
    rule(CONDITIONS, Writes, NotBuilt),
    rule(
        CONDITIONS,
        All,
        Ignored("S3 judges conditions of reads for GetObject and HeadObject alone"),
    ),
    rule(
        &["x-amz-if-match-last-modified-time", "x-amz-if-match-size"],
        These(&[Op::DeleteObject]),
        Read, // VER-COND-014
    ),
    rule(&["x-amz-if-match-*"], Writes, NotBuilt),
    rule(&["x-amz-if-match-*"], All, UNDEFINED),
    // Ranges.
    rule(&["range", "if-range"], READS, Read),
    rule(
        &["range", "if-range"],
        All,
        Ignored("ranges are defined for GET alone (RFC 9110, 14.2)"),
    ),
    rule(
        &["content-range"],
        These(&[Op::PutObject, Op::UploadPart]),
        NotBuilt,
    ), // RFC 9110, 14.5
    rule(
        &["content-range"],
        All,
        Ignored("it is about the body of a PUT of data"),
    ),
    // Sources of copies.
    rule(&["x-amz-copy-source", "x-amz-copy-source-if-*"], COPIES, Read),
    rule(&["x-amz-copy-source-range"], These(&[Op::UploadPartCopy]), Read),
    rule(
        &["x-amz-copy-source-range"],
        These(&[Op::CopyObject]),
        OutOfContext,
    ),
    rule(&["x-amz-copy-source*"], All, CopiesOnly),
    rule(&["x-amz-source-expected-bucket-owner"], COPIES, Read), // EVAL-EBO-003
    rule(
        &["x-amz-source-expected-bucket-owner"],
        All,
        Ignored("there is no source"),
    ),
    rule(
        &["x-amz-metadata-directive", "x-amz-tagging-directive"],
        These(&[Op::CopyObject]),
        Read,
    ),
    rule(
        &["x-amz-metadata-directive"],
        These(&[Op::UploadPartCopy]),
        OutOfContext, // a part has no metadata that could be copied
    ),
    rule(
        &["x-amz-metadata-directive", "x-amz-tagging-directive"],
        All,
        UNDEFINED,
    ),
    // What an object is made with. A lock must not be dropped either.
    rule(LOCKS, MAKES, Read),
    rule(LOCKS, Writes, NotBuilt),
    rule(LOCKS, All, UNDEFINED),
    rule(&["x-amz-object-lock-*"], All, NotBuilt), // what a later S3 may have
    rule(
        ACLS,
        These(&[
            Op::PutObject,
            Op::CopyObject,
            Op::CreateMultipartUpload,
            Op::PutObjectAcl,
            Op::PutBucketAcl,
            Op::CreateBucket,
        ]),
        Read,
    ),
    rule(ACLS, All, AT_THE_BEGINNING),
    rule(&["x-amz-grant-*"], All, NotBuilt),
    rule(
        &[
            "x-amz-tagging",
            "x-amz-storage-class",
            "x-amz-website-redirect-location",
        ],
        MAKES,
        Read,
    ),
    rule(&["x-amz-meta-*"], MAKES, Read),
    rule(
        &[
            "x-amz-tagging",
            "x-amz-storage-class",
            "x-amz-website-redirect-location",
            "x-amz-meta-*",
        ],
        All,
        AT_THE_BEGINNING,
    ),
    rule(SYSTEM, MAKES, Read),
    rule(SYSTEM, All, AT_THE_BEGINNING),
    // Digests and checksums; which digests are built is told where they are read.
    rule(
        &[
            "content-md5",
            "x-amz-checksum-crc32",
            "x-amz-checksum-crc32c",
            "x-amz-checksum-crc64nvme",
            "x-amz-checksum-md5",
            "x-amz-checksum-sha1",
            "x-amz-checksum-sha256",
            "x-amz-checksum-sha512",
            "x-amz-checksum-xxhash3",
            "x-amz-checksum-xxhash64",
            "x-amz-checksum-xxhash128",
        ],
        All,
        Read,
    ),
    rule(
        &["x-amz-checksum-algorithm"],
        These(&[Op::CopyObject, Op::CreateMultipartUpload]),
        Read,
    ),
    rule(
        &["x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm"],
        All,
        Ignored("the digest's own header says its algorithm; without one it proves nothing (LOCK-INT-003)"),
    ),
    rule(
        &["x-amz-checksum-type"],
        These(&[Op::CreateMultipartUpload, Op::CompleteMultipartUpload]),
        Read,
    ),
    rule(
        &["x-amz-checksum-type"],
        These(&[Op::PutObject, Op::CopyObject, Op::UploadPart, Op::UploadPartCopy]),
        NotBuilt,
    ),
    rule(&["x-amz-checksum-type"], All, UNDEFINED),
    rule(&["x-amz-checksum-mode"], READS, Read),
    rule(&["x-amz-checksum-mode"], All, UNDEFINED),
    rule(&["x-amz-checksum-*"], All, Read), // one of an unknown algorithm
    rule(
        &["x-amz-mp-object-size"],
        These(&[Op::CompleteMultipartUpload]),
        Read,
    ),
    rule(&["x-amz-mp-object-size"], All, UNDEFINED),
    // Attributes and listings.
    rule(
        &[
            "x-amz-object-attributes",
            "x-amz-max-parts",
            "x-amz-part-number-marker",
        ],
        ATTRIBUTES,
        Read,
    ),
    rule(
        &[
            "x-amz-object-attributes",
            "x-amz-max-parts",
            "x-amz-part-number-marker",
        ],
        All,
        UNDEFINED,
    ),
    rule(
        &["x-amz-optional-object-attributes"],
        All,
        Ignored("only objects of archives have a RestoreStatus to be shown, and archives are not built"),
    ),
    // Who asks, and what the caller means by it.
    rule(
        &["x-amz-expected-bucket-owner"],
        These(&[Op::ListBuckets, Op::CreateBucket]),
        Ignored("there is no bucket yet, or not one alone (EVAL-EBO-004)"),
    ),
    rule(&["x-amz-expected-bucket-owner"], All, Read),
    rule(
        &["x-amz-request-payer"],
        All,
        Ignored("it is an answer to Requester Pays, which no bucket can have here (EVAL-RP-004)"),
    ),
    rule(
        &["x-amz-mfa"],
        All,
        Ignored("MFA delete is off in every bucket, and then S3 asks for no code (MFA-HDR-011)"),
    ),
    rule(
        &["x-amz-bypass-governance-retention"],
        These(&[Op::DeleteObject, Op::DeleteObjects, Op::PutObjectRetention]),
        Read,
    ),
    rule(
        &["x-amz-bypass-governance-retention"],
        All,
        Ignored("governance stands in the way of no other operation"),
    ),
    rule(
        &["x-amz-confirm-remove-self-bucket-access"],
        All,
        Ignored("S3 refuses no policy of a general purpose bucket for want of it"),
    ),
    // Buckets.
    rule(
        &["x-amz-bucket-object-lock-enabled", "x-amz-object-ownership"],
        CREATE_BUCKET,
        Read,
    ),
    rule(
        &["x-amz-bucket-object-lock-enabled", "x-amz-object-ownership"],
        All,
        UNDEFINED,
    ),
    rule(
        &["x-amz-bucket-object-lock-token"],
        All,
        Ignored("Object Lock is enabled for an existing bucket without a token"),
    ),
    rule(&["x-amz-bucket-namespace"], All, UNDEFINED),
    // Headers of replies.
    rule(
        &[
            "x-amz-replication-status",
            "x-amz-version-id",
            "x-amz-delete-marker",
            "x-amz-restore",
        ],
        All,
        BY_S3,
    ),
];
