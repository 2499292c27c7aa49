//! Policies that are refused as malformed (`POL-GRAM`, `POL-VAL`), as far as programs can state them.

use Fault::{
    AnyBucket, BucketsLikeThis, EveryResource, InNotList, NoAction, NoPrincipal, NoResource, NotApplicable,
    NotOfBuckets, OtherBucket, OtherService, UnknownAction,
};

use crate::argument::BucketName;
use crate::cx::Cx;
use crate::policy::fault::Fault;
use crate::policy::{Policy, Statement};
use crate::reply::{Code, Refusal};
use crate::request::Route::*;
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{FacetId, RULE, clauses, consequence, note};

clauses! { Policy, Grammar;
    "POL-DOC-013" RULE, Chosen, Medium, "K-med; VGW PutBucketPolicy_non_existing_bucket",
        "Missing buckets are decided before a policy is validated; the order of authorization (EVAL-CTX-002) and of Block Public \
         Access against validation is open." {
        POL_DOC_013 = "public", &[PutBucketPolicy], choice ["400 MalformedPolicy", "403 AccessDenied by Block Public Access"];
    }
    "POL-GRAM-016" RULE, Documented, Medium, "IAM-UG grammar, elements_action, elements_resource",
        "Every statement has Action or NotAction, and Resource or NotResource; without one the policy is refused: 400 \
         MalformedPolicy, of a user's policy 400 MalformedPolicyDocument." {
        POL_GRAM_016_ACTION = "action", &[PutBucketPolicy], else row;
        POL_GRAM_016_RESOURCE = "resource", &[PutBucketPolicy], else row;
        POL_GRAM_016_IDENTITY = "identity", &[PutUserPolicy], else row;
    }
    "POL-GRAM-017" RULE, Reported, Medium, "GH hashicorp/terraform#28688",
        "Every statement of a bucket policy has Principal or NotPrincipal: 400 MalformedPolicy, \"Missing required field Principal\"." {
        POL_GRAM_017 = "principal", &[PutBucketPolicy], else row;
        POL_GRAM_017_MESSAGE = "message", &[PutBucketPolicy], else other_text;
    }
    "POL-GRAM-018" RULE, Documented, Medium, "IAM-UG elements_principal",
        "A user's policy has no Principal: 400 MalformedPolicyDocument." {
        POL_GRAM_018 = "principal", &[PutUserPolicy], else row;
    }
    "POL-GRAM-024" note("says that one problem is reported where there are several; which, no page says"), Reported, Low,
        "public incident note quoting AWS behaviour", "Validation stops at the first offending statement."
    "POL-VAL-001" RULE, Reported, Medium, "VGW PutBucketPolicy_invalid_action; SAR",
        "Every action matches one that S3 has: 400 MalformedPolicy, \"Policy has invalid action\". Names of operations that are no \
         actions (s3:HeadObject, s3:ListObjectsV2) match none." {
        POL_VAL_001 = "unknown", &[PutBucketPolicy], else row;
        POL_VAL_001_MESSAGE = "message", &[PutBucketPolicy], else other_text;
        POL_VAL_001_NOT = "not-lists", &[PutBucketPolicy], choice ["what NotAction and NotResource list is validated too", "it is not"];
    }
    "POL-VAL-002" RULE, Documented, Medium, "S3-UG using-with-s3-policy-actions; text VGW",
        "An action of another service is refused: 400 MalformedPolicy, \"Policy has invalid action\"." {
        POL_VAL_002 = "service", &[PutBucketPolicy], else row;
    }
    "POL-VAL-003" RULE, Reported, Medium, "GH hashicorp/terraform#23570; VGW",
        "Every resource is this very bucket or in it: 400 MalformedPolicy, \"Policy has invalid resource\"." {
        POL_VAL_003 = "other-bucket", &[PutBucketPolicy], else row;
        POL_VAL_003_MESSAGE = "message", &[PutBucketPolicy], else other_text;
    }
    "POL-VAL-005" RULE, Reported, Medium, "GH noobaa/noobaa-core#10058",
        "The resource * is refused: 400 MalformedPolicy, \"Policy has invalid resource\". Whether a resource is that has a wildcard in \
         its bucket's name is open." {
        POL_VAL_005 = "star", &[PutBucketPolicy], else row;
        POL_VAL_005_ANY = "any-bucket", &[PutBucketPolicy], choice ["a wildcard before the bucket's name is refused", "it is accepted"];
        POL_VAL_005_LIKE = "buckets-like-this", &[PutBucketPolicy],
            choice ["a wildcard behind the bucket's name is accepted", "it is refused"];
    }
    "POL-VAL-006" RULE, Reported, Low, "VGW PutBucketPolicy_duplicate_resource", "What is listed twice is accepted." {
        POL_VAL_006 = "duplicates", &[PutBucketPolicy], else row;
    }
    "POL-VAL-007" RULE, Reported, Medium, "GH humanmade/S3-Uploads#239, ministryofjustice/modernisation-platform#10762",
        "Every action is asked on some resource of its statement: 400 MalformedPolicy, \"Action does not apply to any resource(s) in \
         statement\". s3:* and * always are." {
        POL_VAL_007 = "applies", &[PutBucketPolicy], else row;
        POL_VAL_007_MESSAGE = "message", &[PutBucketPolicy], else other_text;
    }
    "POL-VAL-017" consequence(&["POL-GRAM-017", "POL-VAL-003", "POL-VAL-007"]), Reported, Low, "GH hashicorp/terraform#28688",
        "What is missing is reported before what is wrong."
    "POL-VAL-019" RULE, Chosen, Medium, "S3-UG using-with-s3-policy-actions",
        "Actions of accounts, access points and jobs are of use in identity policies only; whether a bucket policy with one is \
         refused is open." {
        POL_VAL_019 = "account-actions", &[PutBucketPolicy], choice ["400 MalformedPolicy", "accepted without effect"];
    }
}

