//! Programs: lists of requests with handles for the values that a server chooses.
//!
//! A program is text, one step a line, and the unit of everything: witness, test, failure, reproducer.
//!
//! ```text
//! bucketlaw program 1
//! # LOCK-DEL-003/compliance@DeleteObjectVersion
//! policy p = Allow user s3:* b,b/*
//! 1 owner CreateBucket bucket=b lock=true
//! 2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@5
//! 3 owner DeleteObject bucket=b key=k version=v2
//! 4 wait @6
//! ```
//!
//! Steps between `together {` and `}` are a burst: they are sent at the same moment, each on a connection of its own.
//!
//! A request may say `via=presigned`, `via=chunked`, `via=chunked-trailer` or `via=unsigned-trailer`: it is signed, or its
//! body coded, in that way, and the law rules on it as on any other.
//!
//! `v2` is the version that step 2 made, `v5.1` the first of several that step 5 made, `u4` the multipart upload that
//! step 4 began. `@5` is five units after the start of the program; `wait @6` waits until then. Lines that start with
//! `#` are comments. Steps keep their numbers when others are taken out.
//!
//! A condition names an ETag by the content that has it: `if_match=x` the content `x` put whole, `if_match=part:x` the
//! content `x` as the only part of a multipart upload, `if_match=unclosed:x` and `if_match=unopened:x` that of `x` without
//! its closing or its opening quote, `if_match=odd` a list of two. An entry of DeleteObjects is `key`, `key:version`, or
//! `key~x` with the ETag of `x` as its condition. Copies name their source by `source_bucket`, `source_key` and
//! `source_version`.

use std::collections::BTreeMap;
use std::fmt;

use crate::argument::{Mapping, UploadRef, VersionName, VersionRef};
use crate::request::{Caller, Operation, Request};
use crate::time::Time;
use crate::world::{Calendar, World};

mod file;
mod via;

pub use crate::names::Handle;
pub use file::{FILE_HEADER, FileError, ProgramFile};
pub use via::Via;

/// The first line of every program.
pub const HEADER: &str = "bucketlaw program 1";

/// The line that begins a burst.
const TOGETHER: &str = "together {";
/// The line that ends one.
const END: &str = "}";

/// How many requests a burst has at the most: their orders are all tried.
pub const MOST_TOGETHER: usize = 4;

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// It makes a request.
    Ask(Request),
    /// It waits until so many units after the start.
    Wait(i8),
}

/// One step with its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The number, by which handles refer to it.
    pub number: u16,
    /// What it does.
    pub act: Act,
}

/// A list of requests over a world of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Comment lines at the top, without the `# `: what the program tells.
    pub about: Vec<String>,
    /// The names that it uses. The calendar is a placeholder until the program runs.
    pub world: World,
    /// The steps.
    pub steps: Vec<Step>,
    /// The bursts, by the numbers of their first and last steps. Steps may be taken out of a burst; what is left of it
    /// is still sent together.
    pub bursts: Vec<(u16, u16)>,
    /// The ways of requests that do not travel in the usual way, by the numbers of their steps.
    pub vias: BTreeMap<u16, Via>,
}

/// A line of a program that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what to write.
    pub what: String,
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for ProgramError {}

impl Program {
    /// Reads a program.
    ///
    /// # Errors
    /// The first line that cannot be read, and why.
    pub fn read(text: &str) -> Result<Program, ProgramError> {
        let fail = |line: usize, what: String| ProgramError { line: line + 1, what };
        let lines: Vec<(usize, &str)> = text
            .lines()
            .map(str::trim)
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .collect();
        match lines.first() {
            Some((_, line)) if *line == HEADER => {}
            Some((at, line)) if line.starts_with("bucketlaw program ") => {
                return Err(fail(
                    *at,
                    format!("`{line}` is a format that this version does not know; it reads `{HEADER}`"),
                ));
            }
            first => {
                return Err(fail(
                    first.map_or(0, |(at, _)| *at),
                    format!("a program starts with the line `{HEADER}`"),
                ));
            }
        }
        let mut program = Program {
            about: Vec::new(),
            world: names(&lines)?,
            steps: Vec::new(),
            bursts: Vec::new(),
            vias: BTreeMap::new(),
        };
        // Where the steps of the burst that is open begin.
        let mut open: Option<usize> = None;
        for (at, line) in lines.iter().skip(1) {
            let failed = |what: String| fail(*at, what);
            if let Some(comment) = line.strip_prefix('#') {
                program.about.push(comment.trim().to_owned());
            } else if *line == TOGETHER {
                if open.replace(program.steps.len()).is_some() {
                    return Err(failed(
                        "a burst is open already; end it with `}` before the next".to_owned(),
                    ));
                }
            } else if *line == END {
                let first = open
                    .take()
                    .ok_or_else(|| failed("no burst is open; one begins with `together {`".to_owned()))?;
                let steps = program.steps.get(first..).unwrap_or_default();
                program.bursts.push(burst(steps).map_err(failed)?);
            } else if !line.starts_with("policy ") {
                let (step, via) = read_step(line, &program.world).map_err(failed)?;
                if program
                    .steps
                    .last()
                    .is_some_and(|last| last.number >= step.number)
                {
                    return Err(failed(format!(
                        "step {} does not come after the step before it",
                        step.number
                    )));
                }
                program.vias.extend(via.map(|via| (step.number, via)));
                program.steps.push(step);
            }
        }
        if open.is_some() {
            let last = lines.last().map_or(0, |(at, _)| *at);
            return Err(fail(
                last,
                "the burst does not end; write `}` after its last step".to_owned(),
            ));
        }
        Ok(program)
    }

