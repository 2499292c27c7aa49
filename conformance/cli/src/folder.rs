//! The folder of a run: its report, its history, and what is needed to replay each finding.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use bucketlaw_conformance::clean::{Left, ledger};
use bucketlaw_conformance::history::{self, History, Outcome};
use bucketlaw_conformance::report::{self, Finding, Report, Verdict};
use bucketlaw_conformance::repro;
use bucketlaw_conformance::session::Addressing;
use bucketlaw_model::clause;
use bucketlaw_model::program::Program;

use crate::Failed;
use crate::output::tell;

/// The file of what happened.
pub(crate) const HISTORY: &str = "history.ndjson";

/// The file of what the run made at the endpoint and did not remove yet.
pub(crate) const MADE: &str = "made.txt";

/// The file of what an earlier run in the same folder made and did not remove.
pub(crate) fn made_by(folder: &Path, run: &str) -> PathBuf {
    folder.join(format!("made-{run}.txt"))
}

/// Keeps what an earlier run in the folder left, before the next one writes what it makes there.
pub(crate) fn keep_earlier(folder: &Path) -> std::io::Result<()> {
    let place = folder.join(MADE);
    let Ok(text) = fs::read_to_string(&place) else {
        return Ok(());
    };
    match ledger::run(&text) {
        Some(run) if ledger::read(&text, run).is_some_and(|left| left != Left::default()) => {
            fs::rename(&place, made_by(folder, run))
        }
        _ => Ok(()),
    }
}

/// The file of explored programs while the run goes on.
const EXPLORED: &str = "explored.ndjson.part";

/// The region of scripts whose run does not say for which it signed.
const DEFAULT_REGION: &str = "us-east-1";

/// Says in each finding how its program, which will be in the folder, is run again.
pub(crate) fn name_replays(report: &mut Report, command: &str, folder: &Path) {
    let name = |finding: &mut Finding| {
        let program = folder
            .join("failures")
            .join(&finding.clause)
            .join(&finding.id)
            .join("program.txt");
        finding.replay = format!("{command} {}", program.display());
    };
    for finding in &mut report.findings {
        finding.others.iter_mut().for_each(name);
        name(finding);
    }
}

/// Makes the folder, before a run is for nothing because it can't be made.
pub(crate) fn prepare(folder: &Path) -> Result<(), Failed> {
    fs::create_dir_all(folder).map_err(|error| {
        Failed::usage(format!(
            "cannot write to {}: {error}; name another folder with --out",
            folder.display()
        ))
    })?;
    // What a run that was ended at once explored is of no use to the next.
    match fs::remove_file(folder.join(EXPLORED)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cannot_write(folder, &error)),
        _ => Ok(()),
    }
}

/// Where explored programs are kept until the history is written: they are too many to be held until then.
pub(crate) struct Explored {
    file: BufWriter<File>,
    place: PathBuf,
    is_full: bool,
}

impl Explored {
    /// An empty one in a folder.
    pub(crate) fn create(folder: &Path) -> Result<Explored, Failed> {
        let place = folder.join(EXPLORED);
        let file = File::create(&place).map_err(|error| cannot_write(&place, &error))?;
        Ok(Explored {
            file: BufWriter::new(file),
            place,
            is_full: false,
        })
    }

    /// Keeps what happened when some programs ran. That there is no room for it ends no run: what it made would stay at
    /// the endpoint.
    pub(crate) fn keep(&mut self, histories: &[History]) {
        if self.is_full {
            return;
        }
        if let Err(error) = history::write(histories, &mut self.file) {
            self.is_full = true;
            tell!(
                "{}: {error}; what is explored from here on is not in the history",
                self.place.display()
            );
        }
    }
}

pub(crate) fn cannot_write(place: &Path, error: &std::io::Error) -> Failed {
    Failed::usage(format!(
        "cannot write to {}: {error}; make room there, or name another folder with --out",
        place.display()
    ))
}