/// The refusal of a policy that is malformed as one of a bucket.
///
/// What is missing in a statement is reported before what is wrong in it (`POL-VAL-017`). Of several other faults any may be
/// reported, so that the message is fixed only if all that refuse have the same.
pub(crate) fn malformed(cx: &mut Cx<'_>, policy: &Policy, name: BucketName) -> Option<Refusal> {
    let bucket = cx.world.bucket_name(name).to_owned();
    let mut refusing = Vec::new();
    for faults in policy.faults(&bucket) {
        let (missing, wrong): (Vec<Fault>, Vec<Fault>) =
            faults.into_iter().partition(|fault| fault.is_missing());
        let mut found = refused(cx, missing);
        if found.is_empty() {
            found = refused(cx, wrong);
        }
        refusing.append(&mut found);
    }
    let Some((fault, by)) = refusing.first().copied() else {
        return listed_twice(cx, policy);
    };
    let refusal = Refusal::new(Code::MalformedPolicy, by);
    let alike = refusing
        .iter()
        .all(|(other, _)| message(*other) == message(fault));
    Some(match message(fault).filter(|_| alike) {
        Some((facet, text)) => cx.saying(refusal, facet, text),
        None => refusal,
    })
}

/// Those faults that refuse a policy, each with the facet by which it does.
fn refused(cx: &mut Cx<'_>, faults: Vec<Fault>) -> Vec<(Fault, FacetId)> {
    let refuses = |fault| match (OfStatement { fault }).ruled(cx) {
        (Document::Malformed, Some(by)) => Some((fault, by)),
        (Document::Accepted | Document::Malformed, _) => None,
    };
    faults.into_iter().filter_map(refuses).collect()
}

/// The refusal of a policy for what is listed twice, which the full law accepts (`POL-VAL-006`).
fn listed_twice(cx: &mut Cx<'_>, policy: &Policy) -> Option<Refusal> {
    let listed_twice = policy.has_duplicates();
    match (Listing { listed_twice }).ruled(cx) {
        (Document::Malformed, Some(by)) => Some(Refusal::new(Code::MalformedPolicy, by)),
        (Document::Accepted | Document::Malformed, _) => None,
    }
}

/// The refusal of a policy that is malformed as one of a user, which IAM validates.
pub(crate) fn malformed_identity(cx: &mut Cx<'_>, policy: &Policy) -> Option<Refusal> {
    let has = |what: fn(&Statement) -> bool| policy.statements.iter().any(what);
    let case = OfUser {
        has_principal: has(|statement| !statement.principals.is_empty()),
        incomplete: has(|statement| statement.actions.list.is_empty() || statement.resources.list.is_empty()),
    };
    match case.ruled(cx) {
        (Document::Malformed, Some(by)) => Some(Refusal::new(Code::MalformedPolicyDocument, by)),
        (Document::Accepted | Document::Malformed, _) => None,
    }
}

words! {
    /// How a policy is read.
    enum Document {
        /// It is accepted.
        Accepted,
        /// It is refused as malformed with 400.
        Malformed,
    }
}