    /// The steps as they are taken: one at a time, or those of a burst together.
    pub fn turns(&self) -> impl Iterator<Item = &[Step]> {
        self.steps
            .chunk_by(|one, next| self.are_together(one.number, next.number))
    }

    /// Whether two steps are of one burst.
    #[must_use]
    pub fn are_together(&self, one: u16, other: u16) -> bool {
        let mut bursts = self.bursts.iter();
        bursts.any(|(first, last)| (*first..=*last).contains(&one) && (*first..=*last).contains(&other))
    }

    /// Whether requests of it are sent together.
    #[must_use]
    pub fn races(&self) -> bool {
        self.turns().any(|turn| turn.len() > 1)
    }

    /// Whether it waits for time to pass.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.act, Act::Wait(_)))
    }

    /// The requests of the program with their step numbers.
    pub fn requests(&self) -> impl Iterator<Item = (u16, &Request)> {
        self.steps.iter().filter_map(|step| match &step.act {
            Act::Ask(request) => Some((step.number, request)),
            Act::Wait(_) => None,
        })
    }

    /// One step as its line of text.
    #[must_use]
    pub fn line(&self, step: &Step) -> String {
        match &step.act {
            Act::Wait(units) => format!("{} wait @{units}", step.number),
            Act::Ask(request) => {
                let mut line = format!("{} {} {}", step.number, request.caller, request.operation.name());
                for (name, word) in request.operation.words(&self.world) {
                    line.push_str(&format!(" {name}={word}"));
                }
                if let Some(via) = self.vias.get(&step.number) {
                    line.push_str(&format!(" via={via}"));
                }
                line
            }
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        for line in &self.about {
            writeln!(f, "# {line}")?;
        }
        for (name, policy) in self.world.policies() {
            if self
                .requests()
                .any(|(_, request)| uses_policy(request, name, &self.world))
            {
                writeln!(f, "policy {name} = {policy}")?;
            }
        }
        for turn in self.turns() {
            let together = turn.len() > 1;
            if together {
                writeln!(f, "{TOGETHER}")?;
            }
            for step in turn {
                writeln!(f, "{}", self.line(step))?;
            }
            if together {
                writeln!(f, "{END}")?;
            }
        }
        Ok(())
    }
}

/// The burst of these steps: a few requests, none of which needs what another of them brings to light.
fn burst(steps: &[Step]) -> Result<(u16, u16), String> {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return Err("the burst is empty".to_owned());
    };
    if !(2..=MOST_TOGETHER).contains(&steps.len()) {
        return Err(format!(
            "a burst has 2 to {MOST_TOGETHER} requests, this one has {}",
            steps.len()
        ));
    }
    for step in steps {
        let Act::Ask(request) = &step.act else {
            return Err(format!("step {} waits; a burst has requests only", step.number));
        };
        let needed = handles_of(request)
            .into_iter()
            .find(|handle| (first.number..=last.number).contains(&handle.step));
        if let Some(handle) = needed {
            return Err(format!(
                "step {} needs `{handle}`, but nobody knows it when the burst is sent; let an earlier step make it",
                step.number
            ));
        }
    }
    Ok((first.number, last.number))
}

