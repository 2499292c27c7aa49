//! What makes a witness reveal more: the shortest program asks for what is not there as soon as that tells the facet, and a
//! server that looks a key up first is never seen to do more than that.
//!
//! So whatever the last request asks for is made, and the bucket is a plain one, if the program tells its facet all the same:
//! then a server without the facet shows bytes, deletes an object or copies one, and not merely another refusal.

use crate::argument::{Argument, BucketName, Key, Mapping, Place, UploadRef, VersionRef};
use crate::belief::Possibility;
use crate::check::witness::{Mutant, laws};
use crate::law::Law;
use crate::program::{Act, Handle, Program, Step};
use crate::request::{Operation, Request, Route};
use crate::simulate::{Told, instant, tells};
use crate::state::{Version, Versions};
use crate::step::step;
use crate::time::Moment;

/// One version of a key, or its current one.
type Object = (BucketName, Key, VersionRef);

/// A program that tells a facet on a route as this one does, with less that it needs and more that it shows.
#[must_use]
pub fn revealing(program: &Program, mutant: Mutant) -> Program {
    let is_told = |candidate: &Program| {
        let mut pairs = laws(mutant).into_iter();
        pairs.any(|(law, mutated)| tells(&law, &mutated, candidate) == Told::Always)
    };
    let mut best = program.clone();
    for improve in [plain, bucket, source, target, part, tags] {
        // What is missing all the same, as a later request takes it away, is what the program is about.
        let is_mended = |better: &Program| improve(better).is_none();
        let better = improve(&best)
            .filter(is_mended)
            .filter(is_sendable)
            .filter(|better| is_told(better));
        best = better.unwrap_or(best);
    }
    best
}

/// The program with plain buckets in place of lock buckets, unless it asks for lock state or writes it.
fn plain(program: &Program) -> Option<Program> {
    let about_locks = ["Retention", "LegalHold", "ObjectLock"];
    let lock_words = ["mode", "until", "hold", "bypass"];
    let is_about = |request: &Request| {
        let words = request.operation.words(&program.world);
        words.iter().any(|(name, _)| lock_words.contains(name))
            || about_locks
                .iter()
                .any(|about| request.operation.name().contains(about))
    };
    if program.requests().any(|(_, request)| is_about(request)) {
        return None;
    }
    let mut plain = program.clone();
    for one in &mut plain.steps {
        if let Act::Ask(Request {
            operation: Operation::CreateBucket { lock, .. },
            ..
        }) = &mut one.act
        {
            *lock = false;
        }
    }
    (plain != *program).then_some(plain)
}

/// The program with the bucket that is asked for.
fn bucket(program: &Program) -> Option<Program> {
    let (before, last) = before_last(program)?;
    let asked = last.operation.place().bucket?;
    if matches!(last.operation, Operation::CreateBucket { .. }) || before.state.buckets.contains(&asked) {
        return None;
    }
    let name = asked.write(&program.world)?;
    with(program, 0, &format!("owner CreateBucket bucket={name}"))
}

/// The program with the source that is to be copied.
fn source(program: &Program) -> Option<Program> {
    let (_, last) = before_last(program)?;
    let is_copy = matches!(
        last.operation,
        Operation::CopyObject { .. } | Operation::UploadPartCopy { .. }
    );
    let asked = objects(&last).first().copied().filter(|_| is_copy)?;
    with_object(program, asked)
}

/// The program with the object that is asked for, if it is not what the request would make.
fn target(program: &Program) -> Option<Program> {
    let (_, last) = before_last(program)?;
    let makes = matches!(
        last.operation.route(),
        Route::PutObject
            | Route::CopyObject
            | Route::CreateMultipartUpload
            | Route::UploadPart
            | Route::UploadPartCopy
            | Route::CompleteMultipartUpload
            | Route::AbortMultipartUpload
            | Route::ListParts
    );
    let asked = objects(&last).first().copied().filter(|_| !makes)?;
    with_object(program, asked)
}

