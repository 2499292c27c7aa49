//! How a refusal for want of permission looks (`EVAL-ERR`).

use crate::access::{AUTHORIZED, OF_AN_ACCOUNT};
use crate::action::{Action, DenialText, ResourceType};
use crate::cx::{Cx, OTHER_TEXT};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::request::{Form, Method, routes_where};
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

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

/// The routes whose refusals have a document.
const WITH_ERROR_DOCUMENT: &[Route] = routes_where!(|route| {
    let is_request = !matches!(route.form(), Form::Entries) && !route.row().is_of_iam();
    is_request && !matches!(route.row().method, Method::HEAD)
});

clauses! { Evaluation, Refusal;
    "EVAL-ERR-001" RULE, Documented, Medium, "S3-API ErrorResponses",
        "A denied request is 403 with the code AccessDenied; HEAD has no body." {
        EVAL_ERR_001 = "code", AUTHORIZED, else "the code is another";
    }
    "EVAL-ERR-002" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "Anonymous callers and other accounts get the message \"Access Denied\"." {
        EVAL_ERR_002 = "generic", AUTHORIZED, else "it is another text" untold UNSAID;
    }
    "EVAL-ERR-003" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "Callers of the owning account are told who may not do what on which resource, and why. The resource is the ARN of the \
         bucket or object, in quotes; actions on * name none." {
        EVAL_ERR_003 = "enhanced", AUTHORIZED, else "the message is \"Access Denied\"" untold UNSAID;
        EVAL_ERR_003_RESOURCE = "resource", AUTHORIZED, else "the resource is left out" untold UNSAID;
        EVAL_ERR_003_ACCOUNT = "enhanced-in-account", OF_AN_ACCOUNT, else "the message is \"Access Denied\"";
        EVAL_ERR_003_CREATE = "resource-in-account", &[CreateBucket], else "the resource is left out";
        EVAL_ERR_003_NONE = "no-resource", &[ListBuckets], else "a resource is named";
    }
    "EVAL-ERR-004" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "The message names the kind of policy that denies explicitly, and of an identity-based policy its ARN; whether an inline \
         policy has one is open. A resource-based policy has none." {
        EVAL_ERR_004 = "explicit", AUTHORIZED, else "it names no policy" untold UNSAID;
        EVAL_ERR_004_ACCOUNT = "explicit-in-account", OF_AN_ACCOUNT, else "it names no policy";
        EVAL_ERR_004_ARN = "inline-policy", AUTHORIZED, choice ["no ARN follows", "an ARN follows"] untold UNSAID;
        EVAL_ERR_004_ARN_ACCOUNT = "inline-policy-in-account", OF_AN_ACCOUNT, choice ["no ARN follows", "an ARN follows"];
    }
    "EVAL-ERR-005" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "The message names the kind of policy that does not allow: in the owning account, where nothing grants, the identity-based." {
        EVAL_ERR_005 = "implicit", AUTHORIZED, else "it names no policy" untold UNSAID;
        EVAL_ERR_005_ACCOUNT = "implicit-in-account", OF_AN_ACCOUNT, else "it names no policy";
    }
    "EVAL-ERR-006" RULE, Chosen, Low, "IAM-UG evaluation-logic_policy-eval-denyallow",
        "Only one reason is reported, an explicit deny first; which of several explicit denies, and which of several missing \
         actions, is open." {
        EVAL_ERR_006_ACTION = "action", &[CreateBucket, PutObject, CopyObject, UploadPartCopy], choice ["the first action that is missing", "a later one"];
        EVAL_ERR_006_DENY = "deny", AUTHORIZED, choice ["the identity-based deny", "the resource-based deny"]
            untold UNSAID;
    }
    "EVAL-ERR-015" consequence(&["VER-MDEL-001", "VER-MDEL-014"]), Recorded, Medium, "MOTO test_deny_delete_policy; LS test_delete_locked_object",
        "DeleteObjects reports a denial as an Error entry of its key."
    "EVAL-ERR-016" FORM, Recorded, Low, "LS: none of 564 recorded error documents has it",
        "An error document has no Resource element." {
        EVAL_ERR_016 = "no-resource", WITH_ERROR_DOCUMENT, else "what was asked for is named in Resource";
    }
    "EVAL-ERR-017" FORM, Documented, Low, "S3-API HeadBucket",
        "HeadBucket answers carry x-amz-bucket-region, also with 403." {
        EVAL_ERR_017 = "found", &[HeadBucket], else "it is omitted";
        EVAL_ERR_017_DENIED = "denied", &[HeadBucket], else "it is omitted";
    }
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
        let said = message(cx, denial);
        refusal.message = Some((said.text, said.by));
        refusal.message_open = said.open;
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

/// A message, what fixes it, and whether it is one branch of a choice that decides nothing else.
struct Said {
    text: &'static str,
    by: FacetId,
    open: bool,
}

impl Said {
    fn fixed(text: &'static str, by: FacetId) -> Said {
        Said {
            text,
            by,
            open: false,
        }
    }
}

/// The facets of messages: those of an account's own routes, or those of all others.
struct Forms {
    enhanced: FacetId,
    explicit: FacetId,
    inline: FacetId,
    implicit: FacetId,
}

impl Forms {
    fn on(route: Route) -> Forms {
        if OF_AN_ACCOUNT.contains(&route) {
            Forms {
                enhanced: EVAL_ERR_003_ACCOUNT,
                explicit: EVAL_ERR_004_ACCOUNT,
                inline: EVAL_ERR_004_ARN_ACCOUNT,
                implicit: EVAL_ERR_005_ACCOUNT,
            }
        } else {
            Forms {
                enhanced: EVAL_ERR_003,
                explicit: EVAL_ERR_004,
                inline: EVAL_ERR_004_ARN,
                implicit: EVAL_ERR_005,
            }
        }
    }
}

fn message(cx: &mut Cx<'_>, Denial { action, grounds, .. }: Denial) -> Said {
    const GENERIC: &str = "Access Denied";
    if grounds == Grounds::Unsaid {
        let text = if cx.law(EVAL_ERR_002) { GENERIC } else { OTHER_TEXT };
        return Said::fixed(text, EVAL_ERR_002);
    }
    let forms = Forms::on(cx.route);
    if !cx.law(forms.enhanced) {
        return Said::fixed(GENERIC, forms.enhanced);
    }
    let identity_denies = match grounds {
        Grounds::IdentityDenies => true,
        Grounds::BothDeny => cx.choose(EVAL_ERR_006_DENY, 2) == 0,
        Grounds::Unsaid | Grounds::ResourceDenies | Grounds::NoIdentityPolicy => false,
    };
    let (by, text) = match grounds {
        _ if identity_denies => (forms.explicit, DenialText::IdentityDenies),
        Grounds::NoIdentityPolicy => (forms.implicit, DenialText::NoIdentityPolicy),
        Grounds::Unsaid | Grounds::IdentityDenies | Grounds::BothDeny | Grounds::ResourceDenies => {
            (forms.explicit, DenialText::ResourceDenies)
        }
    };
    let resource = names_resource(cx, action);
    if !cx.law(by) {
        return Said::fixed(action.denial(DenialText::Bare, resource), by);
    }
    if !identity_denies {
        return Said::fixed(action.denial(text, resource), by);
    }
    let texts = [text, DenialText::NamedIdentityDenies].map(|text| action.denial(text, resource));
    Said {
        text: cx.choose_message(forms.inline, texts),
        by,
        open: true,
    }
}

/// Whether a message names what the action was asked on (`EVAL-ERR-003`).
fn names_resource(cx: &mut Cx<'_>, action: Action) -> bool {
    match action.resource() {
        ResourceType::None => !cx.law(EVAL_ERR_003_NONE),
        ResourceType::Bucket | ResourceType::Object if cx.route == CreateBucket => {
            cx.law(EVAL_ERR_003_CREATE)
        }
        ResourceType::Bucket | ResourceType::Object => cx.law(EVAL_ERR_003_RESOURCE),
    }
}

/// The refusal as its document: what every error document leaves out (`EVAL-ERR-016`).
#[inline]
pub(crate) fn without_resource(cx: &mut Cx<'_>, refusal: Refusal) -> Refusal {
    if cx.route.is_head() {
        refusal
    } else {
        cx.omitting(refusal, EVAL_ERR_016, Name::Resource, Value::Something)
    }
}

/// Shows the Region of a bucket in an answer of HeadBucket (`EVAL-ERR-017`).
pub(crate) fn show_region(cx: &mut Cx<'_>, answer: Result<Reply, Refusal>) -> Result<Reply, Refusal> {
    match answer {
        Ok(mut reply) => {
            cx.require(&mut reply, EVAL_ERR_017, Name::BucketRegion, Value::Something);
            Ok(reply)
        }
        Err(refusal) => Err(cx.naming(refusal, EVAL_ERR_017_DENIED, Name::BucketRegion, Value::Something)),
    }
}
