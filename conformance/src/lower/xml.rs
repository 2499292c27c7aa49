//! The XML documents of requests.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{LockForm, Period};

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

pub(super) fn lock_configuration(mode: Option<&str>, period: Period, form: LockForm) -> Vec<u8> {
    const ENABLED: &str = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
    let rule = match (mode, period) {
        (None, Period::Absent) => String::new(),
        (mode, period) => format!(
            "<Rule><DefaultRetention>{}{}</DefaultRetention></Rule>",
            element("Mode", mode),
            super::period_elements(period)
        ),
    };
    let inside = match form {
        LockForm::Proper => format!("{ENABLED}{rule}"),
        LockForm::NoEnabled => rule,
        LockForm::Disabled => format!("<ObjectLockEnabled>Disabled</ObjectLockEnabled>{rule}"),
        LockForm::Empty => String::new(),
        LockForm::EmptyRule => format!("{ENABLED}<Rule></Rule>"),
        LockForm::EmptyDefault => format!("{ENABLED}<Rule><DefaultRetention></DefaultRetention></Rule>"),
    };
    document("ObjectLockConfiguration", &inside)
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

pub(super) fn ownership_controls(ownership: Option<&str>) -> Vec<u8> {
    let rule = ownership.map(|word| format!("<Rule>{}</Rule>", element("ObjectOwnership", Some(word))));
    document("OwnershipControls", &rule.unwrap_or_default())
}

pub(super) fn tagging<'w>(tags: impl Iterator<Item = (&'static str, &'w str)>) -> Vec<u8> {
    let tag = |(key, value)| format!("<Tag><Key>{key}</Key>{}</Tag>", element("Value", Some(value)));
    document(
        "Tagging",
        &format!("<TagSet>{}</TagSet>", tags.map(tag).collect::<String>()),
    )
}

pub(super) fn complete(parts: &BTreeMap<u16, String>) -> Vec<u8> {
    let part = |(number, etag): (&u16, &String)| {
        let number = element("PartNumber", Some(&number.to_string()));
        format!("<Part>{number}{}</Part>", element("ETag", Some(etag)))
    };
    document(
        "CompleteMultipartUpload",
        &parts.iter().map(part).collect::<String>(),
    )
}

/// Keys with their version ids and the ETags of their conditions.
pub(super) fn delete(objects: &[(String, Option<String>, Option<String>)], quiet: bool) -> Vec<u8> {
    let mut inside = if quiet {
        "<Quiet>true</Quiet>".to_owned()
    } else {
        String::new()
    };
    for (key, version, etag) in objects {
        let version = element("VersionId", version.as_deref()) + &element("ETag", etag.as_deref());
        inside.push_str(&format!(
            "<Object>{}{version}</Object>",
            element("Key", Some(key))
        ));
    }
    document("Delete", &inside)
}
