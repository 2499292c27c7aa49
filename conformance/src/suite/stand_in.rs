//! Stand-ins: what a target lacks is replaced in programs, where they still tell what they are there for.
//!
//! A target without IAM users may have a second account, or anonymous callers; one without IAM has bucket policies; one
//! that refuses `s3:*` takes a list of actions. A variant of a program is kept with those facets only that it tells by
//! the law itself, so that nothing is claimed of what it does not show.

use std::collections::BTreeSet;

use bucketlaw_model::action::Action;
use bucketlaw_model::check::witness::laws;
use bucketlaw_model::law::parse_repeal;
use bucketlaw_model::policy::glob;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::Route;
use bucketlaw_model::simulate::{Told, tells};

use super::Entry;
use super::lockout::locks_out;

/// How the line of a program begins that says what stands in for what.
pub const TAG: &str = "stand-in: ";

/// What a target lacks that programs ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// An IAM user in the owner's account.
    pub user: bool,
    /// An IAM API that gives users policies.
    pub iam: bool,
    /// A second account.
    pub other: bool,
    /// Bucket policies with the action `s3:*`.
    pub wildcard: bool,
}

/// What is put in the place of something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Another caller in the place of `user`.
    Caller(&'static str),
    /// A bucket policy in the place of the user's own.
    BucketPolicy,
    /// The actions that the program's requests need in the place of `s3:*` and other wildcards.
    Actions,
}

impl Change {
    fn words(self) -> String {
        match self {
            Change::Caller(who) => format!("`{who}` for `user`"),
            Change::BucketPolicy => "a bucket policy for the user's policy".to_owned(),
            Change::Actions => "a list of actions for wildcards".to_owned(),
        }
    }
}

/// The programs as a target can run them: those that ask for what it lacks are replaced by variants that tell the same,
/// where there are any. The others stay as they are.
#[must_use]
pub fn replace(entries: Vec<Entry>, lacking: Lacking) -> Vec<Entry> {
    let mut known: BTreeSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let mut replaced = Vec::new();
    for entry in entries {
        match variant(&entry, lacking) {
            // What it would tell another program tells already, which is told so.
            Some(variant) if known.insert(variant.id.clone()) => replaced.push(variant),
            Some(_) | None => replaced.push(entry),
        }
    }
    replaced
}

/// What stands in for what in a program, in words; nothing in one as it is in the suite.
#[must_use]
pub fn words(entry: &Entry) -> Option<&str> {
    entry.program.about.iter().find_map(|line| line.strip_prefix(TAG))
}

/// The variant of a program that needs nothing that is lacking and tells most; nothing if it needs none, or if no
/// variant tells anything.
fn variant(entry: &Entry, lacking: Lacking) -> Option<Entry> {
    if entry.program.races() || entry.tells.is_empty() {
        return None;
    }
    let text = entry.program.to_string();
    let mut best: Option<Entry> = None;
    for changes in ways(&text, lacking) {
        let Some(variant) = changed(entry, &text, &changes) else {
            continue;
        };
        if best
            .as_ref()
            .is_none_or(|best| best.tells.len() < variant.tells.len())
        {
            best = Some(variant);
        }
        if best
            .as_ref()
            .is_some_and(|best| best.tells.len() == entry.tells.len())
        {
            break;
        }
    }
    best
}

/// The changes that make a program one that the target can run, the nearest to it first.
fn ways(text: &str, lacking: Lacking) -> Vec<Vec<Change>> {
    let own_policy = text.contains("UserPolicy");
    let asks = |who: &str| text.lines().any(|line| caller(line) == Some(who));
    let named = policies(text).any(|(_, statement)| statement.principals.contains(&"user"));
    let mut ways = vec![Vec::new()];
    if lacking.iam && own_policy {
        ways.iter_mut()
            .for_each(|way: &mut Vec<Change>| way.push(Change::BucketPolicy));
    }
    if lacking.user && (asks("user") || named || own_policy) {
        let others = if lacking.other {
            vec!["anonymous"]
        } else {
            vec!["other", "anonymous"]
        };
        ways = others
            .into_iter()
            .flat_map(|who| {
                ways.iter().map(move |way| {
                    let mut way = way.clone();
                    way.push(Change::Caller(who));
                    way
                })
            })
            .collect();
    }
    let wild =
        policies(text).any(|(_, statement)| statement.actions.iter().any(|action| action.contains('*')));
    if lacking.wildcard && wild {
        ways.iter_mut().for_each(|way| way.push(Change::Actions));
    }
    ways.retain(|way| !way.is_empty());
    ways
}

