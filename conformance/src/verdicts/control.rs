//! Controls: whether the endpoint has shown, somewhere in the run, the other answer than the one that a program counts by.
//!
//! Which answers there are to be seen the law says, by the programs of the suite: the same request of the same caller
//! beside the same sort of policies if there is such, else the same request of the same caller, else the same request.
//! Where no program has it answered otherwise, nothing has to be shown. The programs of `suite/controls/` are there for
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use bucketlaw_model::belief::Possibility;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Act, Program};
use bucketlaw_model::reply::{Name, Place};
use bucketlaw_model::request::{Caller, Request, Route};
use bucketlaw_model::simulate::instant;
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;

use crate::judge::Judgement;
use crate::judge::control::{Policies, Ruling, Shown, shown};
use crate::suite::{Entry, embedded};

/// An answer that can be the control of others: by whom and beside which policies as far as that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Control {
    route: Route,
    ruling: Ruling,
    caller: Option<Caller>,
    policies: Option<Policies>,
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caller = self.caller.map_or("anybody", Caller::name);
        write!(f, "{} by {caller}", self.route.name())?;
        match self.policies {
            None => {}
            Some(Policies { bucket, user }) => f.write_str(match (bucket, user) {
                (false, false) => " without policies",
                (true, false) => " beside a bucket policy",
                (false, true) => " beside a user policy",
                (true, true) => " beside both policies",
            })?,
        }
        match self.ruling {
            Ruling::Granted => f.write_str(" to succeed"),
            Ruling::Refuses => f.write_str(" to be refused"),
            Ruling::Passes => f.write_str(" to be refused for no lack of permission"),
            Ruling::Has(name) => write!(f, " to be answered with {}", words(name)),
            Ruling::Lists => f.write_str(" to list something"),
            Ruling::Refused(status, None) => write!(f, " to be refused with {status}"),
            Ruling::Refused(status, Some(area)) => {
                write!(f, " to be refused with {status} ({})", area.name())
            }
        }
    }
}

/// The name of a header or element on the wire.
fn words(name: Name) -> &'static str {
    match name.place() {
        Place::Header(name) | Place::Element(name) => name,
    }
}

/// An answer as a control, the most specific form first.
fn forms(shown: Shown) -> Vec<Control> {
    let Shown {
        route,
        caller,
        ruling,
        policies,
    } = shown;
    let any = Control {
        route,
        ruling,
        caller: None,
        policies: None,
    };
    let by_caller = Control {
        caller: Some(caller),
        ..any
    };
    let exact = Control {
        policies: Some(policies),
        ..by_caller
    };
    match ruling {
        // That something is refused at all is asked of the route.
        Ruling::Refuses => vec![any],
        Ruling::Passes => vec![by_caller],
        // Where nobody can succeed with a right, such as with an ACL in a bucket without ACLs, he can fail later.
        Ruling::Granted => {
            let passes = Control {
                ruling: Ruling::Passes,
                ..by_caller
            };
            vec![exact, by_caller, passes, any]
        }
        Ruling::Refused(..) | Ruling::Has(_) | Ruling::Lists => vec![exact, by_caller, any],
    }
}

/// What an endpoint has shown.
#[derive(Debug, Default)]
pub(super) struct Controls(BTreeSet<Control>);

impl Controls {
    /// What the answers of a run show.
    pub(super) fn of(judgements: &[Judgement]) -> Controls {
        let shown: BTreeSet<Shown> = judgements
            .iter()
            .flat_map(|judgement| judgement.shown.iter().copied())
            .collect();
        Controls(shown.into_iter().flat_map(forms).collect())
    }

    /// The controls that the endpoint has not shown of those that what a program tells needs.
    pub(super) fn missing(&self, judgement: &Judgement, words: &str) -> Vec<String> {
        let needs = judgement.needs.iter().filter(|(told, _)| told == words);
        let needed: BTreeSet<Control> = needs
            .flat_map(|(_, needs)| needs.iter().filter_map(|shown| to_be_seen(*shown)))
            .collect();
        let missing = needed.iter().filter(|control| !self.0.contains(control));
        missing.map(ToString::to_string).collect()
    }

    /// All that the endpoint has shown, in words.
    pub(super) fn words(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// The form in which an answer is to be seen in a run of the suite.
fn to_be_seen(shown: Shown) -> Option<Control> {
    let known = known();
    forms(shown)
        .into_iter()
        .find(|control| known.contains_key(control))
}

/// The answers that the law gives in the programs of the suite, each with the program that shows it soonest.
fn known() -> &'static BTreeMap<Control, Entry> {
    static KNOWN: OnceLock<BTreeMap<Control, Entry>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known: BTreeMap<Control, Entry> = BTreeMap::new();
        let mut entries = embedded().unwrap_or_default();
        entries.retain(|entry| !entry.program.races());
        // What stays locked whoever asks is a nuisance beside a selection.
        let stays = |entry: &Entry| entry.program.to_string().contains("COMPLIANCE");
        entries.sort_by_key(|entry| {
            let length = entry.program.steps.len();
            (entry.program.waits(), stays(entry), length, entry.id.clone())
        });
        for entry in entries {
            for control in answers(&entry.program).into_iter().flat_map(forms) {
                known.entry(control).or_insert_with(|| entry.clone());
            }
        }
        known
    })
}

