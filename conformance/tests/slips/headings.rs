//! The heading of a finding: one true sentence, whatever is amiss.

use super::*;

/// The last request of a program is answered so, a status with a code, in place of what the law says.
const ANSWERED: &[(&str, (u16, &str))] = &[
    // What no policy allows.
    (
        "policy p = Allow user s3:PutObject b/*\n1 owner CreateBucket bucket=b lock=true\n2 owner PutBucketPolicy bucket=b policy=p\n3 user PutObject bucket=b key=k hold=ON\n",
        (200, ""),
    ),
    (
        "policy p = Allow user s3:PutObject b/*\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n3 user DeleteObject bucket=b key=k\n",
        (204, ""),
    ),
    (
        "policy p = Allow user s3:PutObject b/*\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n3 user HeadBucket bucket=b\n",
        (200, ""),
    ),
    (
        "policy p = Allow other s3:PutObject b/*\n1 owner CreateBucket bucket=b lock=true\n2 owner PutBucketPolicy bucket=b policy=p\n3 other PutObject bucket=b key=k hold=ON\n",
        (200, ""),
    ),
    (
        "policy p = Allow user s3:PutObject b/*\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n3 other DeleteBucketPolicy bucket=b\n",
        (204, ""),
    ),
    (
        "policy p = Allow account s3:* b,b/*\n1 other CreateBucket bucket=b\n2 other PutBucketPolicy bucket=b policy=p\n3 user DeleteBucketPolicy bucket=b\n",
        (204, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 user DeleteBucket bucket=b\n",
        (204, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 other DeleteBucket bucket=b\n",
        (204, ""),
    ),
    (
        "1 other CreateBucket bucket=b\n2 owner DeleteBucket bucket=b\n",
        (204, ""),
    ),
    ("1 anonymous CreateBucket bucket=b\n", (200, "")),
    // A Deny, also where the reply has no words.
    (
        "policy p = Deny account s3:List* b\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n3 owner HeadBucket bucket=b\n",
        (200, ""),
    ),
    (
        "policy p = Deny account s3:List* b\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n3 owner ListObjects bucket=b\n",
        (200, ""),
    ),
    // What is not there.
    (
        "1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k if_match=x\n",
        (200, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner DeleteObject bucket=b key=k if_match=x\n",
        (204, ""),
    ),
    ("1 owner PutObject bucket=b key=k\n", (200, "")),
    ("1 owner DeleteObjects bucket=b objects=k\n", (200, "")),
    (
        "1 owner CreateBucket bucket=b\n2 owner GetObject bucket=b key=k\n",
        (200, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner HeadObject bucket=b key=k\n",
        (200, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner CopyObject source_bucket=b source_key=k bucket=b key=l\n",
        (200, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner CreateMultipartUpload bucket=b key=k\n3 owner AbortMultipartUpload bucket=b key=k upload=u2\n4 owner ListParts bucket=b key=k upload=u2\n",
        (200, ""),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner GetBucketPolicy bucket=b\n",
        (200, ""),
    ),
    // Failures, and what the endpoint says that it lacks.
    (
        "1 owner CreateBucket bucket=b\n2 owner DeleteBucket bucket=b\n",
        (500, "InternalError"),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner GetObject bucket=b key=k\n",
        (500, "InternalError"),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner DeleteObject bucket=b key=k if_match_size=true\n",
        (404, "NoSuchKey"),
    ),
    // Another refusal.
    (
        "1 owner CreateBucket bucket=b\n2 owner DeleteBucket bucket=b\n",
        (403, "AccessDenied"),
    ),
    (
        "1 owner CreateBucket bucket=b\n2 owner HeadObject bucket=b key=k\n",
        (403, ""),
    ),
];

#[test]
fn headings_are_true_sentences() {
    let entries: Vec<Entry> = ANSWERED
        .iter()
        .enumerate()
        .map(|(number, (steps, _))| Entry {
            id: format!("h{number}"),
            path: format!("scenarios/h{number}.program"),
            tells: vec!["VER-PUT-001/stored@PutObject".to_owned()],
            also: Vec::new(),
            bugs: Vec::new(),
            program: Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap(),
        })
        .collect();
    let mut histories = histories(Law::full(), "bl-head-", &entries);
    let mut titles = String::new();
    for ((entry, history), (_, (status, code))) in entries.iter().zip(&mut histories).zip(ANSWERED) {
        if let Some(Outcome::Exchange(exchange)) = history.steps.last_mut().map(|taken| &mut taken.result) {
            exchange.response.headers.clear();
            match *code {
                "" => {
                    exchange.response.status = *status;
                    exchange.response.body.clear();
                }
                code => refuse(&mut exchange.response, *status, code),
            }
        }
        let one = std::slice::from_ref(entry);
        let (_, assembled) = judged(one, std::slice::from_ref(history));
        let asked = entry.program.to_string();
        let asked = asked.lines().last().unwrap_or_default();
        let title = assembled.findings.first().map_or_else(
            || format!("no finding: {:?}", assembled.unowned.first().map(|one| &one.what)),
            |finding| finding.title.clone(),
        );
        titles.push_str(&format!("{asked}: {status} {code}\n  {title}\n"));
    }
    insta::assert_snapshot!(titles);
}
