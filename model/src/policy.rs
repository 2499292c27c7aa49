//! Policy documents: statements, and whether one matches a request.
//!
//! In programs a policy is written in one line, `Allow user s3:Get* b/*; Deny * !s3:ListBucket !b/public`: effect,
//! principal, actions and resources of each statement. Lists are separated by commas; `!` in front of a list makes
//! it NotAction or NotResource; `-` stands for none: no Principal as in identity policies, no Action, no Resource. In a pattern `%XX` stands for a
//! byte, as in keys.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::action::Action;
use crate::bits::{Bits, words};
use crate::names::{BucketName, Caller, Key};
use crate::world::World;

mod comparison;
pub(crate) mod fault;
mod known;
pub(crate) mod pattern;
mod side;

pub(crate) use comparison::Comparison;
pub use pattern::{Pattern, Patterns, glob};
pub(crate) use side::Side;

/// Whether a statement grants or refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It refuses, whatever grants.
    Deny,
}

/// Whom a statement of a resource policy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// `*`: everybody, also anonymous callers (`POL-PRIN-002`).
    Anyone,
    /// The account that owns the buckets (`POL-PRIN-004`).
    Account,
    /// The second account.
    OtherAccount,
    /// The IAM user by its ARN (`POL-PRIN-006`).
    User,
}

/// How strongly a principal element names a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Naming {
    /// By `*` or by its own ARN.
    Directly,
    /// Through its account only.
    ByAccount,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Statement {
    /// Grant or refusal.
    pub effect: Effect,
    /// Whom it names; empty in identity policies.
    pub principals: Vec<Principal>,
    /// `Action` or `NotAction`.
    pub actions: Patterns,
    /// `Resource` or `NotResource`: `bucket`, `bucket/key` or `*`, by the names of the program.
    pub resources: Patterns,
    /// The actions that `actions` matches, a bit each: matching names anew at every request would be slow.
    covered: Bits<{ words(Action::ALL.len()) }>,
    /// How the principals name each caller, by the same reason.
    naming: [Option<Naming>; Caller::ALL.len()],
    /// Which buckets and keys of its world `resources` matches, by the same reason; elsewhere it is asked anew.
    reached: Reached,
}

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
    /// What they say together of each action by each caller on each bucket and key of its world.
    said: side::Table,
}

/// What the patterns of a statement match of the buckets and keys of a world, each by its position.
///
/// It only remembers what the patterns and the names say, so that statements are equal whatever is remembered.
#[derive(Clone, Debug, Default, Eq)]
struct Reached(Vec<(bool, Vec<bool>)>);

impl PartialEq for Reached {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Hash for Reached {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Reached {
    fn of(&self, resource: Resource) -> Option<bool> {
        let (bucket, keys) = self.0.get(usize::from(resource.bucket.0))?;
        match resource.key {
            None => Some(*bucket),
            Some(key) => keys.get(usize::from(key.0)).copied(),
        }
    }
}

/// What an action is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The bucket.
    pub bucket: BucketName,
    /// The key, for actions on objects.
    pub key: Option<Key>,
}

impl Principal {
    const WORDS: [(Principal, &'static str); 4] = [
        (Principal::Anyone, "*"),
        (Principal::Account, "account"),
        (Principal::OtherAccount, "other"),
        (Principal::User, "user"),
    ];

    /// How this principal names a caller, if it does.
    #[must_use]
    pub fn names(self, caller: Caller) -> Option<Naming> {
        match (self, caller) {
            (Principal::Anyone, Caller::Anonymous | Caller::Other | Caller::Owner | Caller::User)
            | (Principal::User, Caller::User) => Some(Naming::Directly),
            (Principal::Account, Caller::Owner | Caller::User) | (Principal::OtherAccount, Caller::Other) => {
                Some(Naming::ByAccount)
            }
            (Principal::Account, Caller::Anonymous | Caller::Other)
            | (Principal::OtherAccount, Caller::Anonymous | Caller::Owner | Caller::User)
            | (Principal::User, Caller::Anonymous | Caller::Other | Caller::Owner) => None,
        }
    }

    /// The principal's word in programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        Principal::WORDS
            .iter()
            .find(|(principal, _)| *principal == self)
            .map_or("", |(_, word)| word)
    }
}

impl Statement {
    /// The strongest way in which the statement's principal names a caller.
    #[must_use]
    pub fn naming(&self, caller: Caller) -> Option<Naming> {
        self.naming.get(caller as usize).copied().flatten()
    }

    /// Whether the statement speaks of an action on a resource (`EVAL-CTX-006`, without principals).
    #[must_use]
    pub fn covers(&self, action: Action, resource: Option<Resource>, world: &World) -> bool {
        self.covered.contains(action as usize)
            && match resource.and_then(|resource| self.reached.of(resource)) {
                Some(reached) => reached,
                None => self.reaches(resource, world),
            }
    }

    fn reaches(&self, resource: Option<Resource>, world: &World) -> bool {
        self.resources
            .matches(|pattern| resource_matches(pattern.text(), resource, world))
    }

    /// Remembers which buckets and keys of a world the resources match.
    fn remember(&mut self, world: &World) {
        let reaches = |bucket, key| self.reaches(Some(Resource { bucket, key }), world);
        let buckets = world.buckets().map(|(bucket, _)| {
            let keys = world.keys().map(|key| reaches(bucket, Some(key)));
            (reaches(bucket, None), keys.collect())
        });
        self.reached = Reached(buckets.collect());
    }
}

impl Policy {
    /// Whether the policy is public: an Allow that names everybody (`EVAL-PUB-002`, without conditions).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            statement.effect == Effect::Allow && statement.principals.contains(&Principal::Anyone)
        })
    }

    /// Remembers which buckets and keys of a world its statements match.
    pub(crate) fn remember(&mut self, world: &World) {
        for statement in &mut self.statements {
            statement.remember(world);
        }
        self.said = side::Table::of(&self.statements, world);
    }

    /// Reads a policy from its line in a program.
    ///
    /// # Errors
    /// In words for the reader of the program.
    pub fn read(line: &str) -> Result<Policy, String> {
        let statements = line
            .split(';')
            .map(|statement| Statement::read(statement.trim()))
            .collect::<Result<_, _>>()?;
        Ok(Policy {
            statements,
            said: side::Table::default(),
        })
    }
}

