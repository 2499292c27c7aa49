//! Who may do what: identity and bucket policies, Block Public Access, and what a missing key tells.
//!
//! Every statement of every policy is evaluated and the results are combined; nothing is compiled or indexed.

use crate::action::Action;
use crate::argument::{BucketName, Key, PolicyName};
use crate::clause::{FacetId, Kind, RULE, clauses, consequence, definition, planned};
use crate::cx::Cx;
use crate::policy::{Effect, Naming, Policy, Principal, Resource};
use crate::reply::{Code, Refusal, Reply};
use crate::request::Caller;
use crate::request::Route::{self, *};
use crate::state::{Bucket, State};
use crate::step::{Ruling, not_modelled};

/// The routes on which a caller needs a permission on a bucket that exists.
const AUTHORIZED: &[Route] = &[
    DeleteBucket,
    HeadBucket,
    GetBucketVersioning,
    PutBucketVersioning,
    GetObjectLockConfiguration,
    PutObjectLockConfiguration,
    GetBucketPolicy,
    PutBucketPolicy,
    DeleteBucketPolicy,
    PutPublicAccessBlock,
    DeletePublicAccessBlock,
    PutObject,
    GetObject,
    GetObjectVersion,
    HeadObject,
    HeadObjectVersion,
    DeleteObject,
    DeleteObjectVersion,
    DeleteObjects,
    DeleteObjectsVersion,
    GetObjectRetention,
    PutObjectRetention,
    GetObjectLegalHold,
    PutObjectLegalHold,
    ListObjectVersions,
    ListObjectsV2,
    ListObjects,
    GetObjectAcl,
    GetObjectAclVersion,
    GetObjectAttributes,
    GetObjectAttributesVersion,
    GetObjectTagging,
    GetObjectTaggingVersion,
    PutObjectTagging,
    PutObjectTaggingVersion,
    DeleteObjectTagging,
    DeleteObjectTaggingVersion,
    CopyObject,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    ListMultipartUploads,
];

/// The routes that find their bucket missing.
const IN_A_BUCKET: &[Route] = &[
    DeleteBucket,
    HeadBucket,
    GetBucketVersioning,
    PutBucketVersioning,
    GetObjectLockConfiguration,
    PutObjectLockConfiguration,
    GetBucketPolicy,
    PutBucketPolicy,
    DeleteBucketPolicy,
    PutPublicAccessBlock,
    DeletePublicAccessBlock,
    PutObject,
    GetObject,
    GetObjectVersion,
    HeadObject,
    HeadObjectVersion,
    DeleteObject,
    DeleteObjectVersion,
    DeleteObjects,
    GetObjectRetention,
    PutObjectRetention,
    GetObjectLegalHold,
    PutObjectLegalHold,
    ListObjectVersions,
    ListObjectsV2,
    ListObjects,
    GetObjectAcl,
    GetObjectAclVersion,
    GetObjectAttributes,
    GetObjectAttributesVersion,
    GetObjectTagging,
    GetObjectTaggingVersion,
    PutObjectTagging,
    PutObjectTaggingVersion,
    DeleteObjectTagging,
    DeleteObjectTaggingVersion,
    CopyObject,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    ListMultipartUploads,
];