/// What the answers show that the law gives a program, up to one that it leaves open.
fn answers(program: &Program) -> BTreeSet<Shown> {
    let law = Law::full();
    let (mut server, mut waited) = (Possibility::default(), 0);
    let mut policies = Policies::default();
    let mut all = BTreeSet::new();
    for one in &program.steps {
        let request = match &one.act {
            Act::Wait(units) => {
                waited = waited.max(*units);
                continue;
            }
            Act::Ask(request) => request,
        };
        let now = Moment::exactly(instant(&program.world, waited));
        let resolved = server.resolve(request);
        let transitions = step(&law, &program.world, &server.state, &resolved, now);
        let mut shows = transitions
            .iter()
            .map(|transition| shown(request, &transition.reply, &transition.because, policies));
        let first = shows.next().unwrap_or_default();
        // Where S3 is undocumented an endpoint may answer otherwise: such an answer is nobody's control.
        if shows.any(|other| other != first) {
            break;
        }
        let Some(transition) = transitions.into_iter().next() else {
            break;
        };
        all.extend(first);
        policies.note(request.operation.route(), transition.reply.status);
        server.expose(one.number, &resolved, &transition.reply);
        if let Some(state) = transition.next {
            server.state = state;
        }
    }
    all
}

/// The programs that a selection needs beside it, so that what it tells has its controls. They tell nothing themselves.
#[must_use]
pub fn beside(selected: &[Entry]) -> Vec<Entry> {
    // A race makes nothing green.
    let green = selected.iter().filter(|entry| !entry.program.races());
    let asked: BTreeSet<(Route, Caller)> = green.flat_map(asked).collect();
    let wanted = |control: &Control| match (control.caller, control.policies) {
        (Some(caller), Some(_)) => asked.contains(&(control.route, caller)),
        (Some(_), None) => false,
        (None, _) => is_left(control, &asked),
    };
    let mut beside: BTreeMap<&str, Entry> = BTreeMap::new();
    for (_, entry) in known().iter().filter(|(control, _)| wanted(control)) {
        if !selected.iter().any(|known| known.id == entry.id) {
            let silent = Entry {
                tells: Vec::new(),
                ..entry.clone()
            };
            beside.insert(&entry.id, silent);
        }
    }
    beside.into_values().collect()
}

/// Whether an answer to anybody is what is left, as no program has it given to a caller as whom the selection asks.
fn is_left(control: &Control, asked: &BTreeSet<(Route, Caller)>) -> bool {
    let by = |caller| Control {
        caller: Some(caller),
        ..*control
    };
    asked
        .iter()
        .any(|(route, caller)| *route == control.route && !known().contains_key(&by(*caller)))
}

/// Who asks for what, from the request on whose route a program tells something: a later reply may be what tells it.
fn asked(entry: &Entry) -> Vec<(Route, Caller)> {
    let told = |route: &Route| {
        let words = |told: &String| told.split_once('@').is_some_and(|(_, on)| on == route.name());
        entry.tells.iter().any(words)
    };
    let before = |request: &Request| !request.operation.routes().iter().any(told);
    let requests = entry.program.requests().map(|(_, request)| request);
    let of_request = |request: &Request| {
        let caller = request.caller;
        let routes = request.operation.routes().into_iter();
        routes.map(|route| (route, caller)).collect::<Vec<_>>()
    };
    requests
        .skip_while(|request| before(request))
        .flat_map(of_request)
        .collect()
}

#[cfg(test)]
mod tests {
    use bucketlaw_model::clause::Area;

    use super::*;

    /// Who is refused something by the rules about who may do what, and has the right to it in no program.
    fn without_control() -> Vec<String> {
        let refused = Ruling::Refused(403, Some(Area::Evaluation));
        let mut without = Vec::new();
        for route in Route::ALL {
            for caller in Caller::ALL {
                let by_caller = |ruling| Control {
                    route: *route,
                    ruling,
                    caller: Some(caller),
                    policies: None,
                };
                let has = |ruling| known().contains_key(&by_caller(ruling));
                if has(refused) && !has(Ruling::Passes) {
                    without.push(format!("{} by {}", route.name(), caller.name()));
                }
            }
        }
        without
    }

    /// What is left can be granted to nobody, or whether it can is open (EVAL-XACC-006): without an account one neither has
    /// buckets nor settles whose objects are, copies or begins uploads.
    #[test]
    fn what_is_refused_to_somebody_is_granted_to_him_in_another_program() {
        insta::assert_snapshot!(without_control().join(", "), @"CreateBucket by anonymous, DeletePublicAccessBlock by other, PutBucketOwnershipControls by other, PutBucketOwnershipControls by anonymous, DeleteBucketOwnershipControls by anonymous, ListBuckets by anonymous, CopyObject by anonymous, CreateMultipartUpload by anonymous, UploadPartCopy by anonymous");
    }
}
