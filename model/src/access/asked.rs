//! The permission that each operation needs first of all, by its row.

use crate::access::Need;
use crate::access::operations::*;
use crate::access::settings::{EVAL_OP_009, EVAL_OP_016};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::cx::Cx;
use crate::reply::Refusal;
use crate::request::rows::operations;
use crate::request::{Form, Route};
use crate::words::FacetId;

/// What the rows say that operations ask for.
macro_rules! asked {
    ($(
        $(#[$doc:meta])*
        $name:ident $(| $version:ident)? $(+ $entries:ident)? { $($argument:ident: $type:ty),* }
            $deed:literal, $wire:tt,
            asks [$($action:ident by $facet:ident),*],
            by $($chapter:ident)::+($($passed:expr),*);
    )*) => {
        /// The action that requests on a route need, and the one instead where they name a version, each with its facet.
        const fn asked(route: Route) -> &'static [(FacetId, Action)] {
            match route {
                $(Route::$name $(| Route::$version)? $(| Route::$entries)? => &[$(($facet, Action::$action)),*],)*
            }
        }
    };
}

operations!(asked);

impl Cx<'_> {
    /// The permission that the row of the operation asks for, on the bucket or on a key in it. Nothing is asked of IAM.
    pub(crate) fn needed(&mut self, key: Option<Key>) -> Option<Need> {
        let need = |facet, action| Some(Need { facet, action, key });
        match (asked(self.route), self.route.form()) {
            ([], _) => None,
            ([(facet, _), (by_version, action), ..], Form::Version | Form::Entries)
                if self.decides(*by_version) =>
            {
                need(*facet, *action)
            }
            ([(facet, action), ..], _) => need(*facet, *action),
        }
    }

    /// Refuses unless the caller may do on a bucket what the row of the operation asks for.
    pub(crate) fn authorize_by_row(&mut self, name: BucketName) -> Result<(), Refusal> {
        let need = self.needed(None);
        self.authorize(name, need.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::asked;
    use crate::clause::owner;
    use crate::request::Route;

    #[test]
    fn the_facet_of_a_row_governs_its_routes() {
        for route in Route::ALL {
            for (at, (facet, action)) in asked(*route).iter().enumerate() {
                let (clause, facet) = owner(*facet).unwrap();
                let of_another_form = at == 1 && Some(*action) != route.action();
                assert!(
                    facet.routes.contains(route) || of_another_form,
                    "{}/{} says what {route} needs, and does not govern it",
                    clause.id,
                    facet.name
                );
            }
        }
    }
}
