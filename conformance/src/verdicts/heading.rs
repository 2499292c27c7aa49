//! Headings of findings: the fault in one sentence, as the maintainer of the endpoint would put it. None reads like a pass.

use bucketlaw_model::belief::{Amiss, Difference, Expected};
use bucketlaw_model::observed::Observed;
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::{Name, Place, Reply, Value};
use bucketlaw_model::request::{Caller, Operation, Request, Route};

use crate::judge::plain;
use crate::wire::Exchange;

mod reason;

/// An answer that differs from what the law allows.
pub(super) struct Told<'a> {
    /// The program that asked, up to the request.
    pub(super) program: &'a Program,
    /// The request.
    pub(super) request: &'a Request,
    /// What the law allows that is nearest to it.
    pub(super) nearest: Option<&'a Expected>,
    /// What the endpoint answered.
    pub(super) observed: &'a Observed,
    /// The same as it travelled.
    pub(super) exchange: &'a Exchange,
    /// Whether requests that were sent together led to it.
    pub(super) raced: bool,
}

impl Told<'_> {
    /// The fault in a sentence.
    pub(super) fn heading(&self) -> String {
        let sentence = self.sentence();
        if self.raced {
            format!("In a race: {sentence}")
        } else {
            sentence
        }
    }

    fn sentence(&self) -> String {
        let (status, name) = (self.observed.status, self.request.operation.route().name());
        let got = answer(status, self.observed.code.as_deref());
        let Some(nearest) = self.nearest else {
            return format!("{name} is answered {got}, which is no S3 reply");
        };
        let reply = &nearest.reply;
        if let Some(overlooked) = self.overlooked() {
            return overlooked;
        }
        let allowed = answer(reply.status, reply.code.map(|code| code.name()));
        if is_failure(status) && allowed != got {
            return format!("{name} fails with {got}, where S3 answers {allowed}");
        }
        match (reply.status >= 400, status >= 400) {
            (true, false) => format!("{} can {}{}", self.who(), self.deed(), self.in_spite(nearest)),
            (false, true) => format!("{} cannot {}: refused with {got}", self.who(), self.deed()),
            (true, true) if allowed != got => format!("{name} is refused with {got} in place of {allowed}"),
            _ => self.told(&nearest.difference, reply),
        }
    }

    /// What a reply shows that is not the subresource's but the plain operation's.
    fn overlooked(&self) -> Option<String> {
        let route = self.request.operation.route();
        let instead = plain::instead(route, self.exchange)?;
        Some(format!(
            "{} is answered as {instead}: its subresource is overlooked",
            route.name()
        ))
    }

    /// Who asked, seen from the bucket.
    fn who(&self) -> &'static str {
        let by_other = is_made_by_other(self.program, self.request);
        match (self.request.caller, by_other) {
            (Caller::Anonymous, _) => "Anybody without credentials",
            (Caller::User, false) => "An IAM user",
            (Caller::User, true) => "An IAM user of another account",
            (Caller::Owner, false) | (Caller::Other, true) => "The owner of a bucket",
            (Caller::Owner, true) | (Caller::Other, false) => "Another account's administrator",
        }
    }

    /// What was asked for.
    fn deed(&self) -> String {
        self.request.operation.route().deed()
    }

    /// What a reply tells otherwise that decides as the law says.
    fn told(&self, difference: &Difference, reply: &Reply) -> String {
        let route = self.request.operation.route();
        let name = route.name();
        match difference {
            Difference::Status => format!(
                "{name} answers {} in place of {}",
                self.observed.status, reply.status
            ),
            Difference::Code => format!("{name} is refused with another code than S3's"),
            Difference::Message(_) => format!("The error message of {name} is not S3's"),
            Difference::Field(field, _) => self.field(*field, reply),
            Difference::Content if matches!(route, Route::GetObject | Route::GetObjectVersion) => {
                format!("{name} returns other bytes than were written")
            }
            Difference::Content => format!("{name} answers with another document than S3's"),
            Difference::Entries(Amiss::Granted, _) => format!("{name} carries out an entry that S3 refuses"),
            Difference::Entries(Amiss::Refused, _) => format!("{name} refuses an entry that S3 carries out"),
            Difference::Entries(Amiss::Field(field), _) => {
                format!("{name} shows {} of an entry otherwise than S3", words(*field))
            }
            Difference::Entries(Amiss::Order, _) => format!("{name} lists in another order than S3"),
            Difference::Entries(Amiss::Missing | Amiss::Extra, _) if is_batch(route) => {
                format!("{name} reports other entries than S3")
            }
            Difference::Entries(Amiss::Missing | Amiss::Extra, _) => {
                format!("{name} lists other entries than S3")
            }
        }
    }

    /// How a header or element differs.
    fn field(&self, field: Name, reply: &Reply) -> String {
        let name = self.request.operation.route().name();
        let of_error = reply.status >= 400 && matches!(field.place(), Place::Element(_));
        let name = if of_error {
            format!("The error of {name}")
        } else {
            name.to_owned()
        };
        let words = words(field);
        let is_there = self.observed.fields.iter().any(|(there, _)| *there == field);
        match reply.field(field) {
            Some(Value::Absent) => format!("{name} shows {words}, which S3 does not"),
            _ if is_there => format!("{name} shows another {words} than S3"),
            _ => format!("{name} does not show {words}"),
        }
    }
}

/// Whether who asks administers the account that owns the bucket.
pub(super) fn asks_as_owner(program: &Program, request: &Request) -> bool {
    match request.caller {
        Caller::Owner => !is_made_by_other(program, request),
        Caller::Other => is_made_by_other(program, request),
        Caller::User | Caller::Anonymous => false,
    }
}

/// Whether the bucket that a request names was made by the other account.
fn is_made_by_other(program: &Program, request: &Request) -> bool {
    let bucket = request.operation.place().bucket;
    let made = program.requests().find(|(_, made)| {
        matches!(&made.operation, Operation::CreateBucket { bucket: name, .. } if Some(*name) == bucket)
    });
    made.is_some_and(|(_, made)| made.caller == Caller::Other)
}

/// The name of a field, as replies have it.
fn words(field: Name) -> &'static str {
    match field.place() {
        Place::Header(words) | Place::Element(words) => words,
    }
}

/// Whether a status says that the endpoint failed: that it lacks something it says by a refusal.
const fn is_failure(status: u16) -> bool {
    const NOT_IMPLEMENTED: u16 = 501;
    status >= 500 && status != NOT_IMPLEMENTED
}

/// Whether a route reports what was done, an entry for each object.
const fn is_batch(route: Route) -> bool {
    matches!(route, Route::DeleteObjects | Route::DeleteObjectsVersion)
}

/// A status with its code.
fn answer(status: u16, code: Option<&str>) -> String {
    code.map_or_else(|| status.to_string(), |code| format!("{status} {code}"))
}
