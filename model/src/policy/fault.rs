//! What is wrong with a policy as a document of a bucket, whatever anybody rules about it.

use crate::action::{Action, ResourceType};
use crate::policy::known::OTHER_ACTIONS;
use crate::policy::{Pattern, Policy, Statement, glob};

/// A fault of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has neither Principal nor NotPrincipal.
    NoPrincipal,
    /// It has neither Action nor NotAction.
    NoAction,
    /// It has neither Resource nor NotResource.
    NoResource,
    /// An action of another service, or of none.
    OtherService,
    /// An action that S3 does not have.
    UnknownAction,
    /// A resource that is another bucket's.
    OtherBucket,
    /// The resource `*`.
    EveryResource,
    /// A resource whose bucket has a wildcard before it is spelt out.
    AnyBucket,
    /// A resource that begins with the bucket's name, and has a wildcard before a slash.
    BucketsLikeThis,
    /// An action of which no resource of the statement can be the object.
    NotApplicable,
    /// An action of accounts, access points or jobs only.
    NotOfBuckets,
    /// An action or a resource in a `Not…` list that would be a fault in the plain list.
    InNotList,
}

impl Fault {
    /// Whether something is missing, which is looked for before anything is looked at (`POL-VAL-017`).
    pub(crate) fn is_missing(self) -> bool {
        matches!(self, Fault::NoPrincipal | Fault::NoAction | Fault::NoResource)
    }
}

impl Policy {
    /// The faults of each statement of a policy for a bucket with this name.
    pub(crate) fn faults(&self, bucket: &str) -> Vec<Vec<Fault>> {
        self.statements
            .iter()
            .map(|statement| faults(statement, bucket))
            .collect()
    }

    /// Whether a list names a pattern twice.
    pub(crate) fn has_duplicates(&self) -> bool {
        let twice = |list: &[Pattern]| {
            let mut later = list.iter().enumerate().skip(1);
            later.any(|(at, pattern)| list.iter().take(at).any(|earlier| earlier == pattern))
        };
        self.statements
            .iter()
            .any(|statement| twice(&statement.actions.list) || twice(&statement.resources.list))
    }
}

fn faults(statement: &Statement, bucket: &str) -> Vec<Fault> {
    let (actions, resources) = (&statement.actions, &statement.resources);
    let mut found = Vec::new();
    let mut add = |fault| {
        if !found.contains(&fault) {
            found.push(fault);
        }
    };
    if statement.principals.is_empty() {
        add(Fault::NoPrincipal);
    }
    if actions.list.is_empty() {
        add(Fault::NoAction);
    }
    if resources.list.is_empty() {
        add(Fault::NoResource);
    }
    for fault in actions.list.iter().filter_map(of_action) {
        add(if actions.negated { Fault::InNotList } else { fault });
    }
    for fault in resources
        .list
        .iter()
        .filter_map(|one| of_resource(one.text(), bucket))
    {
        let open = matches!(fault, Fault::AnyBucket | Fault::BucketsLikeThis);
        add(if resources.negated && !open {
            Fault::InNotList
        } else {
            fault
        });
    }
    if !actions.negated && !resources.negated && !resources.list.is_empty() {
        let shapes: Vec<Shape> = resources.list.iter().map(|one| Shape::of(one.text())).collect();
        for fault in actions
            .list
            .iter()
            .filter_map(|action| application(action, &shapes))
        {
            add(fault);
        }
    }
    found
}

/// What is wrong with an action by itself (`POL-VAL-001`, `POL-VAL-002`).
fn of_action(action: &Pattern) -> Option<Fault> {
    let text = action.text();
    if text == "*" {
        return None;
    }
    match text.split_once(':') {
        Some((service, _)) if service.eq_ignore_ascii_case("s3") => {
            matched(action).next().is_none().then_some(Fault::UnknownAction)
        }
        Some(_) | None => Some(Fault::OtherService),
    }
}

/// What is wrong with a resource of a bucket's policy (`POL-VAL-003`, `POL-VAL-005`).
fn of_resource(resource: &str, bucket: &str) -> Option<Fault> {
    if resource == "*" {
        return Some(Fault::EveryResource);
    }
    let named = resource.split('/').next().unwrap_or(resource);
    let wild = named.contains(['*', '?']);
    match named == bucket {
        true => None,
        false if wild && named.starts_with(bucket) => Some(Fault::BucketsLikeThis),
        false if wild => Some(Fault::AnyBucket),
        false => Some(Fault::OtherBucket),
    }
}

