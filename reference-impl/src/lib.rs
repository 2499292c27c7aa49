//! A full reference S3 server, written from the numbered clauses about S3 and independent of their executable model.
//!
//! A request flows one way: `target → authn → route → resolve → authz → body → plan → finish` ([`pipeline`]). The
//! order of the lines there is the order of errors. [`ops`] holds the operation table, [`wire`] what is on the wire,
//! [`store`] the data, [`authz`] the pure decision about permissions, [`lock`] the pure decisions about Object Lock.

pub mod admin;
pub mod authn;
pub mod authority;
pub mod authz;
pub mod clock;
pub mod command;
pub mod error;
pub mod exchange;
pub mod iam;
pub mod lock;
mod net;
pub mod ops;
pub mod pipeline;
pub mod query_api;
pub mod query_protocol;
mod regions;
pub mod serve;
mod services;
pub mod store;
pub mod sts;
pub mod versions;
pub mod wire;
