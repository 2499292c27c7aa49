//! What a policy says of an action by a caller, all its statements together.

use std::hash::{Hash, Hasher};

use crate::action::Action;
use crate::names::{BucketName, Caller, Key};
use crate::policy::{Comparison, Effect, Naming, Policy, Principal, Resource, Statement};
use crate::world::World;

/// What one policy says of an action by a caller: every statement is evaluated, and what those say that cover the
/// action is put together, a bit for each effect and each way of naming the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side(u16);

impl Side {
    /// How many bits each effect has: one for each way of naming.
    const WAYS: u32 = 3;
    /// An Allow names everybody.
    const STAR: u16 = 1 << (2 * Side::WAYS);
    /// An Allow names the user.
    const USER: u16 = Side::STAR << 1;

    /// What a policy says, nothing if there is none.
    #[inline]
    pub(crate) fn of(
        policy: Option<&Policy>,
        caller: Caller,
        action: Action,
        resource: Option<Resource>,
        world: &World,
    ) -> Side {
        match policy {
            Some(policy) => match policy.said.get(caller, action, resource) {
                Some(said) => said,
                None => Side::said(policy, caller, action, resource, world),
            },
            None => Side::default(),
        }
    }

    #[inline(never)]
    fn said(
        policy: &Policy,
        caller: Caller,
        action: Action,
        resource: Option<Resource>,
        world: &World,
    ) -> Side {
        let mut says = 0;
        for statement in &policy.statements {
            if !statement.covers(action, resource, world) {
                continue;
            }
            says |= Side::by(statement, caller);
        }
        Side(says)
    }

    /// What a policy says where its patterns are compared in another way.
    pub(crate) fn compared(
        comparison: Comparison,
        policy: Option<&Policy>,
        caller: Caller,
        action: Action,
        place: Resource,
        world: &World,
    ) -> Side {
        let statements = policy.map_or(&[][..], |policy| policy.statements.as_slice());
        let covering = statements
            .iter()
            .filter(|statement| comparison.covers(statement, action, place, world));
        Side(covering.fold(0, |says, statement| says | Side::by(statement, caller)))
    }

    /// What one statement says of the actions and the places that it covers.
    fn by(statement: &Statement, caller: Caller) -> u16 {
        let mut says = Side::bit(statement.effect, statement.naming(caller));
        for naming in statement
            .principals
            .iter()
            .filter_map(|principal| principal.names(caller))
        {
            says |= Side::bit(statement.effect, Some(naming));
        }
        if statement.effect == Effect::Allow && caller == Caller::User {
            for principal in &statement.principals {
                says |= match principal {
                    Principal::Anyone => Side::STAR,
                    Principal::User => Side::USER,
                    Principal::Account | Principal::OtherAccount => 0,
                };
            }
        }
        says
    }

    const fn bit(effect: Effect, naming: Option<Naming>) -> u16 {
        let way = match naming {
            None => 0,
            Some(Naming::Directly) => 1,
            Some(Naming::ByAccount) => 2,
        };
        match effect {
            Effect::Allow => 1 << way,
            Effect::Deny => 1 << (Side::WAYS + way),
        }
    }

    /// Whether some statement with this effect, naming the caller in this way if it matters, covers the action.
    pub(crate) fn covers(self, effect: Effect, naming: Option<Naming>) -> bool {
        let wanted = match naming {
            Some(_) => Side::bit(effect, naming),
            None => Side::bit(effect, None) | Side::reaching(effect),
        };
        self.0 & wanted != 0
    }

    const fn reaching(effect: Effect) -> u16 {
        Side::bit(effect, Some(Naming::Directly)) | Side::bit(effect, Some(Naming::ByAccount))
    }

    /// Whether a resource policy has a statement with this effect that names the caller in any way.
    pub(crate) fn reaches(self, effect: Effect) -> bool {
        self.0 & Side::reaching(effect) != 0
    }

    /// Whether a statement that names the user's own ARN grants to it.
    pub(crate) fn grants_to_user(self) -> bool {
        self.0 & Side::USER != 0
    }

    /// Whether a statement that names everybody grants to the user.
    pub(crate) fn grants_to_user_by_star(self) -> bool {
        self.0 & Side::STAR != 0
    }
}

