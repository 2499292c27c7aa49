//! Theorems: sentences that must hold on every edge of every tiny world.
//!
//! A theorem is a pure function over one edge: the state before, the request, the reply and the state after. It is
//! stated over plain states and documents and never asks the law, so that the law can break it. A theorem whose case
//! never arises holds vacuously; so each has a second function that says whether an edge is such a case, and a
//! check that never met one says so.

use serde::Serialize;

use crate::bits::{Bits, words};
use crate::check::explore::{Edge, Observer, Onward, Place};
use facts::Facts;

mod access;
mod facts;
mod lock;
mod version;

/// On which edges a question makes sense: most edges are refusals, of which most questions need not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// On all.
    Always,
    /// On those that change the state.
    Changed,
    /// On those whose reply is no refusal.
    Succeeded,
    /// On those whose reply is a refusal.
    Refused,
}

impl When {
    fn is(self, facts: &Facts<'_>) -> bool {
        match self {
            When::Always => true,
            When::Changed => facts.changed(),
            When::Succeeded => !facts.refused,
            When::Refused => facts.refused,
        }
    }
}

/// Declares the theorems: name, sentence, whether an edge breaks it, and whether an edge is a case of it; each of the
/// two with the edges on which to ask.
macro_rules! theorems {
    ($($variant:ident = $name:literal, $text:literal, $when:ident $broken:path, $case_when:ident $case:path;)*) => {
        /// A theorem of the law.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Theorem { $(#[doc = $text] $variant),* }

        impl Theorem {
            /// All theorems.
            pub const ALL: &'static [Theorem] = &[$(Theorem::$variant),*];

            /// Its name: a short sentence.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Theorem::$variant => $name),* }
            }

            /// What it says.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Theorem::$variant => $text),* }
            }
        }

        /// The theorems that an edge breaks (none, if the law is right), and those of which it is a case.
        #[must_use]
        pub fn judge(edge: &Edge<'_>) -> Judgement {
            let mut facts = Facts::new(edge);
            facts.find();
            let mut judgement = Judgement::default();
            $(
                if When::$when.is(&facts) && $broken(&facts) {
                    judgement.broken.add(Theorem::$variant);
                }
                if When::$case_when.is(&facts) && $case(&facts) {
                    judgement.cases.add(Theorem::$variant);
                }
            )*
            judgement
        }
    };
}

theorems! {
    ComplianceSurvives = "compliance_retention_survives_everyone",
        "A version under unexpired COMPLIANCE retention survives every request by everyone, with its bytes.",
        Changed lock::compliance_lost, Always lock::compliance_attacked;
    ComplianceNeverShortens = "retention_never_shortens_under_compliance",
        "Unexpired COMPLIANCE retention is never removed, lowered to GOVERNANCE or given an earlier date.",
        Changed lock::compliance_shortened, Always lock::shortening_tried;
    HoldProtects = "a_hold_protects_its_version",
        "A version under a legal hold survives with its bytes, and only PutObjectLegalHold lifts the hold.",
        Changed lock::held_lost, Always lock::held_attacked;
    GovernanceYields = "governance_yields_only_to_header_and_permission",
        "A version under unexpired GOVERNANCE retention is deleted, or its retention weakened, only by a request \
         with the bypass header whose caller has s3:BypassGovernanceRetention.",
        Changed lock::governance_bypassed_wrongly, Changed lock::governance_bypassed;
    RefusalChangesNothing = "a_refusal_changes_nothing",
        "A request that is refused leaves the state as it was.",
        Refused Facts::changed, Refused Facts::is_refused;
    DenyWins = "an_explicit_deny_wins",
        "What a Deny statement covers is done for no caller whom it names, whatever grants; root keeps the operations \
         on the bucket policy.",
        Succeeded access::denied_yet_done, Refused access::denied_and_granted;
    AnonymousNeedsGrant = "anonymous_gets_nothing_ungranted",
        "An anonymous request succeeds only where the bucket policy grants its action to everybody.",
        Succeeded access::anonymous_ungranted, Succeeded access::anonymous_granted;
    BlockShutsAnonymousOut = "public_access_block_shuts_anonymous_out",
        "Under Block Public Access a public bucket policy gives anonymous callers nothing.",
        Succeeded access::anonymous_through_block, Always access::anonymous_at_block;
    NobodyUngranted = "nobody_gets_what_nothing_grants",
        "A user of the account or another account succeeds only with what some policy grants to it.",
        Succeeded access::ungranted, Succeeded access::granted_use;
    VersionIdOneContent = "a_version_id_never_names_two_contents",
        "A version id names the same bytes as long as it is there, and is never given again once it was made.",
        Changed version::id_reused, Changed version::another_id_made;
    ExactlyOneLatest = "exactly_one_latest",
        "A listing of versions marks exactly one version of each key as latest: the newest.",
        Succeeded version::latest_is_wrong, Succeeded version::lists_several;
    OneNullVersion = "at_most_one_null_version",
        "A key has at most one version with the id null.",
        Changed version::two_null_versions, Changed version::null_beside_real;
    DeleteDestroysNothing = "a_delete_without_id_destroys_nothing_when_versioning_is_enabled",
        "In a bucket with versioning enabled, a delete without a version id removes no version.",
        Changed version::plain_delete_destroyed, Changed version::plain_delete_of_object;
    RealVersionsGoByIdOnly = "a_real_version_goes_only_by_its_id",
        "A version with a real id disappears only by a delete that names it, whatever the versioning state.",
        Changed version::real_version_lost, Changed version::real_version_deleted;
    LockBucketNeverSuspended = "versioning_of_a_lock_bucket_is_never_suspended",
        "A bucket with Object Lock has versioning enabled, always.",
        Changed lock::lock_bucket_unversioned, Always lock::suspension_tried;
}