table! {
    /// For which faults of a statement a bucket policy is refused.
    OfStatement {
        /// What is wrong with the statement.
        fault: Fault,
    } => Document, unnoted;

    POL_GRAM_017            if fault == NoPrincipal                         => Malformed;
    POL_GRAM_016_ACTION     if fault == NoAction                            => Malformed;
    POL_GRAM_016_RESOURCE   if fault == NoResource                          => Malformed;
    POL_VAL_002             if fault == OtherService                        => Malformed;
    POL_VAL_001             if fault == UnknownAction                       => Malformed;
    POL_VAL_003             if fault == OtherBucket                         => Malformed;
    POL_VAL_005             if fault == EveryResource                       => Malformed;
    POL_VAL_005_ANY         if fault == AnyBucket                           => Malformed,   or Accepted;
    POL_VAL_005_LIKE        if fault == BucketsLikeThis                     => passes,      or Malformed;
    POL_VAL_007             if fault == NotApplicable                       => Malformed;
    POL_VAL_019             if fault == NotOfBuckets                        => Malformed,   or Accepted;
    POL_VAL_001_NOT         if fault == InNotList                           => Malformed,   or Accepted;
    _                                                                       => Accepted;
}

table! {
    /// Whether a policy without a fault is refused for what it lists twice.
    Listing {
        /// A list names an action or a resource twice.
        listed_twice: bool,
    } => Document, unnoted;

    POL_VAL_006             if listed_twice                                 => passes,      else Malformed;
    _                                                                       => Accepted;
}

table! {
    /// For which faults the policy of a user is refused.
    OfUser {
        /// A statement has a Principal.
        has_principal: bool,
        /// A statement has no Action or no Resource.
        incomplete: bool,
    } => Document, unnoted;

    POL_GRAM_018            if has_principal                                => Malformed;
    POL_GRAM_016_IDENTITY   if incomplete                                   => Malformed;
    _                                                                       => Accepted;
}

/// What the message says of a fault; nothing where the text is not known well.
fn message(fault: Fault) -> Option<(FacetId, &'static str)> {
    match fault {
        NoPrincipal => Some((POL_GRAM_017_MESSAGE, "Missing required field Principal")),
        OtherService | UnknownAction => Some((POL_VAL_001_MESSAGE, "Policy has invalid action")),
        OtherBucket | EveryResource => Some((POL_VAL_003_MESSAGE, "Policy has invalid resource")),
        NotApplicable => Some((
            POL_VAL_007_MESSAGE,
            "Action does not apply to any resource(s) in statement",
        )),
        NoAction | NoResource | AnyBucket | BucketsLikeThis | NotOfBuckets | InNotList => None,
    }
}

/// The tables of malformed policies.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<OfStatement>(),
        printed::<Listing>(),
        printed::<OfUser>(),
    ]
}

#[cfg(test)]
mod tests {
    use crate::simulate::answers;

    /// The status and the message of a policy that is put to a bucket.
    fn put(statements: &str) -> (u16, Option<&'static str>) {
        let program = format!(
            "policy p = {statements}\n1 owner CreateBucket bucket=b\n2 owner DeletePublicAccessBlock bucket=b\n\
             3 owner PutBucketPolicy bucket=b policy=p\n"
        );
        let reply = answers(&program).pop().unwrap();
        (reply.status, reply.message.map(|(message, _)| message))
    }

    #[test]
    fn pol_gram_017_a_bucket_policy_has_principals() {
        let missing = (400, Some("Missing required field Principal"));
        assert_eq!(put("Allow - s3:GetObject b/*"), missing);
        // What is missing is reported before what is wrong (POL-VAL-017).
        assert_eq!(put("Allow - s3:HeadObject *"), missing);
        assert_eq!(put("Allow user s3:GetObject b/*").0, 204);
    }

    #[test]
    fn the_message_is_fixed_where_all_faults_have_the_same() {
        assert_eq!(
            put("Allow user s3:HeadObject,ec2:Run b/*"),
            (400, Some("Policy has invalid action"))
        );
        assert_eq!(put("Allow user s3:HeadObject c/*"), (400, None));
        assert_eq!(put("Allow user - b/*"), (400, None));
    }

    #[test]
    fn pol_gram_018_a_users_policy_has_no_principal() {
        for (statements, status) in [
            ("Allow - s3:* *", 200),
            ("Allow user s3:* *", 400),
            ("Allow - - *", 400),
            ("Allow - s3:HeadObject c/*", 200),
        ] {
            let program = format!("policy p = {statements}\n1 owner PutUserPolicy policy=p\n");
            assert_eq!(answers(&program).pop().unwrap().status, status, "{statements}");
        }
    }
}