clauses! { Evaluation, 0;
    "EVAL-CTX-001" consequence("EVAL-OP-028, EVAL-OP-039"), Documented, High, "S3-UG using-with-s3-policy-actions",
        "One request maps to one or more checks of an action on a resource; all must be allowed."
    "EVAL-CTX-002" definition("the order of stages; its observable pairs are EVAL-CTX-003 and LOCK-API-003"), Chosen, Medium,
        "K-high", "Route, authenticate, look the bucket up, check the expected owner, authorize, execute."
    "EVAL-CTX-003" RULE, Chosen, Medium, "K-high",
        "A bucket that does not exist is 404 NoSuchBucket, whatever the caller may do." {
        EVAL_CTX_003 = "missing-bucket", IN_A_BUCKET, else "a missing bucket is answered as AccessDenied";
    }
    "EVAL-CTX-004" definition("introduces the requester's identity; its effects are the rules of sections 3 to 5"),
        Documented, High, "IAM-UG evaluation-logic",
        "The requester's identity is that of the credential at evaluation time; an unsigned request is anonymous."
    "EVAL-CTX-005" definition("lists the authorities; each has its own clauses"), Documented, High,
        "IAM-UG evaluation-logic", "The authorities in play: identity, bucket and organization policies, ACLs, Block Public Access, and more."
    "EVAL-CTX-006" definition("says when a statement matches; POL clauses rule on each part"), Documented, High,
        "IAM-UG evaluation-logic", "A statement matches when principal, action, resource and conditions all match."
    "EVAL-ORD-001" RULE, Documented, Critical, "IAM-UG evaluation-logic",
        "An applicable explicit Deny in any policy refuses, whatever grants." {
        EVAL_ORD_001 = "deny", AUTHORIZED, else "Deny statements are ignored";
    }
    "EVAL-ORD-002" consequence("EVAL-SAME-010, EVAL-XACC-001, EVAL-ANON-001"), Documented, Critical,
        "IAM-UG evaluation-logic", "Otherwise the default is an implicit deny; at least one grant is needed."
    "EVAL-SAME-001" RULE, Documented, High, "IAM-UG evaluation-logic",
        "In the owner's account either the identity side or the resource side suffices." {
        EVAL_SAME_001 = "identity", AUTHORIZED, else "an identity policy alone does not grant";
    }
    "EVAL-SAME-002" planned(Kind::Rule, 3, "needs permissions boundaries and session policies"), Documented, High,
        "IAM-UG evaluation-logic", "The identity side grants iff policies, boundary and session policy all allow."
    "EVAL-SAME-003" RULE, Documented, High, "S3-UG security_iam_service-with-iam",
        "An Allow of the bucket policy that names the account does not by itself grant to the account's users." {
        EVAL_SAME_003 = "delegation", AUTHORIZED, else "it grants to the account's users too";
    }
    "EVAL-SAME-004" RULE, Documented, High, "IAM-UG evaluation-logic",
        "An Allow of the bucket policy that names the user's ARN grants without any identity policy." {
        EVAL_SAME_004 = "by-arn", AUTHORIZED, else "an identity policy is needed as well";
    }
    "EVAL-SAME-005" planned(Kind::Rule, 3, "needs roles"), Documented, High, "IAM-UG evaluation-logic",
        "An Allow that names the role's ARN grants, limited by boundary and session policy."
    "EVAL-SAME-006" planned(Kind::Rule, 3, "needs roles"), Documented, High, "IAM-UG evaluation-logic",
        "An Allow that names the session's ARN grants regardless of implicit denies."
    "EVAL-SAME-007" planned(Kind::Rule, 3, "needs federated sessions"), Documented, High, "IAM-UG evaluation-logic",
        "An Allow that names the federating user is limited by boundary and session policy."
    "EVAL-SAME-008" RULE, Documented, High, "IAM-UG elements_principal",
        "An Allow with the principal * grants to users of the owner's account without any identity policy." {
        EVAL_SAME_008 = "anyone", AUTHORIZED, else "an identity policy is needed as well";
    }
    "EVAL-SAME-009" planned(Kind::Rule, 3, "needs ACLs"), Documented, High, "S3-UG access-control-auth-workflow",
        "An ACL grant to the bucket owner acts as an account-level Allow."
    "EVAL-SAME-010" RULE, Documented, Critical, "S3-UG troubleshoot-403-errors",
        "Without any policy only the account's root is allowed; users are implicitly denied." {
        EVAL_SAME_010 = "users-need-a-grant", AUTHORIZED, else "users of the account are allowed as root is";
    }
    "EVAL-XACC-001" RULE, Documented, Critical, "IAM-UG evaluation-logic-cross-account",
        "Across accounts both sides must allow: the requester's account and the bucket's resource policy." {
        EVAL_XACC_001 = "resource-side", AUTHORIZED, else "the requester's account alone suffices";
    }
    "EVAL-XACC-002" planned(Kind::Rule, 3, "needs an IAM user in the second account"), Documented, High,
        "IAM-UG evaluation-logic-cross-account", "On the resource side any naming suffices; on the identity side no exemption applies."
    "EVAL-XACC-003" RULE, Documented, High, "S3-UG access-control-auth-workflow-bucket-operation",
        "The root user of another account is allowed when the bucket policy allows the account." {
        EVAL_XACC_003 = "root", AUTHORIZED, else "the bucket policy's Allow for another account grants nothing"
            untold &[(GetBucketPolicy, "owner-only: EVAL-XACC-005"), (PutBucketPolicy, "owner-only: EVAL-XACC-005"), (DeleteBucketPolicy, "owner-only: EVAL-XACC-005")];
    }
    "EVAL-XACC-004" planned(Kind::Rule, 3, "needs an IAM user in the second account"), Documented, High,
        "IAM-UG elements_principal", "A signed foreign user without an identity Allow is denied even where anonymous access would succeed."
    "EVAL-XACC-005" RULE, Documented, Medium, "S3-API PutBucketPolicy",
        "Get, Put and DeleteBucketPolicy are for the owner's account: permitted foreign callers get 405 MethodNotAllowed." {
        EVAL_XACC_005 = "owner-account", &[GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy], else "permitted foreign callers succeed";
    }
    "EVAL-ROOT-001" RULE, Documented, High, "IAM-UG evaluation-logic",
        "The root user of the owner's account is allowed everything that no policy denies, and the operations on the \
         bucket policy even if it denies them." {
        EVAL_ROOT_001 = "root", AUTHORIZED, else "root needs a grant of the bucket policy";
        EVAL_ROOT_001_POLICY = "policy-operations", &[GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy],
            else "a Deny refuses root the operations on the bucket policy too";
    }
    "EVAL-ANON-001" RULE, Documented, Critical, "S3-UG acl-overview",
        "Anonymous callers are granted only what the bucket policy grants to *." {
        EVAL_ANON_001 = "only-by-star", AUTHORIZED, else "anonymous callers are granted whatever the bucket policy grants to anybody";
        EVAL_ANON_001_STAR = "by-star", AUTHORIZED, else "a grant to * does not reach anonymous callers"
            untold &[(GetBucketPolicy, "owner-only: EVAL-XACC-005"), (PutBucketPolicy, "owner-only: EVAL-XACC-005"), (DeleteBucketPolicy, "owner-only: EVAL-XACC-005")];
    }
    "EVAL-BPA-002" RULE, Recorded, High, "S3-UG access-control-block-public-access",
        "New buckets have Block Public Access on." {
        EVAL_BPA_002 = "default-on", &[CreateBucket], else "it is off in new buckets";
    }
    "EVAL-BPA-008" RULE, Documented, Critical, "S3-UG access-control-block-public-access",
        "BlockPublicPolicy refuses a PutBucketPolicy with a public policy: 403 AccessDenied." {
        EVAL_BPA_008 = "public-policy", &[PutBucketPolicy], else "the gate passes";
    }
    "EVAL-BPA-009" RULE, Documented, Critical, "S3-UG access-control-block-public-access",
        "RestrictPublicBuckets with a public policy refuses anonymous callers and all other accounts." {
        EVAL_BPA_009_ANONYMOUS = "anonymous", AUTHORIZED, else "anonymous callers keep their access";
        EVAL_BPA_009_OTHER = "other-accounts", AUTHORIZED, else "other accounts keep their access";
    }
    "EVAL-404-001" RULE, Documented, High, "S3-API GetObject",
        "A missing key is 404 NoSuchKey only to callers with s3:ListBucket, and 403 AccessDenied to all others." {
        EVAL_404_001 = "hidden", &[GetObject, HeadObject, GetObjectAttributes, GetObjectAcl, GetObjectTagging, PutObjectTagging,
            DeleteObjectTagging, CopyObject, UploadPartCopy], else "everybody who may read gets 404";
    }
    "EVAL-404-004" consequence("EVAL-OP-028"), Documented, High, "S3-API GetObject",
        "An existing key without s3:GetObject is always 403."
    "EVAL-404-009" RULE, Documented, Medium, "S3-API UploadPart; order K-med",
        "An unknown upload id is 404 NoSuchUpload, after the action on the key is allowed." {
        EVAL_404_009 = "no-such-upload", &[UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload, ListParts],
            else "it is 404 NoSuchKey";
    }
    "EVAL-ERR-001" RULE, Documented, Medium, "S3-API ErrorResponses",
        "A denied request is 403 with the code AccessDenied; HEAD has no body." {
        EVAL_ERR_001 = "code", AUTHORIZED, else "the code is another";
    }
    "EVAL-OP-003" RULE, Documented, High, "SAR", "DeleteBucket needs s3:DeleteBucket." {
        EVAL_OP_003 = "action", &[DeleteBucket], else "the action is not asked";
    }
    "EVAL-OP-004" RULE, Documented, High, "SAR", "HeadBucket needs s3:ListBucket." {
        EVAL_OP_004 = "action", &[HeadBucket], else "the action is not asked";
    }
    "EVAL-OP-006" RULE, Documented, High, "SAR", "ListObjects and ListObjectsV2 need s3:ListBucket." {
        EVAL_OP_006 = "action", &[ListObjectsV2, ListObjects], else "the action is not asked";
    }
    "EVAL-OP-007" RULE, Documented, High, "SAR", "ListObjectVersions needs s3:ListBucketVersions." {
        EVAL_OP_007 = "action", &[ListObjectVersions], else "the action is not asked";
    }
    "EVAL-OP-008" RULE, Documented, High, "SAR", "ListMultipartUploads needs s3:ListBucketMultipartUploads." {
        EVAL_OP_008 = "action", &[ListMultipartUploads], else "the action is not asked";
    }
    "EVAL-OP-010" RULE, Documented, High, "SAR", "Get, Put and DeleteBucketPolicy need the action of the same name." {
        EVAL_OP_010 = "action", &[GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy], else "the action is not asked";
    }
    "EVAL-OP-015" RULE, Documented, High, "SAR", "Get and PutBucketVersioning need the action of the same name." {
        EVAL_OP_015 = "action", &[GetBucketVersioning, PutBucketVersioning], else "the action is not asked";
    }
    "EVAL-OP-025" RULE, Documented, High, "SAR", "Put and DeletePublicAccessBlock need s3:PutBucketPublicAccessBlock." {
        EVAL_OP_025 = "action", &[PutPublicAccessBlock, DeletePublicAccessBlock], else "the action is not asked";
    }
    "EVAL-OP-027" RULE, Documented, High, "SAR",
        "Get and PutObjectLockConfiguration need s3:GetBucketObjectLockConfiguration and s3:PutBucketObjectLockConfiguration." {
        EVAL_OP_027 = "action", &[GetObjectLockConfiguration, PutObjectLockConfiguration], else "the action is not asked";
    }
    "EVAL-OP-028" RULE, Documented, Critical, "S3-API GetObject",
        "GetObject needs s3:GetObject; with a version id it needs s3:GetObjectVersion instead." {
        EVAL_OP_028 = "action", &[GetObject, GetObjectVersion], else "the action is not asked";
        EVAL_OP_028_VERSION = "version-action", &[GetObjectVersion], else "the action for the current version is asked instead";
    }
    "EVAL-OP-029" RULE, Documented, Critical, "S3-API HeadObject", "HeadObject needs what GetObject needs." {
        EVAL_OP_029 = "action", &[HeadObject, HeadObjectVersion], else "the action is not asked";
        EVAL_OP_029_VERSION = "version-action", &[HeadObjectVersion], else "the action for the current version is asked instead";
    }
    "EVAL-OP-030" RULE, Documented, Critical, "S3-API GetObjectAttributes",
        "GetObjectAttributes needs s3:GetObject and s3:GetObjectAttributes; with a version id it needs their version forms instead." {
        EVAL_OP_030 = "action", &[GetObjectAttributes, GetObjectAttributesVersion], else "s3:GetObject is not asked";
        EVAL_OP_030_ATTRIBUTES = "attributes", &[GetObjectAttributes, GetObjectAttributesVersion],
            else "s3:GetObjectAttributes is not asked";
        EVAL_OP_030_VERSION = "version-action", &[GetObjectAttributesVersion], else "the actions for the current version are asked instead";
    }
    "EVAL-OP-031" RULE, Documented, Critical, "S3-API PutObject",
        "PutObject needs s3:PutObject; a retention header also needs s3:PutObjectRetention, a hold header s3:PutObjectLegalHold." {
        EVAL_OP_031 = "action", &[PutObject], else "the action is not asked";
        EVAL_OP_031_RETENTION = "retention", &[PutObject], else "s3:PutObjectRetention is not asked";
        EVAL_OP_031_HOLD = "hold", &[PutObject], else "s3:PutObjectLegalHold is not asked";
    }
    "EVAL-OP-032" RULE, Documented, Critical, "S3-API CopyObject",
        "CopyObject needs s3:GetObject on the source (s3:GetObjectVersion with a version id) and s3:PutObject on the target, \
         with the extras of PutObject; tags that are copied need s3:GetObjectTagging (s3:GetObjectVersionTagging) and \
         s3:PutObjectTagging." {
        EVAL_OP_032 = "action", &[CopyObject], else "s3:PutObject is not asked";
        EVAL_OP_032_SOURCE = "source", &[CopyObject], else "nothing is asked of the source";
        EVAL_OP_032_SOURCE_VERSION = "source-version-action", &[CopyObject], else "s3:GetObject is asked instead";
        EVAL_OP_032_RETENTION = "retention", &[CopyObject], else "s3:PutObjectRetention is not asked";
        EVAL_OP_032_HOLD = "hold", &[CopyObject], else "s3:PutObjectLegalHold is not asked";
        EVAL_OP_032_TAGS = "source-tags", &[CopyObject], else "the tagging action is not asked of the source";
        EVAL_OP_032_TAGS_VERSION = "source-tags-version-action", &[CopyObject], else "s3:GetObjectTagging is asked instead";
        EVAL_OP_032_PUT_TAGS = "tags", &[CopyObject], else "s3:PutObjectTagging is not asked";
    }
    "EVAL-OP-033" RULE, Documented, Critical, "S3-API CreateMultipartUpload",
        "CreateMultipartUpload needs s3:PutObject, with the extras of PutObject." {
        EVAL_OP_033 = "action", &[CreateMultipartUpload], else "the action is not asked";
        EVAL_OP_033_RETENTION = "retention", &[CreateMultipartUpload], else "s3:PutObjectRetention is not asked";
        EVAL_OP_033_HOLD = "hold", &[CreateMultipartUpload], else "s3:PutObjectLegalHold is not asked";
    }
    "EVAL-OP-034" RULE, Documented, Critical, "S3-API UploadPart", "UploadPart needs s3:PutObject." {
        EVAL_OP_034 = "action", &[UploadPart], else "the action is not asked";
    }
    "EVAL-OP-035" RULE, Documented, Critical, "S3-API UploadPartCopy",
        "UploadPartCopy needs the source's actions as CopyObject does, and s3:PutObject." {
        EVAL_OP_035 = "action", &[UploadPartCopy], else "s3:PutObject is not asked";
        EVAL_OP_035_SOURCE = "source", &[UploadPartCopy], else "nothing is asked of the source";
        EVAL_OP_035_SOURCE_VERSION = "source-version-action", &[UploadPartCopy], else "s3:GetObject is asked instead";
    }
    "EVAL-OP-036" RULE, Documented, Critical, "S3-API CompleteMultipartUpload",
        "CompleteMultipartUpload needs s3:PutObject; with an ETag in If-Match also s3:GetObject (VER-COND-015)." {
        EVAL_OP_036 = "action", &[CompleteMultipartUpload], else "the action is not asked";
    }
    "EVAL-OP-037" RULE, Documented, Medium, "S3-UG mpuoverview",
        "AbortMultipartUpload needs s3:AbortMultipartUpload, which who began the upload has unless denied." {
        EVAL_OP_037 = "action", &[AbortMultipartUpload], else "the action is not asked";
        EVAL_OP_037_INITIATOR = "initiator", &[AbortMultipartUpload], else "who began the upload needs a grant too";
    }
    "EVAL-OP-038" RULE, Documented, Medium, "S3-UG mpuoverview",
        "ListParts needs s3:ListMultipartUploadParts, which who began the upload has unless denied." {
        EVAL_OP_038 = "action", &[ListParts], else "the action is not asked";
        EVAL_OP_038_INITIATOR = "initiator", &[ListParts], else "who began the upload needs a grant too";
    }
    "EVAL-OP-039" RULE, Documented, Critical, "S3-API DeleteObject",
        "DeleteObject needs s3:DeleteObject; with a version id it needs s3:DeleteObjectVersion instead." {
        EVAL_OP_039 = "action", &[DeleteObject, DeleteObjectVersion], else "the action is not asked";
        EVAL_OP_039_VERSION = "version-action", &[DeleteObjectVersion], else "s3:DeleteObject is asked instead";
    }
    "EVAL-OP-040" RULE, Documented, Critical, "S3-API DeleteObjects", "DeleteObjects is authorized entry by entry, as DeleteObject." {
        EVAL_OP_040 = "action", &[DeleteObjects, DeleteObjectsVersion], else "the action is not asked";
        EVAL_OP_040_VERSION = "version-action", &[DeleteObjectsVersion], else "s3:DeleteObject is asked instead";
    }
    "EVAL-OP-041" RULE, Documented, High, "SAR", "GetObjectAcl needs s3:GetObjectAcl; with a version id s3:GetObjectVersionAcl instead." {
        EVAL_OP_041 = "action", &[GetObjectAcl, GetObjectAclVersion], else "the action is not asked";
        EVAL_OP_041_VERSION = "version-action", &[GetObjectAclVersion], else "the action for the current version is asked instead";
    }
    "EVAL-OP-042" RULE, Documented, High, "SAR",
        "Get, Put and DeleteObjectTagging need the action of the same name; with a version id its version form instead." {
        EVAL_OP_042 = "action", &[GetObjectTagging, GetObjectTaggingVersion, PutObjectTagging, PutObjectTaggingVersion,
            DeleteObjectTagging, DeleteObjectTaggingVersion], else "the action is not asked";
        EVAL_OP_042_VERSION = "version-action", &[GetObjectTaggingVersion, PutObjectTaggingVersion, DeleteObjectTaggingVersion],
            else "the action for the current version is asked instead";
    }
    "EVAL-OP-043" RULE, Documented, High, "SAR", "Get and PutObjectRetention need the action of the same name." {
        EVAL_OP_043 = "action", &[GetObjectRetention, PutObjectRetention], else "the action is not asked";
    }
    "EVAL-OP-044" RULE, Documented, High, "SAR", "Get and PutObjectLegalHold need the action of the same name." {
        EVAL_OP_044 = "action", &[GetObjectLegalHold, PutObjectLegalHold], else "the action is not asked";
    }
}

