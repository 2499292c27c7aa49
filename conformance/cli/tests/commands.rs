//! The program as people run it: what it prints, what it writes, and what it exits with.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what fails here fails the test"
)]

#[path = "commands/addressing.rs"]
mod addressing;
#[path = "commands/bad_input.rs"]
mod bad_input;
#[path = "commands/documentation.rs"]
mod documentation;
#[path = "commands/exit_codes.rs"]
mod exit_codes;
#[path = "../../tests/support/front.rs"]
mod front;
#[path = "commands/log.rs"]
mod log;
#[path = "commands/lookup.rs"]
mod lookup;
#[path = "commands/page.rs"]
mod page;
#[path = "commands/proxy.rs"]
mod proxy;
#[path = "commands/secrets.rs"]
mod secrets;
#[path = "commands/stand_ins.rs"]
mod stand_ins;
#[path = "commands/strangers.rs"]
mod strangers;
#[path = "commands/support.rs"]
mod support;
