//! Which theorem falls when a facet is repealed: the table of repeals.
//!
//! Each facet on each route is repealed in turn and the small worlds are checked again, as far as they ever ask for
//! it: where the law is not read, its repeal changes nothing. A repeal that breaks no theorem is told by its witness
//! only.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use crate::check::domain::Domain;
use crate::check::explore::{Edge, Limits, Observer, Onward, Place, explore};
use crate::check::theorem::Theorem;
use crate::check::trace::Trace;
use crate::check::verdict::check;
use crate::check::witness::Mutant;
use crate::clause::{self, FacetId};
use crate::law::Law;
use crate::request::Route;
use crate::step::step_consulting;

/// One row of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The clause.
    pub clause: &'static str,
    /// Its facet.
    #[serde(serialize_with = "facet_name")]
    pub facet: FacetId,
    /// The route on which the facet is repealed.
    pub route: Route,
    /// Whether any of the worlds asks for the facet there.
    pub asked: bool,
    /// The theorems that it breaks, with the shortest program in each case. Empty: told by a witness only.
    pub breaks: Vec<Break>,
}

/// A theorem that a repeal breaks.
#[derive(Clone, Debug, Serialize)]
pub struct Break {
    /// The theorem.
    pub theorem: Theorem,
    /// The domain in which it is broken.
    pub domain: &'static str,
    /// The shortest program whose last request breaks it.
    #[serde(serialize_with = "program_text")]
    pub trace: Trace,
}

fn facet_name<S: Serializer>(facet: &FacetId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(clause::owner(*facet).map_or("", |(_, facet)| facet.name))
}

fn program_text<S: Serializer>(trace: &Trace, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&trace.program)
}

/// Checks every domain under the law without each facet on each route; `progress` is told each row as it is known,
/// with how many rows there will be, and says whether to go on.
#[must_use]
pub fn each(domains: &[Domain], limits: Limits, mut progress: impl FnMut(&Row, usize) -> bool) -> Vec<Row> {
    let asked: Vec<BTreeSet<Mutant>> = domains.iter().map(|domain| consulted(domain, limits)).collect();
    let mutants: Vec<(&'static str, Mutant)> = clause::facets()
        .filter(|(_, facet)| !facet.is_choice())
        .flat_map(|(clause, facet)| {
            let routes = facet.routes.iter();
            routes.map(move |route| (clause.id, (facet.id, *route)))
        })
        .collect();
    let mut rows = Vec::new();
    for (clause, mutant) in &mutants {
        let where_asked = || {
            domains
                .iter()
                .zip(&asked)
                .filter(|(_, asked)| asked.contains(mutant))
        };
        let mut row = Row {
            clause,
            facet: mutant.0,
            route: mutant.1,
            asked: where_asked().next().is_some(),
            breaks: Vec::new(),
        };
        for (domain, _) in where_asked() {
            repealed(&mut row, domain, limits);
        }
        row.breaks
            .sort_by_key(|broken| (broken.theorem, broken.trace.program.steps.len()));
        row.breaks.dedup_by_key(|broken| broken.theorem);
        let go_on = progress(&row, mutants.len());
        rows.push(row);
        if !go_on {
            break;
        }
    }
    rows
}

/// Adds what a repeal breaks in one domain.
fn repealed(row: &mut Row, domain: &Domain, limits: Limits) {
    let law = Law::full().without(row.facet, row.route);
    let verdict = check(&law, domain, limits, |_| true);
    for finding in verdict.theorems {
        if let Some(trace) = finding.broken {
            row.breaks.push(Break {
                theorem: finding.theorem,
                domain: domain.name,
                trace,
            });
        }
    }
}

/// The facets on routes for which the full law asks somewhere in a domain.
fn consulted(domain: &Domain, limits: Limits) -> BTreeSet<Mutant> {
    let law = Law::full();
    let new = || Consulted {
        law: &law,
        last: Vec::new(),
        all: BTreeSet::new(),
    };
    explore(&law, domain, limits, new, |_| true).observer.all
}

struct Consulted<'l> {
    law: &'l Law,
    last: Vec<Mutant>,
    all: BTreeSet<Mutant>,
}

impl Observer for Consulted<'_> {
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward {
        if place.branch == 0 {
            self.last.clear();
            step_consulting(
                self.law,
                edge.world,
                edge.state,
                edge.request,
                edge.now,
                &mut self.last,
            );
            self.all.extend(self.last.iter().copied());
        }
        Onward::Follow
    }

    fn absorb(&mut self, other: Self) {
        self.all.extend(other.all);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    #[test]
    fn the_table_names_what_a_repeal_breaks() {
        let text = "owner CreateBucket bucket=b lock=true
            owner PutObject bucket=b key=k hold=ON
            owner DeleteObject bucket=b key=k version=#1";
        let domain = Domain::read("hold", "a held version", text, (0, 1)).unwrap();
        let rows = each(&[domain], Limits::none(NonZeroUsize::MIN), |_, _| true);
        let broken: Vec<_> = rows
            .iter()
            .filter(|row| {
                row.breaks
                    .iter()
                    .any(|broken| broken.theorem == Theorem::HoldProtects)
            })
            .map(|row| (row.clause, row.route, row.breaks[0].trace.program.steps.len()))
            .collect();
        let expected = [
            ("LOCK-DEL-001", Route::DeleteObjectVersion, 3),
            ("VER-PUT-002", Route::PutObject, 3),
            ("VER-PUT-016", Route::PutObject, 3),
        ];
        assert_eq!(broken, expected);
        let silent = rows.iter().find(|row| row.clause == "VER-PUT-004");
        assert!(silent.is_some_and(|row| !row.asked && row.breaks.is_empty()));
    }
}