/// Who asks in a line of a program, if it is a request.
fn caller(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(' ')?;
    let asks = number.parse::<u16>().is_ok();
    rest.split(' ').next().filter(|_| asks)
}

/// One statement of a policy line, in its words.
struct Statement<'a> {
    effect: &'a str,
    principals: Vec<&'a str>,
    actions: Vec<&'a str>,
    resources: Vec<&'a str>,
}

/// The policy lines of a program: the line and each statement.
fn policies(text: &str) -> impl Iterator<Item = (&str, Statement<'_>)> {
    let lines = text.lines().filter(|line| line.starts_with("policy "));
    lines.flat_map(|line| {
        let said = line.split_once('=').map_or("", |(_, said)| said);
        said.split(';').filter_map(move |statement| {
            let words: Vec<&str> = statement.split_whitespace().collect();
            let [effect, principals, actions, resources] = words.as_slice() else {
                return None;
            };
            Some((
                line,
                Statement {
                    effect,
                    principals: principals.split(',').collect(),
                    actions: actions.split(',').collect(),
                    resources: resources.split(',').collect(),
                },
            ))
        })
    })
}

/// The program with changes, and with those facets that it tells all the same; nothing if it tells none.
fn changed(entry: &Entry, text: &str, changes: &[Change]) -> Option<Entry> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for change in changes {
        lines = match change {
            Change::Caller(who) => with_caller(lines, who),
            Change::BucketPolicy => with_bucket_policy(lines),
            Change::Actions => with_actions(lines),
        };
    }
    let mut program = Program::read(&lines.join("\n")).ok()?;
    // Who asks in the place of another may be the owner, too.
    if locks_out(&program) {
        return None;
    }
    let told: Vec<String> = entry
        .tells
        .iter()
        .filter(|words| is_told(&program, words))
        .cloned()
        .collect();
    if told.is_empty() {
        return None;
    }
    let words: Vec<String> = changes.iter().map(|change| change.words()).collect();
    program.about = vec![
        format!("tells {}", told.join(" ")),
        format!("{TAG}{}", words.join(", ")),
    ];
    Some(Entry {
        also: entry.also.clone(),
        bugs: entry.bugs.clone(),
        ..Entry::new(&entry.path, program)
    })
}

/// Whether a program tells a facet on a route, whatever a server without it does.
fn is_told(program: &Program, words: &str) -> bool {
    let Ok(mutants) = parse_repeal(words) else {
        return false;
    };
    let tells_all = |mutant| {
        let mut laws = laws(mutant).into_iter();
        laws.any(|(law, mutant)| tells(&law, &mutant, program) == Told::Always)
    };
    !mutants.is_empty()
        && mutants
            .into_iter()
            .all(|(facet, route)| tells_all((facet.id, route)))
}

/// Another caller in the place of the user, in steps and in policies.
fn with_caller(lines: Vec<String>, who: &str) -> Vec<String> {
    let principal = if who == "anonymous" { "*" } else { who };
    lines
        .into_iter()
        .map(|line| {
            if line.starts_with("policy ") {
                return restated(&line, |statement| {
                    for name in &mut statement.principals {
                        if *name == "user" {
                            *name = principal;
                        }
                    }
                });
            }
            let mut words: Vec<&str> = line.split(' ').collect();
            if let Some(caller) = words.get_mut(1).filter(|caller| **caller == "user") {
                *caller = who;
            }
            words.join(" ")
        })
        .collect()
}

