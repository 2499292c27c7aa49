//! The bucketlaw command: look the law up, check it, and judge any S3 endpoint by it.
//!
//! Results go to standard output, progress to standard error. The exit codes of all commands are one table
//! ([`bucketlaw_conformance::exit`]).
#![expect(
    clippy::print_stderr,
    reason = "a command line program says there what it does"
)]

use std::process::ExitCode;

use bucketlaw_conformance::exit::Code;
use clap::{CommandFactory, Parser, Subcommand};

mod check;
mod connect;
mod docs;
mod embedded;
mod fail_fast;
mod folder;
mod interrupt;
mod judging;
mod operation;
mod output;
mod progress;
mod selection;
mod serving;
mod spec;
mod test;
mod witness;

/// The law of S3 buckets, executable: look it up, check it, and judge any S3 endpoint by it.
#[derive(Debug, Parser)]
#[command(name = "bucketlaw", version, max_term_width = 110, after_help = after_help())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judges an S3 endpoint, by default the reference server that comes with this program.
    Test(Box<test::Arguments>),
    /// Looks up the law: areas, clauses, freedoms, coverage.
    Spec(spec::Arguments),
    /// Model-checks the law in tiny worlds, whole or with a facet repealed.
    Check(check::Arguments),
    /// Opens stateright's Explorer on a tiny world.
    Explore(check::ExploreArguments),
    /// Runs the reference server.
    Serve(bucketlaw_server::command::Arguments),
    /// Serves the law itself over the wire, whole or with facets repealed: the negative control of every judge.
    ServeLaw(serving::Arguments),
    /// Judges recorded histories again, with no endpoint.
    Judge(judging::JudgeArguments),
    /// Runs one program at an endpoint and judges it.
    Replay(judging::ReplayArguments),
    /// Removes what an earlier run left at an endpoint.
    Clean(Box<connect::CleanArguments>),
    /// Puts the reports of the parts of a run together.
    #[command(subcommand)]
    Report(judging::ReportCommand),
    /// Searches the shortest program that tells each facet of the law, and writes them as files.
    Witness(witness::Arguments),
    /// Writes the pages that are made from the catalogue, the law and the suite: clauses, operations, coverage.
    Docs(docs::Arguments),
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

fn after_help() -> String {
    format!("Exit codes:\n{}", bucketlaw_conformance::exit::table())
}

/// How a command can fail before it has a result: one message that says what to do next, and the exit code.
#[derive(Debug)]
struct Failed(Code, String);

impl Failed {
    fn usage(what: impl std::fmt::Display) -> Failed {
        Failed(Code::Usage, what.to_string())
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() {
                Code::Usage
            } else {
                Code::AsExpected
            };
            // Nothing can be done about a closed terminal.
            let _ = error.print();
            return code.into();
        }
    };
    // A panic is a bug of ours too, and is told as one; its own message is on standard error already.
    let result = std::panic::catch_unwind(|| run(arguments.command)).unwrap_or_else(|_| {
        let what = "this is a bug of bucketlaw: please report it, with the message above and the command";
        Err(Failed(Code::Bug, what.to_owned()))
    });
    match result {
        Ok(code) => code.into(),
        Err(Failed(code, what)) => {
            eprintln!("bucketlaw: {what}");
            code.into()
        }
    }
}

fn run(command: Command) -> Result<Code, Failed> {
    match command {
        Command::Test(arguments) => test::run(&arguments),
        Command::Spec(arguments) => spec::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Explore(arguments) => check::explore(&arguments),
        Command::Serve(arguments) => serving::serve(&arguments),
        Command::ServeLaw(arguments) => serving::serve_law(&arguments),
        Command::Judge(arguments) => judging::judge(&arguments),
        Command::Replay(arguments) => judging::replay(&arguments),
        Command::Clean(arguments) => connect::clean_up(&arguments),
        Command::Report(command) => judging::report(&command),
        Command::Witness(arguments) => witness::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "bucketlaw",
                &mut std::io::stdout(),
            );
            Ok(Code::AsExpected)
        }
    }
}
