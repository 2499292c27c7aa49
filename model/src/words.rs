//! The words of the catalogue: what a clause is, its facets and their elses, and the routes that a facet governs.
//!
//! Each chapter of the law (one section of the specification, one file) declares its clauses with the `clauses!`
//! macro, beside the functions that obey them; what is planned has tables of its own. [`crate::clause`] gathers them.

use serde::Serialize;

use crate::action::Action;
use crate::request::{Route, RouteKind};

mod attribute;
mod feature;

pub use attribute::{Need, Role, Setting};
pub use feature::Feature;

/// A part of the law, named after the specification file that holds its clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Server access logs: their configuration, delivery and format.
    AccessLogs,
    /// Access points: their own policies, names and networks.
    AccessPoints,
    /// Cross-origin requests.
    Cors,
    /// Encryption at rest, and the keys that it takes.
    Encryption,
    /// Who may do what: evaluation of policies, ownership and public access.
    Evaluation,
    /// Lifecycle and replication, where they meet versions and locks.
    Lifecycle,
    /// MFA Delete.
    MfaDelete,
    /// Object Lambda access points.
    ObjectLambda,
    /// Retention, legal holds and the configuration of Object Lock.
    ObjectLock,
    /// Bucket policies: their document and the operations on it.
    Policy,
    /// How requests are signed: headers, presigned URLs, streamed bodies and forms.
    Presigned,
    /// Vaults of S3 Glacier and their locks.
    VaultLock,
    /// Versions, delete markers and the versioning state of a bucket.
    Versioning,
}

impl Area {
    /// All areas, in the order of their names.
    pub const ALL: &'static [Area] = &[
        Area::AccessLogs,
        Area::AccessPoints,
        Area::Cors,
        Area::Encryption,
        Area::Evaluation,
        Area::Lifecycle,
        Area::MfaDelete,
        Area::ObjectLambda,
        Area::ObjectLock,
        Area::Policy,
        Area::Presigned,
        Area::VaultLock,
        Area::Versioning,
    ];

    /// The area's name, as in reports and folders.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Area::AccessLogs => "access-logs",
            Area::AccessPoints => "access-points",
            Area::Cors => "cors",
            Area::Encryption => "encryption",
            Area::Evaluation => "evaluation",
            Area::Lifecycle => "lifecycle",
            Area::MfaDelete => "mfa-delete",
            Area::ObjectLambda => "object-lambda",
            Area::ObjectLock => "object-lock",
            Area::Policy => "policy",
            Area::Presigned => "presigned",
            Area::VaultLock => "vault-lock",
            Area::Versioning => "versioning",
        }
    }
}

/// What sort of sentence a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It decides something and owns facets.
    Rule,
    /// It says how a reply looks and owns facets of form.
    Form,
    /// It follows from the rules that it names.
    Consequence,
    /// It introduces a word.
    Definition,
    /// It cannot be tested from outside.
    Note,
}

impl Kind {
    /// The kind's name, as in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Rule => "rule",
            Kind::Form => "form",
            Kind::Consequence => "consequence",
            Kind::Definition => "definition",
            Kind::Note => "note",
        }
    }
}

/// Whether the law rules by a clause already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The law rules by it.
    InForce,
    /// Not yet: what it waits for.
    Planned(&'static [Feature]),
}

/// The evidence behind a clause, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// A public recording of real AWS shows it.
    Recorded,
    /// AWS documentation says it.
    Documented,
    /// Third parties quote it.
    Reported,
    /// Nobody says: both branches are allowed and ours is named.
    Chosen,
}

impl Level {
    /// The level's name, as in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Recorded => "recorded",
            Level::Documented => "documented",
            Level::Reported => "reported",
            Level::Chosen => "chosen",
        }
    }
}

/// How bad it is when an endpoint violates a clause, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Confidentiality or write-once protection is lost.
    Critical,
    /// Data or rights are wrong.
    High,
    /// A wrong code or shape that clients act on.
    Medium,
    /// A wrong text.
    Low,
}

impl Severity {
    /// The severity's name, as in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }
}

/// The number of a facet: how the law is read and how a ruling says what decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacetId(pub u16);

