//! The order of errors of a route.

use bucketlaw_model::check::precedence::{Answer, Precedence};
use bucketlaw_model::clause::{self, FacetId};
use bucketlaw_model::request::Route;

use super::block::{Block, long, short};
use super::{Operations, evidence, has_row};

impl Operations {
    /// The refusals of a route, those first that are given before others.
    pub(super) fn errors(&self, route: Route) -> Vec<Block> {
        let Some(found) = self.order.0.get(&route) else {
            return Vec::new();
        };
        let rights = found
            .refusals
            .keys()
            .copied()
            .find(|facet| self.is_of_rights(*facet));
        let as_one = |facet| match rights {
            Some(rights) if self.is_of_rights(facet) => rights,
            Some(_) | None => facet,
        };
        let precedence = found.joined(as_one);
        let order = precedence.in_order();
        let rows = order.iter().enumerate().map(|(at, facet)| {
            let is_of_rights = Some(*facet) == rights;
            vec![
                (at + 1).to_string(),
                answers(&precedence, *facet),
                if is_of_rights {
                    "authorization".to_owned()
                } else {
                    facet.to_string()
                },
                if is_of_rights {
                    String::new()
                } else {
                    evidence(*facet)
                },
                if is_of_rights {
                    "The caller lacks the permission: every-operation.md has the decision.".to_owned()
                } else {
                    says(*facet)
                },
                numbers(&order, |other| is_before(&precedence, *facet, other)),
                numbers(&order, |other| is_open(&precedence, *facet, other)),
            ]
        });
        let rows = rows.collect();
        vec![
            Block::Heading(3, format!("{route}: order of errors")),
            Block::Table {
                columns: vec![
                    short("no."),
                    short("answer"),
                    short("clause"),
                    short("evidence"),
                    long("says"),
                    long("before"),
                    long("open against"),
                ],
                rows,
            },
        ]
    }

    /// Whether a facet refuses whoever lacks a permission, on nearly every operation.
    fn is_of_rights(&self, facet: FacetId) -> bool {
        let owner = clause::owner(facet);
        self.shared.contains(&facet)
            && owner.is_some_and(|(clause, facet)| clause.is_about_who() && has_row(facet))
    }
}

fn is_before(precedence: &Precedence, one: FacetId, other: FacetId) -> bool {
    precedence.before.contains(&(one, other)) && !is_open(precedence, one, other)
}

/// Whether either of two may be given: because AWS does not say, or because it hangs on more than the two.
fn is_open(precedence: &Precedence, one: FacetId, other: FacetId) -> bool {
    precedence.open.contains(&(one, other))
        || precedence.open.contains(&(other, one))
        || precedence.is_mutual(one, other)
}

fn answers(precedence: &Precedence, facet: FacetId) -> String {
    let answers = precedence
        .refusals
        .get(&facet)
        .into_iter()
        .flat_map(|refusals| &refusals.answers);
    let said = |answer: &Answer| match (answer.status, answer.code.as_str()) {
        (200, code) => format!("Error {code}"),
        (status, "") => status.to_string(),
        (status, code) => format!("{status} {code}"),
    };
    answers.map(said).collect::<Vec<_>>().join(" or ")
}

/// What a clause says, and whether AWS leaves this part of it open.
fn says(facet: FacetId) -> String {
    let Some((clause, part)) = clause::owner(facet) else {
        return String::new();
    };
    if part.is_choice() {
        format!(
            "{} OPEN, AWS does not say: {}.",
            clause.text,
            part.branches.join(", or: ")
        )
    } else {
        clause.text.to_owned()
    }
}

/// The numbers of the rows that fit: `2, 4 to 7`.
fn numbers(order: &[FacetId], fits: impl Fn(FacetId) -> bool) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in order.iter().enumerate().filter(|(_, facet)| fits(**facet)) {
        match runs.last_mut() {
            Some((_, last)) if *last == at => *last = at + 1,
            Some(_) | None => runs.push((at + 1, at + 1)),
        }
    }
    let words: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first} to {last}"),
        })
        .collect();
    words.join(", ")
}
