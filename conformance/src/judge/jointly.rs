//! What explains a refuted history together with faults that are known: an endpoint that ignores every condition is
//! refuted by a program that also asks for another right, and no single repeal tells what it does there.
//!
//! Two sorts of laws are tried as repeals are. The law without all that other programs of the run show to be violated, and
//! coarse laws, each with a name: what an endpoint lacks that does not have some feature at all.

use std::collections::BTreeSet;

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::facets;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::Route;

use super::explain::begun_at;
use super::follow::follow;
use super::partly::{may_explain, rulings, stands, without};
use super::{Ending, Refuted, step_request};
use crate::history::History;

/// Something that an endpoint may do throughout, as a set of repeals.
struct Hypothesis {
    /// What it does.
    name: &'static str,
    /// How the ids of the clauses begin that it does not have.
    lacks: &'static [&'static str],
    /// Where.
    scope: Scope,
}

/// Where an endpoint lacks something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// On the route of the refuted request.
    Here,
    /// Wherever something is written in one of the ways in which the program writes: plainly, by a copy, or by an upload.
    Write,
    /// On all routes.
    Everywhere,
}

/// The routes that write an object, by the way in which it is written.
const WRITES: &[&[Route]] = &[
    &[Route::PutObject],
    &[Route::CopyObject],
    &[Route::CreateMultipartUpload, Route::CompleteMultipartUpload],
];

const HYPOTHESES: &[Hypothesis] = &[
    Hypothesis {
        name: "conditions are ignored",
        lacks: &["VER-COND-"],
        scope: Scope::Here,
    },
    Hypothesis {
        name: "the headers of locks are ignored",
        lacks: &["LOCK-HDR-", "LOCK-CFG-"],
        scope: Scope::Write,
    },
    Hypothesis {
        name: "another account is treated as the owner",
        lacks: &["EVAL-XACC-"],
        scope: Scope::Here,
    },
    Hypothesis {
        name: "a user is treated as the owner",
        lacks: &["EVAL-SAME-"],
        scope: Scope::Here,
    },
    Hypothesis {
        name: "nothing is authorized",
        lacks: &["EVAL-ANON-", "EVAL-ORD-", "EVAL-SAME-", "EVAL-XACC-"],
        scope: Scope::Here,
    },
    Hypothesis {
        name: "a Deny binds nobody, or everybody",
        lacks: &["EVAL-ORD-", "EVAL-ROOT-"],
        scope: Scope::Here,
    },
    Hypothesis {
        name: "there is no Block Public Access",
        lacks: &["EVAL-BPA-", "EVAL-PUB-"],
        scope: Scope::Everywhere,
    },
    Hypothesis {
        name: "requests for a subresource run the plain operation",
        lacks: &["EVAL-OPX-009"],
        scope: Scope::Everywhere,
    },
];

impl Hypothesis {
    /// The sets of routes on which it may lack them, where a request is on one of them.
    fn scopes(&self, route: Route) -> Vec<Vec<Route>> {
        match self.scope {
            Scope::Here => vec![vec![route]],
            Scope::Write => WRITES.iter().map(|routes| routes.to_vec()).collect(),
            Scope::Everywhere => vec![Route::ALL.to_vec()],
        }
    }

    fn repeals(&self, routes: &[Route]) -> BTreeSet<Mutant> {
        let lacking = |id: &str| self.lacks.iter().any(|start| id.starts_with(start));
        let of_it = facets().filter(|(clause, facet)| lacking(clause.id) && !facet.is_choice());
        of_it
            .flat_map(|(_, facet)| facet.routes.iter().map(|on| (facet.id, *on)))
            .filter(|(_, on)| routes.contains(on))
            .collect()
    }
}

/// What decides, of repeals that explain a history together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jointly {
    /// The facets on routes that the refuted reply is charged to.
    pub decisive: Vec<Mutant>,
    /// What the endpoint does besides, in words.
    pub beside: Option<&'static str>,
    /// Whether the faults that are known explain the history, so that it shows no other.
    pub needs_nothing_new: bool,
}

/// What explains a refuted history beside what is `known` of the endpoint. What is obeyed elsewhere is charged with
/// nothing.
pub(super) fn explain_jointly(
    law: &Law,
    (history, program): (&History, &Program),
    refuted: &Refuted,
    (known, obeyed): (&BTreeSet<Mutant>, &BTreeSet<Mutant>),
) -> Option<Jointly> {
    if program.races() || refuted.is_no_ruling() {
        return None;
    }
    let begun = begun_at(history, refuted.number);
    let case = Case {
        law,
        run: (&begun, program),
        refuted,
        obeyed,
    };
    case.beside(known, None).or_else(|| {
        let scopes = |one: &'static Hypothesis| {
            one.scopes(refuted.route)
                .into_iter()
                .map(move |routes| (one, routes))
        };
        let mut tried = HYPOTHESES.iter().flat_map(scopes);
        tried.find_map(|(one, routes)| case.beside(&one.repeals(&routes), Some(one.name)))
    })
}

