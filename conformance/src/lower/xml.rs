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

/// A document with texts at paths below its root. Texts with the beginning of a path in common share these elements.
pub(super) fn by_paths(root: &str, texts: &[(&str, String)]) -> Vec<u8> {
    let split = texts
        .iter()
        .map(|(path, text)| (path.split('/').collect::<Vec<_>>(), text.as_str()))
        .collect::<Vec<_>>();
    let all: Vec<(&[&str], &str)> = split
        .iter()
        .map(|(path, text)| (path.as_slice(), *text))
        .collect();
    document(root, &inside(&all))
}

fn inside(texts: &[(&[&str], &str)]) -> String {
    let shares =
        |one: &(&[&str], &str), next: &(&[&str], &str)| one.0.first() == next.0.first() && one.0.len() > 1;
    let one = |group: &[(&[&str], &str)]| match group.first() {
        Some(([name], text)) => element(name, Some(text)),
        Some(([name, ..], _)) => {
            // `Rule#2` is a second element of the name.
            let name = name.split('#').next().unwrap_or(name);
            let below: Vec<(&[&str], &str)> = group
                .iter()
                .map(|(path, text)| (path.get(1..).unwrap_or_default(), *text))
                .collect();
            format!("<{name}>{}</{name}>", inside(&below))
        }
        Some(([], _)) | None => String::new(),
    };
    texts.chunk_by(shares).map(one).collect()
}

pub(super) fn lock_configuration(mode: Option<&str>, period: Period, form: LockForm) -> Vec<u8> {
    const ENABLED: &str = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
    let rule = match (mode, period) {
        (None, Period::Absent) => String::new(),
        (mode, period) => format!(
            "<Rule><DefaultRetention>{}{}</DefaultRetention></Rule>",
            element("Mode", mode),
            period_elements(period)
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

/// A default retention period as its elements.
fn period_elements(period: Period) -> String {
    match period {
        Period::Absent => String::new(),
        Period::Days(days) => format!("<Days>{days}</Days>"),
        Period::Years(years) => format!("<Years>{years}</Years>"),
        Period::Both => "<Days>1</Days><Years>1</Years>".to_owned(),
    }
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
