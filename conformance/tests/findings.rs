//! Faults that no program of the suite told once, each beside the program that tells it now.
//!
//! A fault is a law with a facet repealed on a route, or a server that obeys the law but for what stands in a function
//! here: the kind that a repeal cannot express. Every program is lawful on the whole law, and convicts each of its faults.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Mutex;

use bucketlaw_conformance::judge::{Ending, Judgement, judge};
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::{AtOnce, Rule, ServeLaw, now};
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_model::law::Law;
use bucketlaw_model::reply::Reply;
use bucketlaw_model::request::Request;
use bucketlaw_model::state::State;
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;
use bucketlaw_model::world::World;

use support::{plan, session};

#[path = "findings/servers.rs"]
mod servers;
#[path = "support/session.rs"]
mod support;

/// What a faulty server does instead of what the law says, given the state before and what is lawful; `None` where it
/// does as the law says.
type Instead = fn(&State, &Request, (&Reply, &State)) -> Option<(Reply, State)>;

/// One fault.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The law with a facet repealed on a route.
    Without(&'static str),
    /// A server that does otherwise in one case.
    Server(Instead),
}

use Fault::{Server, Without};

/// The programs, by their files in `suite/regressions/`, and the faults that each of them tells.
#[rustfmt::skip]
const FAULTS: &[(&str, &[Fault])] = &[
    ("conditional-delete-of-a-version", &[
        Without("VER-COND-019/refused@DeleteObjectVersion"),
        Without("VER-COND-019/not-of-the-named@DeleteObjectVersion"),
        Server(servers::tests_the_named_version_in_vain),
    ]),
    ("conditional-delete-of-nothing", &[
        Without("VER-COND-013/star-missing@DeleteObject"),
        Without("VER-COND-013/star-marker@DeleteObject"),
        Without("VER-COND-013/etag-missing@DeleteObject"),
        Without("VER-COND-013/etag-marker@DeleteObject"),
        Without("VER-COND-013/not-found@DeleteObject"),
        Server(servers::marks_what_it_refuses_to_delete),
    ]),
    ("deleted-after-enabling", &[
        Without("VER-GET-013/markers-hide@ListObjectsV2"),
        Without("VER-GET-013/markers-hide@ListObjects"),
        Server(servers::lists_null_objects_below_markers),
    ]),
    ("deny-of-delete-version-in-a-batch", &[
        Without("EVAL-OP-040/version-action@DeleteObjectsVersion"),
        Without("EVAL-OP-040/action@DeleteObjectsVersion"),
        Without("EVAL-ORD-001/deny@DeleteObjectsVersion"),
    ]),
    ("hold-off-under-default-retention", &[
        Without("LOCK-CFG-012/beside-hold@PutObject"),
        Without("LOCK-CFG-012/beside-hold@CopyObject"),
        Without("LOCK-CFG-012/beside-hold@CompleteMultipartUpload"),
        Server(servers::drops_the_default_beside_a_hold_of_off),
    ]),
    ("last-page-has-no-marker", &[
        Without("VER-LIST-016/next-key-marker@ListObjectVersions"),
        Without("VER-LIST-016/next-version-id-marker@ListObjectVersions"),
    ]),
    ("null-marker-below", &[
        Without("VER-DEL-006/one-null-marker@DeleteObject"),
        Server(servers::leaves_the_null_marker_where_it_is),
    ]),
    ("page-of-nothing", &[
        Without("VER-LIST-015/nothing@ListObjectVersions"),
        Without("VER-LIST-015/not-truncated@ListObjectVersions"),
    ]),
    ("retention-in-the-past-of-an-unlocked-version", &[
        Without("LOCK-RET-004/past@PutObjectRetention"),
        Server(servers::lets_a_first_retention_lie_in_the_past),
    ]),
    ("tags-are-removed", &[
        Without("VER-GET-017/removes@DeleteObjectTagging"),
        Server(servers::only_says_that_tags_are_removed),
    ]),
    ("upload-over-an-older-version", &[
        Without("VER-PUT-016/bytes@CompleteMultipartUpload"),
        Without("VER-COND-004/if-none-match@CompleteMultipartUpload"),
        Server(servers::writes_uploads_into_the_oldest_version),
        Server(servers::ends_an_upload_whose_completion_it_refuses),
    ]),
    ("upload-completed-twice", &[
        Without("VER-PUT-014/again@CompleteMultipartUpload"),
        Without("VER-PUT-014/nothing-new@CompleteMultipartUpload"),
        Without("VER-PUT-016/bytes@CompleteMultipartUpload"),
        Server(servers::writes_uploads_into_the_oldest_version),
    ]),
    ("second-completion-under-a-condition", &[
        Without("VER-PUT-014/if-none-match@CompleteMultipartUpload"),
        Without("VER-PUT-014/etag@CompleteMultipartUpload"),
    ]),
    ("conditions-in-the-query", &[
        Without("VER-COND-020/if-match@PutObject"),
        Without("VER-COND-020/if-none-match@PutObject"),
    ]),
    ("etags-and-sizes-agree", &[
        Without("VER-GET-016/etag@PutObject"),
        Without("VER-GET-016/etag@GetObject"),
        Without("VER-GET-016/etag@HeadObject"),
        Without("VER-GET-016/size@HeadObject"),
        Without("VER-GET-016/etag@GetObjectAttributes"),
        Without("VER-GET-016/size@GetObjectAttributes"),
        Without("VER-GET-016/etag@ListObjectsV2"),
        Without("VER-GET-016/size@ListObjectVersions"),
        Without("VER-GET-016/etag@CopyObject"),
        Without("VER-GET-016/etag@CompleteMultipartUpload"),
    ]),
    ("keys-in-order", &[
        Without("VER-LIST-013/ascending@ListObjects"),
        Without("VER-LIST-013/ascending@ListObjectVersions"),
        Without("VER-LIST-013/bytes@ListObjectsV2"),
        Without("VER-LIST-013/case@ListObjectsV2"),
        Without("VER-LIST-013/bytes@ListMultipartUploads"),
    ]),
    ("pattern-with-a-space", &[
        Without("POL-RES-003/decoded@GetObject"),
    ]),
    ("question-mark-is-one-character", &[
        Without("POL-RES-002/question-mark@GetObject"),
    ]),
    ("colon-in-a-bucket-policy", &[
        Without("POL-RES-003/decoded@GetObject"),
    ]),
    ("colon-in-a-key-and-its-policy", &[
        Without("POL-RES-003/decoded@GetObject"),
    ]),
    ("patterns-are-compared-with-bytes", &[
        Without("POL-RES-003/decoded@GetObject"),
        Without("POL-RES-002/question-mark@GetObject"),
    ]),
    ("hold-leaves-the-bytes", &[
        Without("EVAL-OPX-009/plain@PutObjectLegalHold"),
    ]),
    ("public-access-block-leaves-the-bucket", &[
        Without("EVAL-OPX-009/plain@DeletePublicAccessBlock"),
    ]),
    ("subresources-leave-the-object", &[
        Without("EVAL-OPX-009/plain@PutObjectRetention"),
        Without("EVAL-OPX-009/plain@PutObjectTagging"),
        Without("EVAL-OPX-009/plain@DeleteObjectTagging"),
        Without("EVAL-OPX-009/plain@UploadPart"),
        Without("EVAL-OPX-009/plain@AbortMultipartUpload"),
    ]),
    ("stranger-reads-an-object", &[
        Without("EVAL-XACC-001/resource-side@GetObject"),
        Without("EVAL-OP-028/action@GetObject"),
    ]),
    ("stranger-copies-an-object", &[
        Without("EVAL-XACC-001/resource-side@CopyObject"),
        Without("EVAL-OPX-010/refused@CopyObject"),
    ]),
    ("policy-without-a-principal", &[
        Without("POL-GRAM-017/principal@PutBucketPolicy"),
        Without("POL-VAL-005/star@PutBucketPolicy"),
    ]),
];

