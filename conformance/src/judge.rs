//! Judging: a recorded history against the law. Pure, so that old histories can be judged again.

use std::collections::BTreeSet;

use bucketlaw_model::access::EVAL_ROOT_001_POLICY;
use bucketlaw_model::belief::effect::Effect;
use bucketlaw_model::belief::slip::Slip;
use bucketlaw_model::belief::{Branches, Difference, Expected};
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, Need};
use bucketlaw_model::law::Law;
use bucketlaw_model::observed::Observed;
use bucketlaw_model::program::{Act, Program, Via};
use bucketlaw_model::reply::{Code, ReplyBody};
use bucketlaw_model::request::{Caller, Request, Route};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::Calendar;

use self::control::{Shown, needs};
use self::explain::{best, best_begun, candidates, explain, explain_wholly, told};
use self::follow::follow;
use crate::history::History;
use crate::lift::error_code;
use crate::linearize::DeadEnd;
use crate::report::Seen;
use crate::wire::Exchange;

pub use self::explain::Candidate;
pub use self::jointly::Jointly;
pub use self::partly::Partly;
pub use self::together::{judge_all, judge_while};

mod authentic;
pub mod control;
mod explain;
mod follow;
mod jointly;
mod partly;
pub(crate) mod plain;
mod together;

/// What a judge says of one program's history.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The program's id.
    pub id: String,
    /// How it ended.
    pub ending: Ending,
    /// The undocumented branches that the endpoint may have taken.
    pub branches: Branches,
    /// How many exchanges were judged.
    pub exchanges: usize,
    /// The largest number of states that were possible at once.
    pub largest_belief: usize,
    /// Whether the law that it was judged by leaves nothing open.
    pub strict: bool,
    /// The repeals that explain a refuted history, well or badly; of a run those that no other history contradicts.
    pub candidates: Vec<Candidate>,
    /// The smallest repeals under which a history is legal, or legal with fewer slips: a facet on a route each.
    pub explanations: Vec<Mutant>,
    /// Those that explain it up to the step that refutes it, where there are more of them.
    pub begun: Vec<Mutant>,
    /// The clauses that decide what was expected and without which, as a whole, the history is legal up to that step.
    pub wholly: Vec<&'static str>,
    /// Whether other histories show that all of these are obeyed elsewhere, so that it is one case that is ruled otherwise.
    pub contradicted: bool,
    /// The facets that decided what was expected and that other histories show to be obeyed on that route.
    pub doubtless: Vec<FacetId>,
    /// What explains it if no single repeal does. Found when the programs of a run are judged together.
    pub partly: Partly,
    /// How many slips are left under each of these repeals.
    pub unexplained: usize,
    /// What replies told otherwise than the law, although they decided as it says. The history went on after them.
    pub slips: Vec<Slipped>,
    /// What a history with slips says of the facets on routes that its program is there for.
    pub told: Vec<(String, Tells)>,
    /// Who asked what and how it was answered, as far as it was judged.
    pub answers: Vec<Answer>,
    /// What the answers show of the endpoint, beside what its program tells.
    pub shown: BTreeSet<Shown>,
    /// What it has to show elsewhere before a history that the law allows says that it obeys what its program tells.
    pub needs: Vec<(String, BTreeSet<Shown>)>,
    /// The root users whom the run lacked: it says nothing of the clauses that need them.
    pub lacks_roots: Vec<Need>,
}

/// One answer of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who asked.
    pub caller: Caller,
    /// What.
    pub route: Route,
    /// The HTTP status.
    pub status: u16,
    /// Whether the signature was in the query.
    pub presigned: bool,
    /// Whether the endpoint refused to believe who asked.
    pub inauthentic: bool,
    /// Whether the endpoint refused it, and the law allows it.
    pub overrefused: bool,
}

/// How the words begin that say that IAM, not S3, stood in the way.
pub const IAM_REFUSES: &str = "the endpoint's IAM does not take the policy";

/// A slip in a history.
#[derive(Clone, Debug)]
pub struct Slipped {
    /// The step.
    pub number: u16,
    /// What differs.
    pub slip: Slip,
    /// The exchange.
    pub exchange: Exchange,
    /// In how many attempts at the program it was seen, if not in all.
    pub seen: Option<Seen>,
}

/// What a history with slips says of a facet on a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// It fits the law better than the law without it.
    Obeyed,
    /// It fits both as well: what would tell them apart is hidden by a slip.
    Hidden,
    /// It fits the law without it better.
    Broken,
}

/// How a program's history ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// It ran to its end and the law allows all of it.
    Allowed,
    /// A reply that the law does not allow.
    Refuted(Box<Refuted>),
    /// The endpoint says that it lacks something: the step, and what it said.
    Unsupported(u16, String),
    /// It cannot be said whether the law allows it, and why.
    Inconclusive(String),
    /// It was not run, or not to its end, and why.
    NotRun(NotRun),
    /// We failed: the program or the history cannot be used.
    Broken(String),
}

