//! The law as an endpoint: what a server that obeys a law would answer, and whether a program tells two laws apart.

use crate::argument::VersionName;
use crate::belief::{Belief, Observation, Possibility, VersionPlace};
use crate::law::Law;
use crate::observed::{
    Observed, ObservedEntry, Unlisted, beginning, etag_token, http_date, iso8601, java_date, url_encoded,
};
use crate::program::{Act, Program};
use crate::reply::{Fields, Name, Place, Reply, ReplyBody, Value};
use crate::step::step;
use crate::time::{Moment, Time};
use crate::versioning::id::MOST_BYTES;
use crate::world::World;

/// How many runs of a program are followed at the most.
const RUNS: usize = 256;

/// The id that a simulated server gives a version.
#[must_use]
pub fn version_id((bucket, key, name): VersionPlace) -> String {
    if name == VersionName::NULL {
        "null".to_owned()
    } else {
        format!("id.{}.{}.{}", bucket.0, key.0, name.0)
    }
}

/// The reply as a server would send it: what clauses require, and nothing that they leave free.
#[must_use]
pub fn render(world: &World, reply: &Reply) -> Observed {
    let (content, entries) = match &reply.body {
        ReplyBody::Free => (None, Vec::new()),
        ReplyBody::Content(content) => (Some(*content), Vec::new()),
        ReplyBody::Entries { entries, .. } => (
            None,
            entries
                .iter()
                .map(|entry| ObservedEntry {
                    element: entry.element.to_owned(),
                    fields: render_fields(world, &entry.fields),
                    unlisted: Unlisted::Nothing,
                })
                .collect(),
        ),
    };
    Observed {
        status: reply.status,
        code: reply.code.map(|code| code.name().to_owned()),
        message: reply.message.map(|(message, _)| message.to_owned()),
        fields: render_fields(world, &reply.fields),
        content,
        entries,
        unlisted: Unlisted::Nothing,
    }
}

/// The reply as far as a law knows it: what clauses leave free can be anything.
fn foreseen(world: &World, reply: &Reply) -> Observed {
    let mut observed = render(world, reply);
    observed.unlisted = unlisted(&reply.fields);
    if let ReplyBody::Entries { entries, .. } = &reply.body {
        for (seen, entry) in observed.entries.iter_mut().zip(entries) {
            seen.unlisted = unlisted(&entry.fields);
        }
    }
    observed
}

fn unlisted(fields: &Fields) -> Unlisted {
    let not_there = fields.iter().filter(|field| field.value == Value::Absent);
    Unlisted::Anything(not_there.map(|field| field.name).collect())
}

fn render_fields(world: &World, fields: &Fields) -> Vec<(Name, String)> {
    fields
        .iter()
        .filter_map(|field| render_value(world, field.value).map(|text| (field.name, text)))
        .collect()
}

fn render_value(world: &World, value: Value) -> Option<String> {
    match value {
        Value::Absent => None,
        Value::Text(text) | Value::Like(text) => Some(text.to_owned()),
        Value::JavaDate(moment) => Some(java_date(moment.earliest)),
        Value::Version(bucket, key, name) => Some(version_id((bucket, key, name))),
        Value::Oversized(bucket, key, name) => Some(version_id((bucket, key, name)).repeat(MOST_BYTES)),
        Value::Upload(bucket, key, name) => Some(format!("upload.{}.{}.{}", bucket.0, key.0, name.0)),
        Value::Bucket(bucket) => Some(world.bucket_name(bucket).to_owned()),
        Value::Key(key) => Some(String::from_utf8_lossy(&world.key_bytes(key)).into_owned()),
        Value::Prefix(key, length) => {
            let mut bytes = world.key_bytes(key);
            bytes.truncate(usize::from(length));
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        Value::Encoded { key, length, plus } => Some(url_encoded(&beginning(world, key, length), plus)),
        Value::Etag { content, of_part } => Some(etag_token(world, content, of_part)),
        Value::Size(content) => Some(world.content_size(content).to_string()),
        Value::MoreThan(content) => Some((world.content_size(content) + 1).to_string()),
        Value::Policy(policy) => Some(world.policy_name(policy).to_owned()),
        Value::Token(content) => Some(world.content_name(content).to_owned()),
        Value::Date(moment) => Some(iso8601(moment.latest)),
        Value::HttpDate(moment) => Some(http_date(moment.latest)),
        Value::Number(number) => Some(number.to_string()),
        Value::Something => Some("something".to_owned()),
    }
}

/// When a step of a simulated run is ruled on: soon after the date that was last waited for.
#[must_use]
pub fn instant(world: &World, waited: i8) -> Time {
    world
        .calendar
        .start
        .plus(world.calendar.unit * i64::from(waited) + world.calendar.unit / 2)
}

/// How a judge under one law sees a run of a server under another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Every run is convicted.
    Always,
    /// Some run is allowed.
    NotAlways,
    /// The program asks what the law does not rule on, has too many runs to follow, or races.
    Unclear,
}

/// One run under way: the server's state and the judge's belief.
struct Run {
    at: usize,
    server: Possibility,
    judge: Belief,
    waited: i8,
}