/// A permission that an operation needs, with the facet that says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) facet: FacetId,
    pub(crate) action: Action,
    pub(crate) key: Option<Key>,
}

impl Need {
    pub(crate) fn bucket(facet: FacetId, action: Action) -> Need {
        Need {
            facet,
            action,
            key: None,
        }
    }

    pub(crate) fn object(facet: FacetId, action: Action, key: Key) -> Need {
        Need {
            facet,
            action,
            key: Some(key),
        }
    }
}

/// The bucket with a name (`EVAL-CTX-003`).
pub(crate) fn bucket<'s>(cx: &mut Cx<'_>, state: &'s State, name: BucketName) -> Result<&'s Bucket, Refusal> {
    match state.buckets.get(&name) {
        Some(bucket) => Ok(bucket),
        None if cx.law(EVAL_CTX_003) => Err(Refusal::new(Code::NoSuchBucket, EVAL_CTX_003)),
        None => Err(Refusal::new(Code::AccessDenied, EVAL_CTX_003)),
    }
}

/// Refuses unless the caller has every permission that is needed.
pub(crate) fn authorize(
    cx: &mut Cx<'_>,
    state: &State,
    name: BucketName,
    caller: Caller,
    needs: &[Need],
) -> Result<(), Refusal> {
    for need in needs {
        if let Err(by) = permits(cx, state, name, caller, *need)
            && cx.decides(need.facet)
        {
            return Err(denied(cx, by));
        }
    }
    Ok(())
}