/// The handles of versions and uploads that a request names.
fn handles_of(request: &Request) -> Vec<Handle> {
    struct Collect(Vec<Handle>);
    impl Mapping for Collect {
        fn version(&mut self, version: VersionRef) -> VersionRef {
            if let VersionRef::Made(handle) = version {
                self.0.push(handle);
            }
            version
        }

        fn upload(&mut self, upload: UploadRef) -> UploadRef {
            if let UploadRef::Made(handle) = upload {
                self.0.push(handle);
            }
            upload
        }
    }
    let mut found = Collect(Vec::new());
    // Only the walk over the references matters, not the operation that it makes.
    let _same = request.operation.map_references(&mut found);
    found.0
}

fn uses_policy(request: &Request, name: &str, world: &World) -> bool {
    request
        .operation
        .words(world)
        .iter()
        .any(|(argument, word)| *argument == "policy" && word == name)
}

/// Splits `name=value` words.
fn arguments(line: &str) -> Result<Vec<(&str, &str)>, String> {
    line.split_whitespace()
        .map(|word| {
            word.split_once('=')
                .ok_or_else(|| format!("`{word}` is no argument; write name=value"))
        })
        .collect()
}

/// Collects the names that the lines of a program use.
fn names(lines: &[(usize, &str)]) -> Result<World, ProgramError> {
    let mut world = World::new(
        &[],
        &[],
        &[],
        Calendar {
            start: Time(0),
            unit: 1000,
        },
    );
    for (at, line) in lines.iter().skip(1).filter(|(_, line)| !line.starts_with('#')) {
        if let Some(rest) = line.strip_prefix("policy ") {
            let declared = rest
                .split_once('=')
                .ok_or_else(|| "write policy NAME = STATEMENTS".to_owned());
            declared
                .and_then(|(name, policy)| world.declare_policy(name.trim(), policy.trim()))
                .map_err(|what| ProgramError { line: at + 1, what })?;
            continue;
        }
        for (name, value) in line.split_whitespace().filter_map(|word| word.split_once('=')) {
            match name {
                "bucket" | "source_bucket" => world.declare_bucket(value),
                "key" | "source_key" | "prefix" | "key_marker" => world.declare_key(value),
                "content" => world.declare_content(value),
                "tags" => value
                    .split('/')
                    .filter(|tag| !tag.is_empty())
                    .for_each(|tag| world.declare_content(tag)),
                "if_match" | "if_none_match" | "source_if_match" | "source_if_none_match" => {
                    declare_etag(&mut world, value);
                }
                "objects" => {
                    for entry in value.split(',') {
                        let (entry, etag) = entry
                            .split_once('~')
                            .map_or((entry, None), |(entry, etag)| (entry, Some(etag)));
                        world.declare_key(entry.split_once(':').map_or(entry, |(key, _)| key));
                        etag.into_iter().for_each(|etag| declare_etag(&mut world, etag));
                    }
                }
                _ => {}
            }
        }
    }
    Ok(world)
}

/// Makes the content known whose ETag a condition names.
fn declare_etag(world: &mut World, etag: &str) {
    if etag != "*" && etag != "odd" {
        world.declare_content(etag.split_once(':').map_or(etag, |(_, content)| content));
    }
}

fn read_step(line: &str, world: &World) -> Result<(Step, Option<Via>), String> {
    let mut words = line.splitn(4, char::is_whitespace);
    let number = words.next().unwrap_or_default();
    let number: u16 = number
        .parse()
        .map_err(|_| format!("`{number}` is no step number"))?;
    let caller = words.next().unwrap_or_default();
    let name = words.next().unwrap_or_default();
    let rest = words.next().unwrap_or_default();
    if caller == "wait" {
        let units = name.strip_prefix('@').and_then(|units| units.parse().ok());
        return units
            .map(|units| {
                let act = Act::Wait(units);
                (Step { number, act }, None)
            })
            .ok_or_else(|| format!("`{name}` is no date; write wait @2"));
    }
    let caller = Caller::ALL
        .into_iter()
        .find(|known| known.name() == caller)
        .ok_or_else(|| format!("`{caller}` is no caller; the callers are owner, user, other, anonymous"))?;
    let mut arguments = arguments(rest)?;
    let way = arguments.iter().position(|(name, _)| *name == "via");
    let way = way.map(|at| arguments.remove(at).1);
    let operation = Operation::read(name, &arguments, world)?;
    let request = Request { caller, operation };
    let via = way.map(|word| Via::read(word, &request)).transpose()?;
    let act = Act::Ask(request);
    Ok((Step { number, act }, via))
}