/// A history up to the step that refutes it.
struct Case<'a> {
    law: &'a Law,
    run: (&'a History, &'a Program),
    refuted: &'a Refuted,
    obeyed: &'a BTreeSet<Mutant>,
}

impl Case<'_> {
    /// What explains it, alone or with one repeal more, under the law without a set.
    fn beside(&self, set: &BTreeSet<Mutant>, name: Option<&'static str>) -> Option<Jointly> {
        let set: Vec<Mutant> = set.iter().copied().collect();
        let base = without(self.law, &set);
        let followed = follow(&base, self.run.0, self.run.1, true);
        let asked = followed.consulted.clone().unwrap_or_default();
        let is_legal = matches!(followed.ending, Ending::Allowed);
        let together = match &followed.ending {
            Ending::Allowed => Vec::new(),
            Ending::Refuted(then) if then.number == self.refuted.number => {
                self.one_more(&base, rulings(followed))
            }
            _ => return None,
        };
        let of_set: Vec<Mutant> = set.into_iter().filter(|mutant| asked.contains(mutant)).collect();
        if is_legal && name.is_none() {
            let needed = self.needed_of(of_set);
            // What decides the last request itself is at fault for it, whatever came before.
            let deciding = self.refuted.charged();
            let decides = needed.iter().filter(|(facet, _)| deciding.contains(facet));
            let here: Vec<Mutant> = decides.copied().collect();
            let decisive = if here.is_empty() {
                self.first_of(needed)
            } else {
                here
            };
            return (!decisive.is_empty()).then_some(Jointly {
                decisive,
                beside: None,
                needs_nothing_new: true,
            });
        }
        let of_set = of_set.into_iter();
        let more = self.decisive(together.iter().copied());
        let decisive = if more.is_empty() && together.is_empty() {
            self.decisive(of_set)
        } else {
            more
        };
        (!decisive.is_empty()).then_some(Jointly {
            decisive,
            beside: name,
            needs_nothing_new: false,
        })
    }

    /// Of repeals that explain it together those without one of which they do not.
    fn needed_of(&self, mut set: Vec<Mutant>) -> Vec<Mutant> {
        for mutant in set.clone() {
            let others: Vec<Mutant> = set.iter().copied().filter(|one| *one != mutant).collect();
            let followed = follow(&without(self.law, &others), self.run.0, self.run.1, false);
            if matches!(followed.ending, Ending::Allowed) {
                set = others;
            }
        }
        set
    }

    /// Of repeals those on the route of the first request: what it does otherwise explains what comes after it.
    fn first_of(&self, mutants: Vec<Mutant>) -> Vec<Mutant> {
        let asked = self
            .run
            .1
            .steps
            .iter()
            .filter_map(|step| step_request(self.run.1, step.number));
        let mut routes = asked.map(|request| request.operation.routes());
        let first = routes.find(|routes| mutants.iter().any(|(_, on)| routes.contains(on)));
        let first = first.unwrap_or_default();
        mutants.into_iter().filter(|(_, on)| first.contains(on)).collect()
    }

    /// The repeals, not obeyed elsewhere, under which with others the history is legal, with the fewest slips.
    fn one_more(&self, base: &Law, rulings: BTreeSet<Mutant>) -> Vec<Mutant> {
        let mut fewest = usize::MAX;
        let mut found = Vec::new();
        for mutant in rulings.into_iter().filter(|mutant| !self.obeyed.contains(mutant)) {
            let followed = follow(&without(base, &[mutant]), self.run.0, self.run.1, false);
            let slips = followed.slips.len();
            if !matches!(followed.ending, Ending::Allowed) || slips > fewest {
                continue;
            }
            if slips < fewest {
                fewest = slips;
                found.clear();
            }
            found.push(mutant);
        }
        found
    }

    /// Of repeals those that alone change what is expected where the history is refuted: what they leave as it is is
    /// decided by others. Of several those that decided what was expected.
    fn decisive(&self, mutants: impl Iterator<Item = Mutant>) -> Vec<Mutant> {
        let moves = |mutant: &Mutant| {
            let followed = follow(&without(self.law, &[*mutant]), self.run.0, self.run.1, false);
            match &followed.ending {
                Ending::Refuted(then) => stands(then) != stands(self.refuted),
                _ => true,
            }
        };
        let may_be = |mutant: &Mutant| !self.obeyed.contains(mutant) && may_explain(*mutant, self.refuted);
        let moving = mutants.filter(may_be);
        let moving: Vec<Mutant> = moving.filter(moves).collect();
        let deciding = self.refuted.charged();
        let named = moving.iter().filter(|(facet, _)| deciding.contains(facet));
        let named: Vec<Mutant> = named.copied().collect();
        if named.is_empty() { moving } else { named }
    }
}
