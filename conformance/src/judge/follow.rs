//! Following a history with a belief, on past what is only told otherwise.

use std::collections::BTreeSet;

use bucketlaw_model::belief::effect::Effect;
use bucketlaw_model::belief::slip::Resumed;
use bucketlaw_model::belief::{Belief, Branches, Difference, Expected, Observation};
use bucketlaw_model::clause::FacetId;
use bucketlaw_model::law::Law;
use bucketlaw_model::observed::Observed;
use bucketlaw_model::program::{Program, Via};
use bucketlaw_model::reply::{Name, Reply};
use bucketlaw_model::request::{Operation, Request, Route};
use bucketlaw_model::step::step_consulting;
use bucketlaw_model::time::{Moment, Time};

use super::control::{Policies, Shown, decided, shown};
use super::{Answer, Ending, IAM_REFUSES, Refuted, Slipped, authentic, plain};
use crate::history::{History, Outcome, Taken};
use crate::lift::{Spoken, impersonal, lift, policies};
use crate::lower::Names;
use crate::wire::{Exchange, Failure, RawResponse};

mod burst;

/// What following a history found.
pub(super) struct Followed {
    pub(super) ending: Ending,
    pub(super) slips: Vec<Slipped>,
    pub(super) branches: Branches,
    pub(super) exchanges: usize,
    pub(super) answers: Vec<Answer>,
    /// What each answer shows, by its step.
    pub(super) shown: Vec<(u16, Shown)>,
    pub(super) largest_belief: usize,
    /// The facets that were asked for, with their routes, when somebody wanted to know.
    pub(super) consulted: Option<BTreeSet<(FacetId, Route)>>,
}

impl Followed {
    fn new(consulting: bool) -> Followed {
        Followed {
            ending: Ending::Allowed,
            slips: Vec::new(),
            branches: Branches::new(),
            exchanges: 0,
            answers: Vec::new(),
            shown: Vec::new(),
            largest_belief: 1,
            consulted: consulting.then(BTreeSet::new),
        }
    }
}

/// One history under one law.
struct Follower<'a> {
    law: &'a Law,
    history: &'a History,
    program: &'a Program,
    belief: Belief,
    policies: Policies,
    found: Followed,
}

/// Follows the steps of a history with a belief, to its end or to the first reply that the law cannot be read into.
pub(super) fn follow(law: &Law, history: &History, program: &Program, consulting: bool) -> Followed {
    let mut follower = Follower {
        law,
        history,
        program,
        belief: Belief::default(),
        policies: Policies::default(),
        found: Followed::new(consulting),
    };
    let turns = history
        .steps
        .chunk_by(|one, next| program.are_together(one.number, next.number));
    for turn in turns {
        let ending = match turn {
            [taken] => follower.alone(taken),
            burst => follower.burst(burst),
        };
        if let Some(ending) = ending {
            follower.found.ending = ending;
            break;
        }
    }
    follower.found.branches = follower.belief.branches();
    if let Ending::Refuted(refuted) = &mut follower.found.ending {
        refuted.via = program.vias.get(&refuted.number).copied();
    }
    follower.found
}

