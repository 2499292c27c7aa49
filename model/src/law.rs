//! The law as a whole: with every branch that is ours, by its hash, or without what the words of a repeal name.

use std::fmt;
use std::hash::Hasher;

use fnv::FnvHasher;

use crate::clause::{self, Facet, FacetId};
use crate::request::Route;

pub use crate::force::Law;

impl Law {
    /// S3 as this project would build it: every undocumented branch fixed to ours.
    #[must_use]
    pub fn strict() -> Law {
        let mut law = Law::full();
        for (_, facet) in clause::facets().filter(|(_, facet)| facet.is_choice()) {
            law.fix(facet.id, 0);
        }
        law
    }

    /// Whether every undocumented choice is fixed to a branch.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        let mut choices = clause::facets().filter(|(_, facet)| facet.is_choice());
        !self.fixed().is_empty() && choices.all(|(_, facet)| self.branch(facet.id).is_some())
    }

    /// This law with one facet put to its else on every route that it governs.
    #[must_use]
    pub fn without_anywhere(self, facet: FacetId) -> Law {
        let routes = clause::owner(facet).map_or(&[][..], |(_, facet)| facet.routes);
        routes.iter().fold(self, |law, route| law.without(facet, *route))
    }

    /// Repeals what `words` name: `ID`, `ID/facet`, `ID@Route` or `ID/facet@Route`.
    ///
    /// # Errors
    /// When the clause, the facet or the route is unknown, or nothing can be repealed there.
    pub fn repeal(self, words: &str) -> Result<Law, UnknownRepeal> {
        let mut law = self;
        for (facet, route) in parse_repeal(words)? {
            law = law.without(facet.id, route);
        }
        Ok(law)
    }

    /// A number that changes whenever the wording of the catalogue, the repeals or the fixed branches do.
    #[must_use]
    pub fn hash(&self) -> u64 {
        let mut hasher = FnvHasher::default();
        let mut add = |text: &str| {
            hasher.write(text.as_bytes());
            hasher.write_u8(0);
        };
        for (clause, facet) in clause::facets() {
            add(clause.id);
            add(clause.text);
            add(facet.name);
            add(&facet.otherwise.words());
            facet.branches.iter().copied().for_each(&mut add);
            facet.routes.iter().map(|route| route.name()).for_each(&mut add);
        }
        for (facet, route) in self.repealed() {
            add(&format!("{facet}@{route}"));
        }
        for (facet, branch) in self.fixed() {
            add(&format!("{facet}={branch}"));
        }
        hasher.finish()
    }
}

/// The facets and routes that the words of a repeal name.
///
/// # Errors
/// When the clause, the facet or the route is unknown, or nothing can be repealed there.
pub fn parse_repeal(words: &str) -> Result<Vec<(&'static Facet, Route)>, UnknownRepeal> {
    let fail = |what: String| {
        Err(UnknownRepeal {
            words: words.to_owned(),
            what,
        })
    };
    let (target, route) = match words.split_once('@') {
        Some((target, route)) => (target, Some(route)),
        None => (words, None),
    };
    let (id, name) = match target.split_once('/') {
        Some((id, name)) => (id, Some(name)),
        None => (target, None),
    };
    let Some(clause) = clause::find(id) else {
        return fail(format!(
            "there is no clause {id}; `bucketlaw spec --search TEXT` finds clauses by their words"
        ));
    };
    let route = match route.map(|name| Route::ALL.iter().find(|route| route.name() == name).ok_or(name)) {
        Some(Err(name)) => {
            return fail(format!(
                "there is no route {name}; `bucketlaw spec {id}` lists the routes"
            ));
        }
        Some(Ok(route)) => Some(*route),
        None => None,
    };
    let mut found = Vec::new();
    for facet in clause
        .facets
        .iter()
        .filter(|facet| !facet.is_choice() && name.is_none_or(|name| facet.name == name))
    {
        found.extend(
            facet
                .routes
                .iter()
                .filter(|on| route.is_none_or(|route| route == **on))
                .map(|on| (facet, *on)),
        );
    }
    if found.is_empty() {
        return fail(format!(
            "{id} has no such facet that can be repealed; `bucketlaw spec {id}` lists them"
        ));
    }
    Ok(found)
}

/// The words of a repeal name nothing that can be repealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRepeal {
    words: String,
    what: String,
}

impl fmt::Display for UnknownRepeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot repeal `{}`: {}", self.words, self.what)
    }
}

impl std::error::Error for UnknownRepeal {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::EVAL_ROOT_001_POLICY;

    #[test]
    fn a_facet_can_be_put_to_its_else_on_all_its_routes() -> Result<(), UnknownRepeal> {
        let law = Law::full().without_anywhere(EVAL_ROOT_001_POLICY);
        assert_eq!(law, Law::full().repeal("EVAL-ROOT-001/policy-operations")?);
        assert!(law.repealed().len() > 1);
        Ok(())
    }
}
