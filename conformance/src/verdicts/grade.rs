//! Grades: how bad a divergence is, by what the endpoint did in place of what the law says, and not by its clause alone.
//!
//! A clause says how bad it is at the worst. What was carried out and should have been refused is as bad as what it did: to
//! the state, to what refuses it, and by what it showed. What was refused and should have been allowed gives nothing away;
//! what is told otherwise is as bad as the field that differs.

use bucketlaw_model::belief::effect::Effect;
use bucketlaw_model::belief::{Amiss, Difference, Expected};
use bucketlaw_model::clause::{self, Severity};
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::{Code, Name, Value};
use bucketlaw_model::request::{Request, Route};

use self::shown::Shown;
use super::heading::asks_as_owner;
use crate::judge::plain;
use crate::wire::Exchange;

mod shown;

/// A divergence, as far as its grade hangs on it.
pub(super) struct Case<'a> {
    /// What the law allows that is nearest to what was answered; none where that is no S3 reply.
    pub(super) nearest: Option<&'a Expected>,
    /// What was asked and answered, as it travelled.
    pub(super) exchange: &'a Exchange,
    /// What it was answered to.
    pub(super) request: Option<&'a Request>,
    /// The program that asked it.
    pub(super) program: &'a Program,
    /// What was done, where it should have been refused, or what a refusal misses.
    pub(super) effect: Effect,
    /// Whether what it replaced or deleted is what its conditions ask for.
    pub(super) wanted: bool,
    /// Whether requests that were sent together led to it.
    pub(super) raced: bool,
    /// Whether what explains it is what an earlier request did otherwise.
    pub(super) of_before: bool,
    /// Whether the right that is missing is for a header that the endpoint drops.
    pub(super) unneeded: bool,
}

/// What an endpoint did in place of what the law says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// It failed, or answered what is no S3 reply.
    Failed,
    /// It answered a question for a subresource with the bucket or the object itself.
    Overlooked,
    /// It would have deleted a bucket in place of a setting, had it been empty.
    Attempted,
    /// It wrote or deleted an object in place of what belongs to it.
    Overran,
    /// It refused what the law allows, and what the owner wanted protected is not.
    LeftUnprotected,
    /// It refused what the law allows.
    Refused,
    /// It refused for another reason than the law.
    RefusedOtherwise,
    /// It carried out what the law refuses.
    Granted(Guard, Done),
    /// It no longer has what requests of a race wrote.
    Lost,
    /// It no longer protects what requests of a race protected, or has it no longer.
    Released,
    /// It says that what was written is not there.
    Missed,
    /// It tells the owner that a version is not there: an earlier request has destroyed it.
    Destroyed,
    /// It did as the law says and shows a field of the reply otherwise.
    Showed(Name),
    /// It did as the law says and shows a field that should not be there.
    ShowedMore(Name),
    /// It did as the law says and says so with another status or code.
    Told,
    /// It did as the law says and says so in other words.
    Worded,
    /// It showed something else than the law.
    ShowedElse,
}

/// Why the law refuses what an endpoint carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// Who asks lacks the right.
    Right,
    /// The owner asks, and a setting or policy of its own forbids it.
    Own,
    /// A lock protects it.
    Lock,
    /// A condition of the request does not hold, cannot be judged, or was overtaken by another write.
    Condition,
    /// What is asked for is not there.
    Absent,
    /// The request is not one that S3 takes.
    Form,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// Nothing was changed, and nothing shown that is anybody's.
    Nothing,
    /// A setting was shown.
    ShowedSetting,
    /// Bytes, names, tags or a policy were shown.
    ShowedData,
    /// Something was written, and what was there is there.
    Added,
    /// What was there is gone or hidden.
    Lost,
    /// What was there is less protected, or open to others.
    Unprotected,
    /// It cannot be said.
    Unknown,
}

impl Deed {
    /// How bad it is at the worst and at the least, whatever the clause says; between them it is as bad as the clause.
    /// `refusing` is how bad the clause is that should have refused.
    fn bounds(self, refusing: Severity) -> (Severity, Severity) {
        use Severity::{Critical, High, Low, Medium};
        match self {
            Deed::Failed | Deed::RefusedOtherwise | Deed::Refused | Deed::Overlooked | Deed::Told => {
                (Medium, Low)
            }
            Deed::LeftUnprotected | Deed::Missed | Deed::Attempted => (High, Low),
            Deed::Destroyed => (Critical, Critical),
            Deed::Overran | Deed::Released => (Critical, High),
            Deed::Lost => (High, High),
            Deed::Granted(guard, done) => guard.bounds(done, refusing),
            Deed::Showed(name) => (field(name), Low),
            // That it is not shown to everybody is a matter of rights, and no lock is less for it.
            Deed::ShowedMore(name) => (field(name).max(High), Low),
            Deed::Worded => (Low, Low),
            Deed::ShowedElse => (Critical, Low),
        }
    }
}