/// Why a program was not run, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// The target lacks what it needs: what, and why it does in words.
    Lacks(Need, String),
    /// Something else came between, in words.
    Stopped(String),
}

impl std::fmt::Display for NotRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotRun::Lacks(_, why) | NotRun::Stopped(why) => f.write_str(why),
        }
    }
}

/// A reply that the law does not allow.
#[derive(Clone, Debug)]
pub struct Refuted {
    /// The step.
    pub number: u16,
    /// What the law allows instead, the nearest first. Empty when the reply is no S3 reply at all.
    pub expected: Vec<Expected>,
    /// The exchange.
    pub exchange: Exchange,
    /// Who asked.
    pub caller: Caller,
    /// What was asked.
    pub route: Route,
    /// How the request travelled, if not in the usual way.
    pub via: Option<Via>,
    /// What it did, where it was carried out and the law refuses it, or what a refusal misses.
    pub effect: Effect,
    /// Whether its conditions hold for what it replaced or deleted.
    pub wanted: bool,
    /// If it is one of requests that were sent together: what all of them answered, and why no order explains it.
    pub burst: Option<Burst>,
    /// In how many attempts at the program it was seen, if not in all.
    pub seen: Option<Seen>,
}

/// The answers to requests that were sent together, which no order of them explains.
#[derive(Clone, Debug)]
pub struct Burst {
    /// The step and what it answered, for each that answered.
    pub answers: Vec<(u16, Observed)>,
    /// Where each attempt at an order ended, those first that came farthest.
    pub dead_ends: Vec<DeadEnd>,
}

impl Judgement {
    /// The facets on routes whose repeal makes the history legal up to and with the step that refutes it.
    #[must_use]
    pub fn beginning(&self) -> &[Mutant] {
        if self.begun.is_empty() {
            &self.explanations
        } else {
            &self.begun
        }
    }
}

impl Refuted {
    /// Whether the endpoint failed instead of ruling.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.exchange.response.status >= 500
    }

    /// Whether it failed otherwise than by saying that it lacks something.
    #[must_use]
    pub fn is_crash(&self) -> bool {
        self.is_failure() && self.exchange.response.status != 501
    }

    /// Whether what was done is the delete of nothing.
    #[must_use]
    pub fn does_nothing(&self) -> bool {
        let deletes = ["Delete", "Abort"]
            .iter()
            .any(|start| self.route.name().starts_with(start));
        deletes && self.effect == Effect::Nothing && self.exchange.response.status < 400
    }

    /// Whether the endpoint denies a right: by its code, or by the status where it gives no code.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        match error_code(&self.exchange.response) {
            Some(code) => code == Code::AccessDenied.name(),
            None => self.exchange.response.status == 403,
        }
    }

    /// Whether nobody signed the request.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.caller == Caller::Anonymous
    }

    /// Whether the endpoint did not believe who asks.
    #[must_use]
    pub fn is_of_authentication(&self) -> bool {
        authentic::is_refused(&self.exchange.response)
    }

    /// Whether the endpoint asks to try again, as another operation is under way.
    fn is_busy(&self) -> bool {
        error_code(&self.exchange.response).is_some_and(|code| code == "OperationAborted")
    }

    /// Whether the endpoint did not come to a ruling that clauses of the law could decide otherwise.
    #[must_use]
    pub fn is_no_ruling(&self) -> bool {
        self.is_failure() || self.is_of_authentication() || self.is_busy()
    }

    /// Whether the endpoint refused what the law allows, or failed.
    #[must_use]
    pub fn refuses(&self) -> bool {
        let allowed = self.expected.first().is_some_and(|one| one.reply.status < 400);
        self.is_failure() || (allowed && self.exchange.response.status >= 400)
    }

    /// Whether the endpoint refused as a whole what the law refuses or carries out entry by entry, and would have carried out
    /// none of it.
    #[must_use]
    pub fn refuses_each(&self) -> bool {
        let refused = |one: &Expected| {
            matches!(&one.reply.body, ReplyBody::Entries { entries, .. }
            if !entries.is_empty() && entries.iter().all(|entry| entry.element == control::REFUSED_ENTRY))
        };
        self.expected.first().is_some_and(refused)
    }

    /// The facets that decided what was expected: of a refusal the one that refuses.
    #[must_use]
    pub fn deciding(&self) -> Vec<FacetId> {
        let Some(nearest) = self.expected.first() else {
            return Vec::new();
        };
        let mut deciding = nearest.charged();
        let of_ruling = matches!(nearest.difference, Difference::Status | Difference::Code);
        if of_ruling && nearest.reply.status >= 400 {
            deciding.truncate(1);
        }
        deciding
    }

    /// The facets that the reply is charged to.
    #[must_use]
    pub fn charged(&self) -> Vec<FacetId> {
        self.expected.first().map(Expected::charged).unwrap_or_default()
    }
}

