//! The pages of `docs/operations/`: one an operation, one of what all share, and how to read them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bucketlaw_model::request::{Operation, Route};

use super::no_text;
use crate::Failed;
use crate::operation::block::{Block, long, markdown, short};
use crate::operation::{Operations, routes};

/// The folder that holds these pages only.
pub(super) const FOLDER: &str = "operations";
const MADE: &str =
    "<!-- Made by `bucketlaw docs` from what rules. Change the law in model/, not this file. -->\n\n";

/// All pages, by their path below the documentation.
pub(super) fn pages() -> Result<BTreeMap<PathBuf, String>, Failed> {
    let operations = Operations::of(&Route::ALL.iter().copied().collect::<BTreeSet<_>>())?;
    let mut pages = BTreeMap::new();
    for name in Operation::NAMES {
        pages.insert(path(name), page(&operations, name)?);
    }
    let mut shared = vec![Block::Heading(1, "What nearly every operation shares".to_owned())];
    shared.push(Block::Text(SHARED.to_owned()));
    shared.extend(operations.shared_section());
    pages.insert(path("every-operation"), set(&shared)?);
    pages.insert(path("README"), format!("{MADE}{HOW_TO_READ}{}", index()?));
    Ok(pages)
}

fn path(name: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{name}.md"))
}

fn set(blocks: &[Block]) -> Result<String, Failed> {
    let page = markdown(blocks).map_err(no_text)?;
    let page = page.replace("every-operation.md", "[every-operation.md](every-operation.md)");
    Ok(format!("{MADE}{page}"))
}

/// The page of an operation.
fn page(operations: &Operations, name: &str) -> Result<String, Failed> {
    let routes = routes(name);
    let mut blocks = vec![Block::Heading(1, name.to_owned())];
    if let [_, ..] = routes.get(1..).unwrap_or_default() {
        let forms: Vec<&str> = routes.iter().map(|route| route.name()).collect();
        blocks.push(Block::Text(format!("Its call forms: {}.", forms.join(", "))));
    }
    for route in routes {
        blocks.extend(operations.section(route));
    }
    let page = set(&blocks)?;
    Ok(format!("{page}\n[How to read this page](README.md)\n"))
}

/// The operations with what they do.
fn index() -> Result<String, Failed> {
    let mut rows = Vec::new();
    for name in Operation::NAMES {
        let routes = routes(name);
        let deed = routes.first().map(|route| route.deed()).unwrap_or_default();
        let forms: Vec<&str> = routes.iter().skip(1).map(|route| route.name()).collect();
        rows.push(vec![format!("{name}.md"), deed, forms.join(", ")]);
    }
    let columns = vec![short("operation"), long("to"), short("with a version id")];
    let mut page = markdown(&[Block::Table { columns, rows }]).map_err(no_text)?;
    for name in Operation::NAMES {
        page = page.replace(&format!("| {name}.md |"), &format!("| [{name}]({name}.md) |"));
    }
    Ok(page)
}

const SHARED: &str = "What rules alike on at least half of all operations. The pages of the operations name these \
    clauses and don't repeat them.";

const HOW_TO_READ: &str = "# Operations, in the order of errors

For each operation of S3, and each form in which it can be called: what it needs, which error it answers, and which one if a request deserves two. AWS
documents the errors, and hardly ever their order.

Nothing on these pages is written by hand. They are made from the executable law in `model/`, the same that judges servers, so that they cannot say
anything else than it does. `bucketlaw spec --table DeleteObjectVersion` prints a section.

**permissions** The action of IAM that is asked for first, and the clauses that say what else is asked.

**order of errors** The refusals, those first that are given before others. *before* has the rows that were found to come second: a
request that deserves both gets this one. *open against* has the rows of which either may come: AWS does not say, and every order is accepted, or
it hangs on more than the two. Of rows that don't name each other no request was found that deserves both.

The order is found by asking: in small worlds of two buckets, two keys and four callers (up to four requests, some thousand states each), wherever a request is
refused, the law is asked again without the clause that refused it, once as each caller, and once without the bucket. What refuses then had come second.
Before all of it a request is authenticated ([EVAL-CTX-002](../clauses/evaluation.md#eval-ctx-002)); the clauses about signatures are planned, and not on these pages yet.
*authorization* stands for all clauses about who may do something, which are on [a page of their own](every-operation.md).

**decisions** Tables. The facts are above: a name, and what it says. The first row whose case holds rules. *without it* is what holds for
a server that lacks the clause, or, behind **OPEN**, what AWS leaves as possible; what stands under *then* is what our reference server does.

**ruled by a function** The clauses that have no table: an effect, a field of a reply, or a rule that is not converted yet. Each has its parts, and what a
server does that lacks it.

A clause leads to its entry: the sentence, its source, and the programs that tell whether a server obeys it. Behind the slash stands which part of
the clause it is. *evidence* is `recorded` (a public recording of AWS shows it), `documented` (by AWS), `reported` (by third parties) or `chosen` (nobody says),
then how bad it is to violate the clause: `critical`, `high`, `medium`, `low`.

";

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use bucketlaw_model::clause;

    use super::*;
    use crate::operation::parts;

    /// All pages, made once for all tests.
    fn all() -> &'static BTreeMap<PathBuf, String> {
        static ALL: LazyLock<BTreeMap<PathBuf, String>> = LazyLock::new(|| pages().unwrap());
        &ALL
    }

    #[test]
    fn every_route_has_its_section_with_every_clause_that_rules_on_it() {
        let pages = all();
        for route in Route::ALL {
            let page = &pages[&path(route.row().name)];
            let (_, section) = page.split_once(&format!("\n## {route}\n")).unwrap();
            let section = section.split("\n## ").next().unwrap();
            for (clause, facet) in parts(*route) {
                let entry = format!("[{}]", clause.id);
                assert!(section.contains(&entry), "{route}: {} is missing", clause.id);
                let is_here = section.contains(&format!("/{}", facet.name))
                    || section.contains(&format!("{}: ", facet.name))
                    || pages[&path("every-operation")].contains(&entry);
                assert!(is_here, "{route}: {}/{} is missing", clause.id, facet.name);
            }
        }
        for clause in clause::all().filter(|clause| clause.in_force() && !clause.facets.is_empty()) {
            let entry = format!("[{}]", clause.id);
            assert!(pages.values().any(|page| page.contains(&entry)), "{}", clause.id);
        }
    }

    /// The pages that are kept are the snapshots: what changes one is shown by its diff, after `bucketlaw docs`.
    #[test]
    fn the_page_of_an_operation_is_as_it_is_kept() {
        let name = path("PutObjectLegalHold");
        let kept = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(&name);
        let kept = std::fs::read_to_string(kept).unwrap();
        assert_eq!(all()[&name], kept, "run `bucketlaw docs`");
    }
}
