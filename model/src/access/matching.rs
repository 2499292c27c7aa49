//! What patterns of policies match (`POL-ACT`, `POL-RES`), and what servers do that overlook part of it.
//!
//! The law matches once, as a policy is read. Only where it is not whole, or somebody asks what it consults, is a policy
//! compared anew as a server would that overlooks something, and only where that makes a difference is the facet consulted.

use crate::policy::Comparison;
use crate::request::Route::{self, *};
use crate::words::{FacetId, RULE, clauses, consequence};

/// A route of each kind: a read, a write and a delete.
pub(crate) const PATTERNS: &[Route] = &[GetObject, PutObject, DeleteObject];

clauses! { Policy, Matching;
    "POL-ACT-001" RULE, Documented, High, "IAM-UG elements_action", "Actions are compared whatever their case." {
        POL_ACT_001 = "case", PATTERNS, else "an action in another case matches nothing";
    }
    "POL-ACT-002" RULE, Documented, High, "IAM-UG elements_action, grammar",
        "In an action * is any run of characters and ? exactly one, any number of them, anywhere in its name." {
        POL_ACT_002 = "question-mark", PATTERNS, else "a question mark stands for itself";
    }
    "POL-RES-002" RULE, Documented, High, "IAM-UG elements_resource",
        "In a resource * is any run of characters and ? exactly one, / and : like any other." {
        POL_RES_002 = "question-mark", PATTERNS, else "a question mark is one byte";
        POL_RES_002_SLASH = "slash", PATTERNS, else "a wildcard matches no slash";
    }
    "POL-RES-003" RULE, Documented, High, "S3-API sigv4-header-based-auth; K-high",
        "The resource of an object is its bucket and the decoded bytes of its key, neither normalised nor escaped." {
        POL_RES_003 = "decoded", PATTERNS, else "keys are compared as a URL escapes them";
        POL_RES_003_AS_IS = "as-it-is", PATTERNS, else "two slashes are compared as one";
    }
    "POL-RES-004" RULE, Reported, High, "K-high", "Keys are compared in their case." {
        POL_RES_004 = "case", PATTERNS, else "keys are compared whatever their case";
    }
    "POL-RES-005" consequence(&["POL-RES-002"]), Reported, High, "follows POL-RES-002; K-high",
        "bucket/* does not match the bucket; bucket* matches it and all its objects."
}

/// How a server compares that overlooks a facet.
pub(crate) const OVERSIGHTS: &[(FacetId, Comparison)] = &[
    (POL_ACT_001, Comparison::ActionsInTheirCase),
    (POL_ACT_002, Comparison::ActionsWithoutQuestionMark),
    (POL_RES_002, Comparison::ByBytes),
    (POL_RES_002_SLASH, Comparison::BySegments),
    (POL_RES_003, Comparison::Escaped),
    (POL_RES_003_AS_IS, Comparison::Normalised),
    (POL_RES_004, Comparison::InAnyCase),
];