/// Bucket policies in the place of the user's own. They name the user, and only what is in a bucket.
fn with_bucket_policy(lines: Vec<String>) -> Vec<String> {
    let makes = |line: &String| {
        let mut words = line.split(' ');
        words
            .by_ref()
            .any(|word| word == "CreateBucket")
            .then(|| words.find_map(|word| word.strip_prefix("bucket=").map(str::to_owned)))
            .flatten()
    };
    let buckets: BTreeSet<String> = lines.iter().filter_map(makes).collect();
    let (Some(bucket), 1) = (buckets.first().cloned(), buckets.len()) else {
        // Which of several buckets would be meant?
        return lines;
    };
    let all = format!("{bucket},{bucket}/*");
    lines
        .iter()
        .map(|line| {
            if line.starts_with("policy ") {
                return restated(line, |statement| {
                    if statement.principals == ["-"] {
                        statement.principals = vec!["user"];
                        if statement.resources == ["*"] {
                            statement.resources = all.split(',').collect();
                        }
                    }
                });
            }
            line.replace(
                "PutUserPolicy policy=",
                &format!("PutBucketPolicy bucket={bucket} policy="),
            )
            .replace("DeleteUserPolicy", &format!("DeleteBucketPolicy bucket={bucket}"))
        })
        .collect()
}

/// The actions that requests of the program need in the place of wildcards.
fn with_actions(lines: Vec<String>) -> Vec<String> {
    let operations = |of: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
        lines
            .iter()
            .filter(|line| caller(line).is_some_and(of))
            .filter_map(|line| line.split(' ').nth(2).map(str::to_owned))
            .collect()
    };
    let (by_all, by_others) = (operations(&|_| true), operations(&|caller| caller != "owner"));
    let needed = |pattern: &str, effect: &str| -> Vec<&'static str> {
        // The owner needs no Allow, and a Deny binds it as others.
        let asked = if effect == "Deny" { &by_all } else { &by_others };
        let mut actions: Vec<&'static str> = Action::ALL
            .iter()
            .map(|action| action.name())
            .filter(|name| glob(pattern.as_bytes(), name.as_bytes(), true))
            .filter(|name| asked.iter().any(|operation| is_needed(name, operation)))
            .collect();
        actions.sort_unstable();
        actions
    };
    lines
        .iter()
        .map(|line| {
            if !line.starts_with("policy ") {
                return line.clone();
            }
            restated(line, |statement| {
                // A list of what is not meant stays as it is.
                let negated = statement.actions.iter().any(|action| action.starts_with('!'));
                let wild = |action: &str| action.contains('*') && !negated;
                let listed: Vec<&str> = statement
                    .actions
                    .iter()
                    .flat_map(|action| match wild(action) {
                        true => needed(action, statement.effect),
                        false => vec![*action],
                    })
                    .collect();
                // A statement says something of some action.
                if !listed.is_empty() {
                    statement.actions = listed;
                    statement.actions.dedup();
                }
            })
        })
        .collect()
}

/// Whether an operation may need an action: one that its row asks for, one of its own name, or that of reading its source.
fn is_needed(action: &str, operation: &str) -> bool {
    let action = action.trim_start_matches("s3:");
    let stem = action.replacen("Version", "", 1);
    let Some(route) = Route::ALL.iter().find(|route| route.name() == operation) else {
        return false;
    };
    let asked = route
        .row()
        .asks
        .iter()
        .any(|asked| asked.name().trim_start_matches("s3:") == action);
    let is_of_source = route.row().takes("source_key") && stem == "GetObject";
    asked || is_of_source || stem == operation
}

