//! How a refusal for want of permission looks (`EVAL-ERR`).

use crate::access::AUTHORIZED;
use crate::action::{Action, DenialText};
use crate::clause::{FORM, FacetId, Kind, RULE, clauses, consequence, planned};
use crate::cx::{Cx, OTHER_TEXT};
use crate::reply::{Code, Refusal};
use crate::request::Route::{self, *};

/// The routes whose replies do not show the message.
const UNSAID: &[(Route, &str)] = &[
    (HeadBucket, "the reply has no body"),
    (HeadObject, "the reply has no body"),
    (HeadObjectVersion, "the reply has no body"),
    (DeleteObjects, "entries say \"Access Denied\": VER-MDEL-014"),
    (
        DeleteObjectsVersion,
        "entries say \"Access Denied\": VER-MDEL-014",
    ),
];

clauses! { Evaluation, 19;
    "EVAL-ERR-001" RULE, Documented, Medium, "S3-API ErrorResponses",
        "A denied request is 403 with the code AccessDenied; HEAD has no body." {
        EVAL_ERR_001 = "code", AUTHORIZED, else "the code is another";
    }
    "EVAL-ERR-002" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "Anonymous callers and other accounts get the message \"Access Denied\"." {
        EVAL_ERR_002 = "generic", AUTHORIZED, else "it is another text" untold UNSAID;
    }
    "EVAL-ERR-003" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "Callers of the owning account are told who may not do what, and why." {
        EVAL_ERR_003 = "enhanced", AUTHORIZED, else "the message is \"Access Denied\"" untold UNSAID;
    }
    "EVAL-ERR-004" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "The message names the kind of policy that denies explicitly." {
        EVAL_ERR_004 = "explicit", AUTHORIZED, else "it names no policy" untold UNSAID;
    }
    "EVAL-ERR-005" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "The message names the kind of policy that does not allow." {
        EVAL_ERR_005 = "implicit", AUTHORIZED, else "it names no policy" untold UNSAID;
    }
    "EVAL-ERR-006" RULE, Chosen, Low, "S3-UG troubleshoot-403-errors", "Only one reason is reported; which is open." {
        EVAL_ERR_006_ACTION = "action", &[CreateBucket, PutObject, CopyObject, UploadPartCopy], choice ["the first action that is missing", "a later one"];
        EVAL_ERR_006_DENY = "deny", AUTHORIZED, choice ["the identity-based deny", "the resource-based deny"]
            untold UNSAID;
        EVAL_ERR_006_GRANT = "grant", AUTHORIZED, choice ["no identity-based policy", "no resource-based policy"]
            untold UNSAID;
    }
    "EVAL-ERR-014" planned(Kind::Form, 3, "the texts of Block Public Access"), Documented, Low, "S3-UG troubleshoot-403-errors",
        "Refusals by Block Public Access say which setting prevents what."
    "EVAL-ERR-015" consequence(&["VER-MDEL-001", "VER-MDEL-014"]), Recorded, Medium, "MOTO test_deny_delete_policy; LS test_delete_locked_object",
        "DeleteObjects reports a denial as an Error entry of its key."
}

/// Why a permission is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    /// The facet by which it is missing.
    pub(crate) by: FacetId,
    /// The action that was asked.
    pub(crate) action: Action,
    /// What the message says about it.
    pub(crate) grounds: Grounds,
}

/// What a refusal says about its reason (`EVAL-ERR-002` to `EVAL-ERR-005`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grounds {
    /// Nothing: the caller does not belong to the owning account.
    Unsaid,
    /// An identity policy denies.
    IdentityDenies,
    /// The bucket policy denies.
    ResourceDenies,
    /// Both deny.
    BothDeny,
    /// No identity policy allows.
    NoIdentityPolicy,
    /// Neither an identity policy nor the bucket policy allows.
    NoPolicy,
}

impl Grounds {
    /// The grounds of an explicit deny.
    pub(crate) fn explicit(by_identity: bool, by_resource: bool) -> Grounds {
        match (by_identity, by_resource) {
            (true, true) => Grounds::BothDeny,
            (true, false) => Grounds::IdentityDenies,
            (false, _) => Grounds::ResourceDenies,
        }
    }
}

/// Whether a later missing action is reported instead of the first (`EVAL-ERR-006`).
pub(crate) fn is_later_reported(cx: &mut Cx<'_>) -> bool {
    !cx.route.is_head() && cx.choose(EVAL_ERR_006_ACTION, 2) == 1
}

/// The refusal of a caller without permission.
pub(crate) fn denied(cx: &mut Cx<'_>, denial: Denial) -> Refusal {
    let code = code(cx);
    let mut refusal = Refusal::new(code, denial.by);
    if !cx.route.is_head() {
        refusal.message = Some(message(cx, denial));
        refusal.message_open = matches!(denial.grounds, Grounds::BothDeny | Grounds::NoPolicy);
    }
    refusal
}

/// The refusal of a caller without permission where a clause fixes the message, whatever the reason.
pub(crate) fn denied_saying(cx: &mut Cx<'_>, denial: Denial, message: (&'static str, FacetId)) -> Refusal {
    let mut refusal = Refusal::new(code(cx), denial.by);
    refusal.message = Some(message);
    refusal
}

fn code(cx: &mut Cx<'_>) -> Code {
    if cx.law(EVAL_ERR_001) {
        Code::AccessDenied
    } else {
        Code::InvalidRequest
    }
}

fn message(cx: &mut Cx<'_>, Denial { action, grounds, .. }: Denial) -> (&'static str, FacetId) {
    const GENERIC: &str = "Access Denied";
    if grounds == Grounds::Unsaid {
        let text = if cx.law(EVAL_ERR_002) { GENERIC } else { OTHER_TEXT };
        return (text, EVAL_ERR_002);
    }
    if !cx.law(EVAL_ERR_003) {
        return (GENERIC, EVAL_ERR_003);
    }
    let (facet, either) = match grounds {
        Grounds::Unsaid => (EVAL_ERR_003, Err(DenialText::Bare)),
        Grounds::IdentityDenies => (EVAL_ERR_004, Err(DenialText::IdentityDenies)),
        Grounds::ResourceDenies => (EVAL_ERR_004, Err(DenialText::ResourceDenies)),
        Grounds::NoIdentityPolicy => (EVAL_ERR_005, Err(DenialText::NoIdentityPolicy)),
        Grounds::BothDeny => {
            let texts = [DenialText::IdentityDenies, DenialText::ResourceDenies];
            (EVAL_ERR_004, Ok((EVAL_ERR_006_DENY, texts)))
        }
        Grounds::NoPolicy => {
            let texts = [DenialText::NoIdentityPolicy, DenialText::NoResourcePolicy];
            (EVAL_ERR_005, Ok((EVAL_ERR_006_GRANT, texts)))
        }
    };
    let said = cx.law(facet);
    let text = |text| action.denial(if said { text } else { DenialText::Bare });
    let text = match either {
        Ok((choice, texts)) => cx.choose_message(choice, texts.map(text)),
        Err(only) => text(only),
    };
    (text, facet)
}
