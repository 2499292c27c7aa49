//! Judges any S3 endpoint.

pub mod clean;
pub mod exit;
pub mod explore;
pub mod history;
pub mod judge;
pub mod lift;
pub mod linearize;
pub mod lower;
pub mod race;
pub mod report;
pub mod repro;
pub mod retry;
pub mod run;
pub mod serve_law;
pub mod session;
pub mod suite;
pub mod target;
pub mod verdicts;
pub mod wire;