/// The refusal of a caller without permission (`EVAL-ERR-001`).
pub(crate) fn denied(cx: &mut Cx<'_>, by: FacetId) -> Refusal {
    let code = if cx.law(EVAL_ERR_001) {
        Code::AccessDenied
    } else {
        Code::InvalidRequest
    };
    Refusal::new(code, by)
}

/// Whether the caller has a permission, or the facet by which it has not.
pub(crate) fn permits(
    cx: &mut Cx<'_>,
    state: &State,
    name: BucketName,
    caller: Caller,
    need: Need,
) -> Result<(), FacetId> {
    let world = cx.world;
    let resource = Some(Resource {
        bucket: name,
        key: need.key,
    });
    let bucket = state.buckets.get(&name);
    let resource_policy = bucket
        .and_then(|bucket| bucket.policy)
        .and_then(|policy| world.policy(policy));
    let identity_policy = (caller == Caller::User)
        .then_some(state.user_policy)
        .flatten()
        .and_then(|policy| world.policy(policy));
    let covers = |policy: Option<&Policy>, effect: Effect, naming: Option<Naming>| {
        policy
            .into_iter()
            .flat_map(|policy| &policy.statements)
            .any(|statement| {
                statement.effect == effect
                    && (naming.is_none() || statement.naming(caller) == naming)
                    && statement.covers(need.action, resource, world)
            })
    };
    let denies = covers(identity_policy, Effect::Deny, None)
        || covers(resource_policy, Effect::Deny, Some(Naming::Directly))
        || covers(resource_policy, Effect::Deny, Some(Naming::ByAccount));
    let policy_operation = matches!(
        need.action,
        Action::GetBucketPolicy | Action::PutBucketPolicy | Action::DeleteBucketPolicy
    );
    let exempt = denies && policy_operation && caller == Caller::Owner && cx.law(EVAL_ROOT_001_POLICY);
    if denies && !exempt && cx.law(EVAL_ORD_001) {
        return Err(EVAL_ORD_001);
    }
    let restricted = bucket.is_some_and(|bucket| bucket.public_access_blocked)
        && resource_policy.is_some_and(Policy::is_public);
    let by_name = covers(resource_policy, Effect::Allow, Some(Naming::Directly));
    let by_account = covers(resource_policy, Effect::Allow, Some(Naming::ByAccount));
    match caller {
        Caller::Owner => {
            if cx.law(EVAL_ROOT_001) || by_name || by_account {
                Ok(())
            } else {
                Err(EVAL_ROOT_001)
            }
        }
        Caller::User => {
            let identity = covers(identity_policy, Effect::Allow, None);
            let by_star = by_name && named_by_star(resource_policy, need.action, resource, cx);
            user(cx, identity, by_name, by_star, by_account)
        }
        Caller::Other => {
            if restricted && cx.law(EVAL_BPA_009_OTHER) {
                return Err(EVAL_BPA_009_OTHER);
            }
            match by_name || by_account {
                true if cx.law(EVAL_XACC_003) => Ok(()),
                true => Err(EVAL_XACC_003),
                false if cx.law(EVAL_XACC_001) => Err(EVAL_XACC_001),
                false => Ok(()),
            }
        }
        Caller::Anonymous => {
            if restricted && cx.law(EVAL_BPA_009_ANONYMOUS) {
                return Err(EVAL_BPA_009_ANONYMOUS);
            }
            let granted_to_somebody = resource_policy
                .into_iter()
                .flat_map(|policy| &policy.statements)
                .any(|statement| {
                    statement.effect == Effect::Allow && statement.covers(need.action, resource, world)
                });
            match by_name {
                true if cx.law(EVAL_ANON_001_STAR) => Ok(()),
                true => Err(EVAL_ANON_001_STAR),
                false if granted_to_somebody && !cx.law(EVAL_ANON_001) => Ok(()),
                false => Err(EVAL_ANON_001),
            }
        }
    }
}

