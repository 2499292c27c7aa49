//! Reproducers: a program as a shell script of `curl` commands that anybody can run.
//!
//! Handles become shell variables, dates are computed when the script runs, credentials come from the environment.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bucketlaw_model::argument::{Date, UploadRef};
use bucketlaw_model::observed::iso8601;
use bucketlaw_model::policy::Principal;
use bucketlaw_model::program::{Act, Handle, Program, Step};
use bucketlaw_model::request::{Caller, Operation};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::Calendar;

use crate::lower::{HttpDates, Names, Principals, Service, lower};
use crate::wire::RawRequest;

mod race;

/// Surrounds the name of a shell variable or function call until the script is written. No request holds it.
const MARK: char = '\u{7f}';

/// The dates that programs use.
const DATES: std::ops::RangeInclusive<i64> = -9..=20;

/// The statuses of recorded replies, by the number of their step.
pub type Statuses = BTreeMap<u16, u16>;

/// The script that runs a program, of which `recorded` are the replies that led to the last one.
///
/// It prints the status of every reply and the whole of the last one, and exits with 0 when the last status is
/// `expected`. Where the status does not tell, `expected` is `None`: the script says so and exits with 3. So it does where
/// a step on the way has another status than the record, and where the program asks by ways that curl does not know and
/// gets what it expects by another.
#[must_use]
pub fn script(program: &Program, region: &str, expected: Option<u16>, recorded: &Statuses) -> String {
    let mut out = PRELUDE.replace("@REGION@", region) + CLEAN;
    if needs_user(program) {
        out.push_str(USER);
    }
    if !program.vias.is_empty() {
        out.push_str("# Here every request is signed in its Authorization header: curl does not know via=…, which `bucketlaw replay` sends.\n");
    }
    let mut program = program.clone();
    // Dates are placeholders too: they lie where no date of a request lies.
    program.world.calendar = Calendar {
        start: Time(0),
        unit: 1000,
    };
    let mut names = placeholders(region);
    if program.races() {
        out.push_str(&race::rounds(&program, &mut names, expected.is_some(), recorded));
        return out;
    }
    let last = program.steps.last().map(|step| step.number);
    for step in &program.steps {
        let on_the_way = Some(step.number) != last;
        out.push_str(&alone(&program, &mut names, step, on_the_way.then_some(recorded)));
    }
    out.push_str("\nprintf '%s\\n' \"$reply\"\n");
    let _ = match expected {
        Some(status) if !program.vias.is_empty() => writeln!(
            out,
            "printf 'expected {status}, got %s\\n' \"$(status)\"\n[ \"$(status)\" = {status} ] || exit 1\n\
             echo 'curl does not know via=…: run program.txt with bucketlaw replay'\nexit 3"
        ),
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
    let handle = Handle {
        step: step.number,
        nth: 0,
    };
    let bind = match &request.operation {
        Operation::CreateMultipartUpload { .. } => format!("{}=$(element UploadId)\n", variable(handle)),
        Operation::UploadPart { .. } | Operation::UploadPartCopy { .. } => {
            format!("p{}=$(etag)\n", step.number)
        }
        _ if is_used(program, handle) => format!("{}=$(made)\n", variable(handle)),
        _ => String::new(),
    };
    (call(&raw, request.caller.name(), service, program), bind)
}

/// What every script begins with: how a request is sent.
const PRELUDE: &str = include_str!("repro/prelude.sh");

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
            now: marked("NOW"),
            ..HttpDates::default()
        },
        ..Names::default()
    }
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

/// Whether a step of the program uses a handle.
fn is_used(program: &Program, handle: Handle) -> bool {
    let word = handle.to_string();
    program
        .to_string()
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .any(|used| used == word)
}

