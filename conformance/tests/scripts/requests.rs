//! What scripts send is what the judge sends.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::{Arc, Mutex};

use bucketlaw_conformance::lower::{HttpDates, Names, Principals, lower};
use bucketlaw_conformance::repro::{Manner, Statuses, script};
use bucketlaw_conformance::serve_law::ROOTS;
use bucketlaw_conformance::session::Addressing;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::wire::RawRequest;
use bucketlaw_conformance::wire::checksum::{Algorithm, content_md5};
use bucketlaw_conformance::wire::chunked::{Chunked, Protection};
use bucketlaw_conformance::wire::sign::{Credentials, Signer};
use bucketlaw_model::argument::UploadRef;
use bucketlaw_model::program::{Act, Handle, Program, Step, Via};
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::Calendar;

use super::front::{Act as Answer, Front};
use super::{has_curl, manner};

/// Instead of asking, each step prints what it would ask for; replies show ids that have to be escaped.
const STUBS: &str = r#"
transfer() { reply=; }
made() { printf '%s' "id+$n/&<=é"; }
element() { made; }
etag() { printf '%s' "\"etag-$n\""; }
marker() { printf '%s' "marker+$n/$1"; }
now() { printf 'Now'; }
status() { echo 200; }
was() { :; }
shown() { :; }
sleep_until() { :; }
remove_all() { :; }
ask() {
  n=$((n + 1))
  [ -z "${gate:-}" ] || { : > "$scratch/ready.$gate"; : < "$scratch/gate"; }
  record="$START $PREFIX $digest $how"
  for word in "$body" "$@"; do record=$record$(printf '\037.')$word; done
  printf '\036%s\034' "$record"
  body= digest=none how=header
}
"#;

/// The steps of a script, behind all that every script begins with.
fn steps(script: &str) -> (&str, &str) {
    let at = script.rfind("\n# was STATUS").unwrap();
    let end = at + script[at..].match_indices('\n').nth(2).unwrap().0;
    script.split_at(end + 1)
}

/// What a step asks for, in the words of the script.
fn asked(who: &str, how: &str, body: &[u8], words: Vec<String>) -> String {
    let mut record = format!("{how}\u{1f}.{}\u{1f}.{who}", String::from_utf8_lossy(body));
    for word in words {
        let _ = write!(record, "\u{1f}.{word}");
    }
    record
}

/// What the judge would send, where a step of the script has this beginning and these names.
fn judged(program: &Program, step: &Step, request: &Request, names: &Names) -> String {
    let (raw, service) = lower(&program.world, names, request).unwrap();
    let in_query = raw.query().is_some_and(|query| query.contains("If-"));
    let how = match program.vias.get(&step.number) {
        Some(Via::Presigned) => "query",
        Some(Via::Chunked) => "chunked",
        Some(Via::ChunkedTrailer) => "chunked-trailer",
        Some(Via::UnsignedTrailer) => "unsigned-trailer",
        None if in_query => "query",
        None => "header",
    };
    let crc32 = Algorithm::Crc32.header();
    let digest = match (raw.header("content-md5"), raw.header(crc32)) {
        (Some(value), _) => {
            assert_eq!(value, content_md5(&raw.body).as_bytes());
            "md5"
        }
        (None, Some(value)) => {
            assert_eq!(value, Algorithm::Crc32.value(&raw.body).as_bytes());
            "crc32"
        }
        (None, None) => "none",
    };
    let mut words = vec![service.name().to_owned(), raw.method.clone(), raw.target.clone()];
    let of_body = ["content-md5", "content-length", crc32];
    for (name, value) in &raw.headers {
        if !of_body.contains(&name.to_ascii_lowercase().as_str()) {
            words.push(format!("{name}: {}", String::from_utf8_lossy(value)));
        }
    }
    asked(
        request.caller.name(),
        &format!("{digest} {how}"),
        &raw.body,
        words,
    )
}