/// The program with a part of the upload that is asked for.
fn part(program: &Program) -> Option<Program> {
    let (before, last) = before_last(program)?;
    let asked = matches!(
        last.operation.route(),
        Route::ListParts | Route::AbortMultipartUpload | Route::CompleteMultipartUpload
    );
    let (bucket, key, _) = objects(&last).first().copied().filter(|_| asked)?;
    let uploads = &before.state.buckets.get(&bucket)?.uploads;
    let mut of_key = uploads.iter().filter(|((of, _), _)| *of == key);
    if !of_key.any(|(_, upload)| upload.parts.iter().next().is_none()) {
        return None;
    }
    let begins = |request: &Request| matches!(request.operation, Operation::CreateMultipartUpload { .. });
    let (at, number, caller) = made_by(program, begins)?;
    let (bucket, key) = (bucket.write(&program.world)?, key.write(&program.world)?);
    let line = format!("{caller} UploadPart bucket={bucket} key={key} upload=u{number}");
    with(program, at, &line)
}

/// The program with tags where tags are asked for.
fn tags(program: &Program) -> Option<Program> {
    let (before, last) = before_last(program)?;
    let name = last.operation.name();
    let asked = last.operation.place();
    let bucket = asked.bucket?.write(&program.world)?;
    let there = before.state.buckets.get(&asked.bucket?)?;
    if matches!(name, "GetBucketTagging" | "DeleteBucketTagging") {
        let (at, _, caller) = made_by(program, |request| makes_bucket(request, asked.bucket))?;
        let untagged = there.tags.pairs().next().is_none();
        let line = format!("{caller} PutBucketTagging bucket={bucket} tags=x");
        return with(program, at, &line).filter(|_| untagged);
    }
    let version = there.keys.get(&asked.key?).and_then(|versions| versions.last())?;
    let untagged = version.content.is_some() && version.tags.pairs().next().is_none();
    if !matches!(name, "GetObjectTagging" | "DeleteObjectTagging") || !untagged {
        return None;
    }
    let makes = |request: &Request| {
        matches!(request.operation, Operation::PutObject { .. }) && request.operation.place() == asked
    };
    let (at, _, caller) = made_by(program, makes)?;
    let key = asked.key?.write(&program.world)?;
    let line = format!("{caller} PutObjectTagging bucket={bucket} key={key} tags=x");
    with(program, at, &line)
}

/// The program with an object that is not there, made by who made its bucket as soon as that was there.
fn with_object(program: &Program, (bucket, key, version): Object) -> Option<Program> {
    let (before, _) = before_last(program)?;
    let versions = before.state.buckets.get(&bucket)?.keys.get(&key);
    let there = versions.and_then(|versions| named(versions, version));
    if there.is_some_and(|version| version.content.is_some()) {
        return None;
    }
    let (at, _, caller) = made_by(program, |request| makes_bucket(request, Some(bucket)))?;
    let (bucket, key) = (bucket.write(&program.world)?, key.write(&program.world)?);
    with(
        program,
        at,
        &format!("{caller} PutObject bucket={bucket} key={key}"),
    )
}

/// A version of a key; of an id that can be no version's the current one.
fn named(versions: &Versions, version: VersionRef) -> Option<&Version> {
    match version {
        VersionRef::Named(name) => versions.iter().find(|one| one.name == name),
        VersionRef::Current | VersionRef::Malformed | VersionRef::Empty | VersionRef::Foreign(..) => {
            versions.last()
        }
        VersionRef::Made(_) => None,
    }
}

fn makes_bucket(request: &Request, bucket: Option<BucketName>) -> bool {
    matches!(request.operation, Operation::CreateBucket { .. }) && request.operation.place().bucket == bucket
}

/// Behind which step the last request like this stands, its number, and who made it; never the last of all.
fn made_by(program: &Program, is_wanted: impl Fn(&Request) -> bool) -> Option<(usize, u16, &'static str)> {
    let (_, before) = program.steps.split_last()?;
    before
        .iter()
        .enumerate()
        .rev()
        .find_map(|(at, step)| match &step.act {
            Act::Ask(request) if is_wanted(request) => Some((at + 1, step.number, request.caller.name())),
            Act::Ask(_) | Act::Wait(_) => None,
        })
}

