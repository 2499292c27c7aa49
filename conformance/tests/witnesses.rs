//! Witnesses reveal as much as they can: what is asked for is there, unless the rule is about what is not.

use bucketlaw_conformance::suite::embedded;
use bucketlaw_model::check::witness::revealing;
use bucketlaw_model::law::parse_repeal;

#[test]
fn no_witness_asks_for_what_is_missing_where_its_rule_is_not_about_that() {
    let mut weak = Vec::new();
    for entry in embedded().unwrap() {
        let is_witness = entry.paths().any(|path| path.starts_with("witnesses/"));
        for words in entry.tells.iter().filter(|_| is_witness) {
            for (facet, route) in parse_repeal(words).unwrap_or_default() {
                let better = revealing(&entry.program, (facet.id, route));
                if better.steps != entry.program.steps {
                    weak.push(format!("{words}: {} would be\n{better}", entry.program));
                }
            }
        }
    }
    assert_eq!(weak, Vec::<String>::new());
}
