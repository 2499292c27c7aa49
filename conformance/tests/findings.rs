//! What outsiders found: each program of the suite that a finding left convicts the fault that it is about.
//!
//! A fault is the law with a facet repealed on a route. Some programs were found at servers that were right; then the point is
//! that a server that is not would have got away, and the fault is that server's.

#![expect(clippy::panic, reason = "what fails here fails the test")]

use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_model::law::Law;
use bucketlaw_model::simulate::{Told, tells};

/// The programs below `suite/regressions/`, each with the faults that it convicts.
#[rustfmt::skip]
const FOUND: &[(&str, &[&str])] = &[
    ("pattern-with-a-space", &["POL-RES-003/decoded@GetObject"]),
    ("question-mark-is-one-character", &["POL-RES-002/question-mark@GetObject"]),
    ("colon-in-a-bucket-policy", &["POL-RES-003/decoded@GetObject"]),
    ("colon-in-a-key-and-its-policy", &["POL-RES-003/decoded@GetObject"]),
    ("patterns-are-compared-with-bytes", &["POL-RES-003/decoded@GetObject", "POL-RES-002/question-mark@GetObject"]),
    ("hold-leaves-the-bytes", &["EVAL-OPX-009/plain@PutObjectLegalHold"]),
    ("public-access-block-leaves-the-bucket", &["EVAL-OPX-009/plain@DeletePublicAccessBlock"]),
    ("subresources-leave-the-object", &[
        "EVAL-OPX-009/plain@PutObjectRetention", "EVAL-OPX-009/plain@PutObjectTagging", "EVAL-OPX-009/plain@DeleteObjectTagging",
        "EVAL-OPX-009/plain@UploadPart", "EVAL-OPX-009/plain@AbortMultipartUpload",
    ]),
    ("stranger-reads-an-object", &["EVAL-XACC-001/resource-side@GetObject", "EVAL-OP-028/action@GetObject"]),
    ("stranger-copies-an-object", &["EVAL-XACC-001/resource-side@CopyObject", "EVAL-OPX-010/refused@CopyObject"]),
    ("deny-of-delete-version-in-a-batch", &["EVAL-OP-040/version-action@DeleteObjectsVersion", "EVAL-ORD-001/deny@DeleteObjectsVersion"]),
    ("policy-without-a-principal", &["POL-GRAM-017/principal@PutBucketPolicy", "POL-VAL-005/star@PutBucketPolicy"]),
];

fn program(entries: &[Entry], name: &str) -> Entry {
    let path = format!("regressions/{name}.program");
    let found = entries.iter().find(|entry| entry.path == path);
    found.cloned().unwrap_or_else(|| panic!("the suite has {path}"))
}

#[test]
fn each_finding_convicts_its_faults() {
    let entries = embedded().unwrap();
    for (name, faults) in FOUND {
        let entry = program(&entries, name);
        assert!(!faults.is_empty(), "{name} convicts nothing");
        assert_eq!(
            tells(&Law::full(), &Law::strict(), &entry.program),
            Told::NotAlways,
            "{name} convicts a right server"
        );
        for fault in *faults {
            let mutant = Law::full().repeal(fault).unwrap();
            assert_eq!(
                tells(&Law::full(), &mutant, &entry.program),
                Told::Always,
                "{name}: {fault}"
            );
        }
    }
}
