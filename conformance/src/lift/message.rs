//! The messages of refusals, as the law speaks of callers and resources.

use bucketlaw_model::observed::Observed;
use bucketlaw_model::reply::Name;

/// What stands for the caller's ARN in the law's words.
const CALLER: &str = "{caller}";

/// What stands between the caller and the action.
const VERB: &str = " is not authorized to perform: ";

/// Puts the law's words in the place of the caller's ARN, and takes resources out (EVAL-ERR-003).
///
/// A caller that is known and called otherwise stays as it is, and so does a resource that is in no bucket of the
/// program: they are what differs from the law.
#[must_use]
pub fn impersonal(mut observed: Observed, caller: Option<&str>, bucket_prefix: &str) -> Observed {
    let of_entries = observed.entries.iter_mut().flat_map(|entry| &mut entry.fields);
    let of_entries = of_entries.filter(|(name, _)| *name == Name::EntryMessage);
    let messages = observed
        .message
        .iter_mut()
        .chain(of_entries.map(|(_, text)| text));
    for message in messages {
        if let Some(said) = said(message, caller, bucket_prefix) {
            *message = said;
        }
    }
    observed
}

/// A message without its names; nothing if it is of another form.
fn said(message: &str, caller: Option<&str>, bucket_prefix: &str) -> Option<String> {
    let (who, what) = message.strip_prefix("User: ")?.split_once(VERB)?;
    let called = caller.map_or(!who.is_empty(), |caller| who == caller);
    let who = if called { CALLER } else { who };
    let what = match what.split_once(" on resource: ") {
        Some((action, rest)) => match context(rest, bucket_prefix) {
            Some(context) => format!("{action}{context}"),
            None => what.to_owned(),
        },
        None => what.to_owned(),
    };
    Some(format!("User: {who}{VERB}{what}"))
}

/// What follows a resource, if the resource is a bucket of the program, what is in one, or all there are.
fn context<'a>(rest: &'a str, bucket_prefix: &str) -> Option<&'a str> {
    let (resource, context) = match rest.strip_prefix('"') {
        // No context has quotes; a key may.
        Some(quoted) => {
            let (resource, context) = quoted.split_at_checked(quoted.rfind('"')?)?;
            (resource, context.strip_prefix('"')?)
        }
        None => rest.split_at_checked(rest.find(' ').unwrap_or(rest.len()))?,
    };
    let name = resource.split_once(":::").map_or(resource, |(_, name)| name);
    (name == "*" || name.starts_with(bucket_prefix)).then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "arn:aws:iam::111122223333:user/ann";
    const BECAUSE: &str = " because no identity-based policy allows the s3:GetObject action";

    fn lifted(message: &str, caller: Option<&str>) -> String {
        said(message, caller, "run-").unwrap_or_else(|| message.to_owned())
    }

    fn message(who: &str, resource: &str) -> String {
        format!("User: {who} is not authorized to perform: s3:GetObject{resource}{BECAUSE}")
    }

    #[test]
    fn the_right_names_are_taken_out() {
        let law = message(CALLER, "");
        for resource in [
            "",
            " on resource: \"arn:aws:s3:::run-b/k\"",
            " on resource: \"arn:aws:s3:::run-b/a \"quoted\" key\"",
            " on resource: arn:aws:s3:::run-b",
            " on resource: *",
        ] {
            assert_eq!(lifted(&message(ANN, resource), Some(ANN)), law, "{resource}");
            assert_eq!(lifted(&message("whoever", resource), None), law, "{resource}");
        }
    }

    #[test]
    fn wrong_names_stay() {
        for (who, resource) in [
            ("", ""),
            ("arn:aws:iam::111122223333:user/eve", ""),
            (ANN, " on resource: \"\""),
            (ANN, " on resource: \"arn:aws:s3:::other/k\""),
        ] {
            assert_ne!(
                lifted(&message(who, resource), Some(ANN)),
                message(CALLER, ""),
                "{who}{resource}"
            );
        }
        assert_ne!(lifted(&message("", ""), None), message(CALLER, ""));
        assert_eq!(lifted("Access Denied", Some(ANN)), "Access Denied");
    }
}
