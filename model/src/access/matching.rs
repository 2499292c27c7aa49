//! What patterns of policies match (`POL-ACT`, `POL-RES`), and what servers do that overlook part of it.
//!
//! The law matches once, as a policy is read. Only where it is not whole, or somebody asks what it consults, is a policy
//! compared anew as a server would that overlooks something, and only where that makes a difference is the facet consulted.

use Comparison::{
    ActionsInTheirCase, ActionsWithoutQuestionMark, ByBytes, BySegments, Escaped, InAnyCase, Lawful,
    Normalised,
};

use crate::action::Action;
use crate::cx::Cx;
use crate::policy::{Comparison, Policy, Resource, Side};
use crate::request::Route::{self, *};
use crate::table::{Decision, Printed, printed, table};
use crate::words::{RULE, clauses, consequence};

/// A route of each kind: a read, a write and a delete.
pub(crate) const PATTERNS: &[Route] = &[GetObject, PutObject, DeleteObject];

clauses! { Policy, Matching;
    "POL-ACT-001" RULE, Documented, High, "IAM-UG elements_action", "Actions are compared whatever their case." {
        POL_ACT_001 = "case", PATTERNS, else row;
    }
    "POL-ACT-002" RULE, Documented, High, "IAM-UG elements_action, grammar",
        "In an action * is any run of characters and ? exactly one, any number of them, anywhere in its name." {
        POL_ACT_002 = "question-mark", PATTERNS, else row;
    }
    "POL-RES-002" RULE, Documented, High, "IAM-UG elements_resource",
        "In a resource * is any run of characters and ? exactly one, / and : like any other." {
        POL_RES_002 = "question-mark", PATTERNS, else row;
        POL_RES_002_SLASH = "slash", PATTERNS, else row;
    }
    "POL-RES-003" RULE, Documented, High, "S3-API sigv4-header-based-auth; K-high",
        "The resource of an object is its bucket and the decoded bytes of its key, neither double_slash_matters nor escaping_matters." {
        POL_RES_003 = "decoded", PATTERNS, else row;
        POL_RES_003_AS_IS = "as-it-is", PATTERNS, else row;
    }
    "POL-RES-004" RULE, Reported, High, "K-high", "Keys are compared in their case." {
        POL_RES_004 = "case", PATTERNS, else row;
    }
    "POL-RES-005" consequence(&["POL-RES-002"]), Reported, High, "follows POL-RES-002; K-high",
        "bucket/* does not match the bucket; bucket* matches it and all its objects."
}

/// What a policy says of a permission, by the law of patterns.
#[inline]
pub(crate) fn said(cx: &mut Cx<'_>, policy: Option<&Policy>, action: Action, place: Resource) -> Side {
    let said = Side::of(policy, cx.caller(), action, Some(place), cx.world);
    if cx.is_whole() || !PATTERNS.contains(&cx.route) {
        return said;
    }
    let otherwise = |how, cx: &Cx<'_>| Side::compared(how, policy, cx.caller(), action, place, cx.world);
    let matters = |how| otherwise(how, cx) != said;
    let case = Patterns {
        action_case_matters: matters(ActionsInTheirCase),
        action_question_mark_matters: matters(ActionsWithoutQuestionMark),
        question_mark_matters: matters(ByBytes),
        slash_matters: matters(BySegments),
        escaping_matters: matters(Escaped),
        double_slash_matters: matters(Normalised),
        key_case_matters: matters(InAnyCase),
    };
    let compared = case.ruled(cx).0;
    if compared == Lawful {
        return said;
    }
    otherwise(compared, cx)
}

table! {
    /// How the patterns of a policy are compared with an action and its resource.
    Patterns {
        /// To compare actions in their case only would say something else.
        action_case_matters: bool,
        /// To take a question mark in an action for itself would say something else.
        action_question_mark_matters: bool,
        /// To take a question mark in a resource for one byte would say something else.
        question_mark_matters: bool,
        /// To let no wildcard match a slash would say something else.
        slash_matters: bool,
        /// To compare keys as a URL escapes them would say something else.
        escaping_matters: bool,
        /// To compare two slashes of a key as one would say something else.
        double_slash_matters: bool,
        /// To compare keys whatever their case would say something else.
        key_case_matters: bool,
    } => Comparison, unnoted;

    POL_ACT_001             if action_case_matters                     => passes,  else ActionsInTheirCase;
    POL_ACT_002             if action_question_mark_matters            => passes,  else ActionsWithoutQuestionMark;
    POL_RES_002             if question_mark_matters                   => passes,  else ByBytes;
    POL_RES_002_SLASH       if slash_matters                           => passes,  else BySegments;
    POL_RES_003             if escaping_matters                        => passes,  else Escaped;
    POL_RES_003_AS_IS       if double_slash_matters                    => passes,  else Normalised;
    POL_RES_004             if key_case_matters                        => passes,  else InAnyCase;
    _                                                                  => Lawful;
}

/// The table of this chapter.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Patterns>()]
}
