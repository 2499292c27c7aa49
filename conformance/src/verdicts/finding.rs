//! What is told of one divergence.

use bucketlaw_model::belief::effect::Effect;
use bucketlaw_model::belief::{Difference, Expected};
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{self, Clause, FacetId};
use bucketlaw_model::describe;
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::ReplyBody;

use super::charge::moot;
use super::grade::Case;
use super::heading::Told;
use crate::judge::{Partly, Refuted, Slipped, step_line, step_request};
use crate::lift::lift;
use crate::report::{Clarity, Finding, Seen, Severity, Unowned};
use crate::suite::Entry;
use crate::wire::Exchange;

/// What speaks for one facet or another of a clause that is charged.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence<'a> {
    /// The repeals that explain the whole history.
    pub(super) explanations: &'a [Mutant],
    /// Those of the clause that are behind what it is charged with, as far as known.
    pub(super) behind: &'a [Mutant],
    /// How clearly the program shows it.
    pub(super) clarity: Clarity,
}

/// A reply that differs from what the law allows.
pub(super) struct Divergence<'a> {
    number: u16,
    expected: &'a [Expected],
    exchange: &'a Exchange,
    /// Whether the ruling is the expected one and only how it is told differs.
    slip: bool,
    /// Whether requests that were sent together led to it.
    raced: bool,
    /// What it did, where it was carried out and the law refuses it.
    effect: Effect,
    /// Whether its conditions ask for just that.
    wanted: bool,
    /// Why it is no ruling, if it is none.
    unruled: Option<&'static str>,
    /// In how many runs of the program it was seen, if not in all.
    seen: Option<Seen>,
}

impl<'a> From<&'a Refuted> for Divergence<'a> {
    fn from(refuted: &'a Refuted) -> Self {
        Divergence {
            number: refuted.number,
            expected: &refuted.expected,
            exchange: &refuted.exchange,
            slip: false,
            effect: refuted.effect,
            wanted: refuted.wanted,
            unruled: match refuted {
                refuted if refuted.is_of_authentication() => Some("who asks is not believed"),
                refuted if refuted.is_no_ruling() && !refuted.is_failure() => {
                    Some("the endpoint asks to try again")
                }
                _ => None,
            },
            raced: false,
            seen: refuted.seen,
        }
    }
}

impl<'a> From<&'a Slipped> for Divergence<'a> {
    fn from(slipped: &'a Slipped) -> Self {
        Divergence {
            number: slipped.number,
            expected: std::slice::from_ref(&slipped.slip.expected),
            exchange: &slipped.exchange,
            slip: true,
            effect: Effect::default(),
            wanted: false,
            unruled: None,
            raced: false,
            seen: slipped.seen,
        }
    }
}

