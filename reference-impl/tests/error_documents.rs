//! Every error that a client can cause, through the wire: its status, code and message, and the elements that it has
//! besides, in their order, and no others (EVAL-ERR-016).

#[cfg(test)]
#[allow(dead_code)] // shared with the other tests of the wire
#[path = "loopback/client.rs"]
mod client;

#[cfg(test)]
mod error_documents {
    mod authentication;
    mod bodies;
    mod buckets;
    pub(crate) mod case;
    mod documents;
    mod objects;
    mod signatures;
    mod uploads;
    mod writes;

    use bucketlaw_server::error::Code;

    /// The files of this test.
    const CASES: [&str; 8] = [
        include_str!("error_documents/authentication.rs"),
        include_str!("error_documents/bodies.rs"),
        include_str!("error_documents/buckets.rs"),
        include_str!("error_documents/documents.rs"),
        include_str!("error_documents/objects.rs"),
        include_str!("error_documents/signatures.rs"),
        include_str!("error_documents/uploads.rs"),
        include_str!("error_documents/writes.rs"),
    ];

    /// What no client can cause, or shows no document.
    const NOT_CAUSED: [&str; 3] = ["InternalError", "NotModified", "RequestTimeout"];

    /// The codes of IAM and STS, whose documents have no elements besides (see `query_protocol`).
    const OF_OTHER_SERVICES: [&str; 12] = [
        "DeleteConflict",
        "EntityAlreadyExists",
        "IncompleteSignature",
        "InvalidAction",
        "InvalidClientTokenId",
        "LimitExceeded",
        "MalformedInput",
        "MalformedPolicyDocument",
        "MissingAction",
        "MissingAuthenticationToken",
        "NoSuchEntity",
        "ValidationError",
    ];

    /// No code without a case: whoever adds one says here which elements its document has.
    #[test]
    fn every_code_has_a_case() {
        let asked = |code: &Code| {
            let text = format!("\"{} {}\"", code.status().as_u16(), code.as_str());
            CASES.iter().any(|cases| cases.contains(&text))
        };
        let missing: Vec<&str> = Code::ALL
            .iter()
            .filter(|code| !asked(code))
            .map(|code| code.as_str())
            .filter(|code| !NOT_CAUSED.contains(code) && !OF_OTHER_SERVICES.contains(code))
            .collect();
        assert_eq!(missing, [""; 0]);
    }
}
