//! Reports for the tests of this crate: a small one and one with every verdict.

use super::{
    Clarity, Clause, Deviation, DeviationState, Fact, Finding, Identity, KeptBy, Law, LeftBehind, Program,
    Report, Seen, Severity, Target, Unowned, Verdict,
};

/// A report of two clauses, one of them violated.
pub(crate) fn small() -> Report {
    let mut report = Report::new(target(), law(), 1);
    started(&mut report);
    report.clauses = vec![
        clause(
            "object-lock",
            "LOCK-DEL-003",
            Severity::Critical,
            Verdict::Violated,
        ),
        clause("object-lock", "LOCK-DEL-004", Severity::High, Verdict::Holds),
    ];
    report.findings = vec![lost_object()];
    report.settle();
    report
}

/// A report with every verdict, a declared, a stale and an untested deviation, and something left behind.
pub(crate) fn report() -> Report {
    let mut report = small();
    report.clauses.extend([
        clause(
            "object-lock",
            "LOCK-API-002",
            Severity::Medium,
            Verdict::Unsupported,
        ),
        clause("object-lock", "LOCK-HOLD-005", Severity::High, Verdict::Deviates),
        clause("object-lock", "LOCK-RET-008", Severity::Critical, Verdict::Holds),
        clause(
            "object-lock",
            "LOCK-DEL-008",
            Severity::High,
            Verdict::HoldsInPart,
        ),
        clause(
            "object-lock",
            "LOCK-RET-014",
            Severity::High,
            Verdict::Inconclusive,
        ),
        clause(
            "object-lock",
            "LOCK-RET-017",
            Severity::Medium,
            Verdict::NotExercised,
        ),
        clause("versioning", "VER-DEL-003", Severity::High, Verdict::Holds),
        clause("versioning", "VER-DEL-010", Severity::Medium, Verdict::Violated),
        clause("versioning", "VER-ST-009", Severity::Low, Verdict::Takes),
        clause(
            "evaluation",
            "EVAL-ORD-001",
            Severity::High,
            Verdict::HarnessError,
        ),
        clause("evaluation", "EVAL-SAME-001", Severity::High, Verdict::Holds),
    ]);
    report
        .findings
        .extend([lost_elsewhere(), also_charged(), marker_header(), declared_hold()]);
    report.facts = vec![Fact {
        text: "answers 500 to every request without credentials".to_owned(),
        clause: None,
        programs: 12,
    }];
    report.unowned = vec![Unowned {
        route: "PutBucketPolicy".to_owned(),
        what: "the status differs".to_owned(),
        expected: "204".to_owned(),
        got: "200".to_owned(),
        decides: false,
        example: "witnesses/evaluation/EVAL-SAME-001".to_owned(),
        programs: 1,
    }];
    report.deviations = vec![
        deviation(
            "LOCK-HOLD-005",
            Some("PutObject"),
            "legal hold on PUT is planned for 4.2",
        ),
        deviation("LOCK-RET-017", None, "the message differs"),
        deviation("VER-DEL-003", None, "fixed long ago"),
    ];
    report.left_behind = vec![LeftBehind {
        run: "7f3a".to_owned(),
        bucket: "bucketlaw-7f3a-19".to_owned(),
        key: Some("k".to_owned()),
        version: Some("0042".to_owned()),
        bytes: Some(12),
        reason: "compliance lock".to_owned(),
        kept_by: Some(KeptBy::Lock),
        until: Some("2026-05-02T10:00:00Z".to_owned()),
    }];
    report.settle();
    report
}

fn target() -> Target {
    let identity = |role: &str, root| Identity {
        role: role.to_owned(),
        root,
        account: (role != "anonymous").then(|| "111122223333".to_owned()),
        arn: None,
    };
    Target {
        endpoint: "http://127.0.0.1:8333".to_owned(),
        product: Some("ExampleStore".to_owned()),
        version: Some("4.12".to_owned()),
        identities: vec![
            identity("owner", true),
            identity("user", false),
            identity("anonymous", false),
        ],
        embedded: false,
    }
}

fn law() -> Law {
    Law {
        version: "2026.1".to_owned(),
        hash: "3f9ac2d07b11".to_owned(),
        clauses: 1430,
        in_force: 358,
        repealed: Vec::new(),
        branches: [("VER-ST-009".to_owned(), "no-null-marker".to_owned())].into(),
    }
}

fn started(report: &mut Report) {
    report.started = "2026-05-01T10:00:00Z".to_owned();
    report.seconds = 48.25;
    report.requests = 12_345;
}

fn clause(area: &str, id: &str, severity: Severity, verdict: Verdict) -> Clause {
    let mut programs = vec![Program {
        id: format!("witnesses/{area}/{id}"),
        facet: Some(format!("{id}/only")),
        route: route(id),
        verdict,
        note: note(verdict),
        needs: Vec::new(),
    }];
    if verdict == Verdict::HoldsInPart {
        programs[0].verdict = Verdict::Holds;
        programs.push(Program {
            id: format!("witnesses/{area}/{id}.other"),
            facet: Some(format!("{id}/other")),
            route: Some("DeleteObjects".to_owned()),
            verdict: Verdict::Unsupported,
            note: note(Verdict::Unsupported),
            needs: Vec::new(),
        });
    }
    if verdict == Verdict::Violated {
        programs.push(Program {
            id: format!("scenarios/{id}"),
            facet: None,
            route: None,
            verdict: Verdict::NotExercised,
            note: note(Verdict::NotExercised),
            needs: Vec::new(),
        });
    }
    Clause {
        id: id.to_owned(),
        area: area.to_owned(),
        text: text(id),
        kind: "rule".to_owned(),
        level: "documented".to_owned(),
        severity,
        verdict,
        branch: (verdict == Verdict::Takes).then(|| "no-null-marker".to_owned()),
        reason: (verdict == Verdict::Deviates).then(|| "legal hold on PUT is planned for 4.2".to_owned()),
        programs,
    }
}

