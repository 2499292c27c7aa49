//! Reproducers: a program as a shell script of `curl` commands that anybody can run.
//!
//! Handles become shell variables, dates are computed when the script runs, credentials come from the environment. What
//! the script sends is what the judge sent, byte by byte but for what time and names make of it: requests are signed by
//! the script, in the same headers or query, and bodies coded in the same chunks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bucketlaw_model::argument::{Date, UploadRef};
use bucketlaw_model::policy::Principal;
use bucketlaw_model::program::{Act, Handle, Program, Step, Via};
use bucketlaw_model::request::{Caller, Operation};

use crate::lower::{HttpDates, Names, Principals, Service, UNPARSABLE, lower};
use crate::session::{Addressing, has_conditions_in_query};
use crate::wire::RawRequest;
use crate::wire::checksum::Algorithm;
use crate::wire::sign::uri_encode;

mod race;

/// Surrounds the name of a shell variable until the script is written. No request holds it.
const MARK: char = '\u{7f}';

/// Surrounds what a function of the shell prints, likewise.
const CALL: char = '\u{1e}';

/// The statuses of recorded replies, by the number of their step.
pub type Statuses = BTreeMap<u16, u16>;

/// How the endpoint is asked, as the judge asked it.
#[derive(Clone, Debug)]
pub struct Manner {
    /// The region that requests are signed for.
    pub region: String,
    /// Where requests name their bucket.
    pub addressing: Addressing,
}

/// The script that runs a program, of which `recorded` are the replies that led to the last one.
///
/// It prints the status of every reply and the whole of the last one, and exits with 0 when the last status is
/// `expected`. Where the status does not tell, `expected` is `None`: the script says so and exits with 3. So it does where
/// a step on the way has another status than the record.
#[must_use]
pub fn script(program: &Program, manner: &Manner, expected: Option<u16>, recorded: &Statuses) -> String {
    let addressing = match manner.addressing {
        Addressing::Path => "path",
        Addressing::Virtual => "virtual",
    };
    let mut out = PRELUDE
        .replace("@REGION@", &manner.region)
        .replace("@ADDRESSING@", addressing);
    out.push_str(SIGN);
    out.push_str(CLEAN);
    if needs_user(program) {
        out.push_str(USER);
    }
    let mut names = placeholders(&manner.region);
    if program.races() {
        out.push_str(&race::rounds(program, &mut names, expected.is_some(), recorded));
        return out;
    }
    let last = program.steps.last().map(|step| step.number);
    for step in &program.steps {
        let on_the_way = Some(step.number) != last;
        out.push_str(&alone(program, &mut names, step, on_the_way.then_some(recorded)));
    }
    out.push_str("\nprintf '%s\\n' \"$reply\"\n");
    let _ = match expected {
        Some(status) => writeln!(
            out,
            "printf 'expected {status}, got %s\\n' \"$(status)\"\n[ \"$(status)\" = {status} ]"
        ),
        None => writeln!(
            out,
            "echo 'the status alone does not tell: compare the reply with explain.txt'\nexit 3"
        ),
    };
    out
}

/// Whether a program asks as the IAM user, names it, or changes its policy.
fn needs_user(program: &Program) -> bool {
    let mut statements = program
        .world
        .policies()
        .flat_map(|(_, policy)| &policy.statements);
    let mut requests = program.requests();
    requests.any(|(_, request)| {
        request.caller == Caller::User
            || matches!(
                request.operation,
                Operation::PutUserPolicy { .. } | Operation::DeleteUserPolicy { .. }
            )
    }) || statements.any(|statement| statement.principals.contains(&Principal::User))
}

/// A step on its own. What comes of one on the way is compared with the record.
fn alone(program: &Program, names: &mut Names, step: &Step, recorded: Option<&Statuses>) -> String {
    let (send, bind) = taken(program, names, step);
    let status = recorded.and_then(|recorded| recorded.get(&step.number));
    let compared = status.map_or_else(String::new, |status| format!("was {status}\n"));
    format!("\n# {}\n{send}{compared}{bind}", program.line(step))
}

/// What a step does: the call that sends its request, and the variables that its reply is kept in.
fn taken(program: &Program, names: &mut Names, step: &Step) -> (String, String) {
    let request = match &step.act {
        Act::Wait(units) => return (format!("sleep_until {units}\n"), String::new()),
        Act::Ask(request) => request,
    };
    names.handles = handles(program, step.number);
    names.parts = parts(program, names, step.number);
    let Ok((raw, service)) = lower(&program.world, names, request) else {
        return (String::new(), String::new());
    };
    let bind = bindings(program, step.number, &request.operation);
    let via = program.vias.get(&step.number).copied();
    (call(&raw, request.caller.name(), service, via), bind)
}

