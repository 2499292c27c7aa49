//! The wire layer: targets, signatures, framing, digests, XML and dates, free of any S3 semantics.

pub mod checksum;
pub mod chunked;
pub mod credential;
pub mod dates;
pub mod encoded_words;
pub mod encoding;
pub mod payload;
pub mod sigv4;
pub mod target;
pub mod xml;
