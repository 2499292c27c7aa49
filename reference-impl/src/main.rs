//! The reference server as a program.

use std::process::ExitCode;

use bucketlaw_server::command::{self, Arguments};
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
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    match command::run(&program.arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tracing::error!("{message}");
            ExitCode::from(2)
        }
    }
}