fn route(id: &str) -> Option<String> {
    let route = match id {
        "LOCK-HOLD-005" => "PutObject",
        "LOCK-DEL-003" => "DeleteObject",
        _ => return None,
    };
    Some(route.to_owned())
}

fn text(id: &str) -> Option<String> {
    let text = match id {
        "LOCK-DEL-003" => "A version under COMPLIANCE retention cannot be deleted by anyone.",
        "LOCK-HOLD-005" => "A version under legal hold cannot be deleted.",
        "VER-DEL-010" => "DELETE of a delete marker's version id answers x-amz-delete-marker: true.",
        _ => return None,
    };
    Some(text.to_owned())
}

fn note(verdict: Verdict) -> Option<String> {
    let note = match verdict {
        Verdict::HarnessError => "the reply could not be recorded: disk full",
        Verdict::Deviates => "legal hold on PUT is planned for 4.2",
        Verdict::Inconclusive => "inconclusive by time",
        Verdict::Takes => "no-null-marker",
        Verdict::Unsupported => "501 NotImplemented on PutObjectLockConfiguration",
        Verdict::NotExercised => "blocked by LOCK-DEL-003",
        Verdict::Violated | Verdict::HoldsInPart | Verdict::Holds => return None,
    };
    Some(note.to_owned())
}

fn lost_object() -> Finding {
    Finding {
        id: "7f3a9c01".to_owned(),
        clause: "LOCK-DEL-003".to_owned(),
        facet: Some("LOCK-DEL-003/compliance".to_owned()),
        route: Some("DeleteObject".to_owned()),
        routes: vec!["DeleteObject".to_owned()],
        severity: Severity::Critical,
        programs: 3,
        title: "a locked version was deleted with the bypass header".to_owned(),
        program: "bucketlaw program 1\n1  owner  CreateBucket b  object-lock\n2  owner  PutObject b k  body \"one\"  mode COMPLIANCE  until +30s\n3  owner  DeleteObject b k  version @2  bypass".to_owned(),
        expected: "403 AccessDenied".to_owned(),
        got: "204, and the version is gone".to_owned(),
        explanation: "LOCK-DEL-003 decides: mode COMPLIANCE and the date not reached, so every DELETE of the version is denied, for the root user too (S3 User Guide, \"Object Lock\"). The history is legal if LOCK-DEL-003/delete@DeleteObject is repealed.".to_owned(),
        replay: "bucketlaw replay failures/LOCK-DEL-003/7f3a9c01".to_owned(),
        clarity: Clarity::default(),
        seen: None,
        declared: None,
        others: Vec::new(),
    }
}

/// The same fault on another route, seen now and then.
fn lost_elsewhere() -> Finding {
    Finding {
        id: "7f3a9c02".to_owned(),
        route: Some("DeleteObjects".to_owned()),
        programs: 2,
        seen: Some(Seen { times: 1, of: 20 }),
        replay: "bucketlaw replay failures/LOCK-DEL-003/7f3a9c02".to_owned(),
        ..lost_object()
    }
}

/// Another clause that is charged with an answer that is told already.
fn also_charged() -> Finding {
    Finding {
        clause: "VER-DEL-010".to_owned(),
        facet: Some("VER-DEL-010/header".to_owned()),
        severity: Severity::Medium,
        replay: "bucketlaw replay failures/VER-DEL-010/7f3a9c01".to_owned(),
        ..lost_object()
    }
}

fn marker_header() -> Finding {
    Finding {
        id: "02bb41d8".to_owned(),
        clause: "VER-DEL-010".to_owned(),
        facet: None,
        route: None,
        routes: Vec::new(),
        programs: 1,
        severity: Severity::Medium,
        title: "x-amz-delete-marker is missing".to_owned(),
        program: "bucketlaw program 1\n1  owner  CreateBucket b\n2  owner  PutBucketVersioning b  Enabled\n3  owner  DeleteObject b k\n4  owner  DeleteObject b k  version @3".to_owned(),
        expected: "204\nx-amz-delete-marker: true".to_owned(),
        got: "204".to_owned(),
        explanation: "VER-DEL-010 decides (S3 User Guide, \"Removing delete markers\").".to_owned(),
        replay: "bucketlaw replay failures/VER-DEL-010/02bb41d8".to_owned(),
        clarity: Clarity::default(),
        seen: None,
        declared: None,
        others: Vec::new(),
    }
}

fn declared_hold() -> Finding {
    Finding {
        id: "c0ffee00".to_owned(),
        clause: "LOCK-HOLD-005".to_owned(),
        facet: Some("LOCK-HOLD-005/refused".to_owned()),
        routes: vec!["PutObject".to_owned()],
        route: Some("PutObject".to_owned()),
        severity: Severity::High,
        title: "the legal hold of a PUT is ignored".to_owned(),
        declared: Some("legal hold on PUT is planned for 4.2".to_owned()),
        replay: "bucketlaw replay failures/LOCK-HOLD-005/c0ffee00".to_owned(),
        ..lost_object()
    }
}

fn deviation(clause: &str, route: Option<&str>, reason: &str) -> Deviation {
    Deviation {
        clause: clause.to_owned(),
        route: route.map(ToOwned::to_owned),
        reason: reason.to_owned(),
        since: "4.0".to_owned(),
        link: None,
        state: DeviationState::Untested,
    }
}
