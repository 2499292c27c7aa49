//! Checking the law: tiny worlds, theorems over every edge, and the search for witnesses.

pub mod domain;
pub mod domains;
pub mod explore;
pub mod fingerprint;
pub mod precedence;
pub mod repeal;
#[cfg(feature = "stateright")]
pub mod stateright;
pub mod theorem;
pub mod trace;
pub mod verdict;
pub mod witness;
