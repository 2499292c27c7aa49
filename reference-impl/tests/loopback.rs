//! The server over loopback: raw requests, signed by AWS's own signer.

#[cfg(test)]
mod loopback {
    mod admin;
    mod buckets;
    mod client;
    mod framing;
    mod lifecycle;
    mod limits;
    mod presigned;
    mod robustness;
    mod routes;
    mod services;
    mod signatures;
    mod throughput;
}
