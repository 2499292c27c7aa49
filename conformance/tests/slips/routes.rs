//! Every route, whoever asks: how bad a stranger's success, a refusal, another status and a lost write are on it, and what
//! is answered as another operation.

use bucketlaw_conformance::report::Finding;

use super::*;

/// A bucket of the owner with something of everything in it.
const BUCKET: &str = "bucketlaw program 1\n\
    policy p = Allow user s3:GetObject b/*\n\
    1 owner CreateBucket bucket=b lock=true\n\
    2 owner PutObject bucket=b key=k hold=ON\n\
    3 owner PutObjectTagging bucket=b key=k tags=tag:x\n\
    4 owner PutBucketTagging bucket=b tags=tag:x\n\
    5 owner CreateMultipartUpload bucket=b key=m\n\
    6 owner UploadPart bucket=b key=m upload=u5\n\
    8 owner PutBucketPolicy bucket=b policy=p\n\
    9 owner PutPublicAccessBlock bucket=b on=true\n";

/// Requests on each route: how bad it is if a stranger may send them, and if the owner may not. ACLs are left out, of which
/// the law shows nothing that is anybody's.
const REQUESTS: &[(&str, Severity, Severity)] = {
    use Severity::{Critical, High, Medium};
    &[
        ("HeadBucket bucket=b", Medium, Medium),
        ("GetBucketLocation bucket=b", Medium, Medium),
        ("GetBucketVersioning bucket=b", High, Medium),
        ("GetObjectLockConfiguration bucket=b", High, Medium),
        ("GetPublicAccessBlock bucket=b", High, Medium),
        ("GetBucketOwnershipControls bucket=b", High, Medium),
        ("GetBucketPolicy bucket=b", Critical, Medium),
        ("GetBucketTagging bucket=b", Critical, Medium),
        ("ListObjects bucket=b", Critical, Medium),
        ("ListObjectsV2 bucket=b", Critical, Medium),
        ("ListObjectVersions bucket=b", Critical, Medium),
        ("ListMultipartUploads bucket=b", Critical, Medium),
        ("ListParts bucket=b key=m upload=u5", Critical, Medium),
        ("GetObject bucket=b key=k", Critical, Medium),
        ("GetObject bucket=b key=k version=v2", Critical, Medium),
        ("HeadObject bucket=b key=k", Critical, Medium),
        ("HeadObject bucket=b key=k version=v2", Critical, Medium),
        ("GetObjectAttributes bucket=b key=k", Critical, Medium),
        ("GetObjectAttributes bucket=b key=k version=v2", Critical, Medium),
        ("GetObjectTagging bucket=b key=k", Critical, Medium),
        ("GetObjectTagging bucket=b key=k version=v2", Critical, Medium),
        ("GetObjectLegalHold bucket=b key=k", High, Medium),
        // What destroys, hides or opens what is there.
        ("DeleteBucketPolicy bucket=b", Critical, High),
        ("DeletePublicAccessBlock bucket=b", Critical, Medium),
        (
            "PutBucketOwnershipControls bucket=b ownership=ObjectWriter",
            Critical,
            Medium,
        ),
        ("DeleteBucketTagging bucket=b", Critical, Medium),
        ("DeleteObject bucket=b key=k", Critical, Medium),
        ("DeleteObjectTagging bucket=b key=k", Critical, Medium),
        ("DeleteObjectTagging bucket=b key=k version=v2", Critical, Medium),
        ("AbortMultipartUpload bucket=b key=m upload=u5", Critical, Medium),
        ("PutPublicAccessBlock bucket=b", Critical, Medium),
        ("PutObjectLegalHold bucket=b key=k hold=OFF", Critical, Medium),
        ("PutObject bucket=b key=k content=x", Critical, Medium),
        ("PutObjectTagging bucket=b key=k tags=tag:y", Critical, Medium),
        ("PutBucketTagging bucket=b tags=tag:y", Critical, Medium),
        // What adds something is as bad as the clause about rights says.
        ("PutObject bucket=b key=l", Critical, Medium),
        (
            "CopyObject source_bucket=b source_key=k bucket=b key=l",
            Critical,
            Medium,
        ),
        ("CreateMultipartUpload bucket=b key=l", Critical, Medium),
        ("UploadPart bucket=b key=m upload=u5 part=2", Critical, Medium),
        (
            "CompleteMultipartUpload bucket=b key=m upload=u5",
            Critical,
            Medium,
        ),
        // What changes nothing.
        ("PutBucketVersioning bucket=b status=Enabled", Medium, Medium),
        ("PutBucketTagging bucket=b tags=tag:x", Medium, Medium),
        ("DeleteObject bucket=b key=k version=null", Medium, Medium),
    ]
};

/// The program in which somebody sends a request about the bucket.
fn asked(nth: usize, caller: &str, request: &str) -> Entry {
    let program = Program::read(&format!("{BUCKET}20 {caller} {request}\n")).unwrap();
    let route = program.requests().last().unwrap().1.operation.route();
    Entry {
        id: format!("r{nth:07}"),
        tells: vec![format!("EVAL-XACC-001/resource-side@{route}")],
        ..Entry::new(format!("scenarios/r{nth:07}.program"), program)
    }
}

fn all_asked(caller: &str) -> Vec<Entry> {
    let requests = REQUESTS.iter().enumerate();
    requests
        .map(|(nth, (request, ..))| asked(nth, caller, request))
        .collect()
}

