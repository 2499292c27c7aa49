//! Policy documents: what is accepted, what is refused and in which words, and what is kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use bucketlaw_server::authz::{AccountId, Directory, PolicyDocument, PolicyError};

const OWNER: &str = "111122223333";
const CANONICAL: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
const ANN: &str = "arn:aws:iam::111122223333:user/team/ann";

struct Names;

impl Directory for Names {
    fn account_exists(&self, account: AccountId) -> bool {
        account.to_string() == OWNER
    }

    fn account_by_canonical_id(&self, canonical_id: &str) -> Option<AccountId> {
        if canonical_id == CANONICAL {
            AccountId::parse(OWNER)
        } else {
            None
        }
    }

    fn user_id_by_arn(&self, arn: &str) -> Option<String> {
        (arn == ANN).then(|| "AIDAANN".to_owned())
    }

    fn user_arn_by_id(&self, unique_id: &str) -> Option<String> {
        (unique_id == "AIDAANN").then(|| ANN.to_owned())
    }
}

/// The message that a bucket policy is refused with.
fn refusal(text: &str) -> String {
    PolicyDocument::bucket(text.as_bytes(), "b", &Names)
        .expect_err(text)
        .message()
        .to_owned()
}

/// A one-statement bucket policy with some members instead of the usual ones.
fn statement(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#)
}

const USUAL: &str =
    r#""Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;