/// A policy line with each of its statements changed.
fn restated<'a>(line: &'a str, change: impl Fn(&mut Statement<'a>)) -> String {
    let name = line.split('=').next().unwrap_or_default().trim_end();
    let statements: Vec<String> = policies(line)
        .map(|(_, mut statement)| {
            change(&mut statement);
            statement.principals.dedup();
            format!(
                "{} {} {} {}",
                statement.effect,
                statement.principals.join(","),
                statement.actions.join(","),
                statement.resources.join(",")
            )
        })
        .collect();
    format!("{name} = {}", statements.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{embedded, id};

    fn entry(text: &str, tells: &str) -> Entry {
        let program = Program::read(&format!("bucketlaw program 1\n{text}")).unwrap();
        Entry {
            tells: vec![tells.to_owned()],
            ..Entry::new("", program)
        }
    }

    #[test]
    fn the_second_account_stands_in_for_a_user() {
        let asked = entry(
            "policy p = Allow user s3:GetObject b/*\n1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n\
             3 owner PutBucketPolicy bucket=b policy=p\n4 user DeleteObject bucket=b key=k\n",
            "EVAL-OP-010/action@DeleteObject",
        );
        let lacking = Lacking {
            user: true,
            iam: true,
            ..Lacking::default()
        };
        let text = asked.program.to_string();
        let ways = ways(&text, lacking);
        assert_eq!(
            ways,
            [vec![Change::Caller("other")], vec![Change::Caller("anonymous")]]
        );
        let lines = with_caller(text.lines().map(str::to_owned).collect(), "other");
        let text = lines.join("\n");
        assert!(
            text.contains("Allow other s3:GetObject b/*") && text.contains("4 other DeleteObject"),
            "{text}"
        );
    }

    #[test]
    fn a_bucket_policy_and_a_list_stand_in_for_what_is_refused() {
        let lines: Vec<String> =
            "policy p = Allow - s3:* *\n1 owner CreateBucket bucket=b\n2 owner PutUserPolicy policy=p\n\
                     3 user GetObject bucket=b key=k"
                .lines()
                .map(str::to_owned)
                .collect();
        let changed = with_actions(with_bucket_policy(lines)).join("\n");
        assert_eq!(
            changed,
            "policy p = Allow user s3:GetObject,s3:GetObjectVersion b,b/*\n1 owner CreateBucket bucket=b\n\
             2 owner PutBucketPolicy bucket=b policy=p\n3 user GetObject bucket=b key=k"
        );
    }

    #[test]
    fn any_wildcard_becomes_the_actions_that_are_asked_for() {
        let lines: Vec<String> =
            "policy p = Deny account,user s3:*Object*,s3:List*,s3:DeleteBucket b,b/*\n1 owner CreateBucket bucket=b\n\
             2 owner PutBucketPolicy bucket=b policy=p\n3 owner HeadObject bucket=b key=k\n4 user ListObjectsV2 bucket=b"
                .lines()
                .map(str::to_owned)
                .collect();
        let changed = with_actions(lines);
        assert_eq!(
            changed[0],
            "policy p = Deny account,user s3:GetObject,s3:GetObjectVersion,s3:ListBucket,s3:DeleteBucket b,b/*"
        );
    }

    /// Nobody would be left to remove the bucket where the owner is no root user.
    #[test]
    fn nobody_stands_in_whose_policy_would_lock_out_the_owner() {
        let refused = entry(
            "policy p = Deny - s3:* *\n1 owner CreateBucket bucket=b\n2 owner PutUserPolicy policy=p\n\
             3 user GetBucketVersioning bucket=b\n",
            "EVAL-ERR-004/explicit@GetBucketVersioning",
        );
        let lacking = Lacking {
            user: true,
            iam: true,
            other: true,
            wildcard: false,
        };
        let variants = replace(vec![refused], lacking);
        assert!(!locks_out(&variants[0].program), "{}", variants[0].program);
    }

    /// Of a part of the suite, as all of it takes its time in a test.
    #[test]
    fn variants_need_nothing_that_is_lacking_and_tell_what_they_say() {
        let lacking = Lacking {
            user: true,
            iam: true,
            wildcard: false,
            other: false,
        };
        let mut entries = embedded().unwrap();
        entries.retain(|entry| entry.path.contains("EVAL-") && entry.program.requests().count() < 6);
        let some: Vec<Entry> = entries.into_iter().step_by(25).collect();
        let needs = |entry: &Entry| {
            let text = entry.program.to_string();
            text.contains("UserPolicy") || text.lines().any(|line| caller(line) == Some("user"))
        };
        let before = some.iter().filter(|entry| needs(entry)).count();
        let replaced = replace(some.clone(), lacking);
        assert_eq!(replaced.len(), some.len());
        let after = replaced.iter().filter(|entry| needs(entry)).count();
        // What only a user can be asked for stays: rights by identity, the account's own users.
        assert!(after < before, "{after} of {before} are left");
        for (old, new) in some.iter().zip(&replaced) {
            if old.id == new.id {
                assert_eq!(words(new), None);
                continue;
            }
            assert!(words(new).is_some() && !needs(new), "{}", new.program);
            assert!(new.tells.iter().all(|words| old.tells.contains(words)));
            // What a history holds says it all.
            let again = Program::read(&new.program.to_string()).unwrap();
            assert_eq!(id(&again), new.id);
            assert_eq!(crate::suite::tagged(&again, "tells "), new.tells);
        }
    }
}
