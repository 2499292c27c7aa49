//! Checking the law: tiny worlds, theorems over every edge, and the search for witnesses.

pub mod domain;
pub mod domains;
pub mod witness;
