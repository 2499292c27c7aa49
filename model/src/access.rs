//! Who may do what: identity and bucket policies, and how they combine for each caller (sections 1 to 5).
//!
//! Every statement of every policy is evaluated and the results are combined; nothing is indexed, only what patterns
//! match is remembered.

use crate::action::Action;
use crate::argument::BucketName;
use crate::request::Route::{self, *};
use crate::request::{Form, because, routes_where};
use crate::state::{Bucket, State};
use crate::table::Printed;
use crate::words::{RULE, clauses, consequence, definition};

pub mod account;
mod asked;
mod authorize;
pub mod frame;
pub mod grammar;
pub mod matching;
pub mod missing;
pub mod operations;
pub mod ownership;
mod permission;
pub mod policy;
pub mod public;
pub mod refusal;
pub mod settings;

pub use operations::*;

pub(crate) use authorize::{Need, denies};
pub(crate) use permission::{account_permits, delegated, denying};
pub(crate) use refusal::{Denial, denied, denied_saying};

/// The routes on which a caller needs a permission on a bucket that exists; last the one that only entries take.
pub(crate) const AUTHORIZED: &[Route] =
    routes_where!(|route| route.is_in_a_bucket() || matches!(route.form(), Form::Entries));

/// The routes that find their bucket missing: the entries of a DeleteObjects do not, as the request as a whole does.
const IN_A_BUCKET: &[Route] = routes_where!(|route| route.is_in_a_bucket());

/// The routes of an account, on which only its identity policies speak.
pub(crate) const OF_AN_ACCOUNT: &[Route] = &[CreateBucket, ListBuckets];

/// The routes with a document that can be malformed.
const WITH_DOCUMENT: &[Route] = &[
    PutObjectLockConfiguration,
    PutObjectRetention,
    PutObjectLegalHold,
    PutBucketOwnershipControls,
    PutBucketPolicy,
    PutBucketEncryption,
];

/// The operations on the bucket policy.
const POLICY: &[Route] = &[GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy];

/// The routes that change ownership controls.
const CHANGE_OWNERSHIP: &[Route] =
    routes_where!(|route| route.row().asks_for(Action::PutBucketOwnershipControls));

/// The routes on settings of which it is open whether other accounts can be granted them.
const PERHAPS_DELEGATED: &[Route] = routes_where!(|route| {
    let row = route.row();
    row.asks_for(Action::PutBucketOwnershipControls) || row.asks_for(Action::PutBucketPublicAccessBlock)
});

/// Where grants to other accounts need not show.
pub(crate) const NOT_SURELY_DELEGATED: &[(Route, &str)] = because!(
    PERHAPS_DELEGATED,
    "whether it can be delegated is open: EVAL-XACC-006"
);

/// Where anonymous callers never come to a grant.
pub(crate) const NEVER_ANONYMOUS: &[(Route, &str)] = because!(
    routes_where!(|route| {
        let row = route.row();
        let copies = row.takes("source_key");
        row.asks_for(Action::PutBucketOwnershipControls) || copies || row.is_of_object("uploads")
    }),
    "never anonymously: EVAL-ANON-002"
);

