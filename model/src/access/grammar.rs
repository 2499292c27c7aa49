//! Policies that are refused as malformed (`POL-GRAM`, `POL-VAL`), as far as programs can state them.

use crate::argument::BucketName;
use crate::cx::Cx;
use crate::policy::Policy;
use crate::policy::fault::Fault;
use crate::reply::{Code, Refusal};
use crate::request::Route::*;
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
        POL_GRAM_016_ACTION = "action", &[PutBucketPolicy], else "a statement without Action is accepted, and says nothing";
        POL_GRAM_016_RESOURCE = "resource", &[PutBucketPolicy], else "a statement without Resource is accepted, and says nothing";
        POL_GRAM_016_IDENTITY = "identity", &[PutUserPolicy], else "a statement without Action or Resource is accepted, and says nothing";
    }
    "POL-GRAM-017" RULE, Reported, Medium, "GH hashicorp/terraform#28688",
        "Every statement of a bucket policy has Principal or NotPrincipal: 400 MalformedPolicy, \"Missing required field Principal\"." {
        POL_GRAM_017 = "principal", &[PutBucketPolicy], else "a statement without Principal is accepted, and names nobody";
        POL_GRAM_017_MESSAGE = "message", &[PutBucketPolicy], else "it is another text";
    }
    "POL-GRAM-018" RULE, Documented, Medium, "IAM-UG elements_principal",
        "A user's policy has no Principal: 400 MalformedPolicyDocument." {
        POL_GRAM_018 = "principal", &[PutUserPolicy], else "it is accepted, and the principal says nothing";
    }
    "POL-GRAM-024" note("says that one problem is reported where there are several; which, no page says"), Reported, Low,
        "public incident note quoting AWS behaviour", "Validation stops at the first offending statement."
    "POL-VAL-001" RULE, Reported, Medium, "VGW PutBucketPolicy_invalid_action; SAR",
        "Every action matches one that S3 has: 400 MalformedPolicy, \"Policy has invalid action\". Names of operations that are no \
         actions (s3:HeadObject, s3:ListObjectsV2) match none." {
        POL_VAL_001 = "unknown", &[PutBucketPolicy], else "an unknown action is accepted, and matches nothing";
        POL_VAL_001_MESSAGE = "message", &[PutBucketPolicy], else "it is another text";
        POL_VAL_001_NOT = "not-lists", &[PutBucketPolicy], choice ["what NotAction and NotResource list is validated too", "it is not"];
    }
    "POL-VAL-002" RULE, Documented, Medium, "S3-UG using-with-s3-policy-actions; text VGW",
        "An action of another service is refused: 400 MalformedPolicy, \"Policy has invalid action\"." {
        POL_VAL_002 = "service", &[PutBucketPolicy], else "it is accepted, and matches nothing";
    }
    "POL-VAL-003" RULE, Reported, Medium, "GH hashicorp/terraform#23570; VGW",
        "Every resource is this very bucket or in it: 400 MalformedPolicy, \"Policy has invalid resource\"." {
        POL_VAL_003 = "other-bucket", &[PutBucketPolicy], else "another bucket's resource is accepted, and matches nothing here";
        POL_VAL_003_MESSAGE = "message", &[PutBucketPolicy], else "it is another text";
    }
    "POL-VAL-005" RULE, Reported, Medium, "GH noobaa/noobaa-core#10058",
        "The resource * is refused: 400 MalformedPolicy, \"Policy has invalid resource\". Whether a resource is that has a wildcard in \
         its bucket's name is open." {
        POL_VAL_005 = "star", &[PutBucketPolicy], else "it is accepted, and matches every resource";
        POL_VAL_005_ANY = "any-bucket", &[PutBucketPolicy], choice ["a wildcard before the bucket's name is refused", "it is accepted"];
        POL_VAL_005_LIKE = "buckets-like-this", &[PutBucketPolicy],
            choice ["a wildcard behind the bucket's name is accepted", "it is refused"];
    }
    "POL-VAL-006" RULE, Reported, Low, "VGW PutBucketPolicy_duplicate_resource", "What is listed twice is accepted." {
        POL_VAL_006 = "duplicates", &[PutBucketPolicy], else "it is 400 MalformedPolicy";
    }
    "POL-VAL-007" RULE, Reported, Medium, "GH humanmade/S3-Uploads#239, ministryofjustice/modernisation-platform#10762",
        "Every action is asked on some resource of its statement: 400 MalformedPolicy, \"Action does not apply to any resource(s) in \
         statement\". s3:* and * always are." {
        POL_VAL_007 = "applies", &[PutBucketPolicy], else "an action that applies to no resource is accepted, and matches nothing";
        POL_VAL_007_MESSAGE = "message", &[PutBucketPolicy], else "it is another text";
    }
    "POL-VAL-017" consequence(&["POL-GRAM-017", "POL-VAL-003", "POL-VAL-007"]), Reported, Low, "GH hashicorp/terraform#28688",
        "What is missing is reported before what is wrong."
    "POL-VAL-019" RULE, Chosen, Medium, "S3-UG using-with-s3-policy-actions",
        "Actions of accounts, access points and jobs are of use in identity policies only; whether a bucket policy with one is \
         refused is open." {
        POL_VAL_019 = "account-actions", &[PutBucketPolicy], choice ["400 MalformedPolicy", "accepted without effect"];
    }
}