/// The call that sends one request.
fn call(raw: &RawRequest, who: &str, service: Service, program: &Program) -> String {
    let quoted = |text: &str| quote(text, program);
    let digest = if raw.header("content-md5").is_some() {
        "md5"
    } else {
        "none"
    };
    // In targets, forms and copy sources the marks of names are encoded as everything else is.
    let decoded = |text: &str| text.replace("%7F", &MARK.to_string());
    let body = decoded(&String::from_utf8_lossy(&raw.body));
    let mut call = format!("body={} digest={digest}\n", quoted(&body));
    let target = decoded(&raw.target);
    let _ = write!(
        call,
        "ask {who} {} {} {}",
        service.name(),
        raw.method,
        quoted(&target)
    );
    for (name, value) in &raw.headers {
        let value = String::from_utf8_lossy(value);
        if !["content-md5", "content-length"].contains(&name.to_ascii_lowercase().as_str()) {
            let _ = write!(call, " -H {}", quoted(&decoded(&format!("{name}: {value}"))));
        }
    }
    call.push('\n');
    call
}

/// A word of the shell, with the marked names and the dates of the program expanded.
fn quote(text: &str, program: &Program) -> String {
    let mut text = text.replace('\'', "'\\''");
    for units in DATES {
        let date = program
            .world
            .moment(Date::At(units))
            .map(|moment| iso8601(moment.earliest))
            .unwrap_or_default();
        text = text.replace(&date, &format!("'\"$(date_at {units})\"'"));
    }
    let parts = text.split(MARK).enumerate();
    let expanded: String = parts
        .map(|(at, part)| {
            if at % 2 == 1 {
                format!("'\"${{{part}}}\"'")
            } else {
                part.to_owned()
            }
        })
        .collect();
    format!("'{expanded}'")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let script = script(&program, "us-east-1", Some(403), &recorded);
        let steps = script.split("\n# 1 ").nth(1).unwrap();
        insta::assert_snapshot!(steps);
    }

    #[test]
    fn forms_name_the_user_and_scripts_begun_together_share_no_bucket() {
        let program = Program::read(
            "bucketlaw program 1\npolicy p = Allow - s3:* *\n1 owner PutUserPolicy policy=p\n2 user ListBuckets\n",
        )
        .unwrap();
        let script = script(&program, "us-east-1", Some(200), &Statuses::new());
        assert!(script.contains(r#"UserName='"${USER_NAME}"'&"#), "{script}");
        assert!(!script.contains("%7F"), "{script}");
        assert!(script.contains("$START-$$-"), "{script}");
    }

    #[test]
    fn curl_is_asked_for_nothing_that_it_does_not_do_when_it_signs() {
        let program = Program::read("bucketlaw program 1\n1 owner CreateBucket bucket=b\n").unwrap();
        let script = script(&program, "us-east-1", Some(200), &Statuses::new());
        assert!(
            !script.contains("--path-as-is"),
            "curl 8 does not sign with it: {script}"
        );
        assert!(script.contains("|| { echo 'no reply"), "{script}");
    }

    #[test]
    fn copy_sources_name_versions() {
        let program = Program::read(
            "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k\n\
             3 owner CopyObject source_bucket=b source_key=k source_version=v2 bucket=b key=l\n",
        )
        .unwrap();
        let script = script(&program, "us-east-1", Some(200), &Statuses::new());
        assert!(script.contains(r#"b/k?versionId='"${v2}"''"#), "{script}");
    }

    #[test]
    fn what_curl_cannot_send_is_not_called_as_expected() {
        let program = Program::read(
            "bucketlaw program 1\n1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k via=presigned\n",
        )
        .unwrap();
        let script = script(&program, "us-east-1", Some(200), &Statuses::new());
        assert!(script.ends_with("exit 3\n"), "{script}");
        assert!(script.contains("|| exit 1"), "{script}");
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
        let script = script(&program, "us-east-1", Some(403), &recorded);
        let steps = script.split(PRELUDE_END).nth(1).unwrap();
        insta::assert_snapshot!(steps);
    }
}