impl Follower<'_> {
    /// Takes in what came of one request; says how the history ends if it ends there.
    fn alone(&mut self, taken: &Taken) -> Option<Ending> {
        let request = self
            .program
            .requests()
            .find(|(number, _)| *number == taken.number)
            .map(|(_, request)| request);
        match (request, &taken.result) {
            (None, _) => Some(Ending::Broken(format!(
                "the program has no request {}",
                taken.number
            ))),
            (Some(request), Outcome::Failure(failure)) => {
                self.lose(request, failure);
                None
            }
            (Some(request), Outcome::Exchange(exchange)) => self.take(request, taken, exchange),
        }
    }

    /// A response, with all its pages, as the law's observer sees it.
    fn seen(&self, request: &Request, response: &RawResponse, pages: &[Exchange]) -> Observed {
        let prefix = &self.history.bucket_prefix;
        let mut observed = lift(&self.program.world, prefix, response);
        if matches!(request.operation, Operation::GetBucketPolicy { .. }) && response.status == 200 {
            let names = Names {
                bucket_prefix: prefix.clone(),
                principals: self.history.principals.clone(),
                ..Names::default()
            };
            let known = policies(&self.program.world, &names, &response.body);
            observed.fields.push((Name::PolicyDocument, known));
        }
        for page in pages {
            let more = lift(&self.program.world, prefix, &page.response);
            observed.entries.extend(more.entries);
        }
        let caller = self.history.arn(request.caller);
        impersonal(
            observed,
            &Spoken::of(&self.program.world, prefix, request, caller),
        )
    }

    /// Takes in one exchange; says how the history ends if it ends there.
    fn take(&mut self, request: &Request, taken: &Taken, exchange: &Exchange) -> Option<Ending> {
        let (number, world) = (taken.number, &self.program.world);
        let last = taken.pages.last().unwrap_or(exchange);
        let now = self.interval(exchange.sent, last.received);
        if slowed(&exchange.response) {
            self.belief.lose(self.law, world, request, now);
            return None;
        }
        self.consult(request, now);
        self.found.exchanges += 1;
        self.found.answers.push(Answer {
            caller: request.caller,
            route: request.operation.route(),
            status: exchange.response.status,
            presigned: self.program.vias.get(&number) == Some(&Via::Presigned)
                || request.operation.is_presigned(),
            inauthentic: authentic::is_refused(&exchange.response),
            overrefused: false,
        });
        let observed = self.seen(request, &exchange.response, &taken.pages);
        // What is another operation's reply is none to this request, whatever of it would fit.
        let overlooks = plain::against(self.law, request.operation.route(), exchange).is_some();
        let because = match self
            .belief
            .observe(self.law, world, (number, request), &observed, now)
        {
            Observation::Allowed { because, replies } if overlooks => {
                let expected = replies.into_iter().zip(because).map(|(reply, because)| Expected {
                    reply,
                    because,
                    difference: Difference::Content,
                    differing: 0,
                });
                return Some(refuted(number, request, expected.collect(), exchange));
            }
            Observation::Allowed { because, replies } => {
                if let (Some(reply), Some(because)) = (replies.first(), because.first()) {
                    let shown = shown(request, reply, because, self.policies);
                    self.show((number, request), reply, shown);
                }
                because
            }
            Observation::NotModelled => {
                return Some(Ending::Broken(format!(
                    "the law does not rule on step {number} yet"
                )));
            }
            Observation::Refuted(expected) => {
                let resumed = if overlooks {
                    None
                } else {
                    self.resume(number, request, &observed, now)
                };
                let Some(resumed) = resumed else {
                    if let Some(nearest) = expected.first().filter(|nearest| is_decided_so(nearest)) {
                        self.show_decided((number, request), nearest);
                    }
                    let mut ending = refuted(number, request, expected, exchange);
                    if is_first_page(request, &exchange.response) {
                        return Some(Ending::Inconclusive(format!(
                            "step {number} read the first page of many buckets only"
                        )));
                    }
                    if let Ending::Refuted(refuted) = &mut ending {
                        if let Some(answer) = self.found.answers.last_mut() {
                            answer.overrefused =
                                refuted.refuses() && !refuted.is_failure() && !refuted.refuses_each();
                        }
                        let asked = (number, request);
                        refuted.effect = self.belief.effect(self.law, world, asked, &observed, now);
                        refuted.wanted = self.belief.is_wanted(request);
                    }
                    return Some(ending);
                };
                if let Some(slip) = resumed.slips.first() {
                    self.show_decided((number, request), &slip.expected);
                }
                let slipped = resumed.slips.into_iter().map(|slip| Slipped {
                    number,
                    slip,
                    exchange: exchange.clone(),
                    seen: None,
                });
                self.found.slips.extend(slipped);
                resumed.because
            }
        };
        if !because.is_empty() && because.iter().all(|because| because.by_time) {
            return Some(Ending::Inconclusive(format!(
                "step {number} was ruled on too near to a date"
            )));
        }
        self.note();
        None
    }

    fn resume(
        &mut self,
        number: u16,
        request: &Request,
        observed: &Observed,
        now: Moment,
    ) -> Option<Resumed> {
        if is_setup(request) {
            return None;
        }
        self.belief
            .resume(self.law, &self.program.world, (number, request), observed, now)
    }

    /// Keeps what an answer shows that decides as is expected, and differs otherwise.
    fn show_decided(&mut self, asked: (u16, &Request), expected: &Expected) {
        let shown = decided(asked.1, &expected.reply, &expected.because, self.policies);
        self.show(asked, &expected.reply, shown);
    }

    /// Keeps what an answer shows.
    fn show(&mut self, (number, request): (u16, &Request), reply: &Reply, shown: Vec<Shown>) {
        self.found
            .shown
            .extend(shown.into_iter().map(|shown| (number, shown)));
        self.policies.note(request.operation.route(), reply.status);
    }

    fn note(&mut self) {
        self.found.largest_belief = self.found.largest_belief.max(self.belief.possibilities().len());
    }

    fn consult(&mut self, request: &Request, now: Moment) {
        let Some(all) = &mut self.found.consulted else {
            return;
        };
        for possibility in self.belief.possibilities() {
            let mut consulted = Vec::new();
            let resolved = possibility.resolve(request);
            step_consulting(
                self.law,
                &self.program.world,
                &possibility.state,
                &resolved,
                now,
                &mut consulted,
            );
            all.extend(consulted);
        }
    }

    /// When the endpoint ruled on a request, on its own clock.
    fn interval(&self, sent: i64, received: i64) -> Moment {
        let (skew, guard) = (self.history.skew, self.history.guard);
        Moment {
            earliest: Time(sent.saturating_add(skew.saturating_sub(guard))),
            latest: Time(received.saturating_add(skew.saturating_add(guard))),
        }
    }

    fn lose(&mut self, request: &Request, failure: &Failure) {
        if !failure.definite {
            let now = self.interval(failure.sent, failure.ended);
            self.belief.lose(self.law, &self.program.world, request, now);
        }
    }
}