/// What a policy says of every action by every caller on every bucket and key of its world: a request asks for one
/// permission or two, and statements are not evaluated anew for each.
///
/// It only remembers what the statements and the names say, so that policies are equal whatever is remembered.
#[derive(Clone, Debug, Default, Eq)]
pub(crate) struct Table {
    keys: usize,
    says: Vec<Side>,
}

impl PartialEq for Table {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Hash for Table {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Table {
    const ACTIONS: usize = Action::ALL.len();
    const CALLERS: usize = Caller::ALL.len();
    /// A world with more buckets and keys than these has no table: it would be large, and seldom asked.
    const MOST_PLACES: usize = 1024;

    /// The table of statements in a world.
    pub(super) fn of(statements: &[Statement], world: &World) -> Table {
        let keys: Vec<Key> = world.keys().collect();
        let buckets: Vec<BucketName> = world.buckets().map(|(bucket, _)| bucket).collect();
        let places = buckets.len() * (keys.len() + 1);
        if places > Table::MOST_PLACES {
            return Table::default();
        }
        let mut table = Table {
            keys: keys.len(),
            says: vec![Side::default(); places * Table::CALLERS * Table::ACTIONS],
        };
        let places = buckets.iter().flat_map(|bucket| {
            let keys = keys.iter().copied().map(Some);
            std::iter::once(None)
                .chain(keys)
                .map(|key| Resource { bucket: *bucket, key })
        });
        for place in places {
            for statement in statements {
                table.add(statement, place, world);
            }
        }
        table
    }

    /// Adds what a statement says at a place.
    fn add(&mut self, statement: &Statement, place: Resource, world: &World) {
        for action in Action::ALL {
            if !statement.covers(*action, Some(place), world) {
                continue;
            }
            for caller in Caller::ALL {
                let says = Side::by(statement, caller);
                if let Some(at) = self.position(caller, *action, place)
                    && let Some(said) = self.says.get_mut(at)
                {
                    said.0 |= says;
                }
            }
        }
    }

    #[inline]
    fn position(&self, caller: Caller, action: Action, place: Resource) -> Option<usize> {
        let key = place.key.map_or(0, |key| usize::from(key.0) + 1);
        let place = usize::from(place.bucket.0) * (self.keys + 1) + key;
        let row = place * Table::CALLERS + caller as usize;
        (key <= self.keys).then_some(row * Table::ACTIONS + action as usize)
    }

    /// What is said there; `None` of what the world does not name.
    #[inline]
    fn get(&self, caller: Caller, action: Action, place: Option<Resource>) -> Option<Side> {
        let at = self.position(caller, action, place?)?;
        self.says.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;
    use crate::world::Calendar;

    #[test]
    fn each_thing_that_is_said_has_a_bit_of_its_own() {
        let namings = [None, Some(Naming::Directly), Some(Naming::ByAccount)];
        let of = |effect| namings.map(|naming| Side::bit(effect, naming));
        let mut bits = [of(Effect::Allow), of(Effect::Deny)].concat();
        bits.extend([Side::STAR, Side::USER]);
        assert!(bits.iter().all(|bit| bit.count_ones() == 1));
        let together = bits.iter().fold(0, |together, bit| together | bit);
        assert_eq!(together.count_ones() as usize, bits.len());
    }

    #[test]
    fn the_table_says_what_the_statements_say() -> Result<(), String> {
        let calendar = Calendar {
            start: Time(0),
            unit: 1,
        };
        let mut world = World::new(&["b", "c"], &["k", "l"], &[], calendar);
        let line = "Allow * s3:Get* b/*; Deny user,other !s3:ListBucket !b/k; Allow account,user s3:* b; Allow - s3:* *";
        let name = world.declare_policy("p", line)?;
        let policy = world.policy(name).ok_or("the policy is known")?;
        for bucket in world.buckets().map(|(bucket, _)| bucket) {
            for key in std::iter::once(None).chain(world.keys().map(Some)) {
                let place = Some(Resource { bucket, key });
                for action in Action::ALL {
                    for caller in Caller::ALL {
                        let anew = Side::said(policy, caller, *action, place, &world);
                        assert_eq!(policy.said.get(caller, *action, place), Some(anew));
                    }
                }
            }
        }
        let unnamed = [(2, None), (0, Some(Key(2))), (1, Some(Key(9)))];
        for (bucket, key) in unnamed {
            let bucket = BucketName(bucket);
            let place = Some(Resource { bucket, key });
            assert_eq!(policy.said.get(Caller::User, Action::GetObject, place), None);
        }
        Ok(())
    }
}