/// Whether an explicit Deny of any policy applies to a permission (`EVAL-ORD-001`).
pub(crate) fn denies(cx: &mut Cx<'_>, state: &State, name: BucketName, caller: Caller, need: Need) -> bool {
    let has_policy = state.user_policy.is_some()
        || state
            .buckets
            .get(&name)
            .is_some_and(|bucket| bucket.policy.is_some());
    has_policy && permits(cx, state, name, caller, need) == Err(EVAL_ORD_001)
}

/// Whether a statement that names everybody grants, rather than one that names the user.
fn named_by_star(policy: Option<&Policy>, action: Action, resource: Option<Resource>, cx: &Cx<'_>) -> bool {
    let allows = |principal: Principal| {
        policy
            .into_iter()
            .flat_map(|policy| &policy.statements)
            .any(|statement| {
                statement.effect == Effect::Allow
                    && statement.principals.contains(&principal)
                    && statement.covers(action, resource, cx.world)
            })
    };
    allows(Principal::Anyone) && !allows(Principal::User)
}

/// A user of the owner's account: the union of identity side and resource side (section 3).
fn user(
    cx: &mut Cx<'_>,
    identity: bool,
    by_name: bool,
    by_star: bool,
    by_account: bool,
) -> Result<(), FacetId> {
    match (identity, by_name, by_account) {
        (true, true, _) => Ok(()),
        (true, false, _) if cx.law(EVAL_SAME_001) => Ok(()),
        (true, false, _) => Err(EVAL_SAME_001),
        (false, true, _) => {
            let facet = if by_star { EVAL_SAME_008 } else { EVAL_SAME_004 };
            if cx.law(facet) { Ok(()) } else { Err(facet) }
        }
        (false, false, true) if cx.law(EVAL_SAME_003) => Err(EVAL_SAME_003),
        (false, false, false) if cx.law(EVAL_SAME_010) => Err(EVAL_SAME_010),
        (false, false, true | false) => Ok(()),
    }
}