/// The other ruling that holds without a facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// There is none: the facet is an undocumented choice, which has branches.
    Choice,
    /// It is told in words.
    Told(&'static str),
    /// The message is another text.
    OtherText,
    /// This field of the reply is missing.
    Omitted(&'static str),
    /// This field of the reply is there.
    Sent(&'static str),
    /// The action that the facet asks for is not asked: this one, if the facet asks for one only.
    NotAsked(Option<Action>),
    /// This action is asked instead, or the action for the current version.
    AskedInstead(Option<Action>),
    /// It is what the facet's rows in the tables rule without it, by which it is worded.
    Rows(FacetId),
}

/// Whether a facet is decided route by route, or in one place that many routes come through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// Each route may have code of its own for it: only a program on that route tells it there.
    Own,
    /// Its routes pass one gate, such as the evaluation of policies. Two things are to be shown: that each route reaches
    /// the gate, which the facets of its permission tell (EVAL-OP), and that the gate obeys the facet, which one route of
    /// each [kind](crate::request::RouteKind) tells.
    ByKind,
}

/// One decision of a clause, on the routes that it governs.
#[derive(Clone, Debug, Serialize)]
pub struct Facet {
    /// The number under which the law reads it.
    #[serde(skip)]
    pub id: FacetId,
    /// Its name within the clause.
    pub name: &'static str,
    /// The constant that the deciding code reads it by, for example `LOCK_DEL_003`.
    pub constant: &'static str,
    /// The operations, and call forms where they differ, that it governs.
    pub routes: &'static [Route],
    /// Whether these routes share what decides it.
    pub sharing: Sharing,
    /// The exact other ruling that holds without it.
    pub otherwise: Otherwise,
    /// The branches of an undocumented choice, ours first. Empty when the facet is a ruling.
    pub branches: &'static [&'static str],
    /// Why no program tells it on these routes, if so.
    pub untold: &'static [(Route, &'static str)],
}

impl Facet {
    /// Whether this is an undocumented choice, which has branches and no repeal.
    #[must_use]
    pub fn is_choice(&self) -> bool {
        !self.branches.is_empty()
    }

    /// Whether a program is expected to tell it on a route.
    #[must_use]
    pub fn is_told_on(&self, route: Route) -> bool {
        self.routes.contains(&route) && !self.untold.iter().any(|(silent, _)| *silent == route)
    }

    /// The routes on which the quick suite tells it: all of its own, or of a shared facet one route of each kind, the
    /// most used one before others.
    #[must_use]
    pub fn told_on(&self) -> Vec<Route> {
        let told = || {
            self.routes
                .iter()
                .copied()
                .filter(|route| self.is_told_on(*route))
        };
        match self.sharing {
            Sharing::Own => told().collect(),
            Sharing::ByKind => {
                let of_kind = |kind: &RouteKind| {
                    let usual = Some(kind.usual()).filter(|usual| self.is_told_on(*usual));
                    usual.or_else(|| told().find(|route| route.kind() == *kind))
                };
                RouteKind::ALL.iter().filter_map(of_kind).collect()
            }
        }
    }
}

/// One numbered sentence of the specification.
#[derive(Clone, Debug, Serialize)]
pub struct Clause {
    /// Its name for ever, for example `LOCK-DEL-003`.
    pub id: &'static str,
    /// The part of the law that it belongs to.
    pub area: Area,
    /// What sort of sentence it is.
    pub kind: Kind,
    /// Whether the law rules by it.
    pub status: Status,
    /// The evidence for it.
    pub level: Level,
    /// How bad a violation is.
    pub severity: Severity,
    /// The sentence.
    pub text: &'static str,
    /// Where the sentence comes from.
    pub source: &'static str,
    /// The rules that a consequence follows from, all of them together, by id. Empty for every other kind.
    pub follows_from: &'static [&'static str],
    /// Why a definition or a note decides nothing, or what a consequence needs beside its rules to be understood. Often
    /// empty for a consequence, and always for what is planned.
    pub reason: &'static str,
    /// The source file of its chapter: declared there, and decided there or where its constants are read.
    pub file: &'static str,
    /// What it decides.
    pub facets: &'static [Facet],
}

