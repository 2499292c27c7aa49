//! The XML documents of requests.

use bucketlaw_model::argument::Period;

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

fn document(root: &str, inside: &str) -> Vec<u8> {
    format!("<{root} xmlns=\"{NAMESPACE}\">{inside}</{root}>").into_bytes()
}

fn element(name: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("<{name}>{}</{name}>", escape(text)))
}

/// Text as it stands between tags.
fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

pub(super) fn versioning(status: Option<&str>) -> Vec<u8> {
    document("VersioningConfiguration", &element("Status", status))
}

pub(super) fn lock_configuration(mode: Option<&str>, period: Period) -> Vec<u8> {
    let rule = match (mode, period) {
        (None, Period::Absent) => String::new(),
        (mode, period) => format!(
            "<Rule><DefaultRetention>{}{}</DefaultRetention></Rule>",
            element("Mode", mode),
            super::period_elements(period)
        ),
    };
    document(
        "ObjectLockConfiguration",
        &format!("<ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}"),
    )
}

pub(super) fn retention(mode: Option<&str>, until: Option<&str>) -> Vec<u8> {
    document(
        "Retention",
        &format!("{}{}", element("Mode", mode), element("RetainUntilDate", until)),
    )
}

pub(super) fn legal_hold(status: Option<&str>) -> Vec<u8> {
    document("LegalHold", &element("Status", status))
}

pub(super) fn public_access_block(on: bool) -> Vec<u8> {
    let on = on.to_string();
    let settings = [
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
    ];
    let inside: String = settings.iter().map(|name| element(name, Some(&on))).collect();
    document("PublicAccessBlockConfiguration", &inside)
}

pub(super) fn location(region: &str) -> Vec<u8> {
    document(
        "CreateBucketConfiguration",
        &element("LocationConstraint", Some(region)),
    )
}

pub(super) fn delete(objects: &[(String, Option<String>)], quiet: bool) -> Vec<u8> {
    let mut inside = if quiet {
        "<Quiet>true</Quiet>".to_owned()
    } else {
        String::new()
    };
    for (key, version) in objects {
        let version = element("VersionId", version.as_deref());
        inside.push_str(&format!(
            "<Object>{}{version}</Object>",
            element("Key", Some(key))
        ));
    }
    document("Delete", &inside)
}