/// The names that the stubs bring to light for what a step made, after so many requests.
fn learn(program: &Program, names: &mut Names, number: u16, request: &Request, asked: usize) {
    let id = format!("id+{asked}/&<=é");
    let handle = |nth| Handle { step: number, nth };
    match &request.operation {
        Operation::DeleteObjects { objects, .. } => {
            for (nth, object) in (0..).zip(objects) {
                let key = program.world.key_bytes(object.key);
                let key = bucketlaw_conformance::wire::sign::uri_encode(&key, true);
                names.handles.insert(handle(nth), format!("marker+{asked}/{key}"));
            }
        }
        Operation::UploadPart {
            upload: UploadRef::Made(upload),
            part,
            ..
        }
        | Operation::UploadPartCopy {
            upload: UploadRef::Made(upload),
            part,
            ..
        } => {
            let upload = names.handles[upload].clone();
            let parts = names.parts.entry(upload).or_default();
            parts.insert(part.0, format!("\"etag-{asked}\""));
        }
        _ => {
            names.handles.insert(handle(0), id);
        }
    }
}

/// What the judge would send for a program, where the script sent this.
fn expected(entry: &Entry, sent: &[String]) -> Vec<String> {
    let mut program = entry.program.clone();
    let mut names = Names {
        region: "us-east-1".to_owned(),
        principals: Principals {
            account: "arn:aws:iam::111122223333:root".to_owned(),
            other: "arn:aws:iam::444455556666:root".to_owned(),
            user: "arn:aws:iam::111122223333:user/a+b".to_owned(),
            user_name: "a+b".to_owned(),
        },
        http_dates: HttpDates {
            now: "Now".to_owned(),
            ..HttpDates::default()
        },
        ..Names::default()
    };
    let mut begun = sent.iter().map(|record| record.split(' '));
    let (mut all, mut asked) = (Vec::new(), 0);
    for turn in program.clone().turns() {
        let mut made = Vec::new();
        for step in turn {
            let Act::Ask(request) = &step.act else { continue };
            let mut beginning = begun.next().unwrap_or_else(|| panic!("{}: too few", entry.path));
            let (start, prefix) = (beginning.next().unwrap(), beginning.next().unwrap());
            program.world.calendar = Calendar {
                start: Time(start.parse::<i64>().unwrap() * 1000),
                unit: 20_000,
            };
            prefix.clone_into(&mut names.bucket_prefix);
            all.push(format!(
                "{start} {prefix} {}",
                judged(&program, step, request, &names)
            ));
            made.push((step.number, request));
        }
        // Requests that are sent together count in shells of their own.
        asked += usize::from(turn.len() == 1 && !made.is_empty());
        for (number, request) in made {
            learn(&program, &mut names, number, request, asked);
        }
    }
    assert!(begun.next().is_none(), "{}: too many", entry.path);
    all
}

/// Every program of the suite, step by step, in one shell.
#[test]
fn a_script_asks_for_what_the_judge_asks_for() {
    let entries = embedded().unwrap();
    let mut shell = String::new();
    for (at, entry) in entries.iter().enumerate() {
        let script = script(&entry.program, &manner(), Some(200), &Statuses::new());
        let (beginning, steps) = steps(&script);
        if shell.is_empty() {
            shell = format!("{beginning}{STUBS}");
        }
        let _ = write!(shell, "(\nn=0\nprintf '\\035{at}\\036'\n{steps}\n)\n");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), shell).unwrap();
    let ran = Command::new("sh")
        .arg(file.path())
        .env("ENDPOINT", "http://127.0.0.1:9")
        .env("ROUNDS", "1")
        .env("OWNER_ARN", "arn:aws:iam::111122223333:root")
        .env("OTHER_ARN", "arn:aws:iam::444455556666:root")
        .env("USER_ARN", "arn:aws:iam::111122223333:user/a+b")
        .env("USER_NAME", "a+b")
        .env("USER_ACCESS_KEY_ID", "key")
        .output()
        .unwrap();
    let (out, said) = (
        String::from_utf8(ran.stdout).unwrap(),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(said.is_empty(), "{said}");
    let programs: Vec<&str> = out.split('\u{1d}').skip(1).collect();
    assert_eq!(programs.len(), entries.len(), "{said}");
    for (entry, printed) in entries.iter().zip(programs) {
        let records = printed.split('\u{1e}').skip(2);
        let sent: Vec<String> = records
            .map(|record| record.split('\u{1c}').next().unwrap().to_owned())
            .collect();
        let (mut expected, mut sent) = (expected(entry, &sent), sent);
        if entry.program.races() {
            expected.sort();
            sent.sort();
        }
        assert_eq!(sent, expected, "{}\n{}", entry.path, entry.program);
    }
}

