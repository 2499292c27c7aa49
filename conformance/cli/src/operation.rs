//! How the law rules on an operation, in the order of errors, as people read it: the pages of `docs/operations/`, and
//! `bucketlaw spec --table`.
//!
//! Everything is made from what rules: the row of the operation, the decision tables, the catalogue, and the order of
//! errors that the law gives when it is asked ([`precedence`]).

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use bucketlaw_conformance::exit::Code;
use bucketlaw_model::action::Action;
use bucketlaw_model::check::domains;
use bucketlaw_model::check::precedence::{self, Found};
use bucketlaw_model::clause::{self, Clause, Facet, FacetId, Kind, Role, tables};
use bucketlaw_model::request::{Form, Operation, Route, Target};
use bucketlaw_model::table::{Freedom, Line, Printed};

use crate::Failed;

pub(crate) mod block;
mod order;

use block::{Block, long, short};

/// A facet, and the clause that it is a part of.
type Part = (&'static Clause, &'static Facet);

/// What is known of all operations together.
pub(crate) struct Operations {
    /// The order of errors, by route.
    order: Found,
    /// The facets that govern at least half of all operations: they are shown once, on a page of their own.
    shared: BTreeSet<FacetId>,
}

impl Operations {
    /// Asks for the order of errors of these routes.
    pub(crate) fn of(routes: &BTreeSet<Route>) -> Result<Operations, Failed> {
        let worlds = domains::searched().map_err(|what| Failed(Code::Bug, what))?;
        let worlds: Vec<_> = worlds.into_iter().map(|(domain, _)| domain).collect();
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Operations {
            order: precedence::survey(&worlds, routes, threads),
            shared: shared(),
        })
    }

    /// The section of a route.
    pub(crate) fn section(&self, route: Route) -> Vec<Block> {
        let mut blocks = vec![
            Block::Heading(2, route.name().to_owned()),
            Block::Text(address(route)),
        ];
        blocks.extend(self.permissions(route));
        blocks.extend(self.errors(route));
        blocks.extend(self.decisions(route));
        blocks.extend(self.functions(route));
        blocks.extend(self.elsewhere(route));
        blocks
    }

    /// What every operation shares: decisions about the caller, and what functions rule.
    pub(crate) fn shared_section(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for table in tables::all() {
            let lines: Vec<&Line> = table.lines.iter().collect();
            if lines.iter().any(|line| self.shared.contains(&line.facet)) {
                blocks.extend(decision(table, &lines));
            }
        }
        let parts = clause::facets().filter(|(_, facet)| self.shared.contains(&facet.id) && !has_row(facet));
        blocks.push(Block::Heading(3, "Ruled by a function".to_owned()));
        blocks.push(by_functions(parts));
        blocks
    }

    /// The parts of clauses that rule on a route only, or on few.
    fn own(&self, route: Route) -> impl Iterator<Item = Part> {
        parts(route).filter(|(_, facet)| !self.shared.contains(&facet.id))
    }

    fn permissions(&self, route: Route) -> Vec<Block> {
        let asked: Vec<Part> = self.own(route).filter(is_permission).collect();
        let first = match (route.action().map(Action::name), route.row().target) {
            (None, _) => "It asks for no permission of S3.".to_owned(),
            (Some(action), Target::Object) => format!("It needs `{action}` on the object."),
            (Some(action), Target::Bucket) if route.form() == Form::Entries || is_batch(route) => {
                format!("Each entry needs `{action}` on its object.")
            }
            (Some(action), Target::Bucket) => format!("It needs `{action}` on the bucket."),
            (Some(action), Target::Service | Target::Iam) => {
                format!("It needs `{action}`, by identity policy.")
            }
        };
        vec![
            Block::Heading(3, format!("{route}: permissions")),
            Block::Text(first),
            by_functions(asked.into_iter()),
        ]
    }

    fn decisions(&self, route: Route) -> Vec<Block> {
        let mut blocks = Vec::new();
        for table in tables::all() {
            let lines: Vec<&Line> = table.on(route).collect();
            let rules = |line: &&Line| line.freedom != Freedom::Same && !self.shared.contains(&line.facet);
            if lines.iter().any(rules) {
                blocks.extend(decision(table, &lines));
            }
        }
        if !blocks.is_empty() {
            let words = "The first row whose case holds rules; a row that passes leaves the case to the rows below it.";
            let heading = Block::Heading(3, format!("{route}: decisions"));
            blocks.splice(0..0, [heading, Block::Text(words.to_owned())]);
        }
        blocks
    }

    fn functions(&self, route: Route) -> Vec<Block> {
        let parts: Vec<Part> = self
            .own(route)
            .filter(|part| !has_row(part.1) && !is_permission(part))
            .collect();
        if parts.is_empty() {
            return Vec::new();
        }
        vec![
            Block::Heading(3, format!("{route}: ruled by a function")),
            Block::Text(
                "Not in tables: an effect, a field of a reply, an order, or what is not converted yet."
                    .to_owned(),
            ),
            by_functions(parts.into_iter()),
        ]
    }

    /// What rules on nearly every operation, and what follows.
    fn elsewhere(&self, route: Route) -> Vec<Block> {
        let mut blocks = Vec::new();
        let shared = ids(parts(route).filter(|(_, facet)| self.shared.contains(&facet.id)));
        if !shared.is_empty() {
            blocks.push(Block::Text(format!(
                "As on nearly every operation: {}.",
                shared.join(", ")
            )));
        }
        let here: BTreeSet<&str> = parts(route).map(|(clause, _)| clause.id).collect();
        let follows: Vec<&str> = clause::all()
            .filter(|clause| clause.kind == Kind::Consequence && clause.in_force())
            .filter(|clause| clause.follows_from.iter().all(|rule| here.contains(rule)))
            .map(|clause| clause.id)
            .collect();
        if !follows.is_empty() {
            blocks.push(Block::Text(format!("It follows: {}.", follows.join(", "))));
        }
        blocks
    }
}

