//! Comparing patterns with names, as the law does and as servers do that overlook something.

use crate::action::Action;
use crate::policy::pattern::{behind_character, glob_by};
use crate::policy::{Pattern, Resource, Statement, glob};
use crate::world::World;

/// How patterns are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// As the law compares them.
    Lawful,
    /// Actions match in their case only.
    ActionsInTheirCase,
    /// A question mark in an action stands for itself.
    ActionsWithoutQuestionMark,
    /// A question mark in a resource is one byte.
    ByBytes,
    /// A wildcard in a resource matches no slash.
    BySegments,
    /// Keys are escaped as in a URL.
    Escaped,
    /// Two slashes of a key are one.
    Normalised,
    /// Keys are compared whatever their case.
    InAnyCase,
}

impl Comparison {
    /// Whether a statement covers an action on a resource, compared in this way.
    pub(super) fn covers(
        self,
        statement: &Statement,
        action: Action,
        resource: Resource,
        world: &World,
    ) -> bool {
        statement.actions.matches(|pattern| self.names(pattern, action))
            && statement
                .resources
                .matches(|pattern| self.reaches(pattern, resource, world))
    }

    fn names(self, pattern: &Pattern, action: Action) -> bool {
        let (text, name) = (pattern.text(), action.name().as_bytes());
        match self {
            Comparison::ActionsInTheirCase => glob(text.as_bytes(), name, false),
            // No action has one.
            Comparison::ActionsWithoutQuestionMark if text.contains('?') => false,
            Comparison::Lawful
            | Comparison::ActionsWithoutQuestionMark
            | Comparison::ByBytes
            | Comparison::BySegments
            | Comparison::Escaped
            | Comparison::Normalised
            | Comparison::InAnyCase => glob(text.as_bytes(), name, true),
        }
    }

    fn reaches(self, pattern: &Pattern, resource: Resource, world: &World) -> bool {
        let mut name = world.bucket_name(resource.bucket).as_bytes().to_vec();
        if let Some(key) = resource.key {
            name.push(b'/');
            name.extend(self.key(world.key_as_bytes(key)));
        }
        let text = pattern.text().as_bytes();
        match self {
            Comparison::ByBytes => glob_by(text, &name, false, |text| text.get(1..).unwrap_or_default()),
            Comparison::BySegments if text != b"*" => {
                let (patterns, names) = (text.split(|byte| *byte == b'/'), name.split(|byte| *byte == b'/'));
                patterns.clone().count() == names.clone().count()
                    && patterns
                        .zip(names)
                        .all(|(pattern, name)| glob(pattern, name, false))
            }
            Comparison::Lawful
            | Comparison::BySegments
            | Comparison::ActionsInTheirCase
            | Comparison::ActionsWithoutQuestionMark
            | Comparison::Escaped
            | Comparison::Normalised => glob_by(text, &name, false, behind_character),
            Comparison::InAnyCase => glob_by(text, &name, true, behind_character),
        }
    }

    /// A key as it is compared.
    fn key(self, key: &[u8]) -> Vec<u8> {
        match self {
            Comparison::Escaped => escaped(key),
            Comparison::Normalised => {
                let mut once = key.to_vec();
                once.dedup_by(|one, other| *one == b'/' && *other == b'/');
                once
            }
            Comparison::Lawful
            | Comparison::ActionsInTheirCase
            | Comparison::ActionsWithoutQuestionMark
            | Comparison::ByBytes
            | Comparison::BySegments
            | Comparison::InAnyCase => key.to_vec(),
        }
    }
}

/// A key as a URL holds it.
fn escaped(key: &[u8]) -> Vec<u8> {
    let mut word = Vec::new();
    for byte in key {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            word.push(*byte);
        } else {
            word.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    word
}