impl Guard {
    /// How bad it is at the worst and at the least that what this refuses was carried out, by what came of it.
    fn bounds(self, done: Done, refusing: Severity) -> (Severity, Severity) {
        use Severity::{Critical, High, Low, Medium};
        match (self, done) {
            (_, Done::Nothing) => (Medium, Low),
            (Guard::Right | Guard::Own, Done::ShowedSetting) => (High, Medium),
            (Guard::Right | Guard::Own, Done::Added) => (Critical, Medium),
            (Guard::Right, Done::ShowedData | Done::Lost | Done::Unprotected) => (Critical, Critical),
            (Guard::Own, Done::ShowedData | Done::Lost | Done::Unprotected) => (Critical, Medium),
            (Guard::Lock, Done::Added) => (High, Low),
            (Guard::Lock, Done::Lost | Done::Unprotected) => (Critical, Critical),
            (Guard::Lock, Done::ShowedSetting | Done::ShowedData) => (Critical, Low),
            (Guard::Condition, Done::Added | Done::ShowedSetting | Done::ShowedData) => (Medium, Low),
            (Guard::Condition, Done::Lost | Done::Unprotected | Done::Unknown) => (Critical, High),
            (Guard::Absent | Guard::Form, Done::Added | Done::ShowedSetting) => (Medium, Low),
            (Guard::Absent, Done::ShowedData) => (Critical, Low),
            (Guard::Absent, Done::Lost | Done::Unknown) | (Guard::Form, Done::ShowedData) => (High, Low),
            (Guard::Form, Done::Lost) | (Guard::Absent | Guard::Form, Done::Unprotected) => (Critical, Low),
            (Guard::Right | Guard::Own | Guard::Lock | Guard::Form, Done::Unknown) => (refusing, Low),
        }
    }
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
        let (worst, least) = self.deed().bounds(self.refusal());
        // The worst is the first.
        of_clause.max(worst).min(least)
    }

    fn deed(&self) -> Deed {
        let status = self.exchange.response.status;
        let Some(nearest) = self.nearest else {
            return Deed::Failed;
        };
        if let Some(overlooked) = self.overlooked() {
            return overlooked;
        }
        match (refuses(nearest.reply.status), refuses(status)) {
            _ if status >= 500 && nearest.reply.status != status => Deed::Failed,
            (true, true) => self.told(nearest).unwrap_or(Deed::RefusedOtherwise),
            (true, false) => Deed::Granted(self.guard(nearest), self.done(nearest)),
            (false, true) if status == 404 && self.reads_what_was_put() && self.raced => lost(nearest),
            (false, true) if status == 404 && self.is_owner() && self.destroys() => Deed::Destroyed,
            (false, true) if status == 404 && self.reads_what_was_put() => Deed::Missed,
            (false, true) => self.refused(),
            (false, false) => self.shown(nearest),
        }
    }

    /// What it did in place of what the subresource says.
    fn overlooked(&self) -> Option<Deed> {
        let route = self.request?.operation.route();
        let instead = plain::instead(route, self.exchange)?;
        Some(match instead {
            _ if plain::is_read(route, self.exchange) => Deed::Overlooked,
            // The bucket is there as before, and what was to be set is not.
            "CreateBucket" => self.refused(),
            "DeleteBucket" => Deed::Attempted,
            _ => Deed::Overran,
        })
    }

    /// Whether a version is read by its id that an earlier request has destroyed.
    fn destroys(&self) -> bool {
        let route = self.request.map(|request| request.operation.route());
        let names_version = matches!(
            route,
            Some(Route::GetObjectVersion | Route::HeadObjectVersion | Route::GetObjectAttributesVersion)
        );
        names_version && self.of_before
    }

    /// What a refusal came to.
    fn refused(&self) -> Deed {
        if self.is_owner() && self.effect == Effect::Unprotected {
            Deed::LeftUnprotected
        } else {
            Deed::Refused
        }
    }

    /// What was told otherwise of a ruling, if that is all.
    fn told(&self, nearest: &Expected) -> Option<Deed> {
        match nearest.difference {
            Difference::Message(_) => Some(Deed::Worded),
            Difference::Field(name, _) => Some(self.showed(nearest, name)),
            _ => None,
        }
    }

    /// What was shown otherwise of a success.
    fn shown(&self, nearest: &Expected) -> Deed {
        match nearest.difference {
            Difference::Message(_) => Deed::Worded,
            Difference::Status | Difference::Code | Difference::Entries(Amiss::Order, _) => Deed::Told,
            Difference::Field(name, _) | Difference::Entries(Amiss::Field(name), _) => {
                self.showed(nearest, name)
            }
            Difference::Entries(Amiss::Refused, _) => self.refused(),
            Difference::Entries(Amiss::Granted, _) => Deed::Granted(self.guard(nearest), self.done(nearest)),
            Difference::Content | Difference::Entries(Amiss::Missing, _) if self.raced => lost(nearest),
            // What a write says of itself is no content.
            Difference::Content if !self.reads() => Deed::Told,
            Difference::Entries(Amiss::Missing | Amiss::Extra, _) | Difference::Content => Deed::ShowedElse,
        }
    }

    /// A field that is shown otherwise. In a race what is no longer protected was protected before.
    fn showed(&self, nearest: &Expected, name: Name) -> Deed {
        match nearest.reply.field(name) {
            _ if self.raced && field(name) == Severity::High => Deed::Released,
            // An owner may see all of it, and is told of more than there is.
            Some(Value::Absent) if self.is_owner() => Deed::Told,
            Some(Value::Absent) => Deed::ShowedMore(name),
            _ => Deed::Showed(name),
        }
    }

    /// Why the law refuses what was carried out.
    fn guard(&self, nearest: &Expected) -> Guard {
        let deciding = nearest.charged().first().copied().and_then(clause::owner);
        let id = deciding.map_or("", |(clause, _)| clause.id);
        let status = nearest.reply.status;
        match nearest.reply.code {
            _ if id.starts_with("LOCK-") && matches!(status, 200 | 403) => Guard::Lock,
            _ if status == 200 && id.starts_with("EVAL-") && self.is_owner() => Guard::Own,
            _ if status == 200 && id.starts_with("EVAL-") => Guard::Right,
            // Of an entry no other reason is known.
            _ if status == 200 => Guard::Condition,
            Some(Code::ConditionalRequestConflict) => Guard::Condition,
            Some(Code::PreconditionFailed | Code::NotImplemented) if self.is_conditional() => {
                Guard::Condition
            }
            Some(Code::NoSuchUpload) => Guard::Form,
            _ if status == 404 => Guard::Absent,
            _ if status == 403 && self.is_owner() => Guard::Own,
            // Others may not change a policy, whatever it grants them (`EVAL-XACC-005`).
            // What nothing comes of needs no right.
            _ if self.unneeded => Guard::Form,
            _ if status == 403 || (id.starts_with("EVAL-XACC-") && !self.reads()) => Guard::Right,
            _ => Guard::Form,
        }
    }

    /// What came of what was carried out.
    fn done(&self, nearest: &Expected) -> Done {
        if self.reads() {
            let route = self.request.map(|request| request.operation.route());
            return match route.map(|route| shown::by(route, &self.exchange.response)) {
                Some(Shown::Nothing) => Done::Nothing,
                Some(Shown::Setting) => Done::ShowedSetting,
                Some(Shown::Data) => Done::ShowedData,
                None => Done::Unknown,
            };
        }
        let puts_policy = self
            .request
            .is_some_and(|request| request.operation.name() == "PutBucketPolicy");
        match (self.effect, self.guard(nearest)) {
            (Effect::Nothing, _) => Done::Nothing,
            (Effect::Lost | Effect::Unknown, Guard::Condition) if self.wanted => Done::Nothing,
            // A policy that S3 does not take is its owner's to put all the same.
            (Effect::Unprotected, Guard::Form) if puts_policy => Done::Added,
            (Effect::Added, _) => Done::Added,
            (Effect::Lost, _) => Done::Lost,
            (Effect::Unprotected, _) => Done::Unprotected,
            (Effect::Unknown, _) => Done::Unknown,
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

    /// Whether a write has a condition.
    fn is_conditional(&self) -> bool {
        let arguments = self
            .request
            .map(|request| request.operation.words(&self.program.world));
        let is_condition = |name: &str| name.starts_with("if_");
        !self.reads()
            && arguments.is_some_and(|arguments| arguments.iter().any(|(name, _)| is_condition(name)))
    }

    /// Whether who asked is the account that owns the bucket, by its administrator.
    fn is_owner(&self) -> bool {
        self.request
            .is_some_and(|request| asks_as_owner(self.program, request))
    }

    /// Whether it is a read of what clients put, or of what protects it: who is told that there is none has lost it.
    fn reads_what_was_put(&self) -> bool {
        let route = self.request.map(|request| request.operation.route());
        let others = [
            Route::GetBucketOwnershipControls,
            Route::GetBucketLocation,
            Route::GetBucketAcl,
            Route::GetObjectAcl,
            Route::GetObjectAclVersion,
        ];
        self.reads() && route.is_some_and(|route| !others.contains(&route))
    }

    fn reads(&self) -> bool {
        self.request
            .is_some_and(|request| request.operation.route().row().method.reads())
    }
}

/// What became of what requests of a race wrote and a read does not show.
fn lost(nearest: &Expected) -> Deed {
    let mut there = nearest
        .reply
        .fields
        .iter()
        .filter(|shown| shown.value != Value::Absent);
    if there.any(|shown| field(shown.name) == Severity::High) {
        Deed::Released
    } else {
        Deed::Lost
    }
}

fn field(name: Name) -> Severity {
    let known = FIELDS.iter().find(|(known, _)| *known == name);
    known.map_or(Severity::Medium, |(_, severity)| *severity)
}

fn refuses(status: u16) -> bool {
    status >= 400
}