/// Whether a reply decides as the law says, whatever else it shows.
fn is_decided_so(nearest: &Expected) -> bool {
    !matches!(nearest.difference, Difference::Status | Difference::Code)
}

/// How a history ends with a reply that the law cannot be read into.
fn refuted(number: u16, request: &Request, expected: Vec<Expected>, exchange: &Exchange) -> Ending {
    let lacks = exchange.response.status == 501 && expected.iter().all(|one| one.reply.status != 501);
    if lacks {
        return Ending::Unsupported(number, said(&exchange.response));
    }
    // An IAM that takes what the law refuses is refuted as any other endpoint.
    if is_setup(request) && exchange.response.status >= 300 {
        let said = said(&exchange.response);
        return Ending::Unsupported(number, format!("{IAM_REFUSES}: {said}"));
    }
    Ending::Refuted(Box::new(Refuted {
        number,
        expected,
        exchange: exchange.clone(),
        caller: request.caller,
        route: request.operation.route(),
        via: None,
        effect: Effect::default(),
        wanted: false,
        burst: None,
        seen: None,
    }))
}

/// Whether a request is to IAM: it prepares what S3 is then asked, and no clause is about it.
fn is_setup(request: &Request) -> bool {
    matches!(
        request.operation,
        Operation::PutUserPolicy { .. } | Operation::DeleteUserPolicy { .. }
    )
}

/// Whether a response shows some of the caller's buckets and says that there are more.
fn is_first_page(request: &Request, response: &RawResponse) -> bool {
    let lists = matches!(request.operation, Operation::ListBuckets { .. });
    let more = |root: crate::wire::xml::Element| {
        root.text_of("ContinuationToken")
            .is_some_and(|token| !token.is_empty())
    };
    lists && response.status == 200 && response.xml().ok().is_some_and(more)
}

/// Whether a response says nothing but that the endpoint is busy.
fn slowed(response: &RawResponse) -> bool {
    response.status == 503
}

/// The code and message of an error response.
fn said(response: &RawResponse) -> String {
    let root = response.xml().ok();
    let text = |name: &str| {
        root.as_ref()
            .and_then(|root| {
                root.text_of(name)
                    .or_else(|| root.text_of(&format!("Error/{name}")))
            })
            .unwrap_or_default()
            .to_owned()
    };
    format!("{} {} {}", response.status, text("Code"), text("Message"))
        .trim()
        .to_owned()
}
