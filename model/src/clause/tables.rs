//! The list of all decision tables, and what they say of a facet's else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::owner;
use crate::request::Route;
use crate::table::{Freedom, Line, Printed};
use crate::words::FacetId;
use crate::{access, encryption, lock, versioning};

/// All tables, in the order in which requests come to them.
#[must_use]
pub fn all() -> &'static [Printed] {
    static ALL: LazyLock<Vec<Printed>> = LazyLock::new(|| {
        [
            access::frame::tables(),
            access::account::tables(),
            access::matching::tables(),
            access::tables(),
            access::policy::tables(),
            access::grammar::tables(),
            access::public::tables(),
            access::ownership::tables(),
            access::settings::tables(),
            versioning::state::tables(),
            versioning::id::tables(),
            versioning::found::tables(),
            versioning::subresource::tables(),
            versioning::list::operations::tables(),
            versioning::condition::write::tables(),
            versioning::condition::delete::tables(),
            versioning::condition::tables(),
            versioning::multi_delete::operations::tables(),
            access::missing::tables(),
            encryption::tables(),
            lock::integrity::tables(),
            lock::configuration::tables(),
            lock::gates::tables(),
            lock::retention::tables(),
            lock::retention::rule::tables(),
            lock::retention::operations::tables(),
            lock::hold::tables(),
            lock::hold::operations::tables(),
            lock::delete::tables(),
            lock::write::tables(),
            versioning::write::tables(),
            versioning::delete::tables(),
            versioning::copy::tables(),
            versioning::multipart::upload::tables(),
            versioning::multipart::operations::tables(),
            versioning::multipart::again::tables(),
            versioning::multipart::complete::tables(),
        ]
        .concat()
    });
    &ALL
}

impl Printed {
    /// The rows that rule on a route.
    pub fn on(&self, route: Route) -> impl Iterator<Item = &Line> {
        let governs =
            move |line: &&Line| owner(line.facet).is_some_and(|(_, facet)| facet.routes.contains(&route));
        self.lines.iter().filter(governs)
    }
}

/// What holds without a facet whose else is a row, in words; `None` if no row is its.
pub(crate) fn otherwise(facet: FacetId) -> Option<&'static str> {
    static WORDS: LazyLock<BTreeMap<FacetId, String>> = LazyLock::new(|| {
        let lines = all().iter().flat_map(|table| &table.lines);
        let mut words = BTreeMap::new();
        for line in lines.filter(|line| matches!(line.freedom, Freedom::Struck | Freedom::Else)) {
            words
                .entry(line.facet)
                .or_insert_with(|| format!("{}, where {}", line.otherwise, line.case));
        }
        words
    });
    WORDS.get(&facet).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::all;
    use crate::clause::Otherwise;

    #[test]
    fn every_table_is_sound() {
        for table in all() {
            (table.sound)();
        }
    }

    #[test]
    fn a_facet_has_exactly_one_of_words_rows_and_branches() {
        for (clause, facet) in crate::clause::facets() {
            let name = format!("{}/{}", clause.id, facet.name);
            let has_rows = super::otherwise(facet.id).is_some();
            match facet.otherwise {
                Otherwise::Choice => assert!(facet.is_choice() && !has_rows, "{name}"),
                Otherwise::Told(words) => {
                    assert!(!words.is_empty() && !facet.is_choice() && !has_rows, "{name}");
                }
                Otherwise::OtherText
                | Otherwise::Omitted(_)
                | Otherwise::Sent(_)
                | Otherwise::NotAsked(_)
                | Otherwise::AskedInstead(_) => assert!(!facet.is_choice() && !has_rows, "{name}"),
                Otherwise::Rows(own) => {
                    assert!(own == facet.id && !facet.is_choice() && has_rows, "{name}");
                }
            }
        }
    }

    #[test]
    fn every_table_is_listed() {
        fn tables(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            entries
                .map(|path| match path.extension() {
                    None => tables(&path),
                    Some(_) => {
                        let text = std::fs::read_to_string(path).unwrap();
                        text.lines()
                            .filter(|line| ["table! {", "faults! {"].contains(line))
                            .count()
                    }
                })
                .sum()
        }
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(tables(&folder), all().len());
    }
}