/// The law, carried out with one fault.
#[derive(Debug)]
struct Faulty(Instead);

impl Rule for Faulty {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let mut state = state.lock().unwrap();
        let lawful = step(law, world, &state, request, Moment::exactly(now()))
            .into_iter()
            .next()?;
        let next = lawful.next.unwrap_or_else(|| state.clone());
        let (reply, next) = (self.0)(&state, request, (&lawful.reply, &next)).unwrap_or((lawful.reply, next));
        *state = next;
        Some(reply)
    }
}

#[test]
fn each_program_tells_its_faults_and_nothing_of_the_law() {
    let entries = embedded().unwrap();
    let mut wanting = Vec::new();
    for (name, faults) in FAULTS {
        let path = format!("regressions/{name}.program");
        let entry = entries.iter().find(|entry| entry.path == path);
        let Some(entry) = entry else {
            wanting.push(format!("{path} is not in the suite"));
            continue;
        };
        if let Some(told) = convicted(Law::full(), Box::new(AtOnce), entry) {
            wanting.push(format!("{name} convicts the law: {told}"));
        }
        for fault in *faults {
            let told = match fault {
                Without(words) => convicted(Law::full().repeal(words).unwrap(), Box::new(AtOnce), entry),
                Server(instead) => convicted(Law::full(), Box::new(Faulty(*instead)), entry),
            };
            if told.is_none() {
                wanting.push(format!("{name} does not tell {fault:?}"));
            }
        }
    }
    assert!(wanting.is_empty(), "{}", wanting.join("\n"));
}

/// What a program convicts a law of, carried out by a rule.
fn convicted(law: Law, rule: Box<dyn Rule>, entry: &Entry) -> Option<String> {
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), law, rule).unwrap();
    let session = session(&serving);
    let histories = run(
        &session,
        &plan("bl-found-", 1),
        std::slice::from_ref(entry),
        &|_| {},
    );
    let judgement = judge(&Law::full(), histories.first()?, &[]);
    told(&judgement)
}

fn told(judgement: &Judgement) -> Option<String> {
    match &judgement.ending {
        Ending::Allowed if judgement.slips.is_empty() => None,
        ending => Some(format!("{ending:?}, {} slips", judgement.slips.len())),
    }
}