/// The parts of clauses that rule on a route, in the order of the catalogue.
pub(crate) fn parts(route: Route) -> impl Iterator<Item = Part> {
    clause::facets().filter(move |(_, facet)| facet.routes.contains(&route))
}

/// The routes of an operation, its plain form first.
pub(crate) fn routes(operation: &str) -> Vec<Route> {
    let all = Route::ALL.iter().copied();
    all.filter(|route| route.row().name == operation).collect()
}

fn shared() -> BTreeSet<FacetId> {
    let many = Operation::NAMES.len() / 2;
    let operations = |facet: &Facet| {
        let names: BTreeSet<&str> = facet.routes.iter().map(|route| route.row().name).collect();
        names.len()
    };
    clause::facets()
        .filter(|(_, facet)| operations(facet) >= many)
        .map(|(_, facet)| facet.id)
        .collect()
}

/// Whether it says which action an operation asks for.
fn is_permission((clause, facet): &Part) -> bool {
    clause.role() == Role::Grants && !has_row(facet) && !facet.is_choice()
}

fn has_row(facet: &Facet) -> bool {
    let mut tables = tables::all().iter();
    tables.any(|table| table.lines.iter().any(|line| line.facet == facet.id))
}

/// Whether its plain form is that of entries, too.
fn is_batch(route: Route) -> bool {
    let mut all = Route::ALL.iter();
    all.any(|other| other.form() == Form::Entries && other.row().name == route.row().name)
}

/// How a route is addressed on the wire.
fn address(route: Route) -> String {
    let row = route.row();
    let path = match row.target {
        Target::Bucket => "/BUCKET",
        Target::Object => "/BUCKET/KEY",
        Target::Service | Target::Iam => "/",
    };
    let query = match (row.subresource, row.value, row.target) {
        ("", _, _) => String::new(),
        (name, _, Target::Iam) => format!("Action={name}"),
        (name, "", _) => name.to_owned(),
        (name, value, _) => format!("{name}={value}"),
    };
    let version = if route.form() == Form::Version {
        "versionId=ID"
    } else {
        ""
    };
    let query: Vec<&str> = [query.as_str(), version]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    };
    let mut words = format!("To {}: `{} {path}{query}`", route.deed(), row.method.name());
    match route.form() {
        Form::Whole => {}
        Form::Version => words.push_str(", the form that names a version"),
        Form::Entries => words.push_str(", an entry that names a version"),
    }
    if let Some(header) = row.given {
        words.push_str(&format!(", with the header `{header}`"));
    }
    if let Some(document) = row.document {
        words.push_str(&format!(", with the document `{}`", document.root));
    }
    words.push('.');
    words
}

