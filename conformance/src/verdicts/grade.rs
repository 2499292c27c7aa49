//! Grades: how bad a divergence is, by what the endpoint did in place of what the law says, and not by its clause alone.
//!
//! A clause says how bad it is at the worst. What was allowed and should have been refused is as bad as that; what was
//! refused and should have been allowed gives nothing away; what is told otherwise is as bad as the field that differs.

use bucketlaw_model::belief::effect::Effect;
use bucketlaw_model::belief::{Amiss, Difference, Expected};
use bucketlaw_model::clause::{self, Severity};
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::{Code, Name};
use bucketlaw_model::request::Request;

use crate::wire::RawResponse;

/// A divergence, as far as its grade hangs on it.
pub(super) struct Case<'a> {
    /// What the law allows that is nearest to what was answered; none where that is no S3 reply.
    pub(super) nearest: Option<&'a Expected>,
    /// What was answered.
    pub(super) response: &'a RawResponse,
    /// What it was answered to.
    pub(super) request: Option<&'a Request>,
    /// The program that asked it.
    pub(super) program: &'a Program,
    /// What was done, where it should have been refused.
    pub(super) effect: Effect,
    /// Whether requests that were sent together led to it.
    pub(super) raced: bool,
}

/// What an endpoint did in place of what the law says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// It failed, or answered what is no S3 reply.
    Failed,
    /// It refused what the law allows.
    Refused,
    /// It refused for another reason than the law.
    RefusedOtherwise,
    /// It carried out what the law refuses.
    Granted,
    /// It carried out what the law refuses, and nothing was there that it could have touched or shown.
    GrantedNothing,
    /// It wrote although the condition of the write does not hold, or one of them that it cannot judge.
    Overwrote,
    /// It no longer has what requests of a race wrote.
    Lost,
    /// It says that what was written is not there.
    Missed,
    /// It did as the law says and shows a field of the reply otherwise.
    Showed(Name),
    /// It did as the law says and says so in other words or with another status.
    Told,
    /// It showed something else than the law.
    ShowedElse,
}

/// How bad fields are that are shown otherwise; all others are medium.
const FIELDS: &[(Name, Severity)] = &[
    // Who is told of no protection, or of a shorter one, may find that there is none.
    (Name::LegalHold, Severity::High),
    (Name::LockMode, Severity::High),
    (Name::RetainUntil, Severity::High),
    (Name::Mode, Severity::High),
    (Name::RetainUntilDate, Severity::High),
    (Name::ObjectLockEnabled, Severity::High),
    // Words for people.
    (Name::AdditionalMessage, Severity::Low),
    (Name::EntryMessage, Severity::Low),
];

