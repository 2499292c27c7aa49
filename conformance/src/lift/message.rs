//! The messages of refusals, as the law speaks of callers and resources.

use bucketlaw_model::action::{Action, ResourceType};
use bucketlaw_model::argument::BucketName;
use bucketlaw_model::observed::Observed;
use bucketlaw_model::reply::Name;
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::world::World;

/// What stands for the caller's ARN in the law's words.
const CALLER: &str = "{caller}";
/// What stands for the ARN of what an action was asked on.
const RESOURCE: &str = "{resource}";
/// What stands for the ARN of the policy that denies.
const POLICY: &str = ": {policy}";

/// What stands between the caller and the action.
const VERB: &str = " is not authorized to perform: ";
/// What stands between the action and the resource.
const ON: &str = " on resource: ";
/// What an explicit deny of a policy that has an ARN of its own ends in, before the ARN.
const OF_IDENTITY: &str = " with an explicit deny in an identity-based policy";

/// What a message may speak of: the caller and the resources of its request, by the target's names.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    /// The caller's ARN, where it is known.
    pub caller: Option<String>,
    /// The buckets.
    pub buckets: Vec<String>,
    /// The objects that are asked for, as bucket and key.
    pub objects: Vec<String>,
    /// The object that a copy reads, likewise.
    pub source: Option<String>,
}

impl Spoken {
    /// What a message about a request may speak of.
    #[must_use]
    pub fn of(world: &World, bucket_prefix: &str, request: &Request, caller: Option<&str>) -> Spoken {
        let name = |bucket: BucketName| format!("{bucket_prefix}{}", world.bucket_name(bucket));
        let object = |bucket, key| {
            format!(
                "{}/{}",
                name(bucket),
                String::from_utf8_lossy(&world.key_bytes(key))
            )
        };
        let source = match &request.operation {
            Operation::CopyObject {
                source_bucket,
                source_key,
                ..
            }
            | Operation::UploadPartCopy {
                source_bucket,
                source_key,
                ..
            } => Some((*source_bucket, *source_key)),
            _ => None,
        };
        let place = request.operation.place();
        // A copy names its source first.
        let (bucket, keys) = match &request.operation {
            Operation::CopyObject { bucket, key, .. } | Operation::UploadPartCopy { bucket, key, .. } => {
                (Some(*bucket), vec![*key])
            }
            Operation::DeleteObjects { objects, .. } => {
                (place.bucket, objects.iter().map(|object| object.key).collect())
            }
            _ => (place.bucket, place.key.into_iter().collect()),
        };
        let source_bucket = source.map(|(bucket, _)| bucket);
        Spoken {
            caller: caller.map(str::to_owned),
            buckets: bucket.into_iter().chain(source_bucket).map(name).collect(),
            objects: bucket
                .iter()
                .flat_map(|bucket| keys.iter().map(|key| object(*bucket, *key)))
                .collect(),
            source: source.map(|(bucket, key)| object(bucket, key)),
        }
    }

    /// Whether an action of the request may be asked on a resource.
    fn has(&self, action: &str, arn: &str) -> bool {
        let Some(name) = arn
            .split_once(":s3:::")
            .filter(|(partition, _)| partition.starts_with("arn:"))
            .map(|(_, name)| name)
        else {
            return false;
        };
        let is = |known: &String| known == name;
        let reads = action.starts_with("s3:GetObject");
        let is_object = self.objects.iter().any(is) || reads && self.source.iter().any(is);
        let is_bucket = self.buckets.iter().any(is);
        let known = Action::ALL.iter().find(|known| known.name() == action);
        match known.map(|known| known.resource()) {
            Some(ResourceType::Object) => is_object,
            Some(ResourceType::Bucket) => is_bucket,
            Some(ResourceType::None) => false,
            None => is_object || is_bucket,
        }
    }
}

/// Puts the law's words in the place of what targets call by names of their own: the caller, what its action was asked on,
/// and the policy that denies it (EVAL-ERR-003, EVAL-ERR-004).
///
/// A caller that is known and called otherwise stays as it is, and so does a resource that the request does not name: they
/// are what differs from the law.
#[must_use]
pub fn impersonal(mut observed: Observed, spoken: &Spoken) -> Observed {
    let of_entries = observed.entries.iter_mut().flat_map(|entry| &mut entry.fields);
    let of_entries = of_entries.filter(|(name, _)| *name == Name::EntryMessage);
    let messages = observed
        .message
        .iter_mut()
        .chain(of_entries.map(|(_, text)| text));
    for message in messages {
        if let Some(said) = said(message, spoken) {
            *message = said;
        }
    }
    observed
}

/// A message without its names; nothing if it is of another form.
fn said(message: &str, spoken: &Spoken) -> Option<String> {
    let (who, what) = message.strip_prefix("User: ")?.split_once(VERB)?;
    let called = spoken
        .caller
        .as_ref()
        .map_or(!who.is_empty(), |caller| who == caller);
    let who = if called { CALLER } else { who };
    let what = match what.split_once(ON) {
        Some((action, rest)) => {
            let (resource, context) = resource(rest, |arn| spoken.has(action, arn));
            format!("{action}{ON}{resource}{}", of_policy(context))
        }
        None => of_policy(what),
    };
    Some(format!("User: {who}{VERB}{what}"))
}