impl VersionRef {
    /// The law's name, when the reference is already resolved.
    #[must_use]
    pub fn named(self) -> Option<VersionName> {
        match self {
            VersionRef::Named(name) => Some(name),
            VersionRef::Current
            | VersionRef::Made(_)
            | VersionRef::Malformed
            | VersionRef::Empty
            | VersionRef::Foreign(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "bucketlaw program 1\n# LOCK-DEL-003\npolicy p = Allow user s3:* b/*\n\
        1 owner CreateBucket bucket=b lock=true\n2 owner PutBucketPolicy bucket=b policy=p\n\
        3 owner PutObject bucket=b key=k content=x mode=COMPLIANCE until=@5\n\
        5 user DeleteObjects bucket=b objects=k:v3,z,k:null bypass=true\n6 wait @6\n";

    #[test]
    fn a_program_reads_as_it_is_written() {
        assert_eq!(Program::read(TEXT).unwrap().to_string(), TEXT);
    }

    #[test]
    fn copies_uploads_and_conditions_read_as_they_are_written() {
        let text = "bucketlaw program 1\n1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n\
            3 owner CreateMultipartUpload bucket=b key=k\n\
            4 owner UploadPart bucket=b key=k upload=u3 part=2 content=x\n\
            5 owner CompleteMultipartUpload bucket=b key=k upload=u3 if_match=a if_none_match=*\n\
            6 owner CopyObject source_bucket=b source_key=k source_version=v5 bucket=b key=l directive=REPLACE \
            if_match=part:x source_if_modified_since=before\n\
            7 owner DeleteObjects bucket=b objects=k~x,l:v6 times=501\n\
            8 owner ListObjectVersions bucket=b prefix=p/ delimiter=/ max_keys=2 key_marker=k version_marker=v5\n\
            9 owner GetObject bucket=b key=k version=empty\n\
            10 owner PutObjectTagging bucket=b key=k tags=x\n";
        assert_eq!(Program::read(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_burst_reads_as_it_is_written() {
        let text = "bucketlaw program 1\n1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n\
            together {\n3 owner DeleteObject bucket=b key=k version=v2\n4 user GetObject bucket=b key=k\n}\n\
            together {\n5 owner HeadBucket bucket=b\n7 owner HeadBucket bucket=b\n}\n8 owner GetObject bucket=b key=k\n";
        let mut program = Program::read(text).unwrap();
        assert_eq!(program.to_string(), text);
        let lengths = |program: &Program| program.turns().map(<[Step]>::len).collect::<Vec<_>>();
        assert_eq!(lengths(&program), [1, 1, 2, 2, 1]);
        assert!(program.races() && !program.are_together(4, 5));
        // What is left of a burst when its first step is taken out stays a turn of its own.
        program.steps.remove(2);
        assert_eq!(lengths(&program), [1, 1, 1, 2, 1]);
        assert_eq!(Program::read(&program.to_string()).unwrap().steps, program.steps);
    }

    #[test]
    fn wrong_bursts_say_what_to_write() {
        let error = |body: &str| {
            Program::read(&format!("{HEADER}\n{body}"))
                .unwrap_err()
                .to_string()
        };
        let (one, two) = ("1 owner HeadBucket bucket=b\n", "2 owner HeadBucket bucket=b\n");
        assert!(error(&format!("together {{\n{one}{two}")).contains("line 4: the burst does not end"));
        assert!(error(&format!("{one}}}\n")).contains("no burst is open"));
        assert!(error(&format!("together {{\n{one}together {{\n{two}}}\n")).contains("open already"));
        assert!(error(&format!("together {{\n{one}}}\n{two}")).contains("this one has 1"));
        assert!(error("together {\n}\n").contains("empty"));
        assert!(error(&format!("together {{\n{one}2 wait @1\n}}\n")).contains("step 2 waits"));
        let needy =
            "together {\n1 owner PutObject bucket=b key=k\n2 owner GetObject bucket=b key=k version=v1\n}\n";
        assert!(error(needy).contains("step 2 needs `v1`"));
    }

    #[test]
    fn wrong_lines_say_what_to_write() {
        let error = |body: &str| {
            Program::read(&format!("{HEADER}\n{body}"))
                .unwrap_err()
                .to_string()
        };
        assert!(error("1 owner Fly bucket=b").contains("there is no operation `Fly`"));
        assert!(error("1 nobody HeadBucket bucket=b").contains("callers are owner"));
        assert!(error("1 owner HeadBucket bucket=b size=3").contains("takes no argument `size`"));
        assert!(error("1 owner HeadBucket").contains("it is missing"));
        assert!(error("2 wait @1\n1 wait @2").contains("does not come after"));
        assert!(
            Program::read("bucketlaw program 9")
                .unwrap_err()
                .what
                .contains("does not know")
        );
    }
}