/// The usual statement with one element replaced.
fn with(element: &str, replacement: &str) -> String {
    let parts: Vec<&str> = match element {
        "Effect" => vec![
            replacement,
            r#""Principal":"*""#,
            r#""Action":"s3:GetObject""#,
            RESOURCE,
        ],
        "Principal" => vec![
            r#""Effect":"Allow""#,
            replacement,
            r#""Action":"s3:GetObject""#,
            RESOURCE,
        ],
        "Action" => vec![r#""Effect":"Allow""#, r#""Principal":"*""#, replacement, RESOURCE],
        _ => vec![
            r#""Effect":"Allow""#,
            r#""Principal":"*""#,
            r#""Action":"s3:GetObject""#,
            replacement,
        ],
    };
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    statement(&parts.join(","))
}

const RESOURCE: &str = r#""Resource":"arn:aws:s3:::b/*""#;

#[test]
fn texts_that_are_no_policy() {
    for text in ["", " {}", "[]", "\u{feff}{}"] {
        assert_eq!(
            refusal(text),
            "Policies must be valid JSON and the first byte must be '{'",
            "{text:?}"
        );
    }
    assert_eq!(refusal("{"), "This policy contains invalid Json");
    assert_eq!(refusal("{}"), "Missing required field Statement");
    assert_eq!(
        refusal(r#"{"Statement":[]}"#),
        "Could not parse the policy: Statement is empty!"
    );
    assert_eq!(refusal(r#"{"Statement":1}"#), "Invalid policy syntax.");
    assert_eq!(
        refusal(r#"{"Statement":{},"Statement":{}}"#),
        "Invalid policy syntax."
    );
    assert_eq!(refusal(r#"{"Statement":{},"Extra":1}"#), "Unknown field Extra");
    let version = statement(USUAL).replace("2012-10-17", "2012-10-18");
    assert_eq!(
        refusal(&version),
        "The policy must contain a valid version string"
    );
    let long = format!("{{{}", " ".repeat(20_480));
    assert_eq!(
        refusal(&long),
        "Policy exceeds the maximum allowed document size."
    );
}

#[test]
fn elements_that_are_missing_or_odd() {
    assert_eq!(refusal(&with("Effect", "")), "Missing required field Effect");
    assert_eq!(
        refusal(&with("Effect", r#""Effect":"allow""#)),
        "Invalid effect: allow"
    );
    assert_eq!(
        refusal(&with("Effect", r#""Effect":1"#)),
        "Invalid policy syntax."
    );
    assert_eq!(
        refusal(&with("Principal", "")),
        "Missing required field Principal"
    );
    assert_eq!(refusal(&with("Action", "")), "Missing required field Action");
    assert_eq!(refusal(&with("Resource", "")), "Missing required field Resource");
    let both = format!(r#"{USUAL},"NotAction":"s3:PutObject""#);
    assert_eq!(refusal(&statement(&both)), "Invalid policy syntax.");
    assert_eq!(
        refusal(&statement(&format!(r#"{USUAL},"effect":"Allow""#))),
        "Unknown field effect"
    );
}

#[test]
fn missing_elements_come_before_meaningless_ones() {
    let text = r#"{"Statement":[
        {"Effect":"Allow","Principal":"*","Action":"s3:Nothing","Resource":"*"},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    assert_eq!(refusal(text), "Missing required field Principal"); // POL-VAL-017
}

#[test]
fn actions_must_be_s3_actions() {
    for action in [
        "s3:ListObjectsV2",
        "s3:HeadObject",
        "ec2:Run*",
        "kms:*",
        " s3:GetObject",
        "GetObject",
        "",
        "s*:GetObject",
    ] {
        let text = with("Action", &format!(r#""Action":"{action}""#));
        assert_eq!(refusal(&text), "Policy has invalid action", "{action}");
    }
    assert_eq!(
        refusal(&with("Action", r#""Action":[]"#)),
        "Policy has invalid action"
    );
    for action in ["s3:getobject", "S3:Get?bject", "s3:*", "*", "s3:*Object*"] {
        let text = with("Action", &format!(r#""Action":["{action}"]"#));
        assert!(
            PolicyDocument::bucket(text.as_bytes(), "b", &Names).is_ok(),
            "{action}"
        );
    }
}

#[test]
fn resources_must_be_of_the_bucket() {
    for resource in [
        "*",
        "arn:aws:s3:::",
        "arn:aws:s3:::/k",
        "arn:aws:s3:::b2/k",
        "arn:aws:s3:::*",
        "arn:aws:s3:us-east-1::b/*",
        "arn:aws-cn:s3:::b/*",
        "b/*",
        "",
    ] {
        let text = with("Resource", &format!(r#""Resource":"{resource}""#));
        assert_eq!(refusal(&text), "Policy has invalid resource", "{resource}");
    }
    assert_eq!(
        refusal(&with("Resource", r#""Resource":[]"#)),
        "Policy has invalid resource"
    );
}

#[test]
fn every_action_entry_needs_a_resource_that_it_applies_to() {
    let useless = "Action does not apply to any resource(s) in statement";
    assert_eq!(
        refusal(&with("Resource", r#""Resource":"arn:aws:s3:::b""#)),
        useless
    );
    assert_eq!(
        refusal(&with("Action", r#""Action":["s3:GetObject","s3:ListBucket"]"#)),
        useless
    );
    assert_eq!(
        refusal(&with("Action", r#""Action":"s3:ListAllMyBuckets""#)),
        useless
    );
    let star = with("Action", r#""Action":["s3:*","s3:Get*"]"#);
    assert!(PolicyDocument::bucket(star.as_bytes(), "b", &Names).is_ok());
}

#[test]
fn principals_must_exist() {
    for principal in [
        r#""arn:aws:iam::111122223333:root""#,
        r#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:user/team/Ann"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:group/g"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#,
        r#"{"AWS":"444455556666"}"#,
        r#"{"AWS":"AIDAANN"}"#,
        r#"{"AWS":""}"#,
        r#"{"AWS":[]}"#,
        r#"{"CanonicalUser":"00"}"#,
        r#"{"Service":"nobody.amazonaws.com"}"#,
        r#"{"Service":"logging.s3"}"#,
        r#"{"Federated":"accounts.google.com"}"#,
        r#"{"Aws":"*"}"#,
        "{}",
        "[]",
        r#""""#,
    ] {
        let text = with("Principal", &format!(r#""Principal":{principal}"#));
        assert_eq!(refusal(&text), "Invalid principal in policy", "{principal}");
    }
    let allow = with("Principal", r#""NotPrincipal":{"AWS":"111122223333"}"#);
    assert_eq!(refusal(&allow), "Allow with NotPrincipal is not allowed.");
}

#[test]
fn conditions_and_variables_are_refused_not_ignored() {
    let conditional = statement(&format!(
        r#"{USUAL},"Condition":{{"Bool":{{"aws:SecureTransport":true}}}}"#
    ));
    let variable = with("Resource", r#""Resource":"arn:aws:s3:::b/${aws:username}/*""#);
    for text in [&conditional, &variable] {
        let error = PolicyDocument::bucket(text.as_bytes(), "b", &Names).expect_err(text);
        assert!(matches!(error, PolicyError::NotImplemented(_)), "{error:?}");
    }
    // Without Version 2012-10-17 the text is literal (POL-GRAM-012), and escapes always work.
    let literal = variable.replace("2012-10-17", "2008-10-17");
    assert!(PolicyDocument::bucket(literal.as_bytes(), "b", &Names).is_ok());
    let escape = with("Resource", r#""Resource":"arn:aws:s3:::b/${*}""#);
    assert!(PolicyDocument::bucket(escape.as_bytes(), "b", &Names).is_ok());
    // What is wrong anyway is called wrong.
    assert_eq!(
        refusal(&conditional.replace("s3:GetObject", "s3:Nothing")),
        "Policy has invalid action"
    );
    assert_eq!(
        refusal(&statement(&format!(r#"{USUAL},"Condition":[]"#))),
        "Invalid policy syntax."
    );
}

#[test]
fn users_are_kept_by_unique_id() {
    let text = with(
        "Principal",
        &format!(r#""Principal":{{"AWS":["{ANN}","{OWNER}"]}}"#),
    );
    let document = PolicyDocument::bucket(text.as_bytes(), "b", &Names).unwrap();
    assert!(
        document.text().contains(r#"{"AWS":["AIDAANN","111122223333"]}"#),
        "{}",
        document.text()
    );
    let stored = PolicyDocument::stored_bucket(&document.text(), "b").unwrap();
    assert_eq!(stored.shown(&Names), text);
}

#[test]
fn canonical_users_become_accounts() {
    let text = with(
        "Principal",
        &format!(r#""Principal":{{"CanonicalUser":"{CANONICAL}","AWS":"{ANN}"}}"#),
    );
    let document = PolicyDocument::bucket(text.as_bytes(), "b", &Names).unwrap();
    let expected = r#""Principal":{"AWS":["AIDAANN","arn:aws:iam::111122223333:root"]}"#;
    assert!(document.text().contains(expected), "{}", document.text());
    assert!(PolicyDocument::stored_bucket(&document.text(), "b").is_ok());
}

#[test]
fn identity_policies_follow_iam() {
    let refusal = |text: &str| {
        PolicyDocument::identity(text.as_bytes())
            .expect_err(text)
            .message()
            .to_owned()
    };
    let policy = |members: &str| format!(r#"{{"Statement":{{"Effect":"Allow",{members}}}}}"#);
    let usual = r#""Action":"s3:*","Resource":"*""#;
    assert!(PolicyDocument::identity(policy(usual).as_bytes()).is_ok());
    assert_eq!(
        refusal(&policy(&format!(r#"{usual},"Principal":"*""#))),
        "Policy document should not specify a principal."
    );
    assert_eq!(
        refusal(&policy(r#""Resource":"*""#)),
        "Policy statement must contain actions."
    );
    assert_eq!(
        refusal(&policy(r#""Action":"s3:*""#)),
        "Policy statement must contain resources."
    );
    assert_eq!(
        refusal(&policy(r#""Action":"GetObject","Resource":"*""#)),
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    );
    assert_eq!(
        refusal(&policy(r#""Action":"s3:*","Resource":"b/*""#)),
        "Resource b/* must be in ARN format or \"*\"."
    );
    assert_eq!(
        refusal(&policy(r#""Action":"s3:*","Resource":"arn:aws:s3:*::b""#)),
        "Resource arn:aws:s3:*::b can not contain region information."
    );
    assert!(refusal(&policy(&format!(r#"{usual},"Sid":"two words""#))).contains("alpha-numeric"));
    assert_eq!(
        refusal(&format!(r#"{{"Id":"x",{}"#, &policy(usual)[1..])),
        "Syntax errors in policy."
    );
    assert_eq!(refusal("not json"), "This policy contains invalid Json");
    let ec2 = policy(r#""Action":["ec2:Run*","s3:NoSuch"],"Resource":["arn:aws:ec2:*:*:instance/*"]"#);
    assert!(PolicyDocument::identity(ec2.as_bytes()).is_ok());
}

/// Whether a bucket policy is accepted.
fn accepts(text: &str) -> bool {
    PolicyDocument::bucket(text.as_bytes(), "b", &Names).is_ok()
}

/// Whether an identity policy of one statement with these members is accepted.
fn accepts_identity(members: &str) -> bool {
    PolicyDocument::identity(statement(members).as_bytes()).is_ok()
}

#[test]
fn optional_elements_are_optional() {
    assert!(
        accepts(&format!(r#"{{"Statement":{{{USUAL}}}}}"#)),
        "one statement instead of a list"
    );
    assert!(accepts(&format!(
        r#"{{"Id":"any text","Statement":[{{"Sid":"any text",{USUAL}}},{{"Sid":"any text",{USUAL}}}]}}"#
    )));
    assert_eq!(
        refusal(&format!(r#"{{"Id":1,"Statement":{{{USUAL}}}}}"#)),
        "Invalid policy syntax."
    );
    assert_eq!(
        refusal(&statement(&format!(r#"{USUAL},"Sid":1"#))),
        "Invalid policy syntax."
    );
    assert_eq!(refusal(r#"{"Statement":[1]}"#), "Invalid policy syntax.");
}

#[test]
fn wildcards_after_the_bucket_reach_bucket_and_objects() {
    let text = with("Action", r#""Action":["s3:ListBucket","s3:GetObject"]"#);
    let resource = |resource: &str| text.replace("arn:aws:s3:::b/*", resource);
    assert!(accepts(&resource("arn:aws:s3:::b*")));
    assert!(!accepts(&resource("arn:aws:s3:::b?")), "no bucket is named so");
    let both = resource(r#"arn:aws:s3:::b","arn:aws:s3:::b/x"#)
        .replace(r#""Resource":"#, r#""Resource":["#)
        .replace("b/x\"", "b/x\"]");
    assert!(accepts(&both), "{both}");
}

#[test]
fn negated_elements_need_no_match_of_action_and_resource() {
    let not_action = with("Action", r#""NotAction":"s3:ListBucket""#);
    let not_resource = with("Resource", r#""NotResource":"arn:aws:s3:::b""#);
    assert!(accepts(&not_action) && accepts(&not_resource));
    assert_eq!(
        refusal(&with("Action", r#""NotAction":"s3:Nothing""#)),
        "Policy has invalid action"
    );
    assert_eq!(
        refusal(&with("Resource", r#""NotResource":"*""#)),
        "Policy has invalid resource"
    );
}

#[test]
fn services_and_sessions_are_principals_of_their_own() {
    assert!(accepts(&with(
        "Principal",
        r#""Principal":{"Service":"logging.s3.amazonaws.com"}"#
    )));
    let session = with(
        "Principal",
        r#""Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/x"}"#,
    );
    let error = PolicyDocument::bucket(session.as_bytes(), "b", &Names).unwrap_err();
    assert!(matches!(error, PolicyError::NotImplemented(_)), "{error:?}");
    for role in [
        "arn:aws:sts::111122223333:assumed-role/r/s",
        "arn:aws:sts::111122223333:federated-user/*",
    ] {
        let text = with("Principal", &format!(r#""Principal":{{"AWS":"{role}"}}"#));
        assert_eq!(refusal(&text), "Invalid principal in policy", "{role}");
    }
}

#[test]
fn stored_policies_keep_everyone_apart_from_users() {
    for (principal, public) in [
        (r#""*""#, true),
        (r#"{"AWS":"*"}"#, true),
        (r#"{"AWS":"111122223333"}"#, false),
    ] {
        let text = with("Principal", &format!(r#""Principal":{principal}"#));
        let document = PolicyDocument::bucket(text.as_bytes(), "b", &Names).unwrap();
        let stored = PolicyDocument::stored_bucket(&document.text(), "b").unwrap();
        assert_eq!(
            (document.compile().is_public(), stored.compile().is_public()),
            (public, public),
            "{principal}"
        );
    }
}

#[test]
fn unterminated_variables_are_literal() {
    assert!(accepts(&with("Resource", r#""Resource":"arn:aws:s3:::b/${x""#))); // POL-VAR-014
}

#[test]
fn identity_statements_are_checked_part_by_part() {
    let action =
        |action: &str| accepts_identity(&format!(r#""Effect":"Allow","Action":"{action}","Resource":"*""#));
    assert!(action("*") && action("s3:Get*") && action("access-analyzer:Get?x"));
    for bad in [
        "s3:",
        ":Get",
        "s*:Get",
        "s3:Get:x",
        "s3:Get Object",
        "s 3:Get",
        "s3",
    ] {
        assert!(!action(bad), "{bad}");
    }
    let resource = |resource: &str| {
        accepts_identity(&format!(
            r#""Effect":"Allow","Action":"*","Resource":"{resource}""#
        ))
    };
    for good in [
        "*",
        "arn:aws:s3:::b",
        "arn:*:s3:::b/*",
        "arn:aws:ec2:us-east-1:111122223333:instance/i",
        "arn:aws:s3",
    ] {
        assert!(resource(good), "{good}");
    }
    for bad in [
        "",
        "b",
        "arn:aws",
        "arn:aws::::b",
        "arn:aws:s*:::b",
        "arn:aws-cn:s3:::b",
        "arn:aws:s3:us-east-1::b",
    ] {
        assert!(!resource(bad), "{bad}");
    }
}

#[test]
fn statement_ids_of_identity_policies_are_unique() {
    let usual = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    let two = |first: &str, second: &str| {
        let text = format!(r#"{{"Statement":[{{"Sid":"{first}",{usual}}},{{"Sid":"{second}",{usual}}}]}}"#);
        PolicyDocument::identity(text.as_bytes()).is_ok()
    };
    assert!(two("a", "b") && two("", "") && !two("a", "a"));
}