impl Statement {
    fn read(line: &str) -> Result<Statement, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [effect, principals, actions, resources] = words.as_slice() else {
            return Err(format!(
                "`{line}` is no statement; write effect, principal, actions, resources"
            ));
        };
        let effect = match *effect {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            other => return Err(format!("`{other}` is neither Allow nor Deny")),
        };
        let principal = |word: &str| {
            let known = Principal::WORDS.iter().find(|(_, known)| *known == word);
            known
                .map(|(principal, _)| *principal)
                .ok_or_else(|| format!("`{word}` is none of: *, account, other, user, -"))
        };
        let principals = match *principals {
            "-" => Vec::new(),
            list => list.split(',').map(principal).collect::<Result<_, _>>()?,
        };
        let actions = Patterns::read(actions)?;
        let matched = Action::ALL.iter().filter(|action| {
            actions.matches(|pattern| glob(pattern.text().as_bytes(), action.name().as_bytes(), true))
        });
        Ok(Statement {
            effect,
            naming: naming(&principals),
            principals,
            covered: matched.map(|action| *action as usize).collect(),
            actions,
            resources: Patterns::read(resources)?,
            reached: Reached::default(),
        })
    }
}

/// The strongest way in which principals name each caller, by the caller's number.
fn naming(principals: &[Principal]) -> [Option<Naming>; Caller::ALL.len()] {
    let mut all = [None; Caller::ALL.len()];
    for caller in Caller::ALL {
        let named = |naming| {
            let mut principals = principals.iter();
            principals.any(|principal| principal.names(caller) == Some(naming))
        };
        if let Some(strongest) = all.get_mut(caller as usize) {
            *strongest = [Naming::Directly, Naming::ByAccount]
                .into_iter()
                .find(|naming| named(*naming));
        }
    }
    all
}

fn resource_matches(pattern: &str, resource: Option<Resource>, world: &World) -> bool {
    let Some(resource) = resource else {
        return pattern == "*";
    };
    let bucket = world.bucket_name(resource.bucket);
    match resource.key {
        None => glob(pattern.as_bytes(), bucket.as_bytes(), false),
        Some(key) => {
            let key = world.key_as_bytes(key);
            if let Some(of_bucket) = pattern
                .strip_prefix(bucket)
                .and_then(|rest| rest.strip_prefix('/'))
            {
                return glob(of_bucket.as_bytes(), key, false);
            }
            let parts = [bucket.as_bytes(), b"/", key];
            glob_parts(pattern.as_bytes(), &parts)
        }
    }
}

fn glob_parts(pattern: &[u8], parts: &[&[u8]]) -> bool {
    let mut buffer = smallvec::SmallVec::<[u8; 64]>::new();
    for part in parts {
        buffer.extend_from_slice(part);
    }
    glob(pattern, &buffer, false)
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, statement) in self.statements.iter().enumerate() {
            let principals = match statement.principals.as_slice() {
                [] => "-".to_owned(),
                list => list
                    .iter()
                    .map(|principal| principal.word())
                    .collect::<Vec<_>>()
                    .join(","),
            };
            let effect = match statement.effect {
                Effect::Allow => "Allow",
                Effect::Deny => "Deny",
            };
            let separator = if position == 0 { "" } else { "; " };
            write!(
                f,
                "{separator}{effect} {principals} {} {}",
                statement.actions, statement.resources
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_as_it_is_written() {
        let line = "Allow user,other s3:Get*,s3:PutObject b/*; Deny * !s3:ListBucket !b/public";
        assert_eq!(Policy::read(line).unwrap().to_string(), line);
        assert!(Policy::read("Allow everybody s3:* *").is_err());
        assert!(Policy::read("Allow").is_err());
    }

    #[test]
    fn patterns_are_compared_with_the_bytes_of_keys() -> Result<(), String> {
        let calendar = crate::world::Calendar {
            start: crate::time::Time(0),
            unit: 1,
        };
        let keys = ["a%20b", "a:b", "%C3%A9", "100%25", "a%2Cb", "a%2Ab", "aXb"];
        let mut world = World::new(&["b"], &keys, &[], calendar);
        for (pattern, reached) in [
            ("b/a%20b", "a%20b"),
            ("b/a:b", "a:b"),
            ("b/a%3Ab", "a:b"),
            ("b/%c3%a9", "%C3%A9"),
            ("b/?", "%C3%A9"),
            ("b/100%25", "100%25"),
            ("b/a%2Cb", "a%2Cb"),
            ("b/a?b", "a%20b a:b a%2Cb a%2Ab aXb"),
        ] {
            let name = world.declare_policy(pattern, &format!("Allow * s3:GetObject {pattern}"))?;
            let policy = world.policy(name).ok_or("the policy is known")?;
            for key in world.keys() {
                let place = Resource {
                    bucket: BucketName(0),
                    key: Some(key),
                };
                let covers = policy
                    .statements
                    .iter()
                    .any(|statement| statement.covers(Action::GetObject, Some(place), &world));
                let expected = reached.split(' ').any(|word| word == world.key_name(key));
                assert_eq!(covers, expected, "{pattern} and {}", world.key_name(key));
            }
        }
        Ok(())
    }
}