/// The objects that a request names, in the order in which it names them.
fn objects(request: &Request) -> Vec<Object> {
    let mut named = Named::default();
    let _ = request.operation.map_references(&mut named);
    named.objects
}

/// Collects the objects that a request names.
#[derive(Default)]
struct Named {
    place: Place,
    objects: Vec<Object>,
}

impl Mapping for Named {
    fn bucket(&mut self, bucket: BucketName) {
        self.place.bucket = Some(bucket);
    }

    fn key(&mut self, key: Key) {
        self.place.key = Some(key);
        if let Some(bucket) = self.place.bucket {
            self.objects.push((bucket, key, VersionRef::Current));
        }
    }

    fn version(&mut self, version: VersionRef) -> VersionRef {
        if let Some(last) = self.objects.last_mut() {
            last.2 = version;
        }
        version
    }
}

/// What is known before the last request of a program that the law answers, and that request.
fn before_last(program: &Program) -> Option<(Possibility, Request)> {
    let mut server = Possibility::default();
    let mut waited = 0;
    let (last, before) = program.steps.split_last()?;
    for one in before {
        match &one.act {
            Act::Wait(units) => waited = waited.max(*units),
            Act::Ask(request) => answer(&mut server, program, (one.number, request), waited)?,
        }
    }
    match &last.act {
        Act::Ask(request) => {
            let resolved = server.resolve(request);
            Some((server, resolved))
        }
        Act::Wait(_) => None,
    }
}

/// Lets a server that obeys the law answer a request, in the first way that it may.
fn answer(
    server: &mut Possibility,
    program: &Program,
    (number, request): (u16, &Request),
    waited: i8,
) -> Option<()> {
    let now = Moment::exactly(instant(&program.world, waited));
    let resolved = server.resolve(request);
    let transitions = step(&Law::full(), &program.world, &server.state, &resolved, now);
    let transition = transitions.into_iter().next()?;
    server.expose(number, &resolved, &transition.reply);
    server.state = transition.next.unwrap_or_else(|| server.state.clone());
    Some(())
}

/// Whether each handle of a program stands for what an earlier reply showed.
fn is_sendable(program: &Program) -> bool {
    let mut server = Possibility::default();
    let mut waited = 0;
    for one in &program.steps {
        match &one.act {
            Act::Wait(units) => waited = waited.max(*units),
            Act::Ask(request) => {
                let mut made = Made(false);
                let _ = server.resolve(request).operation.map_references(&mut made);
                if made.0 || answer(&mut server, program, (one.number, request), waited).is_none() {
                    return false;
                }
            }
        }
    }
    true
}

/// Looks for handles that stand for nothing.
struct Made(bool);

impl Mapping for Made {
    fn version(&mut self, version: VersionRef) -> VersionRef {
        self.0 |= matches!(version, VersionRef::Made(_));
        version
    }

    fn upload(&mut self, upload: UploadRef) -> UploadRef {
        self.0 |= matches!(upload, UploadRef::Made(_));
        upload
    }
}

/// The program with one more request behind so many steps.
fn with(program: &Program, behind: usize, line: &str) -> Option<Program> {
    let number = match behind.checked_sub(1) {
        None => 1,
        Some(last) => program.steps.get(last)?.number + 1,
    };
    let mut more = program.clone();
    let shift = |other: u16| if other >= number { other + 1 } else { other };
    more.steps = Vec::new();
    more.vias = program
        .vias
        .iter()
        .map(|(step, via)| (shift(*step), *via))
        .collect();
    for one in &program.steps {
        let act = match &one.act {
            Act::Ask(request) => Act::Ask(Request {
                caller: request.caller,
                operation: request.operation.map_references(&mut Shift(number)),
            }),
            wait @ Act::Wait(_) => wait.clone(),
        };
        let number = shift(one.number);
        more.steps.push(Step { number, act });
    }
    let step = Program::step(&format!("{number} {line}"), &program.world).ok()?;
    more.steps.insert(behind, step);
    Some(more)
}