/// What an edge means for the theorems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Those that it breaks.
    pub broken: Theorems,
    /// Those whose case it is.
    pub cases: Theorems,
}

/// A set of theorems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Theorems(Bits<{ words(Theorem::ALL.len()) }>);

impl Theorems {
    /// Puts a theorem in.
    pub fn add(&mut self, theorem: Theorem) {
        self.0.insert(theorem as usize);
    }

    /// Whether a theorem is in the set.
    #[must_use]
    pub fn contains(self, theorem: Theorem) -> bool {
        self.0.contains(theorem as usize)
    }

    /// Whether no theorem is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The theorems in the set, in the order of [`Theorem::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Theorem> {
        self.0
            .iter()
            .filter_map(|number| Theorem::ALL.get(number).copied())
    }
}

impl Serialize for Theorem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl std::fmt::Display for Theorem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What an exploration found about the theorems.
#[derive(Clone, Debug)]
pub struct Tally {
    /// For each theorem, in the order of [`Theorem::ALL`]: on how many edges its case arose.
    cases: Vec<u64>,
    /// For each theorem: the first edge that breaks it.
    broken: Vec<Option<Place>>,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            cases: vec![0; Theorem::ALL.len()],
            broken: vec![None; Theorem::ALL.len()],
        }
    }
}

impl Tally {
    /// On how many edges the case of a theorem arose; if on none, it held vacuously.
    #[must_use]
    pub fn cases(&self, theorem: Theorem) -> u64 {
        self.cases.get(theorem as usize).copied().unwrap_or(0)
    }

    /// The first edge that breaks a theorem; no path to a breaking edge is shorter.
    #[must_use]
    pub fn broken(&self, theorem: Theorem) -> Option<Place> {
        self.broken.get(theorem as usize).copied().flatten()
    }

    /// The broken theorems, the one with the shortest path first.
    #[must_use]
    pub fn all_broken(&self) -> Vec<(Theorem, Place)> {
        let mut broken: Vec<(Theorem, Place)> = Theorem::ALL
            .iter()
            .filter_map(|theorem| self.broken(*theorem).map(|place| (*theorem, place)))
            .collect();
        broken.sort_by_key(|(theorem, place)| (*place, *theorem));
        broken
    }
}

impl Observer for Tally {
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward {
        let Judgement { broken, cases } = judge(edge);
        for theorem in cases.iter() {
            if let Some(count) = self.cases.get_mut(theorem as usize) {
                *count += 1;
            }
        }
        if broken.is_empty() {
            return Onward::Follow;
        }
        for theorem in broken.iter() {
            if let Some(first) = self.broken.get_mut(theorem as usize) {
                *first = Some(first.map_or(place, |first| first.min(place)));
            }
        }
        Onward::Stop
    }

    fn absorb(&mut self, other: Self) {
        for (count, more) in self.cases.iter_mut().zip(other.cases) {
            *count += more;
        }
        for (first, theirs) in self.broken.iter_mut().zip(other.broken) {
            *first = match (*first, theirs) {
                (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
                (mine, theirs) => mine.or(theirs),
            };
        }
    }
}
