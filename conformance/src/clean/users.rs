//! Removing the IAM users of a run that a program left behind.

use std::collections::BTreeSet;

use super::Cleaner;
use super::ask::Asker;
use crate::lower::{Service, iam_request};
use crate::report::LeftBehind;
use crate::wire::RawResponse;

/// How many pages of users are read at the most.
const PAGES: usize = 1000;

/// Removes the users that are known, and those that the endpoint lists under the run's prefix.
pub(super) fn remove(cleaner: &Cleaner<'_>, asker: &Asker<'_>, known: &BTreeSet<String>) -> Vec<LeftBehind> {
    let mut names = known.clone();
    names.extend(list(asker, cleaner.prefix));
    let left = names.iter().filter_map(|name| {
        let why = match cleaner.hopeless() {
            Some(why) => why,
            None => remove_one(asker, name)?,
        };
        Some(LeftBehind {
            reason: format!("the IAM user {name} stays: {why}"),
            ..cleaner.behind()
        })
    });
    left.collect()
}

fn iam(asker: &Asker<'_>, action: &str, parameters: &[(&str, &str)]) -> Result<RawResponse, String> {
    asker.ask_of(Service::Iam, &iam_request(action, parameters))
}

/// The users whose names start with a prefix, from all pages.
fn list(asker: &Asker<'_>, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..PAGES {
        let mut parameters = vec![("MaxItems", "1000")];
        parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let Ok(page) = iam(asker, "ListUsers", &parameters) else {
            break;
        };
        let users = members(&page, &["ListUsersResult", "Users"], "UserName");
        names.extend(users.into_iter().filter(|name| name.starts_with(prefix)));
        let next = page
            .xml()
            .ok()
            .filter(|root| root.text_of("ListUsersResult/IsTruncated") == Some("true"))
            .and_then(|root| root.text_of("ListUsersResult/Marker").map(str::to_owned));
        if next.is_none() || next == marker {
            break;
        }
        marker = next;
    }
    names
}

/// Removes one user with its keys and its policy; why it stays, if it does.
fn remove_one(asker: &Asker<'_>, name: &str) -> Option<String> {
    let user = ("UserName", name);
    if let Ok(keys) = iam(asker, "ListAccessKeys", &[user]) {
        let path = ["ListAccessKeysResult", "AccessKeyMetadata"];
        for key in members(&keys, &path, "AccessKeyId") {
            let _ = iam(asker, "DeleteAccessKey", &[user, ("AccessKeyId", &key)]);
        }
    }
    let _ = iam(asker, "DeleteUserPolicy", &[user, ("PolicyName", "bucketlaw")]);
    match iam(asker, "DeleteUser", &[user]) {
        Ok(gone) if matches!(gone.status, 200 | 404) => None,
        Ok(refused) => Some(format!("DeleteUser answered {}", refused.status)),
        Err(why) => Some(format!("DeleteUser got no reply: {why}")),
    }
}

/// A field of the members of a list of IAM.
fn members(response: &RawResponse, path: &[&str], field: &str) -> Vec<String> {
    let Ok(mut element) = response.xml() else {
        return Vec::new();
    };
    for name in path {
        match element.child(name).cloned() {
            Some(child) => element = child,
            None => return Vec::new(),
        }
    }
    element
        .children_named("member")
        .filter_map(|member| member.text_of(field).map(str::to_owned))
        .collect()
}
