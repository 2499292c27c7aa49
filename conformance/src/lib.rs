//! Judges any S3 endpoint.

pub mod wire;
