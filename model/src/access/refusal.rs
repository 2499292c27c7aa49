//! How a refusal for want of permission looks (`EVAL-ERR`).

use Grounds::Unsaid;

use crate::access::{AUTHORIZED, OF_AN_ACCOUNT};
use crate::action::{Action, DenialText, ResourceType};
use crate::cx::{Cx, OTHER_TEXT};
use crate::reply::{Code, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::request::{Form, Method, routes_where};
use crate::table::{Decision, Printed, fields, printed, table, words};
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
        EVAL_ERR_001 = "code", AUTHORIZED, shared by kind, else row;
    }
    "EVAL-ERR-002" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "Anonymous callers and other accounts get the message \"Access Denied\"." {
        EVAL_ERR_002 = "generic", AUTHORIZED, shared by kind, else row untold UNSAID;
    }
    "EVAL-ERR-003" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "Callers of the owning account are told who may not do what on which resource, and why. The resource is the ARN of the \
         bucket or object, in quotes; actions on * name none." {
        EVAL_ERR_003 = "enhanced", AUTHORIZED, shared by kind, else row untold UNSAID;
        EVAL_ERR_003_RESOURCE = "resource", AUTHORIZED, shared by kind, else row untold UNSAID;
        EVAL_ERR_003_ACCOUNT = "enhanced-in-account", OF_AN_ACCOUNT, else row;
        EVAL_ERR_003_CREATE = "resource-in-account", &[CreateBucket], else row;
        EVAL_ERR_003_NONE = "no-resource", &[ListBuckets], else row;
    }
    "EVAL-ERR-004" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "The message names the kind of policy that denies explicitly, and of an identity-based policy its ARN; whether an inline \
         policy has one is open. A resource-based policy has none." {
        EVAL_ERR_004 = "explicit", AUTHORIZED, shared by kind, else row untold UNSAID;
        EVAL_ERR_004_ACCOUNT = "explicit-in-account", OF_AN_ACCOUNT, else row;
        EVAL_ERR_004_ARN = "inline-policy", AUTHORIZED, shared by kind, choice ["no ARN follows", "an ARN follows"] untold UNSAID;
        EVAL_ERR_004_ARN_ACCOUNT = "inline-policy-in-account", OF_AN_ACCOUNT, choice ["no ARN follows", "an ARN follows"];
    }
    "EVAL-ERR-005" FORM, Documented, Low, "S3-UG troubleshoot-403-errors",
        "The message names the kind of policy that does not allow: in the owning account, where nothing grants, the identity-based." {
        EVAL_ERR_005 = "implicit", AUTHORIZED, shared by kind, else row untold UNSAID;
        EVAL_ERR_005_ACCOUNT = "implicit-in-account", OF_AN_ACCOUNT, else row;
    }
    "EVAL-ERR-006" RULE, Chosen, Low, "IAM-UG evaluation-logic_policy-eval-denyallow",
        "Only one reason is reported, an explicit deny first; which of several explicit denies, and which of several missing \
         actions, is open." {
        EVAL_ERR_006_ACTION = "action", &[CreateBucket, PutObject, CopyObject, UploadPartCopy], choice ["the first action that is missing", "a later one"];
        EVAL_ERR_006_DENY = "deny", AUTHORIZED, shared by kind, choice ["the identity-based deny", "the resource-based deny"]
            untold UNSAID;
    }
    "EVAL-ERR-015" consequence(&["VER-MDEL-001", "VER-MDEL-014"]), Recorded, Medium, "MOTO test_deny_delete_policy; LS test_delete_locked_object",
        "DeleteObjects reports a denial as an Error entry of its key."
    "EVAL-ERR-016" FORM, Recorded, Low, "LS: none of 564 recorded error documents has it",
        "An error document has no Resource element." {
        EVAL_ERR_016 = "no-resource", WITH_ERROR_DOCUMENT, shared by kind, else (sent "Resource");
    }
    "EVAL-ERR-017" FORM, Documented, Low, "S3-API HeadBucket",
        "HeadBucket answers carry x-amz-bucket-region, also with 403." {
        EVAL_ERR_017 = "found", &[HeadBucket], else (omitted "x-amz-bucket-region");
        EVAL_ERR_017_DENIED = "denied", &[HeadBucket], else (omitted "x-amz-bucket-region");
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

words! {
    /// What a refusal says about its reason (`EVAL-ERR-002` to `EVAL-ERR-005`).
    pub(crate) enum Grounds {
        /// Nothing: the caller does not belong to the owning account.
        Unsaid,
        /// An identity-based policy denies.
        IdentityDenies,
        /// The bucket policy denies.
        ResourceDenies,
        /// Both deny.
        BothDeny,
        /// No identity-based policy allows.
        NoIdentityPolicy,
    }
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
    match (Refused { denied: true }).ruled(cx).0 {
        RefusedWith::AccessDenied => Code::AccessDenied,
        RefusedWith::InvalidRequest => Code::InvalidRequest,
    }
}

/// Whether a later missing action is reported instead of the first (`EVAL-ERR-006`).
pub(crate) fn is_later_reported(cx: &mut Cx<'_>) -> bool {
    let shows_which = !cx.route.is_head();
    (Several { shows_which }).ruled(cx).0 == MissingAction::Later
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

/// What a refusal says.
fn message(cx: &mut Cx<'_>, Denial { by, action, grounds }: Denial) -> Said {
    let of_account = OF_AN_ACCOUNT.contains(&cx.route);
    let (told, facet) = Telling { grounds, of_account }.ruled(cx);
    let told_by = facet.unwrap_or(by);
    match told {
        Told::Nothing => return Said::fixed("Access Denied", told_by),
        Told::Otherwise => return Said::fixed(OTHER_TEXT, told_by),
        Told::Reason => {}
    }
    let both = grounds == Grounds::BothDeny;
    let grounds = match (SeveralDenies { both }).ruled(cx) {
        (Reported::Resource, _) => Grounds::ResourceDenies,
        (Reported::Identity, _) if both => Grounds::IdentityDenies,
        (Reported::Identity, _) => grounds,
    };
    let resource = names_resource(cx, action);
    let explicit = grounds != Grounds::NoIdentityPolicy;
    let (named, facet) = Naming { explicit, of_account }.ruled(cx);
    let named_by = facet.unwrap_or(by);
    let text = match (named, grounds) {
        (Policy::Unnamed, _) | (Policy::Named, Grounds::Unsaid) => DenialText::Bare,
        (Policy::Named, Grounds::NoIdentityPolicy) => DenialText::NoIdentityPolicy,
        (Policy::Named, Grounds::ResourceDenies) => DenialText::ResourceDenies,
        (Policy::Named, Grounds::IdentityDenies | Grounds::BothDeny) => DenialText::IdentityDenies,
    };
    if text != DenialText::IdentityDenies {
        return Said::fixed(action.denial(text, resource), named_by);
    }
    // Whether the ARN of an inline policy follows is open, and decides nothing but the message (`EVAL-ERR-004`).
    let facet = if of_account {
        EVAL_ERR_004_ARN_ACCOUNT
    } else {
        EVAL_ERR_004_ARN
    };
    let texts = [text, DenialText::NamedIdentityDenies].map(|text| action.denial(text, resource));
    Said {
        text: cx.choose_message(facet, texts),
        by: named_by,
        open: true,
    }
}

/// Whether a message names what the action was asked on (`EVAL-ERR-003`).
fn names_resource(cx: &mut Cx<'_>, action: Action) -> bool {
    let case = Asking {
        resource: action.resource(),
        creating: cx.route == CreateBucket,
    };
    case.ruled(cx).0 == Resource::Named
}

words! {
    /// With which code a request is refused.
    enum RefusedWith {
        /// It is refused with 403 AccessDenied.
        AccessDenied,
        /// It is refused with 400 InvalidRequest.
        InvalidRequest,
    }
}

table! {
    /// How a request without permission is refused.
    Refused {
        /// A permission is missing.
        denied: bool,
    } => RefusedWith, unnoted;

    EVAL_ERR_001            if denied                                       => AccessDenied, else InvalidRequest;
    _                                                                       => AccessDenied;
}

words! {
    /// Which missing action a refusal reports.
    enum MissingAction {
        /// The first is reported.
        First,
        /// A later one is reported.
        Later,
    }
}

table! {
    /// Which of several missing actions is reported.
    Several {
        /// The reply has a document, which shows it.
        shows_which: bool,
    } => MissingAction;

    EVAL_ERR_006_ACTION     if shows_which                                  => First,       or Later;
    _                                                                       => First;
}

words! {
    /// What the message of a refusal tells.
    enum Told {
        /// The message says who may not do what on which resource, and why.
        Reason,
        /// The message is "Access Denied".
        Nothing,
        /// The message is another text.
        Otherwise,
    }
}

table! {
    /// Who is told why a permission is missing.
    Telling {
        /// What could be said about the reason.
        grounds: Grounds,
        /// The request is for an account, and no bucket.
        of_account: bool,
    } => Told, unnoted;

    EVAL_ERR_002            if grounds == Unsaid                            => Nothing,     else Otherwise;
    EVAL_ERR_003            if grounds != Unsaid && !of_account             => Reason,      else Nothing;
    EVAL_ERR_003_ACCOUNT    if grounds != Unsaid && of_account              => Reason,      else Nothing;
    _                                                                       => Nothing;
}

words! {
    /// Which explicit deny a refusal reports.
    enum Reported {
        /// That of the identity-based policy is reported.
        Identity,
        /// That of the resource-based policy is reported.
        Resource,
    }
}

table! {
    /// Which of two explicit denies is reported.
    SeveralDenies {
        /// The identity policy denies, and so does the bucket policy.
        both: bool,
    } => Reported;

    EVAL_ERR_006_DENY       if both                                         => Identity,    or Resource;
    _                                                                       => Identity;
}

words! {
    /// Whether a message names what an action was asked on.
    enum Resource {
        /// The resource is named.
        Named,
        /// No resource is named.
        Unnamed,
    }
}

table! {
    /// Whether a message names what the action was asked on.
    Asking {
        /// What the action is asked on.
        resource: ResourceType,
        /// The request is CreateBucket.
        creating: bool,
    } => Resource, unnoted;

    EVAL_ERR_003_NONE       if resource == ResourceType::None               => Unnamed,     else Named;
    EVAL_ERR_003_CREATE     if resource != ResourceType::None && creating   => Named,       else Unnamed;
    EVAL_ERR_003_RESOURCE   if resource != ResourceType::None && !creating  => Named,       else Unnamed;
    _                                                                       => Unnamed;
}

words! {
    /// Whether a message names a policy.
    enum Policy {
        /// It names the kind of the policy.
        Named,
        /// It names no policy.
        Unnamed,
    }
}

table! {
    /// Whether a message names the policy that denies, or does not allow.
    Naming {
        /// A policy denies explicitly.
        explicit: bool,
        /// The request is for an account, and no bucket.
        of_account: bool,
    } => Policy, unnoted;

    EVAL_ERR_004            if explicit && !of_account                      => Named,       else Unnamed;
    EVAL_ERR_004_ACCOUNT    if explicit && of_account                       => Named,       else Unnamed;
    EVAL_ERR_005            if !explicit && !of_account                     => Named,       else Unnamed;
    EVAL_ERR_005_ACCOUNT    if !explicit && of_account                      => Named,       else Unnamed;
    _                                                                       => Unnamed;
}

/// The tables of refusals, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Several>(),
        printed::<Refused>(),
        printed::<Telling>(),
        printed::<SeveralDenies>(),
        printed::<Asking>(),
        printed::<Naming>(),
    ]
}

/// The refusal as its document: what every error document leaves out (`EVAL-ERR-016`).
#[inline]
pub(crate) fn without_resource(cx: &mut Cx<'_>, mut refusal: Refusal) -> Refusal {
    let has_document = !cx.route.is_head();
    fields! { cx, &mut refusal;
        EVAL_ERR_016            if has_document         => forbid  Resource, Value::Something;
    }
    refusal
}

/// Shows the Region of a bucket in an answer of HeadBucket (`EVAL-ERR-017`).
pub(crate) fn show_region(cx: &mut Cx<'_>, answer: Result<Reply, Refusal>) -> Result<Reply, Refusal> {
    match answer {
        Ok(mut reply) => {
            fields! { cx, &mut reply;
                EVAL_ERR_017            => require BucketRegion, Value::Something;
            }
            Ok(reply)
        }
        Err(mut refusal) => {
            fields! { cx, &mut refusal;
                EVAL_ERR_017_DENIED     => require BucketRegion, Value::Something;
            }
            Err(refusal)
        }
    }
}
