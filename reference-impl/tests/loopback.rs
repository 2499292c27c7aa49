//! The server over loopback: raw requests, signed by AWS's own signer.

#[cfg(test)]
mod loopback {
    mod admin;
    mod client;
    mod framing;
    mod lifecycle;
    mod presigned;
    mod robustness;
    mod routes;
    mod signatures;
    mod throughput;
}
