//! The reference server as a program.

use std::io::Write;
use std::process::ExitCode;

use bucketlaw_server::command::{self, Arguments, Ended};
use clap::Parser;

/// A full reference S3 server, written from the clauses.
#[derive(Debug, Parser)]
#[command(name = "bucketlaw-server", version)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let program = Program::parse();
    match command::run(&program.arguments) {
        Ok(Ended::InOrder) => ExitCode::SUCCESS,
        // As a shell gives it for a process that SIGINT ended.
        Ok(Ended::AtOnce) => ExitCode::from(130),
        Err(message) => {
            // Nobody is left to tell if standard error is closed too.
            let _ = writeln!(std::io::stderr(), "bucketlaw-server: {message}");
            ExitCode::from(2)
        }
    }
}