/// Runs the script of a program at a server that grants everything and shows ids; what it got, without the clean-up.
fn received(program: &str, manner: &Manner) -> Vec<RawRequest> {
    let seen: Arc<Mutex<Vec<RawRequest>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let server = Front::new("http://127.0.0.1:9", move |request, _| {
        kept.lock().unwrap().push(request.clone());
        let shown = "<R><UploadId>an/upload+id=</UploadId><ETag>&quot;e&quot;</ETag></R>";
        Answer::Reply(200, &[("x-amz-version-id", "a/version+id=")], shown.to_owned())
    });
    let program = Program::read(program).unwrap();
    let ran = Command::new("sh")
        .arg("-c")
        .arg(script(&program, manner, Some(200), &Statuses::new()))
        .env("ENDPOINT", server.url())
        .env("OWNER_ACCESS_KEY_ID", ROOTS[0].0)
        .env("OWNER_SECRET_ACCESS_KEY", ROOTS[0].1)
        .env("OWNER_SESSION_TOKEN", "a+token/=")
        .env("OTHER_ACCESS_KEY_ID", ROOTS[1].0)
        .env("OTHER_SECRET_ACCESS_KEY", ROOTS[1].1)
        .env("USER_ACCESS_KEY_ID", "ANOTHERKEY")
        .env("USER_SECRET_ACCESS_KEY", "a secret/with+all=")
        .env("USER_NAME", "u")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}{said}",
        String::from_utf8_lossy(&ran.stdout)
    );
    let mut seen = seen.lock().unwrap().clone();
    assert!(seen.len() >= program.requests().count());
    seen.truncate(program.requests().count());
    seen
}

/// Whose credentials a key is of.
fn credentials(key: &str) -> Credentials {
    let of = |key: &str, secret: &str, token: Option<&str>| Credentials {
        access_key: key.to_owned(),
        secret: secret.to_owned(),
        session_token: token.map(str::to_owned),
    };
    match key {
        key if key == ROOTS[0].0 => of(key, ROOTS[0].1, Some("a+token/=")),
        key if key == ROOTS[1].0 => of(key, ROOTS[1].1, None),
        _ => of("ANOTHERKEY", "a secret/with+all=", None),
    }
}

/// A request as it was before it was signed and coded, with the service and the time that it was signed for.
struct Plain {
    request: RawRequest,
    key: String,
    service: String,
    time: i64,
    via: Option<Via>,
}

fn plain(received: &RawRequest) -> Option<Plain> {
    let text = |name: &str| {
        received
            .header(name)
            .map(|value| String::from_utf8_lossy(value).into_owned())
    };
    let mut request = received.clone();
    for name in [
        "Authorization",
        "x-amz-date",
        "x-amz-security-token",
        "User-Agent",
        "Accept",
    ] {
        request.remove_header(name);
    }
    let parameters: Vec<&str> = received.query().unwrap_or_default().split('&').collect();
    let value = |name: &str| parameters.iter().find_map(|one| one.strip_prefix(name));
    let of_scope = |scope: &str, date: &str| {
        let words: Vec<&str> = scope.split('/').collect();
        let time = jiff::Timestamp::strptime("%Y%m%dT%H%M%S%z", date.replace('Z', "+0000")).unwrap();
        (words[0].to_owned(), words[3].to_owned(), time.as_millisecond())
    };
    if let Some(credential) = value("X-Amz-Credential=") {
        let (key, service, time) = of_scope(&credential.replace("%2F", "/"), value("X-Amz-Date=").unwrap());
        let own: Vec<&str> = parameters
            .iter()
            .copied()
            .filter(|one| !one.starts_with("X-Amz-"))
            .collect();
        received.path().clone_into(&mut request.target);
        if !own.is_empty() {
            request.target = format!("{}?{}", request.target, own.join("&"));
        }
        let via = Some(Via::Presigned);
        return Some(Plain {
            request,
            key,
            service,
            time,
            via,
        });
    }
    let authorization = text("authorization")?;
    let scope = authorization.split(['=', ',']).nth(1).unwrap();
    let (key, service, time) = of_scope(scope, &text("x-amz-date").unwrap());
    let via = match text("x-amz-content-sha256").unwrap_or_default().as_str() {
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Some(Via::Chunked),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Some(Via::ChunkedTrailer),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Some(Via::UnsignedTrailer),
        _ => None,
    };
    request.remove_header("x-amz-content-sha256");
    if via.is_some() {
        for name in [
            "Content-Encoding",
            "Content-Length",
            "x-amz-decoded-content-length",
            "x-amz-trailer",
        ] {
            request.remove_header(name);
        }
        let body = String::from_utf8(request.body).unwrap();
        let data = body.split("\r\n").nth(1).unwrap();
        request.body = data.as_bytes().to_vec();
    }
    Some(Plain {
        request,
        key,
        service,
        time,
        via,
    })
}