/// What refuses a fault, and what the message says: nothing where the text is not known well.
struct Refused {
    by: FacetId,
    message: Option<(FacetId, &'static str)>,
}

/// The table of faults: the facet that refuses each.
fn refused(cx: &mut Cx<'_>, fault: Fault) -> Option<Refused> {
    const ACTION: Option<(FacetId, &str)> = Some((POL_VAL_001_MESSAGE, "Policy has invalid action"));
    const RESOURCE: Option<(FacetId, &str)> = Some((POL_VAL_003_MESSAGE, "Policy has invalid resource"));
    const APPLIES: Option<(FacetId, &str)> = Some((
        POL_VAL_007_MESSAGE,
        "Action does not apply to any resource(s) in statement",
    ));
    const PRINCIPAL: Option<(FacetId, &str)> =
        Some((POL_GRAM_017_MESSAGE, "Missing required field Principal"));
    let (by, refuses, message) = match fault {
        Fault::NoPrincipal => (POL_GRAM_017, cx.law(POL_GRAM_017), PRINCIPAL),
        Fault::NoAction => (POL_GRAM_016_ACTION, cx.law(POL_GRAM_016_ACTION), None),
        Fault::NoResource => (POL_GRAM_016_RESOURCE, cx.law(POL_GRAM_016_RESOURCE), None),
        Fault::OtherService => (POL_VAL_002, cx.law(POL_VAL_002), ACTION),
        Fault::UnknownAction => (POL_VAL_001, cx.law(POL_VAL_001), ACTION),
        Fault::OtherBucket => (POL_VAL_003, cx.law(POL_VAL_003), RESOURCE),
        Fault::EveryResource => (POL_VAL_005, cx.law(POL_VAL_005), RESOURCE),
        Fault::NotApplicable => (POL_VAL_007, cx.law(POL_VAL_007), APPLIES),
        Fault::AnyBucket => (POL_VAL_005_ANY, cx.choose(POL_VAL_005_ANY, 2) == 0, None),
        Fault::BucketsLikeThis => (POL_VAL_005_LIKE, cx.choose(POL_VAL_005_LIKE, 2) == 1, None),
        Fault::NotOfBuckets => (POL_VAL_019, cx.choose(POL_VAL_019, 2) == 0, None),
        Fault::InNotList => (POL_VAL_001_NOT, cx.choose(POL_VAL_001_NOT, 2) == 0, None),
    };
    refuses.then_some(Refused { by, message })
}

/// The refusal of a policy that is malformed as one of a bucket.
///
/// What is missing in a statement is reported before what is wrong in it. Of several other faults any may be reported, so that
/// the message is fixed only if all that refuse have the same.
pub(crate) fn malformed(cx: &mut Cx<'_>, policy: &Policy, name: BucketName) -> Option<Refusal> {
    let bucket = cx.world.bucket_name(name).to_owned();
    let mut refusing = Vec::new();
    for faults in policy.faults(&bucket) {
        let (missing, wrong): (Vec<Fault>, Vec<Fault>) =
            faults.into_iter().partition(|fault| fault.is_missing());
        let mut found: Vec<Refused> = missing
            .into_iter()
            .filter_map(|fault| refused(cx, fault))
            .collect();
        if found.is_empty() {
            found.extend(wrong.into_iter().filter_map(|fault| refused(cx, fault)));
        }
        refusing.append(&mut found);
    }
    if refusing.is_empty() && policy.has_duplicates() && !cx.law(POL_VAL_006) {
        return Some(Refusal::new(Code::MalformedPolicy, POL_VAL_006));
    }
    let first = refusing.first()?;
    let refusal = Refusal::new(Code::MalformedPolicy, first.by);
    let alike = refusing.iter().all(|other| other.message == first.message);
    Some(match first.message.filter(|_| alike) {
        Some((facet, text)) => cx.saying(refusal, facet, text),
        None => refusal,
    })
}

/// The refusal of a policy that is malformed as one of a user, which IAM validates.
pub(crate) fn malformed_identity(cx: &mut Cx<'_>, policy: &Policy) -> Option<Refusal> {
    let mut statements = policy.statements.iter();
    let facet = if statements
        .clone()
        .any(|statement| !statement.principals.is_empty())
        && cx.law(POL_GRAM_018)
    {
        POL_GRAM_018
    } else if statements
        .any(|statement| statement.actions.list.is_empty() || statement.resources.list.is_empty())
        && cx.law(POL_GRAM_016_IDENTITY)
    {
        POL_GRAM_016_IDENTITY
    } else {
        return None;
    };
    Some(Refusal::new(Code::MalformedPolicyDocument, facet))
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