/// What a resource can be: a bucket, an object, or by its wildcards both.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bucket,
    Object,
    Wild,
    Everything,
}

impl Shape {
    fn of(resource: &str) -> Shape {
        match resource {
            "*" => Shape::Everything,
            _ if resource.contains('/') => Shape::Object,
            _ if resource.contains(['*', '?']) => Shape::Wild,
            _ => Shape::Bucket,
        }
    }

    fn takes(self, asked: ResourceType) -> bool {
        match (self, asked) {
            (Shape::Everything, _)
            | (Shape::Wild, ResourceType::Bucket | ResourceType::Object)
            | (Shape::Bucket, ResourceType::Bucket)
            | (Shape::Object, ResourceType::Object) => true,
            (Shape::Wild, ResourceType::None)
            | (Shape::Bucket, ResourceType::Object | ResourceType::None)
            | (Shape::Object, ResourceType::Bucket | ResourceType::None) => false,
        }
    }
}

/// Whether an action can be asked on none of the resources (`POL-VAL-007`, `POL-VAL-019`).
fn application(action: &Pattern, shapes: &[Shape]) -> Option<Fault> {
    if action.text() == "*" || action.text().eq_ignore_ascii_case("s3:*") {
        return None;
    }
    let asked: Vec<ResourceType> = matched(action).collect();
    let applies = asked
        .iter()
        .any(|asked| shapes.iter().any(|shape| shape.takes(*asked)));
    if asked.is_empty() || applies {
        None
    } else if asked.iter().all(|asked| *asked == ResourceType::None) {
        Some(Fault::NotOfBuckets)
    } else {
        Some(Fault::NotApplicable)
    }
}

/// What the actions that a pattern matches are asked on.
fn matched(pattern: &Pattern) -> impl Iterator<Item = ResourceType> {
    let of_law = Action::ALL
        .iter()
        .map(|action| (action.name(), action.resource()));
    let others = OTHER_ACTIONS.iter().copied();
    of_law
        .chain(others)
        .filter(|(name, _)| glob(pattern.text().as_bytes(), name.as_bytes(), true))
        .map(|(_, asked)| asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<Fault> {
        Policy::read(line).unwrap().faults("b").concat()
    }

    #[test]
    fn statements_without_faults() {
        for line in [
            "Allow * s3:GetObject b/*",
            "Allow * s3:getobject b/k",
            "Allow user s3:* b",
            "Deny * * b/*",
            "Allow * s3:ListBucket,s3:GetObject b,b/*",
            "Allow * s3:Get* b",
            "Allow * s3:GetObject,s3:GetObject b/*,b/*",
            "Deny * !s3:ListBucket !b/public",
            "Allow * s3:GetBucketWebsite b",
            "Allow * s3:?etObject b/",
        ] {
            assert_eq!(of(line), [], "{line}");
        }
    }

    #[test]
    fn each_fault_is_found() {
        for (line, fault) in [
            ("Allow - s3:GetObject b/*", Fault::NoPrincipal),
            ("Allow * - b/*", Fault::NoAction),
            ("Allow * s3:GetObject -", Fault::NoResource),
            ("Allow * ec2:Run* b/*", Fault::OtherService),
            ("Allow * GetObject b/*", Fault::OtherService),
            ("Allow * s3:HeadObject b/*", Fault::UnknownAction),
            ("Allow * s3:ListObjectsV2,s3:ListBucket b", Fault::UnknownAction),
            ("Allow * %20s3:GetObject b/*", Fault::OtherService),
            ("Allow * s3:GetObject c/*", Fault::OtherBucket),
            ("Allow * s3:GetObject bb/*", Fault::OtherBucket),
            ("Allow * s3:GetObject b/*,/k", Fault::OtherBucket),
            ("Allow * s3:GetObject *", Fault::EveryResource),
            ("Allow * s3:GetObject */k", Fault::AnyBucket),
            ("Allow * s3:ListBucket b*", Fault::BucketsLikeThis),
            ("Allow * s3:GetObject b", Fault::NotApplicable),
            ("Allow * s3:GetObject,s3:ListBucket b/*", Fault::NotApplicable),
            ("Allow * s3:ListAllMyBuckets b", Fault::NotOfBuckets),
            ("Allow * !s3:HeadObject b/*", Fault::InNotList),
            ("Allow * s3:GetObject !c/*", Fault::InNotList),
        ] {
            assert_eq!(of(line), [fault], "{line}");
        }
        assert_eq!(of("Allow * s3:GetObject b*"), [Fault::BucketsLikeThis]);
    }
}
