//! The law of S3 buckets: an executable model of S3's security semantics.

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