/// The variables that keep what later steps name of a reply. Where a reply does not show it, the script ends, as the judge does.
fn bindings(program: &Program, number: u16, operation: &Operation) -> String {
    let first = Handle { step: number, nth: 0 };
    let shown: Vec<(Handle, String)> = match operation {
        Operation::UploadPart { .. } | Operation::UploadPartCopy { .. } => {
            return format!("p{number}=$(etag)\n");
        }
        Operation::CreateMultipartUpload { .. } => vec![(first, "element UploadId".to_owned())],
        Operation::DeleteObjects { objects, .. } => (0..)
            .zip(objects)
            .map(|(nth, object)| {
                let key = uri_encode(&program.world.key_bytes(object.key), true);
                (Handle { step: number, nth }, format!("marker '{key}'"))
            })
            .collect(),
        _ => vec![(first, "made".to_owned())],
    };
    let used = shown.into_iter().filter(|(handle, _)| is_used(program, *handle));
    used.map(|(handle, how)| {
        let name = variable(handle);
        let checked = if program.races() {
            String::new()
        } else {
            format!("shown {handle} \"${name}\"\n")
        };
        format!("{name}=$({how})\n{checked}")
    })
    .collect()
}

/// What every script begins with: settings, dates, and what replies say.
const PRELUDE: &str = include_str!("repro/prelude.sh");

/// How a request is signed and sent.
const SIGN: &str = include_str!("repro/sign.sh");

/// How a script takes away what it made.
const CLEAN: &str = include_str!("repro/clean.sh");

/// What a script begins with whose program needs a user.
const USER: &str = "[ -n \"${USER_ACCESS_KEY_ID:-}\" ] || make_user\n";

fn marked(name: &str) -> String {
    format!("{MARK}{name}{MARK}")
}

fn placeholders(region: &str) -> Names {
    Names {
        bucket_prefix: marked("PREFIX"),
        region: region.to_owned(),
        principals: Principals {
            account: marked("OWNER_ARN"),
            other: marked("OTHER_ARN"),
            user: marked("USER_ARN"),
            user_name: marked("USER_NAME"),
        },
        http_dates: HttpDates {
            now: called("now"),
            ..HttpDates::default()
        },
        dates: Some(date),
        ..Names::default()
    }
}

/// What a function of the shell prints.
fn called(what: &str) -> String {
    format!("{CALL}{what}{CALL}")
}

/// A date as the function of the shell that writes it.
fn date(date: Date) -> Option<String> {
    let call = match date {
        Date::Absent => return None,
        Date::Unparsable => return Some(UNPARSABLE.to_owned()),
        Date::At(units) => format!("date_at {units}"),
        Date::Zoneless(units) => format!("zoneless_at {units}"),
        Date::Offset(units) => format!("offset_at {units}"),
        Date::Far => "far_away".to_owned(),
    };
    Some(called(&call))
}

/// A shell variable for every handle of an earlier step.
fn handles(program: &Program, before: u16) -> BTreeMap<Handle, String> {
    program
        .requests()
        .filter(|(number, _)| *number < before)
        .flat_map(|(step, _)| (0..4).map(move |nth| Handle { step, nth }))
        .map(|handle| (handle, marked(&variable(handle))))
        .collect()
}

fn variable(handle: Handle) -> String {
    handle.to_string().replace('.', "_")
}

/// A shell variable for the ETag of every part that an earlier step uploaded, by the id of its upload.
fn parts(program: &Program, names: &Names, before: u16) -> BTreeMap<String, BTreeMap<u16, String>> {
    let mut parts: BTreeMap<String, BTreeMap<u16, String>> = BTreeMap::new();
    for (number, request) in program.requests().filter(|(number, _)| *number < before) {
        if let Operation::UploadPart {
            upload: UploadRef::Made(handle),
            part,
            ..
        }
        | Operation::UploadPartCopy {
            upload: UploadRef::Made(handle),
            part,
            ..
        } = &request.operation
            && let Some(id) = names.handles.get(handle)
        {
            parts
                .entry(id.clone())
                .or_default()
                .insert(part.0, marked(&format!("p{number}")));
        }
    }
    parts
}

/// Whether a step of the program uses a handle, of a version or, by the same number, of an upload.
fn is_used(program: &Program, handle: Handle) -> bool {
    let word = handle.to_string();
    let upload = format!("u{}", handle.step);
    program
        .to_string()
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .any(|used| used == word || used == upload)
}

/// The call that sends one request.
fn call(raw: &RawRequest, who: &str, service: Service, via: Option<Via>) -> String {
    let crc32 = Algorithm::Crc32.header();
    let digest = if raw.header("content-md5").is_some() {
        Some("md5")
    } else if raw.header(crc32).is_some() {
        Some("crc32")
    } else {
        None
    };
    let how = match via {
        None if has_conditions_in_query(raw) => Some("query"),
        None => None,
        Some(Via::Presigned) => Some("query"),
        Some(Via::Chunked) => Some("chunked"),
        Some(Via::ChunkedTrailer) => Some("chunked-trailer"),
        Some(Via::UnsignedTrailer) => Some("unsigned-trailer"),
    };
    let body = String::from_utf8_lossy(&raw.body);
    let mut call = format!("body={}", quote(&body, body.starts_with('<')));
    for (name, value) in [("digest", digest), ("how", how)] {
        if let Some(value) = value {
            let _ = write!(call, " {name}={value}");
        }
    }
    let target = quote(&raw.target, false);
    let _ = write!(call, "\nask {who} {} {} {target}", service.name(), raw.method);
    for (name, value) in &raw.headers {
        // Checksums are of the body as it is when the script runs.
        if ![crc32, "content-md5", "content-length"].contains(&name.to_ascii_lowercase().as_str()) {
            let header = format!("{name}: {}", String::from_utf8_lossy(value));
            let _ = write!(call, " {}", quote(&header, false));
        }
    }
    call.push('\n');
    call
}