/// A decision table: what is decided, by which facts, and the rows.
fn decision(table: &Printed, lines: &[&Line]) -> Vec<Block> {
    let mut facts = Vec::new();
    for fact in &table.facts {
        facts.push(format!("{}: {}", fact.name, fact.about));
        for (name, words) in &fact.values {
            facts.push(format!("{} is {name}: {words}", fact.name));
        }
    }
    let mut rows: Vec<Vec<String>> = lines.iter().map(|line| row(table, line)).collect();
    let otherwise = said(table, &table.otherwise);
    rows.push(vec![
        "otherwise".into(),
        otherwise,
        String::new(),
        String::new(),
        String::new(),
    ]);
    vec![
        Block::Heading(4, table.title.trim_end_matches('.').to_owned()),
        Block::Points(facts),
        Block::Table {
            columns: vec![
                long("if"),
                long("then"),
                short("clause"),
                short("evidence"),
                long("without it"),
            ],
            rows,
        },
    ]
}

fn row(table: &Printed, line: &Line) -> Vec<String> {
    let without = match line.freedom {
        Freedom::Struck => "The rows below rule.".to_owned(),
        Freedom::Else => said(table, &line.other),
        Freedom::Open => format!("OPEN, AWS does not say. Or: {}", said(table, &line.other)),
        Freedom::Same => "It is the same.".to_owned(),
    };
    vec![
        line.case.clone(),
        said(table, &line.ruling),
        line.facet.to_string(),
        evidence(line.facet),
        without,
    ]
}

/// A ruling in a sentence.
fn said(table: &Printed, ruling: &str) -> String {
    let mut rulings = table.rulings.iter();
    let words = rulings.find(|(name, _)| name == ruling);
    match (words, ruling) {
        (Some((_, words)), _) => (*words).to_owned(),
        (None, "passes") => "It passes to the rows below.".to_owned(),
        (None, other) => other.to_owned(),
    }
}

/// The evidence for a facet's clause, and how bad it is to violate it.
fn evidence(facet: FacetId) -> String {
    clause::owner(facet).map_or_else(String::new, |(clause, _)| graded(clause))
}

fn graded(clause: &Clause) -> String {
    format!("{}, {}", clause.level.name(), clause.severity.name())
}

/// Clauses with those of their parts that are given, a line each.
fn by_functions(parts: impl Iterator<Item = Part>) -> Block {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut last = "";
    for (clause, facet) in parts {
        let part = if facet.is_choice() {
            format!(
                "{}: OPEN, AWS does not say: {}",
                facet.name,
                facet.branches.join(", or: ")
            )
        } else {
            format!("{}: without it {}", facet.name, facet.otherwise)
        };
        match rows
            .last_mut()
            .and_then(|row| row.last_mut())
            .filter(|_| last == clause.id)
        {
            Some(parts) => {
                parts.push_str("; ");
                parts.push_str(&part);
            }
            None => rows.push(vec![
                clause.id.to_owned(),
                graded(clause),
                clause.text.to_owned(),
                part,
            ]),
        }
        last = clause.id;
    }
    Block::Table {
        columns: vec![short("clause"), short("evidence"), long("says"), long("parts")],
        rows,
    }
}

/// The ids of the clauses of parts, once each.
fn ids(parts: impl Iterator<Item = Part>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (clause, _) in parts {
        if ids.last().is_none_or(|last| last != clause.id) {
            ids.push(clause.id.to_owned());
        }
    }
    ids
}