impl Case<'_> {
    /// How bad it is that a clause is violated so.
    pub(super) fn grade(&self, of_clause: Severity) -> Severity {
        let deed = self.deed();
        let (worst, least) = match deed {
            Deed::Failed | Deed::RefusedOtherwise => (Severity::Medium, Severity::Low),
            // What a critical clause protects is safe where too much is refused.
            Deed::Refused if of_clause == Severity::Critical => (Severity::Medium, Severity::Low),
            Deed::Refused | Deed::Missed => (Severity::High, Severity::Low),
            Deed::Granted => (self.refusal(), Severity::Low),
            Deed::GrantedNothing => (Severity::Medium, Severity::Low),
            Deed::Overwrote | Deed::Lost => (Severity::Critical, Severity::High),
            Deed::Showed(name) if self.raced && field(name) == Severity::High => {
                (Severity::Critical, Severity::Low)
            }
            Deed::Showed(name) => (field(name), Severity::Low),
            Deed::Told if self.is_of_words() => (Severity::Low, Severity::Low),
            Deed::Told => (Severity::Medium, Severity::Low),
            Deed::ShowedElse => (Severity::Critical, Severity::Low),
        };
        // The worst is the first.
        of_clause.max(worst).min(least)
    }

    fn deed(&self) -> Deed {
        let status = self.response.status;
        let Some(nearest) = self.nearest else {
            return Deed::Failed;
        };
        match (refuses(nearest.reply.status), refuses(status)) {
            _ if status >= 500 && nearest.reply.status != status => Deed::Failed,
            (true, true) => self.told(nearest).unwrap_or(Deed::RefusedOtherwise),
            (true, false) if self.effect == Effect::Nothing && !self.reads() => Deed::GrantedNothing,
            (true, false) if self.is_conditional(nearest) => Deed::Overwrote,
            (true, false) => Deed::Granted,
            (false, true) if status == 404 && self.reads() && self.raced => Deed::Lost,
            (false, true) if status == 404 && self.reads() => Deed::Missed,
            (false, true) => Deed::Refused,
            (false, false) => self.shown(nearest),
        }
    }

    /// What was told otherwise of a ruling, if that is all.
    fn told(&self, nearest: &Expected) -> Option<Deed> {
        match nearest.difference {
            Difference::Message(_) => Some(Deed::Told),
            Difference::Field(name, _) => Some(Deed::Showed(name)),
            _ => None,
        }
    }

    /// What was shown otherwise of a success.
    fn shown(&self, nearest: &Expected) -> Deed {
        match nearest.difference {
            Difference::Status | Difference::Code | Difference::Message(_) => Deed::Told,
            Difference::Field(name, _) | Difference::Entries(Amiss::Field(name), _) => Deed::Showed(name),
            Difference::Entries(Amiss::Refused, _) => Deed::Refused,
            Difference::Entries(Amiss::Granted, _) if self.effect == Effect::Nothing => Deed::GrantedNothing,
            Difference::Entries(Amiss::Granted, _) => Deed::Granted,
            Difference::Content | Difference::Entries(Amiss::Missing, _) if self.raced => Deed::Lost,
            // What a write says of itself is no content.
            Difference::Content if !self.reads() => Deed::Told,
            Difference::Entries(Amiss::Missing | Amiss::Extra | Amiss::Order, _) | Difference::Content => {
                Deed::ShowedElse
            }
        }
    }

    /// How bad it is at the worst that what refuses here does not: as bad as the clause that refuses says. Of what should
    /// be gone or hidden no clause but the violated one says how bad it is to show it.
    fn refusal(&self) -> Severity {
        let hidden = |nearest: &&Expected| nearest.reply.status == 404;
        let refusing = self.nearest.filter(|nearest| !hidden(nearest));
        let refusing = refusing.and_then(|nearest| nearest.because.decided.first().copied());
        let owner = refusing.and_then(clause::owner);
        owner.map_or(Severity::Critical, |(clause, _)| clause.severity)
    }

    /// Whether only words for people differ.
    fn is_of_words(&self) -> bool {
        self.nearest
            .is_some_and(|nearest| matches!(nearest.difference, Difference::Message(_)))
    }

    /// Whether a write has a condition because of which it is refused.
    fn is_conditional(&self, nearest: &Expected) -> bool {
        let code = nearest.reply.code;
        let of_conditions = [
            Some(Code::PreconditionFailed),
            Some(Code::ConditionalRequestConflict),
            Some(Code::NotImplemented),
        ];
        let arguments = self
            .request
            .map(|request| request.operation.words(&self.program.world));
        let is_condition = |name: &str| name.starts_with("if_");
        of_conditions.contains(&code)
            && !self.reads()
            && arguments.is_some_and(|arguments| arguments.iter().any(|(name, _)| is_condition(name)))
    }

    fn reads(&self) -> bool {
        let name = self.request.map_or("", |request| request.operation.name());
        ["Get", "Head", "List"].iter().any(|read| name.starts_with(read))
    }
}

fn field(name: Name) -> Severity {
    let known = FIELDS.iter().find(|(known, _)| *known == name);
    known.map_or(Severity::Medium, |(_, severity)| *severity)
}

fn refuses(status: u16) -> bool {
    status >= 400
}