/// A word of the shell, with the marked names expanded: escaped where they stand in a document of XML, and
/// percent-encoded where the marks are, as all that is beside them is.
fn quote(text: &str, is_xml: bool) -> String {
    let text = text.replace('\'', "'\\''");
    let text = expanded(&text, "%7F", |name| format!("\"$(percent \"${{{name}}}\")\""));
    let text = expanded(&text, &MARK.to_string(), |name| {
        if is_xml {
            format!("\"$(xml \"${{{name}}}\")\"")
        } else {
            format!("\"${{{name}}}\"")
        }
    });
    let text = expanded(&text, &CALL.to_string(), |call| format!("\"$({call})\""));
    format!("'{text}'")
}

/// A quoted text with what stands between marks expanded outside of the quotes.
fn expanded(text: &str, mark: &str, expand: impl Fn(&str) -> String) -> String {
    let parts = text.split(mark).enumerate();
    parts
        .map(|(at, part)| {
            if at % 2 == 1 {
                format!("'{}'", expand(part))
            } else {
                part.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(program: &Program, expected: Option<u16>, recorded: &Statuses) -> String {
        let manner = Manner {
            region: "us-east-1".to_owned(),
            addressing: Addressing::Path,
        };
        super::script(program, &manner, expected, recorded)
    }

    /// The last line of the prelude.
    const PRELUDE_END: &str = "exit 3; }; }\n";

    #[test]
    fn a_script_names_handles_dates_and_callers() {
        let program = Program::read(
            "bucketlaw program 1\npolicy p = Allow user s3:* b/*\n1 owner CreateBucket bucket=b lock=true\n\
             2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@1\n3 owner PutBucketPolicy bucket=b policy=p\n\
             4 user DeleteObject bucket=b key=k version=v2 bypass=true\n",
        )
        .unwrap();
        let recorded = Statuses::from([(1, 200), (2, 200), (3, 204), (4, 204)]);
        let script = script(&program, Some(403), &recorded);
        let steps = script.split("\n# 1 ").nth(1).unwrap();
        insta::assert_snapshot!(steps);
    }

    #[test]
    fn forms_name_the_user_and_scripts_begun_together_share_no_bucket() {
        let program = Program::read(
            "bucketlaw program 1\npolicy p = Allow - s3:* *\n1 owner PutUserPolicy policy=p\n2 user ListBuckets\n",
        )
        .unwrap();
        let script = script(&program, Some(200), &Statuses::new());
        let user = r#"UserName='"$(percent "${USER_NAME}")"'&"#;
        assert!(script.contains(user), "{script}");
        assert!(!script.contains("%7F"), "{script}");
        assert!(script.contains("$START-$$-"), "{script}");
    }

    #[test]
    fn copy_sources_name_versions() {
        let program = Program::read(
            "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k\n\
             3 owner CopyObject source_bucket=b source_key=k source_version=v2 bucket=b key=l\n",
        )
        .unwrap();
        let script = script(&program, Some(200), &Statuses::new());
        assert!(
            script.contains(r#"b/k?versionId='"$(percent "${v2}")"'"#),
            "{script}"
        );
    }

    #[test]
    fn a_script_ends_where_a_reply_does_not_show_what_later_steps_name() {
        let program = Program::read(
            "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n2 owner DeleteObjects bucket=b objects=a%20b,k\n\
             3 owner GetObject bucket=b key=k version=v2.2\n",
        )
        .unwrap();
        let script = script(&program, Some(405), &Statuses::new());
        let expected = "v2_2=$(marker 'k')\nshown v2.2 \"$v2_2\"\n";
        assert!(script.contains(expected), "{script}");
        assert!(!script.contains("v2=$("), "{script}");
    }

    #[test]
    fn the_script_of_a_race_sends_together_and_knows_the_outcomes() {
        let program = Program::read(
            "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k\n\
             together {\n3 owner DeleteObject bucket=b key=k version=v2\n\
             4 owner PutObjectLegalHold bucket=b key=k version=v2 hold=ON\n}\n5 owner GetObject bucket=b key=k version=v2\n",
        )
        .unwrap();
        let recorded = Statuses::from([(1, 200), (2, 200), (3, 204), (4, 204)]);
        let script = script(&program, Some(403), &recorded);
        let steps = script.split(PRELUDE_END).nth(1).unwrap();
        insta::assert_snapshot!(steps);
    }
}