/// Whether something was judged and the law allows all of it.
#[must_use]
pub fn all_allowed(judgements: &[Judgement]) -> bool {
    let allowed = |judgement: &Judgement| matches!(judgement.ending, Ending::Allowed);
    !judgements.is_empty() && judgements.iter().all(allowed)
}

/// Judges one history under a law; `tells` are the facets on routes that its program is there for.
#[must_use]
pub fn judge(law: &Law, history: &History, tells: &[String]) -> Judgement {
    let mut judgement = blank(history);
    judgement.strict = law.is_strict();
    let program = match program_of(history) {
        Ok(program) => program,
        Err(why) => {
            judgement.ending = Ending::Broken(why);
            return judgement;
        }
    };
    let law = &law_for(law, history);
    let followed = follow(law, history, &program, false);
    judgement.ending = followed.ending;
    judgement.branches = followed.branches;
    judgement.exchanges = followed.exchanges;
    judgement.largest_belief = followed.largest_belief;
    judgement.slips = followed.slips;
    judgement.answers = followed.answers;
    judgement.shown = followed.shown.iter().map(|(_, shown)| *shown).collect();
    if matches!(judgement.ending, Ending::Allowed) {
        judgement.needs = needs(law, (history, &program), tells, &followed.shown);
    }
    match &judgement.ending {
        // That a server fails or does not believe who asks is no other law.
        Ending::Refuted(refuted) if !refuted.is_no_ruling() => {
            judgement.wholly = explain_wholly(law, history, &program, refuted);
            judgement.candidates = candidates(law, (history, &program), refuted);
            (judgement.begun, _) = best_begun(&judgement.candidates);
            (judgement.explanations, judgement.unexplained) = best(&judgement.candidates);
        }
        Ending::Allowed if !judgement.slips.is_empty() => {
            let slipped = judgement.slips.len();
            let run = (history, &program);
            (judgement.explanations, judgement.unexplained) = explain(law, run, slipped);
            judgement.told = told(law, run, tells, slipped, &judgement.explanations);
        }
        _ => {}
    }
    if let (Ending::Allowed, Some(why)) = (&judgement.ending, &history.stopped) {
        judgement.ending = Ending::NotRun(match history.lacks {
            Some(need) => NotRun::Lacks(need, why.clone()),
            None => NotRun::Stopped(why.clone()),
        });
    }
    judgement
}

/// The judgement of a history that was not looked at yet.
fn blank(history: &History) -> Judgement {
    Judgement {
        id: history.id.clone(),
        ending: Ending::Allowed,
        branches: Branches::new(),
        exchanges: 0,
        largest_belief: 1,
        strict: false,
        candidates: Vec::new(),
        explanations: Vec::new(),
        begun: Vec::new(),
        wholly: Vec::new(),
        contradicted: false,
        doubtless: Vec::new(),
        partly: Partly::default(),
        unexplained: 0,
        slips: Vec::new(),
        told: Vec::new(),
        answers: Vec::new(),
        shown: BTreeSet::new(),
        needs: Vec::new(),
        lacks_roots: lacks_roots(history),
    }
}

/// The root users whom a history lacks, whom some clauses are about.
fn lacks_roots(history: &History) -> Vec<Need> {
    let roots = [
        (Need::OwnerRoot, history.owner_is_root),
        (Need::OtherRoot, history.other_is_root),
    ];
    roots
        .into_iter()
        .filter(|(_, there)| !there)
        .map(|(need, _)| need)
        .collect()
}

/// The program of a history, with its dates where they were.
fn program_of(history: &History) -> Result<Program, String> {
    let mut program =
        Program::read(&history.program).map_err(|error| format!("the program cannot be read: {error}"))?;
    program.world.calendar = Calendar {
        start: Time(history.start),
        unit: history.unit,
    };
    Ok(program)
}

/// The law as it is for the identities of a history: an administrator who is no root is bound by every Deny.
fn law_for(law: &Law, history: &History) -> Law {
    if history.owner_is_root {
        return law.clone();
    }
    law.clone().without_anywhere(EVAL_ROOT_001_POLICY)
}

/// The line of a step of a program.
#[must_use]
pub fn step_line(program: &Program, number: u16) -> String {
    program
        .steps
        .iter()
        .find(|step| step.number == number)
        .map(|step| program.line(step))
        .unwrap_or_default()
}

/// The request of a step.
#[must_use]
pub fn step_request(program: &Program, number: u16) -> Option<&Request> {
    program
        .steps
        .iter()
        .find(|step| step.number == number)
        .and_then(|step| match &step.act {
            Act::Ask(request) => Some(request),
            Act::Wait(_) => None,
        })
}
