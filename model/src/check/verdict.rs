//! The verdict of a check: each theorem with the edges it speaks of, and the shortest program that breaks it.

use serde::{Serialize, Serializer};

use crate::check::domain::Domain;
use crate::check::explore::{Counts, Limits, explore};
use crate::check::theorem::{Tally, Theorem};
use crate::check::trace::{self, Trace};
use crate::law::Law;

/// What a check of one domain found.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The domain's name.
    pub domain: &'static str,
    /// What it asks about.
    pub about: &'static str,
    /// How many requests are asked at every state.
    pub requests: usize,
    /// How much was explored.
    pub counts: Counts,
    /// Whether everything within the bounds of the domain was explored.
    pub complete: bool,
    /// Each theorem with what was found about it.
    pub theorems: Vec<Finding>,
}

/// What a check found about one theorem.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The theorem.
    pub theorem: Theorem,
    /// What it says.
    pub text: &'static str,
    /// On how many edges its case arose; if on none, the domain says nothing about it.
    pub cases: u64,
    /// The shortest program whose last request breaks it, if one does.
    #[serde(serialize_with = "as_text")]
    pub broken: Option<Trace>,
}

fn as_text<S: Serializer>(trace: &Option<Trace>, serializer: S) -> Result<S::Ok, S::Error> {
    match trace {
        Some(trace) => serializer.collect_str(&trace.program),
        None => serializer.serialize_none(),
    }
}

impl Verdict {
    /// Whether no theorem is broken within the scope of the domain.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.theorems.iter().all(|finding| finding.broken.is_none())
    }

    /// The broken theorems with their programs, the shortest first.
    #[must_use]
    pub fn broken(&self) -> Vec<(Theorem, &Trace)> {
        let mut broken: Vec<(Theorem, &Trace)> = self
            .theorems
            .iter()
            .filter_map(|finding| finding.broken.as_ref().map(|trace| (finding.theorem, trace)))
            .collect();
        broken.sort_by_key(|(theorem, trace)| (trace.program.steps.len(), *theorem));
        broken
    }
}

/// Checks all theorems on every edge of a domain under a law.
///
/// Behind an edge that breaks a theorem nothing is explored: what follows from a breach is no news. `progress` is
/// told how far it has come, and says whether to go on.
#[must_use]
pub fn check(law: &Law, domain: &Domain, limits: Limits, progress: impl FnMut(&Counts) -> bool) -> Verdict {
    let explored = explore(law, domain, limits, Tally::default, progress);
    let finding = |theorem: &Theorem| {
        let place = explored.observer.broken(*theorem);
        let broken = place.and_then(|place| trace::program(law, domain, &explored.moves(place)));
        Finding {
            theorem: *theorem,
            text: theorem.text(),
            cases: explored.observer.cases(*theorem),
            broken: broken.map(|mut trace| {
                trace.program.about = vec![format!("breaks {theorem}")];
                trace
            }),
        }
    };
    Verdict {
        domain: domain.name,
        about: domain.about,
        requests: domain.requests.len(),
        counts: explored.counts,
        complete: explored.complete,
        theorems: Theorem::ALL.iter().map(finding).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::check::domains;

    fn limits(threads: usize) -> Limits {
        Limits::none(NonZeroUsize::new(threads).unwrap())
    }

    #[test]
    fn the_law_keeps_every_theorem_and_none_vacuously() {
        let mut cases = vec![0; Theorem::ALL.len()];
        for domain in domains::small().unwrap() {
            let verdict = check(&Law::full(), &domain, limits(2), |_| true);
            assert!(verdict.complete);
            if let Some((theorem, trace)) = verdict.broken().first() {
                panic!("{theorem} is broken in {}:\n{}", domain.name, trace.program);
            }
            for (all, finding) in cases.iter_mut().zip(&verdict.theorems) {
                *all += finding.cases;
            }
        }
        for (theorem, cases) in Theorem::ALL.iter().zip(cases) {
            assert!(cases > 0, "{theorem} holds vacuously");
        }
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let domain = &domains::small().unwrap()[0];
        let law = Law::full().repeal("LOCK-DEL-003").unwrap();
        let [one, three] = [1, 3].map(|threads| check(&law, domain, limits(threads), |_| true));
        assert_eq!(one.counts, three.counts);
        let texts = |verdict: &Verdict| -> Vec<String> {
            let broken = verdict.broken();
            broken
                .iter()
                .map(|(_, trace)| trace.program.to_string())
                .collect()
        };
        assert_eq!(texts(&one), texts(&three));
    }

    #[test]
    fn a_broken_theorem_comes_with_its_shortest_program() {
        let domain = &domains::small().unwrap()[0];
        let law = Law::full().repeal("LOCK-DEL-003/compliance").unwrap();
        let verdict = check(&law, domain, limits(2), |_| true);
        let broken = verdict.broken();
        assert_eq!(broken.len(), 1);
        assert_eq!(broken[0].0, Theorem::ComplianceSurvives);
        assert_eq!(
            broken[0].1.program.to_string(),
            "bucketlaw program 1\n# breaks compliance_retention_survives_everyone\n\
             1 owner CreateBucket bucket=b lock=true\n\
             2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@2\n\
             3 owner DeleteObject bucket=b key=k version=v2\n"
        );
    }
}
