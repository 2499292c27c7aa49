//! Every word shown to people about rulings: replies, differences and branches. The law decides; this only tells.

use crate::access::refusal::EVAL_ERR_016;
use crate::belief::{Amiss, Difference, Expected};
use crate::clause::{FacetId, owner};
use crate::observed::{Observed, beginning, url_encoded};
use crate::reply::{Field, Place, Reply, ReplyBody, Value};
use crate::world::World;

/// A reply that the law allows, in one line.
#[must_use]
pub fn reply(world: &World, reply: &Reply) -> String {
    let mut words = vec![reply.status.to_string()];
    if let Some(code) = reply.code {
        words.push(code.to_string());
    }
    if let Some((message, _)) = reply.message {
        words.push(format!("“{message}”"));
    }
    // What no error document has goes without saying.
    let said = |one: &&Field| one.by != EVAL_ERR_016 || one.value != Value::Absent;
    words.extend(reply.fields.iter().filter(said).map(|one| field(world, one)));
    match &reply.body {
        ReplyBody::Free => {}
        ReplyBody::Content(content) => words.push(format!("the content `{}`", world.content_name(*content))),
        ReplyBody::Entries { entries, .. } if entries.is_empty() => words.push("no entries".to_owned()),
        ReplyBody::Entries { entries, .. } => {
            let list: Vec<String> = entries
                .iter()
                .map(|entry| {
                    let fields: Vec<String> = entry.fields.iter().map(|one| field(world, one)).collect();
                    format!("{}({})", entry.element, fields.join(", "))
                })
                .collect();
            words.push(list.join(" "));
        }
    }
    words.join(", ")
}

fn field(world: &World, field: &Field) -> String {
    match field.name.place() {
        Place::Header(name) => match value(world, field.value) {
            Some(value) => format!("{name}: {value}"),
            None => format!("no {name}"),
        },
        Place::Element(name) => match value(world, field.value) {
            Some(value) => format!("{name}={value}"),
            None => format!("no {name}"),
        },
    }
}

fn value(world: &World, value: Value) -> Option<String> {
    Some(match value {
        Value::Absent => return None,
        Value::Text(text) | Value::Like(text) => text.to_owned(),
        Value::JavaDate(moment) => crate::observed::java_date(moment.earliest),
        Value::Version(_, _, name) if name.0 == 0 => "null".to_owned(),
        Value::Version(_, key, name) => format!("<version {} of {}>", name.0, world.key_name(key)),
        Value::Oversized(_, key, name) => {
            format!("<overlong id of version {} of {}>", name.0, world.key_name(key))
        }
        Value::Upload(_, key, name) => format!("<upload {} of {}>", name.0, world.key_name(key)),
        Value::Prefix(key, length) => {
            let mut bytes = world.key_bytes(key);
            bytes.truncate(usize::from(length));
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Value::Encoded { key, length, plus } => url_encoded(&beginning(world, key, length), plus),
        Value::Etag { content, of_part } => {
            let part = if of_part { " as a part" } else { "" };
            format!("<ETag of {}{part}>", world.content_name(content))
        }
        Value::Size(content) => world.content_size(content).to_string(),
        Value::MoreThan(content) => (world.content_size(content) + 1).to_string(),
        Value::Policy(policy) => format!("<policy {}>", world.policy_name(policy)),
        Value::Token(content) => world.content_name(content).to_owned(),
        Value::Bucket(bucket) => format!("<{}>", world.bucket_name(bucket)),
        Value::Key(key) => world.key_name(key).to_owned(),
        Value::Date(moment) => crate::observed::iso8601(moment.latest),
        Value::HttpDate(moment) => crate::observed::http_date(moment.latest),
        Value::Number(number) => number.to_string(),
        Value::Something => "<something>".to_owned(),
    })
}

/// A reply as it was seen, in one line: what of it clauses speak of.
#[must_use]
pub fn observed(world: &World, observed: &Observed) -> String {
    let mut words = vec![observed.status.to_string()];
    words.extend(observed.code.clone());
    words.extend(observed.message.as_ref().map(|message| format!("“{message}”")));
    if observed.code.is_none() {
        words.extend(observed.fields.iter().map(|(name, text)| match name.place() {
            Place::Header(header) => format!("{header}: {text}"),
            Place::Element(element) => format!("{element}={text}"),
        }));
        words.extend(
            observed
                .content
                .map(|content| format!("the content `{}`", world.content_name(content))),
        );
    }
    words.join(", ")
}

/// Where a reply differs from an expectation, as a clause of a sentence.
#[must_use]
pub fn difference(difference: &Difference) -> String {
    match difference {
        Difference::Status => "the status differs".to_owned(),
        Difference::Code => "the error code differs".to_owned(),
        Difference::Message(by) => format!("the message differs, which {by} fixes"),
        Difference::Field(name, by) => format!("{name} differs, which {by} fixes"),
        Difference::Content => "the body differs".to_owned(),
        Difference::Entries(Amiss::Missing, by) => format!("an entry is missing, which {by} fixes"),
        Difference::Entries(Amiss::Extra, by) => format!("there is an entry too many, which {by} fixes"),
        Difference::Entries(Amiss::Refused, by) => format!("an entry is refused, which {by} fixes"),
        Difference::Entries(Amiss::Granted, by) => format!("an entry is not refused, which {by} fixes"),
        Difference::Entries(Amiss::Order, by) => {
            format!("the entries stand in another order, which {by} fixes")
        }
        Difference::Entries(Amiss::Field(name), by) => {
            format!("{name} of an entry differs, which {by} fixes")
        }
    }
}

/// Why the law expects a reply: the clauses that decide it, with their sentences and sources.
#[must_use]
pub fn because(expected: &Expected) -> Vec<String> {
    expected
        .charged()
        .iter()
        .filter_map(|facet| facet_words(*facet))
        .collect()
}

/// A facet's clause, with its sentence and source.
#[must_use]
pub fn facet_words(facet: FacetId) -> Option<String> {
    let (clause, facet) = owner(facet)?;
    Some(format!(
        "{}/{}: {} ({}; {})",
        clause.id,
        facet.name,
        clause.text,
        clause.level.name(),
        clause.source
    ))
}

/// The name of a branch of an undocumented choice.
#[must_use]
pub fn branch(facet: FacetId, branch: u8) -> String {
    owner(facet)
        .and_then(|(_, facet)| facet.branches.get(usize::from(branch)))
        .map_or_else(|| format!("branch {branch}"), |name| (*name).to_owned())
}
