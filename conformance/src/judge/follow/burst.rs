//! Following a burst: some order of its requests has to explain all answers.

use bucketlaw_model::program::MOST_TOGETHER;

use super::{Follower, refuted, slowed};
use crate::history::{Outcome, Taken};
use crate::judge::{self, Burst, Ending, step_request};
use crate::linearize::{Answer, Call, DeadEnd, Explained, Linearized, linearize, settings};
use crate::wire::Exchange;

impl<'a> Follower<'a> {
    /// Takes in what came of requests that were sent together; says how the history ends if it ends there.
    pub(super) fn burst(&mut self, taken: &[Taken]) -> Option<Ending> {
        let rising = taken.is_sorted_by(|one, next| one.number < next.number);
        if taken.len() > MOST_TOGETHER || !rising {
            return Some(Ending::Broken(
                "the history has other steps in a burst than its program".to_owned(),
            ));
        }
        let mut calls = Vec::new();
        for one in taken {
            let Some(call) = self.call(one) else {
                return Some(Ending::Broken(format!(
                    "the program has no request {}",
                    one.number
                )));
            };
            self.consult(call.request, call.now);
            calls.push(call);
        }
        for call in &calls {
            if let Answer::Seen(observed) = &call.answer {
                self.found.exchanges += 1;
                self.found.answers.push(judge::Answer {
                    presigned: false,
                    inauthentic: false,
                    caller: call.request.caller,
                    route: call.request.operation.route(),
                    status: observed.status,
                    overrefused: false,
                });
            }
        }
        match linearize(self.law, &self.program.world, &self.belief, &calls) {
            Linearized::NotModelled(number) => Some(Ending::Broken(format!(
                "the law does not rule on step {number} yet"
            ))),
            Linearized::Explained(explained) => self.explained(explained),
            Linearized::Unexplained(dead_ends) => {
                match settings::explain(self.law, &self.program.world, &self.belief, &calls) {
                    Some(explained) => self.explained(explained),
                    None => Some(unexplained(taken, calls, dead_ends)),
                }
            }
        }
    }

    fn explained(&mut self, explained: Explained) -> Option<Ending> {
        if let Some(number) = explained.by_time {
            return Some(Ending::Inconclusive(format!(
                "step {number} was ruled on too near to a date"
            )));
        }
        self.belief = explained.belief;
        self.note();
        None
    }

    /// One step as a call that was in flight.
    fn call(&self, taken: &Taken) -> Option<Call<'a>> {
        let request = step_request(self.program, taken.number)?;
        let (answer, sent, received) = match &taken.result {
            Outcome::Exchange(exchange) if slowed(&exchange.response) => {
                (Answer::Lost, exchange.sent, exchange.received)
            }
            Outcome::Exchange(exchange) => {
                let observed = self.seen(request, &exchange.response, &taken.pages);
                let last = taken.pages.last().unwrap_or(exchange);
                (Answer::Seen(observed), exchange.sent, last.received)
            }
            Outcome::Failure(failure) if failure.definite => (Answer::Unsent, failure.sent, failure.ended),
            Outcome::Failure(failure) => (Answer::Lost, failure.sent, failure.ended),
        };
        Some(Call {
            number: taken.number,
            request,
            answer,
            sent,
            received,
            now: self.interval(sent, received),
        })
    }
}

/// The ending of a history whose burst no order explains: refuted where the attempt ended that came farthest.
fn unexplained(taken: &[Taken], calls: Vec<Call<'_>>, dead_ends: Vec<DeadEnd>) -> Ending {
    let mut found = None;
    for end in &dead_ends {
        let call = calls.iter().find(|call| call.number == end.number);
        let (Some(call), Some(exchange)) = (call, exchange(taken, end.number)) else {
            continue;
        };
        match refuted(end.number, call.request, end.expected.clone(), exchange) {
            Ending::Refuted(refuted) => found = found.or(Some(refuted)),
            // What the endpoint lacks says nothing of the order.
            other => return other,
        }
    }
    let Some(mut refuted) = found else {
        return Ending::Broken("no order explains a burst, and no answer is refuted".to_owned());
    };
    let answers = calls.into_iter().filter_map(|call| match call.answer {
        Answer::Seen(observed) => Some((call.number, observed)),
        Answer::Lost | Answer::Unsent => None,
    });
    refuted.burst = Some(Burst {
        answers: answers.collect(),
        dead_ends,
    });
    Ending::Refuted(refuted)
}

fn exchange(taken: &[Taken], number: u16) -> Option<&Exchange> {
    taken.iter().find_map(|one| match &one.result {
        Outcome::Exchange(exchange) if one.number == number => Some(exchange),
        Outcome::Exchange(_) | Outcome::Failure(_) => None,
    })
}