/// The refusal for a missing key: 404 only to callers who may list (`EVAL-404-001`).
pub(crate) fn hide_missing(
    cx: &mut Cx<'_>,
    state: &State,
    bucket: BucketName,
    caller: Caller,
    missing: Refusal,
) -> Refusal {
    let list = Need::bucket(EVAL_404_001, Action::ListBucket);
    if permits(cx, state, bucket, caller, list).is_err() && cx.law(EVAL_404_001) {
        return Refusal::new(Code::AccessDenied, EVAL_404_001);
    }
    missing
}

/// HeadBucket.
pub(crate) fn head_bucket(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_004, Action::ListBucket)],
    )?;
    Ok((Reply::success(200), None))
}

/// The permission for an operation on the bucket policy, which foreign accounts cannot use (`EVAL-XACC-005`).
fn authorize_policy(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    action: Action,
) -> Result<(), Refusal> {
    bucket(cx, state, name)?;
    authorize(cx, state, name, caller, &[Need::bucket(EVAL_OP_010, action)])?;
    match caller {
        Caller::Other | Caller::Anonymous => {
            cx.refuse(EVAL_XACC_005, |facet| Refusal::new(Code::MethodNotAllowed, facet))
        }
        Caller::Owner | Caller::User => Ok(()),
    }
}