impl Divergence<'_> {
    /// The same, of a race.
    pub(super) fn raced(self) -> Self {
        Self { raced: true, ..self }
    }

    /// The number of the step.
    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// The number of the step, in words.
    pub(super) fn place(&self) -> String {
        let seen = self
            .seen
            .map(|seen| format!(", in {seen} runs"))
            .unwrap_or_default();
        if self.is_failure() {
            return format!(
                "answers {} at step {}{seen}",
                self.exchange.response.status, self.number
            );
        }
        format!("at step {}{seen}", self.number)
    }

    fn is_failure(&self) -> bool {
        self.exchange.response.status >= 500
    }

    /// How bad it is that a clause is violated so.
    fn severity(&self, entry: &Entry, clause: Option<&Clause>, evidence: Evidence<'_>) -> Severity {
        let asked = step_request(&entry.program, self.number);
        // What explains all of it alone is beyond doubt.
        let is_before = |mutant: &Mutant| {
            evidence.explanations.contains(mutant)
                && asked.is_some_and(|asked| !asked.operation.routes().contains(&mutant.1))
        };
        let case = Case {
            nearest: self.expected.first(),
            exchange: self.exchange,
            request: asked,
            program: &entry.program,
            effect: self.effect,
            wanted: self.wanted,
            raced: self.raced,
            unneeded: !evidence.behind.is_empty() && evidence.behind.iter().all(moot::does),
            of_before: !evidence.behind.is_empty() && evidence.behind.iter().all(is_before),
        };
        let of_clause = clause.map_or(clause::Severity::Medium, |clause| clause.severity);
        super::severity(case.grade(of_clause))
    }

    /// What the law expects, the nearest first.
    pub(super) fn expected(&self, entry: &Entry) -> String {
        let world = &entry.program.world;
        let mut allowed: Vec<String> = self
            .expected
            .iter()
            .map(|expected| describe::reply(world, &expected.reply))
            .collect();
        allowed.dedup();
        if allowed.is_empty() {
            "an S3 reply".to_owned()
        } else {
            allowed.join("\n  or ")
        }
    }

    /// What the endpoint answered.
    pub(super) fn got(&self, entry: &Entry) -> String {
        let response = &self.exchange.response;
        let world = &entry.program.world;
        let mut got = describe::observed(world, &lift(world, "", response));
        let has_entries = |expected: &Expected| matches!(expected.reply.body, ReplyBody::Entries { .. });
        if self.expected.first().is_some_and(has_entries) {
            got.push_str(&format!("\n{}", String::from_utf8_lossy(&response.body)));
        }
        got
    }

    /// The route of the request.
    pub(super) fn route(&self, entry: &Entry) -> Option<String> {
        step_request(&entry.program, self.number).map(|request| request.operation.route().name().to_owned())
    }

    fn explanation(&self, entry: &Entry, explanations: &[Mutant]) -> String {
        let mut explanation = format!(
            "Step {}: {}\n",
            self.number,
            step_line(&entry.program, self.number)
        );
        if self.is_failure() {
            explanation.push_str("The endpoint failed instead of ruling.\n");
        }
        if let Some(nearest) = self.expected.first() {
            let difference = describe::difference(&nearest.difference);
            explanation.push_str(&if self.slip {
                format!("It decides as the law says, and {difference}.\n")
            } else {
                format!("Nearest to what the law allows, {difference}.\n")
            });
            for reason in describe::because(nearest) {
                explanation.push_str(&format!("{reason}\n"));
            }
        }
        for (facet, route) in explanations {
            explanation.push_str(&format!(
                "The history is legal under the law without {facet}@{route}.\n"
            ));
        }
        if let Some(seen) = self.seen {
            explanation.push_str(&format!(
                "It was seen in {seen} runs of the program; the others were answered as S3 does, or failed elsewhere.\n"
            ));
        }
        explanation
    }

    /// The program up to the step that differs: what follows shows nothing of it, and would hide it from those who look
    /// at the last reply.
    fn program(&self, entry: &Entry) -> Program {
        let mut program = Program {
            about: Vec::new(),
            ..entry.program.clone()
        };
        program.steps.retain(|step| step.number <= self.number);
        program.vias.retain(|step, _| *step <= self.number);
        program
    }

    /// The finding that charges a clause with it.
    pub(super) fn finding(&self, entry: &Entry, id: &str, evidence: Evidence<'_>) -> Finding {
        let clause = clause::find(id);
        let program = self.program(entry);
        let route = self.route(entry);
        Finding {
            id: entry.id.clone(),
            clause: id.to_owned(),
            facet: self.facet(entry, id, evidence.behind),
            routes: route.iter().cloned().collect(),
            route,
            severity: self.severity(entry, clause, evidence),
            title: self.heading(entry, &program),
            programs: 1,
            program: program.to_string(),
            expected: self.expected(entry),
            got: self.got(entry),
            explanation: self.explanation(entry, evidence.explanations),
            replay: format!("bucketlaw replay failures/{id}/{}/program.txt", entry.id),
            clarity: evidence.clarity,
            seen: self.seen,
            declared: None,
            others: Vec::new(),
        }
    }

    /// The fault in a sentence.
    fn heading(&self, entry: &Entry, program: &Program) -> String {
        let Some(request) = step_request(&entry.program, self.number) else {
            return "The endpoint answers otherwise than S3".to_owned();
        };
        let observed = lift(&entry.program.world, "", &self.exchange.response);
        Told {
            program,
            request,
            nearest: self.expected.first(),
            observed: &observed,
            exchange: self.exchange,
            raced: self.raced,
        }
        .heading()
    }

    /// The facet of a clause that is charged: that is behind it, best one that the program tells; or that fixes or decided
    /// what was expected, or that the program tells.
    fn facet(&self, entry: &Entry, id: &str, behind: &[Mutant]) -> Option<String> {
        let of_clause = |facet: &FacetId| clause::owner(*facet).is_some_and(|(clause, _)| clause.id == id);
        let charged = self.expected.first().map(Expected::charged).unwrap_or_default();
        let is_told = |facet: &FacetId| {
            let start = format!("{facet}@");
            entry.tells.iter().any(|words| words.starts_with(&start))
        };
        let mut behind: Vec<FacetId> = behind.iter().map(|(facet, _)| *facet).collect();
        behind.sort_by_key(|facet| (!is_told(facet), !charged.contains(facet)));
        let decided = self.expected.first().into_iter();
        let decided = decided.flat_map(|nearest| nearest.because.decided.iter().copied());
        let known = behind.into_iter().chain(charged).chain(decided).find(of_clause);
        let told = || {
            let facets = entry.tells.iter().filter_map(|words| words.split('@').next());
            let mut of_clause = facets.filter(|facet| facet.split('/').next() == Some(id));
            of_clause.next().map(str::to_owned)
        };
        let only = || match clause::find(id).map(|clause| clause.facets) {
            Some([facet]) => Some(facet.id.to_string()),
            _ => None,
        };
        known.map(|facet| facet.to_string()).or_else(told).or_else(only)
    }

    /// What differs, when no clause fixes it.
    pub(super) fn unowned(&self, entry: &Entry) -> Unowned {
        let nearest = self.expected.first().map(|expected| &expected.difference);
        let (expected, got) = match (nearest, self.expected.first()) {
            (Some(Difference::Status), Some(expected)) if self.slip => (
                expected.reply.status.to_string(),
                self.exchange.response.status.to_string(),
            ),
            _ => (self.expected(entry), self.got(entry)),
        };
        if let Some(why) = self.unruled {
            let (expected, got) = ("a ruling".to_owned(), self.got(entry));
            return self.disowned(entry, why.to_owned(), (expected, got));
        }
        let what = nearest.map_or_else(|| "no S3 reply".to_owned(), describe::difference);
        self.disowned(entry, what, (expected, got))
    }

    fn disowned(&self, entry: &Entry, what: String, (expected, got): (String, String)) -> Unowned {
        Unowned {
            route: self.route(entry).unwrap_or_default(),
            what,
            expected,
            got,
            decides: !self.slip,
            programs: 1,
            example: entry.id.clone(),
        }
    }
}

/// What explains a history in part and concerns a clause.
pub(super) fn in_part(partly: &Partly, id: &str) -> String {
    let concerns = |mutant: &Mutant| clause::owner(mutant.0).is_some_and(|(clause, _)| clause.id == id);
    let mut words = String::new();
    for [one, other] in partly.pairs.iter().filter(|pair| pair.iter().any(concerns)) {
        words.push_str(&format!(
            "The history is legal up to this step under the law without {}@{} and {}@{}.\n",
            one.0, one.1, other.0, other.1
        ));
    }
    for (facet, route) in partly.nearly.iter().filter(|mutant| concerns(mutant)) {
        words.push_str(&format!(
            "Without {facet}@{route} the law decides this step likewise, in other words.\n"
        ));
    }
    words
}

/// Differences of one sort on one route as one, counted.
pub(super) fn together(mut all: Vec<Unowned>) -> Vec<Unowned> {
    all.sort_by_cached_key(|one| (one.likeness(), one.example.clone()));
    all.dedup_by(|later, first| {
        let same = later.is_like(first);
        if same {
            first.programs += u64::from(later.example != first.example);
        }
        same
    });
    all
}
