//! In spite of what something was done: why S3 refuses it, as the end of a sentence that says who can do what.

use bucketlaw_model::belief::Expected;
use bucketlaw_model::clause::{Area, Clause, FacetId, Role, Setting, owner};
use bucketlaw_model::reply::{Code, Reply};
use bucketlaw_model::request::{Caller, Operation, Route};

use super::{Told, answer, is_made_by_other};

/// How messages begin to name the action that is missing.
const MISSING: &str = "is not authorized to perform: ";

impl Told<'_> {
    /// In spite of what it was done.
    pub(super) fn in_spite(&self, nearest: &Expected) -> String {
        let reply = &nearest.reply;
        match (reply.status, reply.code) {
            (403, _) => self.without_right(nearest),
            (404, Some(Code::NoSuchKey)) if self.is_conditional_write() => {
                " on the condition that the object exists, which it does not".to_owned()
            }
            (404, Some(code)) => self.missing(code),
            (404, None) => " where there is none".to_owned(),
            (412, _) => " although its condition does not hold".to_owned(),
            _ => refused(reply),
        }
    }

    /// Why nobody has a right to it, or this caller has none.
    fn without_right(&self, nearest: &Expected) -> String {
        let reply = &nearest.reply;
        let first = nearest.because.decided.first().and_then(|by| owner(*by));
        let of_locks = first.is_some_and(|(clause, _)| clause.area == Area::ObjectLock);
        let says = |part: &str| reply.message.is_some_and(|(words, _)| words.contains(part));
        let decides = |id: &str| deciding(nearest).any(|clause| clause.id == id);
        let denied = says("explicit deny") || decides("EVAL-OPX-013") || decides("EVAL-ORD-001");
        if of_locks {
            return " in spite of its lock".to_owned();
        }
        if blocks_public_access(nearest) {
            return " in spite of Block Public Access".to_owned();
        }
        if denied {
            return " in spite of a Deny".to_owned();
        }
        // No policy of a bucket lets anybody do what is asked of none.
        let route = self.request.operation.route();
        if self.request.caller == Caller::Anonymous
            && matches!(route, Route::ListBuckets | Route::CreateBucket)
        {
            return refused(reply);
        }
        if !self.has_policy() {
            return if self.is_of_the_account() {
                " without a policy"
            } else {
                " without a bucket policy"
            }
            .to_owned();
        }
        self.not_allowed(nearest)
    }

    /// What no policy allows of what is asked.
    fn not_allowed(&self, nearest: &Expected) -> String {
        let message = nearest.reply.message.map(|(words, _)| words);
        let action = message.and_then(|words| words.split_once(MISSING));
        if let Some(action) = action.and_then(|(_, rest)| rest.split(' ').next()) {
            return format!(" though no policy allows {action}");
        }
        let named = |name: &str| nearest.because.decided.iter().any(|by| is_named(*by, name));
        let what = if asks_more(nearest) { "all of it" } else { "it" };
        if named("identity-side") {
            return format!(" though no policy of its own account allows {what}");
        }
        if named("resource-side") && !self.has_bucket_policy() {
            return " without a bucket policy".to_owned();
        }
        if named("resource-side") {
            return format!(" though the bucket policy does not allow {what}");
        }
        format!(" though no policy allows {what}")
    }

    /// What is asked for and is not there.
    fn missing(&self, code: Code) -> String {
        let what = match code {
            Code::NoSuchBucket => "bucket",
            Code::NoSuchKey => "object",
            Code::NoSuchVersion => "version",
            Code::NoSuchUpload => "upload",
            _ => return " where there is none".to_owned(),
        };
        let route = self.request.operation.route();
        if matches!(route, Route::CopyObject | Route::UploadPartCopy) {
            return format!(" though the {what} that is named does not exist");
        }
        format!(" though the {what} does not exist")
    }

    /// Whether it is a write under a condition, and no copy: those have conditions on their source.
    fn is_conditional_write(&self) -> bool {
        let route = self.request.operation.route();
        let is_copy = matches!(route, Route::CopyObject | Route::UploadPartCopy);
        let arguments = self.request.operation.words(&self.program.world);
        let has_condition = arguments.iter().any(|(name, _)| name.starts_with("if_match"));
        has_condition && !is_copy && !route.row().method.reads()
    }

    /// Whether who asks is of the account that owns the bucket.
    fn is_of_the_account(&self) -> bool {
        let by_other = is_made_by_other(self.program, self.request);
        match self.request.caller {
            Caller::Owner | Caller::User => !by_other,
            Caller::Other => by_other,
            Caller::Anonymous => false,
        }
    }

    /// Whether a policy of a bucket was put before.
    fn has_bucket_policy(&self) -> bool {
        let mut requests = self.program.requests();
        requests.any(|(_, request)| matches!(request.operation, Operation::PutBucketPolicy { .. }))
    }

    /// Whether a policy was put before.
    fn has_policy(&self) -> bool {
        self.program.requests().any(|(_, request)| {
            matches!(
                request.operation,
                Operation::PutBucketPolicy { .. } | Operation::PutUserPolicy { .. }
            )
        })
    }
}

/// With what S3 refuses it.
fn refused(reply: &Reply) -> String {
    format!(
        ", which S3 refuses with {}",
        answer(reply.status, reply.code.map(|code| code.name()))
    )
}

/// Whether Block Public Access is among what decided.
fn blocks_public_access(nearest: &Expected) -> bool {
    deciding(nearest)
        .any(|clause| clause.role() == Role::Denies && clause.setting() == Some(Setting::PublicAccess))
}

/// The clauses that decided.
fn deciding(nearest: &Expected) -> impl Iterator<Item = &'static Clause> {
    let deciding = nearest.because.decided.iter().filter_map(|by| owner(*by));
    deciding.map(|(clause, _)| clause)
}

fn is_named(by: FacetId, name: &str) -> bool {
    owner(by).is_some_and(|(_, facet)| facet.name == name)
}

/// Whether a right was asked for beside the one that the operation needs in any case.
fn asks_more(nearest: &Expected) -> bool {
    let is_more = |by: &FacetId| {
        owner(*by).is_some_and(|(clause, facet)| {
            clause.role() == Role::Grants
                && clause.id.starts_with("EVAL-OP-")
                && !facet.name.ends_with("action")
        })
    };
    nearest.because.decided.iter().any(is_more)
}