/// The resource that stands first, in the law's words if it is a right one, and what follows it.
fn resource(rest: &str, right: impl Fn(&str) -> bool) -> (String, &str) {
    // No context has quotes; a key may.
    let quoted = rest
        .strip_prefix('"')
        .and_then(|rest| rest.split_at_checked(rest.rfind('"')?));
    match quoted {
        Some((arn, context)) if right(arn) => (
            format!("\"{RESOURCE}\""),
            context.strip_prefix('"').unwrap_or(context),
        ),
        Some(_) | None => (rest.to_owned(), ""),
    }
}

/// What follows a resource, with the law's word for the ARN of an identity-based policy.
fn of_policy(context: &str) -> String {
    let named = context.split_once(OF_IDENTITY).and_then(|(before, arn)| {
        let arn = arn
            .strip_prefix(": ")
            .or_else(|| arn.strip_prefix(", with policy ARN: "))?;
        arn.starts_with("arn:").then_some(before)
    });
    match named {
        Some(before) => format!("{before}{OF_IDENTITY}{POLICY}"),
        None => context.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "arn:aws:iam::111122223333:user/ann";
    const BECAUSE: &str = " because no identity-based policy allows the s3:GetObject action";
    const DENY: &str = " with an explicit deny in an identity-based policy";

    fn spoken(caller: Option<&str>) -> Spoken {
        Spoken {
            caller: caller.map(str::to_owned),
            buckets: vec!["run-b".to_owned(), "run-c".to_owned()],
            objects: vec!["run-b/k".to_owned(), "run-b/a \"quoted\" key".to_owned()],
            source: Some("run-c/s".to_owned()),
        }
    }

    fn lifted(message: &str, caller: Option<&str>) -> String {
        said(message, &spoken(caller)).unwrap_or_else(|| message.to_owned())
    }

    fn message(who: &str, resource: &str, context: &str) -> String {
        format!("User: {who} is not authorized to perform: s3:GetObject{resource}{context}")
    }

    #[test]
    fn the_right_names_are_taken_out() {
        let law = message(CALLER, " on resource: \"{resource}\"", BECAUSE);
        for resource in ["run-b/k", "run-b/a \"quoted\" key", "run-c/s"] {
            let resource = format!(" on resource: \"arn:aws:s3:::{resource}\"");
            let said = |who, caller| lifted(&message(who, &resource, BECAUSE), caller);
            assert_eq!(said(ANN, Some(ANN)), law, "{resource}");
            assert_eq!(said("whoever", None), law, "{resource}");
        }
        // What serves the law sends its words.
        assert_eq!(lifted(&law, Some(ANN)), law);
        assert_eq!(
            lifted(&message(ANN, "", BECAUSE), Some(ANN)),
            message(CALLER, "", BECAUSE)
        );
    }

    #[test]
    fn wrong_names_stay() {
        let law = message(CALLER, " on resource: \"{resource}\"", BECAUSE);
        for (who, resource) in [
            ("", " on resource: \"arn:aws:s3:::run-b/k\""),
            (
                "arn:aws:iam::111122223333:user/eve",
                " on resource: \"arn:aws:s3:::run-b/k\"",
            ),
            (ANN, ""),
            (ANN, " on resource: \"\""),
            (ANN, " on resource: \"run-b/k\""),
            (ANN, " on resource: \"arn:aws:s3:::run-b\""),
            (ANN, " on resource: arn:aws:s3:::run-b/k"),
            (ANN, " on resource: \"arn:aws:s3:::run-b/l\""),
            (ANN, " on resource: \"arn:aws:s3:::other/k\""),
        ] {
            assert_ne!(
                lifted(&message(who, resource, BECAUSE), Some(ANN)),
                law,
                "{who}{resource}"
            );
        }
        let written =
            "User: a is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::run-c/s\"";
        assert!(
            !lifted(written, None).contains(RESOURCE),
            "nothing is written to a source"
        );
        assert_ne!(
            lifted(&message("", "", BECAUSE), None),
            message(CALLER, "", BECAUSE)
        );
        assert_eq!(lifted("Access Denied", Some(ANN)), "Access Denied");
    }

    #[test]
    fn the_policy_that_denies_is_named_in_either_way_or_not_at_all() {
        let on = " on resource: \"arn:aws:s3:::run-b/k\"";
        let law = message(CALLER, " on resource: \"{resource}\"", DENY);
        let with = |after: &str| lifted(&format!("{}{after}", message(ANN, on, DENY)), Some(ANN));
        assert_eq!(with(""), law);
        for after in [
            ": arn:aws:iam::1:policy/p",
            ", with policy ARN: arn:aws:iam::1:policy/p",
        ] {
            assert_eq!(with(after), format!("{law}: {{policy}}"), "{after}");
        }
        assert_ne!(with(": p"), law);
        let bucket = message(
            ANN,
            on,
            " with an explicit deny in a resource-based policy: arn:aws:s3:::run-b",
        );
        assert!(
            !lifted(&bucket, Some(ANN)).contains("{policy}"),
            "a bucket policy has no ARN"
        );
    }
}