/// Counts the handles of steps from a number on one further.
struct Shift(u16);

impl Shift {
    fn handle(&self, handle: Handle) -> Handle {
        let step = if handle.step >= self.0 {
            handle.step + 1
        } else {
            handle.step
        };
        Handle { step, ..handle }
    }
}

impl Mapping for Shift {
    fn version(&mut self, version: VersionRef) -> VersionRef {
        match version {
            VersionRef::Made(handle) => VersionRef::Made(self.handle(handle)),
            VersionRef::Named(_)
            | VersionRef::Current
            | VersionRef::Malformed
            | VersionRef::Empty
            | VersionRef::Foreign(..) => version,
        }
    }

    fn upload(&mut self, upload: UploadRef) -> UploadRef {
        match upload {
            UploadRef::Made(handle) => UploadRef::Made(self.handle(handle)),
            UploadRef::Named(_) | UploadRef::Malformed => upload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::parse_repeal;

    /// The steps of what reveals more than a program that tells a facet on a route.
    fn revealed(words: &str, steps: &str) -> String {
        let [(facet, route)] = parse_repeal(words).unwrap()[..] else {
            panic!("{words} is one facet on one route");
        };
        let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
        let better = revealing(&program, (facet.id, route)).to_string();
        better.strip_prefix("bucketlaw program 1\n").unwrap().to_owned()
    }

    #[test]
    fn what_is_asked_for_is_made_before_whoever_may_not_have_it_asks() {
        assert_eq!(
            revealed(
                "EVAL-OP-039/action@DeleteObject",
                "1 owner CreateBucket bucket=b lock=true\n2 user DeleteObject bucket=b key=k\n"
            ),
            "1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n3 user DeleteObject bucket=b key=k\n"
        );
    }

    #[test]
    fn a_null_version_is_there_once_the_bucket_is_plain_and_handles_follow_their_steps() {
        let policy = "policy version = Allow user s3:DeleteObject b/*\n";
        assert_eq!(
            revealed(
                "EVAL-OP-039/version-action@DeleteObjectVersion",
                &format!(
                    "{policy}1 owner CreateBucket bucket=b lock=true\n2 owner PutBucketPolicy bucket=b policy=version\n\
                     3 user DeleteObject bucket=b key=k version=null\n"
                )
            ),
            format!(
                "{policy}1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n\
                 3 owner PutBucketPolicy bucket=b policy=version\n4 user DeleteObject bucket=b key=k version=null\n"
            )
        );
    }

    #[test]
    fn an_upload_has_a_part_and_a_copy_a_source() {
        assert_eq!(
            revealed(
                "EVAL-OP-038/action@ListParts",
                "1 owner CreateBucket bucket=b\n2 owner CreateMultipartUpload bucket=b key=k\n\
                 3 user ListParts bucket=b key=k upload=u2\n"
            ),
            "1 owner CreateBucket bucket=b\n2 owner CreateMultipartUpload bucket=b key=k\n\
             3 owner UploadPart bucket=b key=k upload=u2\n4 user ListParts bucket=b key=k upload=u2\n"
        );
        let policy = "policy put = Allow user s3:PutObject,s3:GetObject,s3:ListBucket b,b/*\n";
        let steps = format!(
            "{policy}1 owner CreateBucket bucket=b lock=true\n2 owner PutBucketPolicy bucket=b policy=put\n\
             3 user CopyObject source_bucket=b source_key=s bucket=b key=k hold=ON\n"
        );
        assert!(
            revealed("EVAL-OP-032/hold@CopyObject", &steps)
                .contains("2 owner PutObject bucket=b key=s\n3 owner Put")
        );
    }

    #[test]
    fn a_rule_about_what_is_not_there_stays_as_it_is() {
        let steps = "1 owner CreateBucket bucket=b\n2 owner GetObject bucket=b key=k\n";
        assert_eq!(revealed("VER-GET-006/missing@GetObject", steps), steps);
    }
}
