//! Compiled policies: statements indexed by effect and action.

use super::action::{Action, ActionSet};
use super::caller::Caller;
use super::glob::Glob;
use super::principal::{Closeness, Principals};
use super::resource::{ArnFields, Resource};

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It refuses, whatever else grants (EVAL-ORD-001).
    Deny,
}

/// A policy ready for evaluation.
#[derive(Clone, Debug, Default)]
pub struct CompiledPolicy {
    denies: Group,
    allows: Group,
}

/// The statements of one effect, and the actions that any of them names.
#[derive(Clone, Debug, Default)]
struct Group {
    actions: ActionSet,
    statements: Vec<Statement>,
}

/// One statement (EVAL-CTX-006); `NotAction` is already resolved to the actions that it leaves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Statement {
    /// What it does.
    pub(super) effect: Effect,
    /// To whom.
    pub(super) principals: Principals,
    /// For which actions.
    pub(super) actions: ActionSet,
    /// On what.
    pub(super) resources: Resources,
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Resources {
    /// Whether the list says what is spared (`NotResource`, POL-RES-007).
    pub(super) except: bool,
    /// The patterns.
    pub(super) patterns: Vec<ArnPattern>,
}

/// One resource pattern, field by field (POL-RES-001).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum ArnPattern {
    /// `*` (POL-RES-006).
    Any,
    /// An ARN.
    Arn {
        /// The partition field.
        partition: Glob,
        /// The service field, which has no wildcards (POL-RES-002).
        service: String,
        /// The region field.
        region: Glob,
        /// The account field.
        account: Glob,
        /// Everything after the fifth colon.
        resource: Glob,
    },
}

impl ArnPattern {
    fn matches(&self, resource: &Resource<'_>, fields: &ArnFields) -> bool {
        let Self::Arn {
            partition,
            service,
            region,
            account,
            resource: last,
        } = self
        else {
            return true;
        };
        if matches!(resource, Resource::Any) {
            // AWS's own samples pair ListAllMyBuckets with arn:aws:s3:::*, so that counts as * too (POL-ACT-005).
            return service == "s3" && *last == Glob::new("*");
        }
        *service == fields.service
            && partition.matches("aws")
            && region.matches("")
            && account.matches(&fields.account)
            && last.matches(&fields.resource)
    }
}

impl Resources {
    fn matches(&self, resource: &Resource<'_>, fields: &ArnFields) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(resource, fields))
            != self.except
    }
}

impl Group {
    fn push(&mut self, statement: Statement) {
        self.actions = self.actions.union(statement.actions);
        self.statements.push(statement);
    }

    /// The closest way in which a statement of the group applies.
    fn closeness(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource<'_>,
        fields: &ArnFields,
    ) -> Option<Closeness> {
        if !self.actions.contains(action) {
            return None;
        }
        self.statements
            .iter()
            .filter(|statement| {
                statement.actions.contains(action) && statement.resources.matches(resource, fields)
            })
            .filter_map(|statement| statement.principals.closeness(caller))
            .max()
    }
}

impl CompiledPolicy {
    /// Indexes statements.
    pub(super) fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        let mut policy = Self::default();
        for statement in statements {
            match statement.effect {
                Effect::Allow => policy.allows.push(statement),
                Effect::Deny => policy.denies.push(statement),
            }
        }
        policy
    }

    /// Whether an Allow statement names everyone; without conditions nothing can narrow it (EVAL-PUB-002 to -004).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.allows
            .statements
            .iter()
            .any(|statement| statement.principals.include_everyone())
    }

    /// Whether a Deny statement applies.
    pub(super) fn denies(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource<'_>,
        fields: &ArnFields,
    ) -> bool {
        self.denies.closeness(caller, action, resource, fields).is_some()
    }

    /// The closest way in which an Allow statement applies.
    pub(super) fn allows(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource<'_>,
        fields: &ArnFields,
    ) -> Option<Closeness> {
        self.allows.closeness(caller, action, resource, fields)
    }
}
