//! What sort of decision a clause makes, and what it takes to see it: what a judge has to know of a clause beside its
//! sentence.
//!
//! A section of the specification speaks of one thing, so its clauses share their attributes; the few that differ are named.

use serde::{Deserialize, Serialize};

use super::Clause;

/// What the decisions of a clause do to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// They say who may do something: a permission that an operation needs, or whom it reaches.
    Grants,
    /// They refuse somebody whatever grants.
    Denies,
    /// They say when a document is refused for what stands in it, whoever sends it.
    Documents,
    /// They say what follows: an effect, a reply, a form.
    Rules,
}

/// A setting of buckets that an endpoint has or lacks as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// Block Public Access.
    PublicAccess,
    /// Object Ownership.
    Ownership,
    /// Object Lock.
    ObjectLock,
}

/// What a run has to have so that its programs tell a clause, beside an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The owner is the root user of its account.
    OwnerRoot,
    /// The identity of the second account is its root user.
    OtherRoot,
    /// An IAM user of the owner's account.
    User,
    /// An IAM user whose policy the run may change.
    OwnUser,
    /// An identity of a second account.
    Other,
    /// An identity that is a stranger in buckets of other accounts.
    Stranger,
    /// The name of a principal as policies have it.
    PrincipalName,
}

/// The attributes of a section.
struct Section {
    name: &'static str,
    role: Role,
    setting: Option<Setting>,
    needs: &'static [Need],
}

const fn section(name: &'static str, role: Role) -> Section {
    Section {
        name,
        role,
        setting: None,
        needs: &[],
    }
}

impl Section {
    const fn of(self, setting: Setting) -> Section {
        Section {
            setting: Some(setting),
            ..self
        }
    }

    const fn needing(self, needs: &'static [Need]) -> Section {
        Section { needs, ..self }
    }
}

/// The sections that differ from an ordinary one; a section that is not here has rules, no setting and no needs.
const SECTIONS: &[Section] = &[
    section("EVAL-ANON", Role::Grants),
    section("EVAL-BPA", Role::Denies).of(Setting::PublicAccess),
    section("EVAL-OP", Role::Grants),
    section("EVAL-OPX", Role::Denies),
    section("EVAL-ORD", Role::Denies),
    section("EVAL-OWN", Role::Rules).of(Setting::Ownership),
    section("EVAL-PUB", Role::Denies).of(Setting::PublicAccess),
    section("EVAL-ROOT", Role::Grants).needing(&[Need::OwnerRoot]),
    section("EVAL-SAME", Role::Grants),
    section("EVAL-XACC", Role::Grants),
    section("POL-GRAM", Role::Documents),
    section("POL-VAL", Role::Documents),
    section("LOCK-API", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-BKT", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-CFG", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-COND", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-DEL", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-EVT", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-HDR", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-HOLD", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-INT", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-LC", Role::Rules).of(Setting::ObjectLock),
    section("LOCK-RET", Role::Rules).of(Setting::ObjectLock),
];

/// The clauses that need more than their section.
const NEEDS: &[(&str, &[Need])] = &[("EVAL-XACC-003", &[Need::OtherRoot])];

impl Clause {
    fn attributes(&self) -> Option<&'static Section> {
        SECTIONS.iter().find(|section| section.name == self.section())
    }

    /// What its decisions do to a request.
    #[must_use]
    pub fn role(&self) -> Role {
        self.attributes().map_or(Role::Rules, |section| section.role)
    }

    /// Whether it says who may do something, or to whom it is refused.
    #[must_use]
    pub fn is_about_who(&self) -> bool {
        match self.role() {
            Role::Grants | Role::Denies => true,
            Role::Documents | Role::Rules => false,
        }
    }

    /// The setting of buckets that it speaks of, which an endpoint may lack as a whole.
    #[must_use]
    pub fn setting(&self) -> Option<Setting> {
        self.attributes().and_then(|section| section.setting)
    }

    /// What a run has to have so that programs tell it.
    #[must_use]
    pub fn needs(&self) -> &'static [Need] {
        match NEEDS.iter().find(|(id, _)| *id == self.id) {
            Some((_, needs)) => needs,
            None => self.attributes().map_or(&[], |section| section.needs),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::clause::{self, Area};

    #[test]
    fn every_name_is_that_of_a_section_or_of_a_clause() {
        let sections: BTreeSet<&str> = clause::all().map(Clause::section).collect();
        let named: BTreeSet<&str> = SECTIONS.iter().map(|section| section.name).collect();
        assert_eq!(named.len(), SECTIONS.len(), "a section is listed twice");
        assert!(named.is_subset(&sections), "{named:?}");
        assert!(NEEDS.iter().all(|(id, _)| clause::find(id).is_some()));
    }

    #[test]
    fn clauses_of_object_lock_and_no_others_are_of_its_setting() {
        for clause in clause::all() {
            let is_of_it = clause.setting() == Some(Setting::ObjectLock);
            assert_eq!(is_of_it, clause.area == Area::ObjectLock, "{}", clause.id);
        }
    }

    #[test]
    fn who_may_do_something_is_a_matter_of_evaluation() {
        for clause in clause::all().filter(|clause| clause.is_about_who()) {
            assert_eq!(clause.area, Area::Evaluation, "{}", clause.id);
            assert!(clause.role() != Role::Documents, "{}", clause.id);
        }
    }
}