/// The request as the judge signs and codes it at that time.
fn as_the_judge_does(plain: Plain) -> RawRequest {
    let signer = Signer::new(credentials(&plain.key), "us-east-1", &plain.service, plain.time);
    let mut request = plain.request;
    let protection = match plain.via {
        None => {
            signer.sign_headers(&mut request);
            return request;
        }
        Some(Via::Presigned) => {
            signer.presign(&mut request, "900");
            return request;
        }
        Some(Via::Chunked) => Protection::Signed,
        Some(Via::ChunkedTrailer) => Protection::SignedTrailer,
        Some(Via::UnsignedTrailer) => Protection::UnsignedTrailer,
    };
    let mut body = Chunked::new(protection, std::mem::take(&mut request.body));
    if protection != Protection::Signed {
        let value = Algorithm::Crc32.value(&body.data);
        body.trailers.push((Algorithm::Crc32.header().to_owned(), value));
    }
    body.sign(&signer, &mut request);
    request
}

/// What is compared of a request.
fn compared(request: &RawRequest) -> (String, String, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_ascii_lowercase(),
                String::from_utf8_lossy(value).into_owned(),
            )
        })
        .filter(|(name, _)| !["user-agent", "accept"].contains(&name.as_str()))
        .collect();
    headers.sort();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    (request.method.clone(), request.target.clone(), headers, body)
}

/// Every way to sign and to code, by the shell's hand and by the judge's.
#[test]
fn a_script_signs_and_codes_as_the_judge_does() {
    if !has_curl() {
        return;
    }
    let program = "bucketlaw program 1\npolicy p = Allow - s3:* *\n\
        1 owner CreateBucket bucket=b lock=true\n\
        2 owner PutObject bucket=b key=k integrity=crc32\n\
        3 owner PutObject bucket=b key=a%20%2B%C3%A9%27%3F if_none_match=* conditions=query\n\
        4 other CopyObject source_bucket=b source_key=k source_version=v2 source_if_match=x source_if_modified_since=before bucket=b key=l\n\
        5 user PutObjectRetention bucket=b key=k version=v2 mode=GOVERNANCE until=@1 bypass=true\n\
        6 owner PutObject bucket=b key=k via=presigned\n\
        7 user PutObject bucket=b key=k via=chunked\n\
        8 owner PutObject bucket=b key=k via=chunked-trailer\n\
        9 owner PutObject bucket=b key=k via=unsigned-trailer\n\
        10 owner PutUserPolicy policy=p\n\
        11 owner ListObjectVersions bucket=b prefix=k max_keys=1\n\
        12 anonymous HeadObject bucket=b key=k\n\
        13 other GetObject bucket=b key=k version=v2\n";
    for addressing in [Addressing::Path, Addressing::Virtual] {
        let manner = Manner {
            addressing,
            ..manner()
        };
        let (mut signed, mut crc) = (0, 0);
        for request in received(program, &manner) {
            let in_host = request.header("host").unwrap().starts_with(b"bucketlaw-");
            let is_s3 = !request.body.starts_with(b"Action=");
            assert_eq!(in_host, addressing == Addressing::Virtual && is_s3, "{request:?}");
            let Some(plain) = plain(&request) else {
                assert_eq!(request.method, "HEAD", "only the anonymous caller signs nothing");
                continue;
            };
            signed += 1;
            // Checksums in headers are of the body before it is coded.
            let body = &plain.request.body;
            if let Some(value) = request.header("x-amz-checksum-crc32") {
                crc += 1;
                assert_eq!(value, Algorithm::Crc32.value(body).as_bytes());
            }
            if let Some(value) = request.header("content-md5") {
                assert_eq!(value, content_md5(body).as_bytes());
            }
            assert_eq!(compared(&request), compared(&as_the_judge_does(plain)));
        }
        assert_eq!((signed, crc), (12, 1));
    }
}