/// Whether a judge under `law` convicts every run of a server that obeys `mutant`.
#[must_use]
pub fn tells(law: &Law, mutant: &Law, program: &Program) -> Told {
    if program.races() {
        return Told::Unclear;
    }
    let world = &program.world;
    let mut runs = vec![Run {
        at: 0,
        server: Possibility::default(),
        judge: Belief::default(),
        waited: 0,
    }];
    let mut followed = 0;
    while let Some(mut run) = runs.pop() {
        let Some(current) = program.steps.get(run.at) else {
            return Told::NotAlways;
        };
        run.at += 1;
        followed += 1;
        if followed > RUNS * program.steps.len().max(1) {
            return Told::Unclear;
        }
        let request = match &current.act {
            Act::Wait(units) => {
                run.waited = run.waited.max(*units);
                runs.push(run);
                continue;
            }
            Act::Ask(request) => request,
        };
        let now = Moment::exactly(instant(world, run.waited));
        let resolved = run.server.resolve(request);
        for transition in step(mutant, world, &run.server.state, &resolved, now) {
            if transition.because.decided.contains(&crate::NOT_MODELLED) {
                return Told::Unclear;
            }
            let mut judge = run.judge.clone();
            let observed = foreseen(world, &transition.reply);
            match judge.observe(law, world, (current.number, request), &observed, now) {
                Observation::Refuted(_) => continue,
                Observation::NotModelled => return Told::Unclear,
                Observation::Allowed { .. } => {}
            }
            let mut server = run.server.clone();
            server.expose(current.number, &resolved, &transition.reply);
            if let Some(next) = transition.next {
                server.state = next;
            }
            runs.push(Run {
                at: run.at,
                server,
                judge,
                waited: run.waited,
            });
        }
    }
    Told::Always
}

/// How the law, every choice fixed to ours, answers the requests of a program.
#[cfg(test)]
pub(crate) fn answers(program: &str) -> Vec<Reply> {
    let program = Program::read(&format!("{}\n{program}", crate::program::HEADER)).unwrap();
    let mut possibility = Possibility::default();
    let mut replies = Vec::new();
    for (number, request) in program.requests() {
        let request = possibility.resolve(request);
        let now = Moment::exactly(instant(&program.world, 0));
        let mut transitions = step(&Law::strict(), &program.world, &possibility.state, &request, now);
        let transition = transitions.remove(0);
        possibility.expose(number, &request, &transition.reply);
        possibility.state = transition.next.unwrap_or(possibility.state);
        replies.push(transition.reply);
    }
    replies
}

/// The header fields of a reply, apart from its elements.
pub fn headers(observed: &Observed) -> impl Iterator<Item = (&'static str, &str)> {
    observed
        .fields
        .iter()
        .filter_map(|(name, text)| match name.place() {
            Place::Header(header) => Some((header, text.as_str())),
            Place::Element(_) => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::witness::{Mutant, laws};
    use crate::request::Route::{CompleteMultipartUpload, GetObject};
    use crate::versioning::read::VER_GET_003;
    use crate::versioning::write::VER_PUT_012;

    fn told(mutant: Mutant, steps: &str) -> Told {
        let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
        let told = |(law, mutant): &(Law, Law)| tells(law, mutant, &program);
        let mut found: Vec<Told> = laws(mutant).iter().map(told).collect();
        found.dedup();
        assert_eq!(found.len(), 1, "either way of a choice is told alike: {found:?}");
        found.remove(0)
    }

    #[test]
    fn what_a_law_leaves_free_tells_nothing() {
        // Without an object below the marker the read is 404 NoSuchKey with and without the facet.
        let mutant = (VER_GET_003, GetObject);
        let steps = "1 owner CreateBucket bucket=b lock=true\n\
             3 owner DeleteObject bucket=b key=k\n4 owner GetObject bucket=b key=k\n";
        assert_eq!(told(mutant, steps), Told::NotAlways);
        let steps = steps.replace("\n3", "\n2 owner PutObject bucket=b key=k\n3");
        assert_eq!(told(mutant, &steps), Told::Always);
    }

    #[test]
    fn the_date_of_a_multipart_object_is_told_by_time_alone() {
        let steps = |wait: &str, read: &str| {
            format!(
                "1 owner CreateBucket bucket=b\n2 owner CreateMultipartUpload bucket=b key=k\n\
                 3 owner UploadPart bucket=b key=k upload=u2\n{wait}\
                 5 owner CompleteMultipartUpload bucket=b key=k upload=u2\n6 owner {read}\n"
            )
        };
        let mutant = (VER_PUT_012, CompleteMultipartUpload);
        for read in [
            "GetObject bucket=b key=k",
            "HeadObject bucket=b key=k version=null",
            "ListObjectVersions bucket=b",
            "ListObjectsV2 bucket=b",
        ] {
            assert_eq!(told(mutant, &steps("4 wait @3\n", read)), Told::Always, "{read}");
            assert_eq!(told(mutant, &steps("", read)), Told::NotAlways, "{read}");
        }
    }
}
