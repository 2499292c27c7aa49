//! Files of several programs.
//!
//! ```text
//! bucketlaw programs 1
//! # LOCK-DEL-003: DELETE of a version under COMPLIANCE is refused to everybody.
//!
//! === compliance@DeleteObjectVersion
//! # tells LOCK-DEL-003/compliance@DeleteObjectVersion
//! 1 owner CreateBucket bucket=b lock=true
//! 2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@1
//! 3 owner DeleteObject bucket=b key=k version=v2
//!
//! === compliance@DeleteObjectsVersion
//! …
//! ```
//!
//! The comments above the first program say what the file holds. A line `=== NAME` begins a program and takes the place
//! of its header; the name is one word without `#`, and no two programs
//! of a file have the same.

use std::collections::BTreeSet;
use std::fmt;

use super::{HEADER, Program, ProgramError};

/// The first line of every file of several programs.
pub const FILE_HEADER: &str = "bucketlaw programs 1";

/// What the line begins with that begins a program.
const NEXT: &str = "===";

/// What a file holds: one program without a name, or several with theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramFile {
    /// The comment lines above the first program, without the `# `: what the file holds.
    pub about: Vec<String>,
    /// The programs in their order, each with its name; the only program of a file in the form of one has none.
    pub programs: Vec<(String, Program)>,
}

/// A line of a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The program that the line belongs to; empty above the first one, and in a file of one program.
    pub program: String,
    /// The line, counted from the top of the file, and what is wrong with it.
    pub error: ProgramError,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProgramError { line, what } = &self.error;
        match self.program.as_str() {
            "" => write!(f, "line {line}: {what}"),
            program => write!(f, "line {line}, in program {program}: {what}"),
        }
    }
}

impl std::error::Error for FileError {}

impl ProgramFile {
    /// Reads a file of one program or of several: its first line says which.
    ///
    /// # Errors
    /// The first line that cannot be read, in which program, and why.
    pub fn read(text: &str) -> Result<ProgramFile, FileError> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
        match lines.get(first) {
            Some(line) if *line == FILE_HEADER => several(&lines, first + 1),
            Some(line) if line.starts_with("bucketlaw programs ") => Err(FileError {
                program: String::new(),
                error: ProgramError {
                    line: first + 1,
                    what: format!(
                        "`{line}` is a format that this version does not know; it reads `{FILE_HEADER}`"
                    ),
                },
            }),
            Some(_) | None => one(text),
        }
    }
}

impl fmt::Display for ProgramFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [(name, program)] = self.programs.as_slice()
            && name.is_empty()
        {
            return write!(f, "{program}");
        }
        writeln!(f, "{FILE_HEADER}")?;
        for line in &self.about {
            writeln!(f, "# {line}")?;
        }
        for (name, program) in &self.programs {
            let text = program.to_string();
            let body = text.strip_prefix(HEADER).unwrap_or(&text);
            write!(f, "\n{NEXT} {name}{body}")?;
        }
        Ok(())
    }
}

/// Reads a file in the form of one program.
fn one(text: &str) -> Result<ProgramFile, FileError> {
    let program = Program::read(text).map_err(|error| FileError {
        program: String::new(),
        error,
    })?;
    Ok(ProgramFile {
        about: Vec::new(),
        programs: vec![(String::new(), program)],
    })
}

/// Reads what stands below the header of a file of several programs, from the line `at` on, counted from 0.
fn several(lines: &[&str], mut at: usize) -> Result<ProgramFile, FileError> {
    let fail = |program: &str, line: usize, what: String| FileError {
        program: program.to_owned(),
        error: ProgramError { line: line + 1, what },
    };
    let mut file = ProgramFile::default();
    while let Some(line) = lines.get(at).filter(|line| !begins(line)) {
        if let Some(comment) = line.strip_prefix('#') {
            file.about.push(comment.trim().to_owned());
        } else if !line.is_empty() {
            let what =
                format!("only comments stand above the first program, which begins with `{NEXT} NAME`");
            return Err(fail("", at, what));
        }
        at += 1;
    }
    let mut names = BTreeSet::new();
    while let Some(line) = lines.get(at) {
        let name = line.strip_prefix(NEXT).map_or("", str::trim);
        if name.is_empty() || name.contains(|letter: char| letter.is_whitespace() || letter == '#') {
            let what = format!(
                "`{line}` begins no program; write `{NEXT} NAME`, with a name of one word without `#`"
            );
            return Err(fail("", at, what));
        }
        if !names.insert(name) {
            let what = "there is a program of this name above; give this one another".to_owned();
            return Err(fail(name, at, what));
        }
        let below = lines.get(at + 1..).unwrap_or_default();
        let length = below.iter().position(|line| begins(line)).unwrap_or(below.len());
        let body = below.get(..length).unwrap_or_default().join("\n");
        // The line that begins the program stands where a program by itself has its header.
        let program = Program::read(&format!("{HEADER}\n{body}"))
            .map_err(|error| fail(name, at + error.line - 1, error.what))?;
        if program.steps.is_empty() {
            return Err(fail(name, at, "the program has no steps".to_owned()));
        }
        file.programs.push((name.to_owned(), program));
        at += 1 + length;
    }
    if file.programs.is_empty() {
        let what = format!("there is no program in it; one begins with `{NEXT} NAME`");
        return Err(fail("", lines.len().saturating_sub(1), what));
    }
    Ok(file)
}

