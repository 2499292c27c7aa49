//! The catalogue: the list of all chapters and all that is planned, and how to find a clause in it.
//!
//! [`crate::words`] says what a clause is. What lies below the chapters takes its words from there: this list names
//! every chapter, and whoever asks it stands above them all.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Serialize;

use crate::words::CHAPTER;
use crate::{access, encryption, lock, planned, versioning};

pub mod tables;

pub use crate::words::{
    Area, Chapter, Clause, Facet, FacetId, Feature, Kind, Level, Need, Otherwise, Role, Setting, Severity,
    Sharing, Status,
};

/// The clauses in force of a chapter.
fn clauses_of(chapter: Chapter) -> &'static [Clause] {
    match chapter {
        Chapter::Access => access::CLAUSES,
        Chapter::LockBucket => lock::bucket::CLAUSES,
        Chapter::LockWrite => lock::write::CLAUSES,
        Chapter::Retention => lock::retention::CLAUSES,
        Chapter::LegalHold => lock::hold::CLAUSES,
        Chapter::LockDelete => lock::delete::CLAUSES,
        Chapter::Lock => lock::CLAUSES,
        Chapter::VersioningState => versioning::state::CLAUSES,
        Chapter::VersionId => versioning::id::CLAUSES,
        Chapter::Write => versioning::write::CLAUSES,
        Chapter::Read => versioning::read::CLAUSES,
        Chapter::Delete => versioning::delete::CLAUSES,
        Chapter::MultiDelete => versioning::multi_delete::CLAUSES,
        Chapter::Copy => versioning::copy::CLAUSES,
        Chapter::List => versioning::list::CLAUSES,
        Chapter::Condition => versioning::condition::CLAUSES,
        Chapter::Versioning => versioning::CLAUSES,
        Chapter::LockIntegrity => lock::integrity::CLAUSES,
        Chapter::Operations => access::operations::CLAUSES,
        Chapter::Refusal => access::refusal::CLAUSES,
        Chapter::Missing => access::missing::CLAUSES,
        Chapter::PublicAccess => access::public::CLAUSES,
        Chapter::Ownership => access::ownership::CLAUSES,
        Chapter::Account => access::account::CLAUSES,
        Chapter::LockConfiguration => lock::configuration::CLAUSES,
        Chapter::LockCondition => lock::condition::CLAUSES,
        Chapter::PolicyOperations => access::policy::CLAUSES,
        Chapter::Frame => access::frame::CLAUSES,
        Chapter::Grammar => access::grammar::CLAUSES,
        Chapter::Matching => access::matching::CLAUSES,
        Chapter::Settings => access::settings::CLAUSES,
        Chapter::BucketEncryption => encryption::CLAUSES,
    }
}

/// All clauses: those in force in the order of chapters, then what is planned.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    let in_force = Chapter::ALL.iter().map(|chapter| clauses_of(*chapter));
    in_force.chain(planned::TABLES.iter().copied()).flatten()
}

/// The clause with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Clause> {
    static BY_ID: LazyLock<BTreeMap<&str, &Clause>> =
        LazyLock::new(|| all().map(|clause| (clause.id, clause)).collect());
    BY_ID.get(id).copied()
}

/// The clause that owns a facet, and the facet.
#[must_use]
pub fn owner(id: FacetId) -> Option<(&'static Clause, &'static Facet)> {
    let chapter = Chapter::ALL.get(usize::from(id.0 / CHAPTER))?;
    clauses_of(*chapter).iter().find_map(|clause| {
        clause
            .facets
            .iter()
            .find(|facet| facet.id == id)
            .map(|facet| (clause, facet))
    })
}

/// All facets with the clauses that own them.
pub fn facets() -> impl Iterator<Item = (&'static Clause, &'static Facet)> {
    all().flat_map(|clause| clause.facets.iter().map(move |facet| (clause, facet)))
}

impl FacetId {
    /// Whether it is a choice between branches.
    #[must_use]
    pub fn is_choice(self) -> bool {
        owner(self).is_some_and(|(_, facet)| facet.is_choice())
    }

    /// Whether a law can be without it: it belongs to a clause, and is no choice.
    #[must_use]
    pub fn can_be_repealed(self) -> bool {
        owner(self).is_some_and(|(_, facet)| !facet.is_choice())
    }
}

impl fmt::Display for FacetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match owner(*self) {
            Some((clause, facet)) => write!(f, "{}/{}", clause.id, facet.name),
            None => write!(f, "facet {}", self.0),
        }
    }
}

impl Clause {
    /// The clauses that a consequence follows from; none for every other kind.
    pub fn rules(&self) -> impl Iterator<Item = &'static Clause> {
        self.follows_from.iter().filter_map(|id| find(id))
    }
}

impl Otherwise {
    /// The other ruling in words. Empty when there is none.
    #[must_use]
    pub fn words(self) -> Cow<'static, str> {
        match self {
            Otherwise::Choice => "".into(),
            Otherwise::Told(words) => words.into(),
            Otherwise::OtherText => "it is another text".into(),
            Otherwise::Omitted(field) => format!("{field} is omitted").into(),
            Otherwise::Sent(field) => format!("{field} is sent").into(),
            Otherwise::NotAsked(None) => "the action is not asked".into(),
            Otherwise::NotAsked(Some(action)) => format!("{} is not asked", action.name()).into(),
            Otherwise::AskedInstead(None) => "the action for the current version is asked instead".into(),
            Otherwise::AskedInstead(Some(action)) => format!("{} is asked instead", action.name()).into(),
            Otherwise::Rows(facet) => tables::otherwise(facet).unwrap_or_default().into(),
        }
    }
}

impl fmt::Display for Otherwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

impl Serialize for Otherwise {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.words())
    }
}