clauses! { Evaluation, Access;
    "EVAL-CTX-001" consequence(&["EVAL-OP-028", "EVAL-OP-039"]), Documented, High, "S3-UG using-with-s3-policy-actions",
        "One request maps to one or more checks of an action on a resource; all must be allowed."
    "EVAL-CTX-002" RULE, Chosen, Medium, "K-high; docs/decisions/0001",
        "Route, authenticate, look the bucket up, check the expected owner, authorize, execute." {
        EVAL_CTX_002_DOCUMENT = "document", WITH_DOCUMENT, choice ["authorization before the document", "the document before authorization"];
    }
    "EVAL-CTX-003" RULE, Chosen, Medium, "K-high",
        "A bucket that does not exist is 404 NoSuchBucket, whatever the caller may do." {
        EVAL_CTX_003 = "missing-bucket", IN_A_BUCKET, shared by kind, else row;
    }
    "EVAL-CTX-004" definition("introduces the requester's identity; its effects are the rules of sections 3 to 5"),
        Documented, High, "IAM-UG evaluation-logic",
        "The requester's identity is that of the credential at evaluation time; an unsigned request is anonymous."
    "EVAL-CTX-005" definition("lists the authorities; each has its own clauses"), Documented, High,
        "IAM-UG evaluation-logic", "The authorities in play: identity, bucket and organization policies, ACLs, Block Public Access, and more."
    "EVAL-CTX-006" definition("says when a statement matches; POL clauses rule on each part"), Documented, High,
        "IAM-UG evaluation-logic", "A statement matches when principal, action, resource and conditions all match."
    "EVAL-ORD-001" RULE, Documented, Critical, "IAM-UG evaluation-logic",
        "An applicable explicit Deny in any policy refuses, whatever grants, but for root and the operations on the bucket policy \
         (EVAL-ROOT-001)." {
        EVAL_ORD_001 = "deny", AUTHORIZED, shared by kind, else row;
        EVAL_ORD_001_ACCOUNT = "deny-in-account", OF_AN_ACCOUNT, else row;
    }
    "EVAL-ORD-002" consequence(&["EVAL-SAME-010", "EVAL-XACC-001", "EVAL-ANON-001"]), Documented, Critical,
        "IAM-UG evaluation-logic", "Otherwise the default is an implicit deny; at least one grant is needed."
    "EVAL-SAME-001" RULE, Documented, High, "IAM-UG evaluation-logic",
        "In the owner's account either the identity side or the resource side suffices." {
        EVAL_SAME_001 = "identity", AUTHORIZED, shared by kind, else row;
        EVAL_SAME_001_ACCOUNT = "identity-in-account", OF_AN_ACCOUNT, else row;
    }
    "EVAL-SAME-003" RULE, Documented, High, "S3-UG security_iam_service-with-iam",
        "An Allow of the bucket policy that names the account does not by itself grant to the account's users." {
        EVAL_SAME_003 = "delegation", AUTHORIZED, shared by kind, else row;
    }
    "EVAL-SAME-004" RULE, Documented, High, "IAM-UG evaluation-logic",
        "An Allow of the bucket policy that names the user's ARN grants without any identity policy." {
        EVAL_SAME_004 = "by-arn", AUTHORIZED, shared by kind, else row;
    }
    "EVAL-SAME-008" RULE, Documented, High, "IAM-UG elements_principal",
        "An Allow with the principal * grants to users of the owner's account without any identity policy." {
        EVAL_SAME_008 = "anyone", AUTHORIZED, shared by kind, else row;
    }
    "EVAL-SAME-010" RULE, Documented, Critical, "S3-UG troubleshoot-403-errors",
        "Without any policy only the account's root is allowed; users are implicitly denied." {
        EVAL_SAME_010 = "users-need-a-grant", AUTHORIZED, shared by kind, else row;
        EVAL_SAME_010_ACCOUNT = "users-need-a-grant-in-account", OF_AN_ACCOUNT, else row;
    }
    "EVAL-XACC-001" RULE, Documented, Critical, "IAM-UG evaluation-logic-cross-account",
        "Across accounts both sides must allow: the requester's account and the bucket's resource policy." {
        EVAL_XACC_001 = "resource-side", AUTHORIZED, shared by kind, else row untold NOT_SURELY_DELEGATED;
    }
    "EVAL-XACC-002" RULE, Documented, High, "IAM-UG evaluation-logic-cross-account",
        "On the resource side an Allow that names the account, the user or * suffices; on the identity side no exemption applies." {
        EVAL_XACC_002_ACCOUNT = "by-account", AUTHORIZED, shared by kind, else row
            untold NOT_SURELY_DELEGATED;
        EVAL_XACC_002 = "by-name", AUTHORIZED, shared by kind, else row
            untold NOT_SURELY_DELEGATED;
    }
    "EVAL-XACC-003" RULE, Documented, High, "S3-UG access-control-auth-workflow-bucket-operation",
        "The root user of another account is allowed when the bucket policy allows the account." {
        EVAL_XACC_003 = "root", AUTHORIZED, shared by kind, else row
            untold NOT_SURELY_DELEGATED;
    }
    "EVAL-XACC-004" RULE, Documented, Critical, "IAM-UG elements_principal",
        "A signed foreign user without an identity Allow is denied even where anonymous access would succeed." {
        EVAL_XACC_004 = "identity-side", AUTHORIZED, shared by kind, else row
            untold NOT_SURELY_DELEGATED;
    }
    "EVAL-XACC-005" RULE, Documented, Medium, "S3-API PutBucketPolicy",
        "Get, Put and DeleteBucketPolicy are for the owner's account: permitted foreign callers get 405 MethodNotAllowed." {
        EVAL_XACC_005 = "owner-account", POLICY, else row;
    }
    "EVAL-XACC-006" RULE, Chosen, Low, "K-med",
        "Every action on a bucket can be delegated to other accounts by bucket policy, but for those on the policy itself \
         (EVAL-XACC-005); of ownership controls and public access blocks it is open." {
        EVAL_XACC_006 = "delegated", PERHAPS_DELEGATED,
            choice ["delegated", "refused to other accounts"];
    }
    "EVAL-ROOT-001" RULE, Documented, High, "IAM-UG evaluation-logic",
        "The root user of the owner's account is allowed everything that no policy denies, and the operations on the \
         bucket policy even if it denies them." {
        EVAL_ROOT_001 = "root", AUTHORIZED, shared by kind, else row;
        EVAL_ROOT_001_POLICY = "policy-operations", POLICY, else row;
    }
    "EVAL-ROOT-002" consequence(&["EVAL-ORD-001", "EVAL-ROOT-001"]), Documented, High, "IAM-UG condition-keys aws:PrincipalArn",
        "A Deny that names * or the account reaches its root user too."
    "EVAL-ANON-001" RULE, Documented, Critical, "S3-UG acl-overview",
        "Anonymous callers are granted only what the bucket policy grants to *, or an ACL to everybody or to their canonical id." {
        EVAL_ANON_001 = "only-by-star", AUTHORIZED, shared by kind, else row
            untold NEVER_ANONYMOUS;
        EVAL_ANON_001_STAR = "by-star", AUTHORIZED, shared by kind, else row
            untold NEVER_ANONYMOUS;
    }
    "EVAL-LOCK-001" consequence(&["LOCK-DEL-002", "LOCK-RET-010"]), Recorded, Critical, "LS TestS3ObjectLock; S3-UG object-lock",
        "Deleting what GOVERNANCE protects, or shortening it, needs the permission and the bypass header together."
    "EVAL-LOCK-002" consequence(&["LOCK-DEL-003", "LOCK-HOLD-005", "LOCK-RET-014"]), Documented, Critical, "S3-UG object-lock",
        "COMPLIANCE and legal holds cannot be bypassed by anyone, root included."
    "EVAL-LOCK-003" consequence(&["LOCK-DEL-011", "LOCK-RET-010"]).because("docs/decisions/0001"), Chosen, Medium, "S3-UG object-lock-managing",
        "Sending the bypass header without the permission is 403; where nothing is locked it is open."
    "EVAL-LOCK-004" consequence(&["LOCK-HDR-014"]), Documented, High, "S3-API GetObject/HeadObject response headers",
        "Reads show lock headers only with the permissions to read lock state, and succeed without them."
}

/// The state with one bucket changed.
pub(crate) fn change(state: &State, name: BucketName, change: impl FnOnce(&mut Bucket)) -> Option<State> {
    let mut next = state.clone();
    change(next.buckets.get_mut(&name)?);
    Some(next)
}

/// The tables that every request in a bucket comes to, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    [authorize::tables(), permission::tables(), refusal::tables()].concat()
}