impl Clause {
    /// The id without its number, for example `LOCK-DEL`.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.id.rsplit_once('-').map_or(self.id, |(section, _)| section)
    }

    /// Whether the law rules by it.
    #[must_use]
    pub fn in_force(&self) -> bool {
        self.status == Status::InForce
    }

    /// What the law has to have before it can rule by the clause, in words; empty for what is in force.
    #[must_use]
    pub fn waits_for(&self) -> String {
        match self.status {
            Status::InForce => String::new(),
            Status::Planned(features) => {
                let names: Vec<&str> = features.iter().map(|feature| feature.name()).collect();
                names.join(", ")
            }
        }
    }

    /// What a consequence follows from, in words: `A, B: why`. Empty for every other kind.
    #[must_use]
    pub fn derivation(&self) -> String {
        let rules = self.follows_from.join(", ");
        match (rules.is_empty(), self.reason.is_empty()) {
            (true, _) => String::new(),
            (false, true) => rules,
            (false, false) => format!("{rules}: {}", self.reason),
        }
    }
}

/// Declares the chapters, which are numbered by their order.
macro_rules! chapters {
    ($($chapter:ident)*) => {
        /// A chapter of the law: what has facets declares them under the chapter's number. A new one goes to the end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        #[repr(u16)]
        pub enum Chapter { $($chapter),* }

        impl Chapter {
            /// All chapters, each at the position of its number.
            pub const ALL: &'static [Chapter] = &[$(Chapter::$chapter),*];
        }
    };
}

chapters! {
    Access
    LockBucket
    LockWrite
    Retention
    LegalHold
    LockDelete
    Lock
    VersioningState
    VersionId
    Write
    Read
    Delete
    MultiDelete
    Copy
    List
    Condition
    Versioning
    LockIntegrity
    Operations
    Refusal
    Missing
    PublicAccess
    Ownership
    Account
    LockConfiguration
    LockCondition
    PolicyOperations
    Frame
    Grammar
    Matching
    Settings
    BucketEncryption
}

/// How many facet numbers each chapter has to itself.
pub(crate) const CHAPTER: u16 = 256;

/// What the `clauses!` macro takes of a clause beside its wording and its facets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sort {
    pub(crate) kind: Kind,
    pub(crate) follows_from: &'static [&'static str],
    pub(crate) reason: &'static str,
}

impl Sort {
    const fn in_force(kind: Kind, reason: &'static str) -> Sort {
        Sort {
            kind,
            follows_from: &[],
            reason,
        }
    }

    /// The same with a reason, for a consequence that its rules alone don't explain.
    pub(crate) const fn because(self, reason: &'static str) -> Sort {
        Sort { reason, ..self }
    }
}

