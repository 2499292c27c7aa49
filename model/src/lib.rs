//! The law of S3 buckets: an executable model of S3's security semantics.
//!
//! The law is a relation: [`step`](step::step) gives all ways in which a request may end at a state, each with its reply, the
//! state afterwards and the clauses that decided. It is pure: no clock, no network, no chance.
//!
//! ```
//! use bucketlaw_model::law::Law;
//! use bucketlaw_model::program::Program;
//! use bucketlaw_model::request::Route;
//! use bucketlaw_model::state::State;
//! use bucketlaw_model::step::step;
//! use bucketlaw_model::time::{Moment, Time};
//!
//! let program = Program::read(
//!     "bucketlaw program 1
//!      1 owner CreateBucket bucket=b lock=true
//!      2 owner PutObject bucket=b key=k hold=ON
//!      3 owner DeleteObject bucket=b key=k version=#1",
//! )?;
//! let (law, now) = (Law::full(), Moment::exactly(Time(0)));
//! let mut state = State::default();
//! let mut last = None;
//! for (_, request) in program.requests() {
//!     // Never none, and more than one where S3 is undocumented: here the first.
//!     let transition = step(&law, &program.world, &state, request, now).swap_remove(0);
//!     state = transition.next.clone().unwrap_or(state);
//!     last = Some((request, transition));
//! }
//! let (request, refused) = last.expect("three requests were ruled on");
//! assert_eq!(refused.reply.status, 403);
//! let by = refused.because.decided[0];
//! assert_eq!(by.to_string(), "LOCK-DEL-001/hold");
//!
//! // The same law without the part of the clause that decided: the version on hold is deleted.
//! let without = law.without(by, Route::DeleteObjectVersion);
//! let transition = step(&without, &program.world, &state, request, now).swap_remove(0);
//! assert_eq!(transition.reply.status, 204);
//! # Ok::<(), bucketlaw_model::program::ProgramError>(())
//! ```
//!
//! | to | see |
//! |---|---|
//! | rule on one request | [`step`](step::step) |
//! | judge what a server answered, one request after the other | [`Belief`](belief::Belief) |
//! | look a clause up, or list them | [`clause`] |
//! | read how an operation is ruled on | [`clause::tables`], [`check::precedence`] |
//! | explore everything that can happen in a tiny world | [`check`] |
//!
//! `docs/reading-the-law.md` says which law to ask and, within a chapter, how to ask it.

pub mod access;
pub mod action;
pub mod argument;
pub mod belief;
mod bits;
pub mod check;
pub mod clause;
mod cx;
pub mod describe;
pub mod encryption;
mod force;
pub mod law;
pub mod lock;
pub mod map;
pub mod names;
pub mod observed;
pub mod planned;
pub mod policy;
pub mod program;
pub mod reply;
pub mod request;
pub mod simulate;
pub mod state;
pub mod step;
pub mod table;
pub mod thin;
pub mod time;
pub mod versioning;
pub mod words;
pub mod world;

pub use cx::NOT_MODELLED;