/// GetBucketPolicy. What it returns belongs to the policy area.
pub(crate) fn get_policy(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    authorize_policy(cx, state, caller, name, Action::GetBucketPolicy)?;
    match bucket(cx, state, name)?.policy {
        Some(_) => Ok((Reply::success(200), None)),
        None => Err(Refusal::new(Code::NoSuchBucketPolicy, EVAL_OP_010)),
    }
}

/// PutBucketPolicy.
pub(crate) fn put_policy(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    policy: PolicyName,
) -> Ruling {
    authorize_policy(cx, state, caller, name, Action::PutBucketPolicy)?;
    let blocked = bucket(cx, state, name)?.public_access_blocked;
    if blocked && cx.world.policy(policy).is_some_and(Policy::is_public) {
        cx.refuse(EVAL_BPA_008, |facet| Refusal::new(Code::AccessDenied, facet))?;
    }
    Ok((
        Reply::success(204),
        change(state, name, |bucket| bucket.policy = Some(policy)),
    ))
}

/// DeleteBucketPolicy.
pub(crate) fn delete_policy(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    authorize_policy(cx, state, caller, name, Action::DeleteBucketPolicy)?;
    Ok((
        Reply::success(204),
        change(state, name, |bucket| bucket.policy = None),
    ))
}

/// PutPublicAccessBlock with all four settings alike, and DeletePublicAccessBlock.
pub(crate) fn put_public_access(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    on: bool,
) -> Ruling {
    bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_025, Action::PutBucketPublicAccessBlock)],
    )?;
    let status = if cx.route == DeletePublicAccessBlock {
        204
    } else {
        200
    };
    Ok((
        Reply::success(status),
        change(state, name, |bucket| bucket.public_access_blocked = on),
    ))
}

/// IAM's PutUserPolicy and DeleteUserPolicy for the user of the owner's account, asked by its root.
pub(crate) fn put_user_policy(state: &State, caller: Caller, policy: Option<PolicyName>) -> Ruling {
    if caller != Caller::Owner {
        return Err(not_modelled());
    }
    let mut next = state.clone();
    next.user_policy = policy;
    Ok((Reply::success(200), Some(next)))
}

/// The state with one bucket changed.
pub(crate) fn change(state: &State, name: BucketName, change: impl FnOnce(&mut Bucket)) -> Option<State> {
    let mut next = state.clone();
    change(next.buckets.get_mut(&name)?);
    Some(next)
}