/// A rule in force.
pub(crate) const RULE: Sort = Sort::in_force(Kind::Rule, "");
/// A form in force.
pub(crate) const FORM: Sort = Sort::in_force(Kind::Form, "");
/// A consequence of the rules with these ids, all of them together.
pub(crate) const fn consequence(follows_from: &'static [&'static str]) -> Sort {
    Sort {
        follows_from,
        ..Sort::in_force(Kind::Consequence, "")
    }
}
/// A definition, with the reason why it decides nothing by itself.
pub(crate) const fn definition(reason: &'static str) -> Sort {
    Sort::in_force(Kind::Definition, reason)
}
/// A note, with the reason why it cannot be tested from outside.
pub(crate) const fn note(reason: &'static str) -> Sort {
    Sort::in_force(Kind::Note, reason)
}
/// Declares a chapter's clauses and a constant for each facet.
///
/// ```text
/// clauses! { ObjectLock, LockDelete;
///     "LOCK-DEL-003" RULE, Recorded, Critical, "source", "sentence" {
///         LOCK_DEL_003 = "compliance", &[DeleteObjectVersion], else row;
///         LOCK_X = "message", &[DeleteObject], else other_text;
///         LOCK_Y = "when", &[DeleteObject], choice ["ours", "theirs"];
///         LOCK_Z = "how", &[DeleteObject], else "it is rounded up";
///     }
/// }
/// ```
/// `else row` says that the facet has a row in a table, which is what holds without it ([`crate::table`]). Mechanical
/// elses have words of their own: `other_text`, `(omitted "VersionId")`, `(sent "VersionId")`, `not_asked`,
/// `(not_asked PutObjectAcl)`, `(asked_instead DeleteObject)`, `asked_instead` where it is the action for the current version.
/// Words in quotes are for all others. The second name is the chapter's among [`Chapter`]. Behind the routes, `shared by
/// kind` says that one gate decides on all of them ([`Sharing`]). A facet may end in `untold &[(Route, "why")]`: no
/// program tells it on these routes.
macro_rules! clauses {
    (
        $area:ident, $chapter:ident;
        $($id:literal $sort:expr, $level:ident, $severity:ident, $source:literal, $text:literal $({
            $($name:ident = $facet:literal, $routes:expr, $(shared by $by:ident,)? $(else $else:tt)? $(choice [$($branch:literal),*])?
                $(untold $untold:expr)?;)+
        })?)*
    ) => {
        #[allow(non_camel_case_types, dead_code, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Index { $($($($name,)+)?)* END }
        $($($(
            #[doc = concat!("The facet `", $facet, "` of ", $id, ".")]
            pub const $name: $crate::words::FacetId =
                $crate::words::FacetId(
                    $crate::words::Chapter::$chapter as u16 * $crate::words::CHAPTER + Index::$name as u16,
                );
        )+)?)*
        /// The clauses of this chapter.
        pub static CLAUSES: &[$crate::words::Clause] = &[$(
            $crate::words::Clause {
                id: $id,
                area: $crate::words::Area::$area,
                kind: $sort.kind,
                status: $crate::words::Status::InForce,
                level: $crate::words::Level::$level,
                severity: $crate::words::Severity::$severity,
                text: $text,
                source: $source,
                follows_from: $sort.follows_from,
                reason: $sort.reason,
                file: file!(),
                facets: &[$($($crate::words::Facet {
                    id: $name,
                    name: $facet,
                    constant: stringify!($name),
                    routes: $routes,
                    sharing: $crate::words::sharing!($($by)?),
                    otherwise: $crate::words::otherwise!($name $(, $else)?),
                    branches: &[$($($branch),*)?],
                    untold: $crate::words::untold!($($untold)?),
                }),+)?],
            }
        ),*];
    };
}
/// The routes on which nothing tells a facet: none unless given.
macro_rules! untold {
    () => {
        &[]
    };
    ($untold:expr) => {
        $untold
    };
}
/// Whether the routes of a facet share what decides: each has its own unless they are `shared by kind`.
macro_rules! sharing {
    () => {
        $crate::words::Sharing::Own
    };
    (kind) => {
        $crate::words::Sharing::ByKind
    };
}
/// The other ruling of a facet: by its rows in the tables, mechanical, in words, or none.
macro_rules! otherwise {
    ($name:ident) => {
        $crate::words::Otherwise::Choice
    };
    ($name:ident, row) => {
        $crate::words::Otherwise::Rows($name)
    };
    ($name:ident, other_text) => {
        $crate::words::Otherwise::OtherText
    };
    ($name:ident, (omitted $field:literal)) => {
        $crate::words::Otherwise::Omitted($field)
    };
    ($name:ident, (sent $field:literal)) => {
        $crate::words::Otherwise::Sent($field)
    };
    ($name:ident, not_asked) => {
        $crate::words::Otherwise::NotAsked(None)
    };
    ($name:ident, (not_asked $action:ident)) => {
        $crate::words::Otherwise::NotAsked(Some($crate::action::Action::$action))
    };
    ($name:ident, asked_instead) => {
        $crate::words::Otherwise::AskedInstead(None)
    };
    ($name:ident, (asked_instead $action:ident)) => {
        $crate::words::Otherwise::AskedInstead(Some($crate::action::Action::$action))
    };
    ($name:ident, $words:literal) => {
        $crate::words::Otherwise::Told($words)
    };
}
/// Declares the planned clauses of an area, two lines each: id, kind, level, severity, what each waits for and source; then
/// the sentence, which is a heading and no rule yet: the specification has the details.
macro_rules! planned {
    ($area:ident; $($id:literal $kind:ident, $level:ident, $severity:ident, [$($feature:ident),+], $source:literal, $text:literal)*) => {
        /// The planned clauses of this area.
        pub(crate) static CLAUSES: &[$crate::words::Clause] = &[$(
            $crate::words::Clause {
                id: $id,
                area: $crate::words::Area::$area,
                kind: $crate::words::Kind::$kind,
                status: $crate::words::Status::Planned(&[$($crate::words::Feature::$feature),+]),
                level: $crate::words::Level::$level,
                severity: $crate::words::Severity::$severity,
                text: $text,
                source: $source,
                follows_from: &[],
                reason: "",
                file: file!(),
                facets: &[],
            }
        ),*];
    };
}
pub(crate) use {clauses, otherwise, planned, sharing, untold};