/// Writes all of it; the folder is made if it is not there.
pub(crate) fn write(
    folder: &Path,
    report: &Report,
    histories: &[History],
    region: &str,
) -> Result<(), Failed> {
    let failed = |error: std::io::Error| cannot_write(folder, &error);
    report::write(folder, report).map_err(failed)?;
    let mut file = File::create(folder.join(HISTORY)).map_err(failed)?;
    history::write(histories, BufWriter::new(&file)).map_err(failed)?;
    let explored = folder.join(EXPLORED);
    if explored.exists() {
        std::io::copy(&mut File::open(&explored).map_err(failed)?, &mut file).map_err(failed)?;
        fs::remove_file(&explored).map_err(failed)?;
    }
    let failures = folder.join("failures");
    remove_earlier(&failures).map_err(failed)?;
    for finding in report.findings.iter().flat_map(Finding::each) {
        let place = failures.join(&finding.clause).join(&finding.id);
        write_finding(&place, finding, histories, region).map_err(failed)?;
    }
    debug_assert!(report.count(Verdict::Violated) == 0 || !report.findings.is_empty());
    Ok(())
}

/// Takes away the findings of an earlier run: folders of clauses only, as the user may have named a folder of his own.
fn remove_earlier(failures: &Path) -> std::io::Result<()> {
    if !failures.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(failures)? {
        let entry = entry?;
        if entry.file_name().to_str().and_then(clause::find).is_some() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Writes the folder of one finding.
fn write_finding(
    place: &Path,
    finding: &Finding,
    histories: &[History],
    region: &str,
) -> std::io::Result<()> {
    fs::create_dir_all(place)?;
    fs::write(place.join("program.txt"), &finding.program)?;
    let explain = format!(
        "bucketlaw explanation 1\n\n{}: {}\n\nexpected  {}\ngot       {}\n\n{}",
        finding.clause, finding.title, finding.expected, finding.got, finding.explanation
    );
    fs::write(place.join("explain.txt"), explain)?;
    let history = histories.iter().find(|history| history.id == finding.id);
    if let Ok(program) = Program::read(&finding.program) {
        let expected = status_of(&finding.expected).filter(|status| status_of(&finding.got) != Some(*status));
        let manner = repro::Manner {
            region: region.to_owned(),
            addressing: history.map_or(Addressing::Path, addressing_of),
        };
        let script = repro::script(
            &program,
            &manner,
            expected,
            &history.map(statuses).unwrap_or_default(),
        );
        let named = script.replacen("#!/bin/sh\n", "#!/bin/sh\n# bucketlaw repro 1\n", 1);
        fs::write(place.join("repro.sh"), named)?;
    }
    if let Some(history) = history {
        fs::write(place.join("exchange.http"), exchanges(history))?;
    }
    Ok(())
}

/// The region that the requests of histories are signed for.
pub(crate) fn region_of(histories: &[History]) -> String {
    let exchanges = histories.iter().flat_map(|history| &history.steps);
    let mut regions = exchanges.filter_map(|taken| match &taken.result {
        Outcome::Exchange(exchange) => exchange
            .request
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .and_then(|(_, value)| region_of_scope(&String::from_utf8_lossy(value))),
        Outcome::Failure(_) => None,
    });
    regions.next().unwrap_or_else(|| DEFAULT_REGION.to_owned())
}

/// Where the requests of a history name their bucket.
fn addressing_of(history: &History) -> Addressing {
    let in_host = history.steps.iter().any(|taken| match &taken.result {
        Outcome::Exchange(exchange) => exchange
            .request
            .header("host")
            .is_some_and(|host| host.starts_with(history.bucket_prefix.as_bytes())),
        Outcome::Failure(_) => false,
    });
    if in_host {
        Addressing::Virtual
    } else {
        Addressing::Path
    }
}

/// The region in the scope of an `Authorization` header: `Credential=KEY/DATE/REGION/s3/aws4_request`.
fn region_of_scope(header: &str) -> Option<String> {
    let (_, credential) = header.split_once("Credential=")?;
    let scope = credential.split(',').next()?;
    scope.split('/').nth(2).map(str::to_owned)
}

/// The status of an expected reply in words.
fn status_of(expected: &str) -> Option<u16> {
    let end = |c: char| c == ',' || c.is_whitespace();
    expected.split(end).next()?.parse().ok()
}

/// The statuses of what was answered.
fn statuses(history: &History) -> repro::Statuses {
    let answered = history.steps.iter().filter_map(|taken| match &taken.result {
        Outcome::Exchange(exchange) => Some((taken.number, exchange.response.status)),
        Outcome::Failure(_) => None,
    });
    answered.collect()
}

/// The exchanges of a program as they went over the wire, secrets redacted.
fn exchanges(history: &History) -> String {
    let mut text = "# bucketlaw exchanges 1\n\n".to_owned();
    for taken in &history.steps {
        text.push_str(&format!("### step {}\n", taken.number));
        match &taken.result {
            Outcome::Exchange(exchange) => {
                let (request, response) = (&exchange.request, &exchange.response);
                let asked = format!("{} {} HTTP/1.1", request.method, request.target);
                let answered = format!("HTTP/1.1 {} {}", response.status, response.reason);
                text.push_str(&message(&asked, &request.headers, &request.body));
                text.push_str(&message(&answered, &response.headers, &response.body));
            }
            Outcome::Failure(failure) => text.push_str(&format!("{failure}\n\n")),
        }
    }
    text
}

/// A request or a reply as text.
fn message(first: &str, headers: &[(String, Vec<u8>)], body: &[u8]) -> String {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value)))
        .collect();
    format!("{first}\n{headers}\n{}\n\n", String::from_utf8_lossy(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_read_from_the_scope_of_a_signature() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20300101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=x";
        assert_eq!(region_of_scope(header).as_deref(), Some("eu-west-1"));
        assert_eq!(region_of_scope("Basic eA=="), None);
        assert_eq!(region_of(&[]), "us-east-1");
    }

    #[test]
    fn what_an_earlier_run_left_stays_known() {
        let kept = tempfile::tempdir().unwrap();
        let folder = kept.path();
        assert!(keep_earlier(folder).is_ok(), "there was none");
        for (text, kept) in [
            ("bucketlaw made 1 bl-1\nbucket bl-1-a\n", true),
            ("bucketlaw made 1 bl-2\nbucket bl-2-a\ngone bl-2-a\n", false),
            ("something else\n", false),
        ] {
            assert!(fs::write(folder.join(MADE), text).is_ok());
            assert!(keep_earlier(folder).is_ok());
            assert_eq!(!folder.join(MADE).exists(), kept, "{text}");
        }
        assert!(made_by(folder, "bl-1").exists() && !made_by(folder, "bl-2").exists());
    }

    #[test]
    fn only_findings_of_an_earlier_run_are_taken_away() {
        let kept = tempfile::tempdir().unwrap();
        let folder = kept.path().join("failures");
        let (ours, theirs) = (folder.join("LOCK-DEL-003"), folder.join("notes"));
        for place in [&ours, &theirs] {
            assert!(fs::create_dir_all(place).is_ok());
        }
        assert!(remove_earlier(&folder).is_ok());
        assert!(!ours.exists() && theirs.exists());
        assert!(fs::remove_dir_all(&folder).is_ok());
        assert!(remove_earlier(&folder).is_ok(), "there is nothing to take away");
    }

    #[test]
    fn an_expected_reply_begins_with_its_status() {
        assert_eq!(status_of("403, AccessDenied"), Some(403));
        assert_eq!(status_of("200\n<?xml version=\"1.0\"?>"), Some(200));
        assert_eq!(status_of("no reply"), None);
    }
}