fn begins(line: &str) -> bool {
    line.starts_with(NEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "bucketlaw programs 1\n# two programs\n\n=== one@HeadBucket\n# tells A\n\
        policy p = Allow user s3:* b/*\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n\n\
        === other@HeadBucket\ntogether {\n1 owner HeadBucket bucket=b\n2 owner HeadBucket bucket=b\n}\n";

    #[test]
    fn a_file_reads_as_it_is_written() {
        let file = ProgramFile::read(TEXT).unwrap();
        assert_eq!(file.to_string(), TEXT);
        assert_eq!(file.about, ["two programs"]);
        let names: Vec<&str> = file.programs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["one@HeadBucket", "other@HeadBucket"]);
    }

    #[test]
    fn a_program_of_a_file_is_the_one_that_it_is_by_itself() {
        let file = ProgramFile::read(TEXT).unwrap();
        for (name, program) in &file.programs {
            let alone = ProgramFile::read(&program.to_string()).unwrap();
            assert_eq!(alone.programs, [(String::new(), program.clone())], "{name}");
            assert_eq!(alone.to_string(), program.to_string());
        }
    }

    #[test]
    fn an_error_names_the_program_and_the_line_of_the_file() {
        let error = |text: &str| ProgramFile::read(text).unwrap_err().to_string();
        let wrong = TEXT.replace("together {\n1 owner HeadBucket", "together {\n1 owner Fly");
        assert_eq!(
            error(&wrong).split(';').next().unwrap(),
            "line 12, in program other@HeadBucket: there is no operation `Fly`",
        );
        // A burst that does not end, and a policy that is none: the lines are those of the file too.
        let open = TEXT.replace("}\n", "");
        assert!(error(&open).starts_with("line 13, in program other@HeadBucket: the burst does not end"));
        let policy = TEXT.replace("Allow user s3:* b/*", "Allow");
        assert!(
            error(&policy).starts_with("line 6, in program one@HeadBucket: "),
            "{}",
            error(&policy)
        );
        assert!(error("bucketlaw program 1\n\n1 owner Fly bucket=b\n").starts_with("line 3: there is no"));
    }

    #[test]
    fn a_wrong_frame_says_what_to_write() {
        let error = |body: &str| {
            ProgramFile::read(&format!("\n{FILE_HEADER}\n{body}"))
                .unwrap_err()
                .to_string()
        };
        assert!(error("1 owner HeadBucket bucket=b\n").starts_with("line 3: only comments stand above"));
        assert!(error("# nothing\n").contains("there is no program in it"));
        assert!(error("===\n1 owner HeadBucket bucket=b\n").starts_with("line 3: `===` begins no program"));
        assert!(error("=== a b\n1 owner HeadBucket bucket=b\n").contains("a name of one word"));
        assert!(error("=== a\n=== b\n").starts_with("line 3, in program a: the program has no steps"));
        let twice = "=== a\n1 owner HeadBucket bucket=b\n=== a\n1 owner HeadBucket bucket=b\n";
        assert!(error(twice).starts_with("line 5, in program a: there is a program of this name"));
        assert!(
            ProgramFile::read("bucketlaw programs 2\n")
                .unwrap_err()
                .to_string()
                .contains("does not know")
        );
        assert!(
            ProgramFile::read("")
                .unwrap_err()
                .to_string()
                .starts_with("line 1: a program starts with")
        );
    }
}