/// The worst that is found in each program, if something is.
fn worst_of(entries: &[Entry], histories: &[History]) -> Vec<Option<Severity>> {
    let each = |(entry, history): (&Entry, &History)| {
        let (_, assembled) = judged(std::slice::from_ref(entry), std::slice::from_ref(history));
        assembled
            .findings
            .iter()
            .flat_map(Finding::each)
            .map(|finding| finding.severity)
            .min()
    };
    entries.iter().zip(histories).map(each).collect()
}

/// What is not as it should be, of all requests.
fn unlike(wanted: impl Fn(usize) -> Severity, found: &[Option<Severity>]) -> Vec<String> {
    let unlike = |(nth, severity): (usize, &Option<Severity>)| {
        let right = *severity == Some(wanted(nth));
        (!right).then(|| format!("{}: {severity:?}, not {:?}", REQUESTS[nth].0, wanted(nth)))
    };
    found.iter().enumerate().filter_map(unlike).collect()
}

#[test]
fn a_strangers_success_is_as_bad_as_what_it_did() {
    let entries = all_asked("other");
    let law = Law::full()
        .repeal("EVAL-XACC-001")
        .and_then(|law| law.repeal("EVAL-XACC-005"))
        .unwrap();
    let found = worst_of(&entries, &histories(law, "bl-stra-", &entries));
    assert_eq!(unlike(|nth| REQUESTS[nth].1, &found), Vec::<String>::new());
}

#[test]
fn a_refusal_gives_nothing_away() {
    let entries = all_asked("owner");
    let mut histories = histories(Law::full(), "bl-refu-", &entries);
    for history in &mut histories {
        last_answer(history, |response| refuse(response, 403, "AccessDenied"));
    }
    let mut found = worst_of(&entries, &histories);
    // What no clause about the one request grants is told as a difference, without a grade.
    for (severity, (.., wanted)) in found.iter_mut().zip(REQUESTS) {
        severity.get_or_insert(*wanted);
    }
    assert_eq!(unlike(|nth| REQUESTS[nth].2, &found), Vec::<String>::new());
}

#[test]
fn another_success_status_is_no_more_than_a_wrong_answer() {
    let entries = all_asked("owner");
    let mut histories = histories(Law::full(), "bl-stat-", &entries);
    for history in &mut histories {
        last_answer(history, |response| {
            response.status = if response.status == 204 { 200 } else { 202 };
        });
    }
    for (severity, entry) in worst_of(&entries, &histories).into_iter().zip(&entries) {
        assert!(
            severity.is_none_or(|severity| severity >= Severity::Medium),
            "{}",
            entry.program
        );
    }
}

#[test]
fn a_lost_write_is_high() {
    let entries = telling(&["VER-PUT-00", "VER-GET-016", "VER-COPY-0", "VER-CONS-001"]);
    for operation in ["GetObject", "HeadObject"] {
        let mut histories = histories(
            Law::full(),
            &format!("bl-{}-", operation.to_lowercase()),
            &entries,
        );
        altered(&mut histories, |request, response| {
            if request.operation.name() == operation && response.status == 200 {
                refuse(response, 404, "NoSuchKey");
            }
        });
        let (_, assembled) = judged(&entries, &histories);
        let all = assembled.findings.iter().flat_map(Finding::each);
        assert_eq!(
            all.map(|finding| finding.severity).min(),
            Some(Severity::High),
            "{operation}"
        );
    }
}

/// What shows another operation's document, or the object's bytes, is none of the asked operation's.
#[test]
fn another_operations_answer_is_charged_to_the_subresource_on_every_route() {
    const LISTED: &[u8] = b"<ListBucketResult><Name>b</Name><Prefix></Prefix></ListBucketResult>";
    let has_document = |request: &str| {
        let operation = request.split(' ').next().unwrap();
        let is_plain = matches!(operation, "GetObject" | "ListObjects" | "ListObjectsV2");
        !is_plain
            && (["Get", "List", "Copy", "Create", "Complete"]
                .iter()
                .any(|start| operation.starts_with(start)))
    };
    let asks = REQUESTS
        .iter()
        .enumerate()
        .filter(|(_, (request, ..))| has_document(request));
    let entries: Vec<Entry> = asks
        .map(|(nth, (request, ..))| asked(nth, "owner", request))
        .collect();
    let honest = histories(Law::full(), "bl-oth-", &entries);
    for (entry, honest) in entries.iter().zip(&honest) {
        for (is_list, body) in [(true, LISTED), (false, b"a")] {
            let mut history = honest.clone();
            last_answer(&mut history, |response| {
                response.status = 200;
                response.body = body.to_vec();
                if !is_list {
                    response.headers.push(("ETag".to_owned(), "\"e\"".into()));
                }
            });
            let of_bytes = entry.program.to_string().contains("GetBucketPolicy");
            let (_, assembled) = judged(std::slice::from_ref(entry), std::slice::from_ref(&history));
            // A policy that is no policy is no bytes of an object.
            if is_list || !of_bytes {
                assert_eq!(violated(&assembled), ["EVAL-OPX-009"], "{}", entry.program);
            }
        }
    }
}

/// Alters the last answer of a history.
fn last_answer(history: &mut History, alter: impl FnOnce(&mut RawResponse)) {
    if let Outcome::Exchange(Exchange { response, .. }) = &mut history.steps.last_mut().unwrap().result {
        alter(response);
    }
}
