//! VER-COND: conditional writes and deletes.

use super::world::World;
use crate::client::{Answer, Call};

fn put(world: &World, name: &str, value: &str) -> Answer {
    world.ask(Call::new("PUT", "/bkt/k").header(name, value).body("new"))
}

#[test]
fn writes_accept_few_conditions() {
    let world = World::versioned();
    for (name, value, header) in [
        ("if-none-match", "\"x\"", "If-None-Match"),
        ("if-match", "*", "If-Match"),
    ] {
        let answer = put(&world, name, value);
        assert_eq!(answer.code(), "501 NotImplemented");
        assert_eq!(answer.element("Header").as_deref(), Some(header));
        let additional = format!("We don't accept the provided value of {header} header for this API");
        assert_eq!(
            answer.element("additionalMessage").as_deref(),
            Some(additional.as_str())
        );
    }
    let both = Call::new("PUT", "/bkt/k")
        .header("if-match", "x")
        .header("if-none-match", "*");
    assert_eq!(
        world.ask(both).element("Header").as_deref(),
        Some("If-Match,If-None-Match")
    );
}

#[test]
fn only_the_current_version_counts() {
    let world = World::versioned();
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let refused = put(&world, "if-none-match", "*");
    assert_eq!(refused.code(), "412 PreconditionFailed");
    assert_eq!(refused.element("Condition").as_deref(), Some("If-None-Match"));
    assert_eq!(put(&world, "if-match", "\"no\"").code(), "412 PreconditionFailed");
    world.delete("/bkt/k");
    let gone = put(&world, "if-match", &etag);
    assert_eq!(gone.code(), "404 NoSuchKey");
    assert_eq!(put(&world, "if-none-match", "*").status, 200);
    // The first version still has the entity tag, but is no longer current.
    assert_eq!(put(&world, "if-match", &etag).code(), "412 PreconditionFailed");
}

#[test]
fn deletes_are_conditional_too() {
    let world = World::versioned();
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let delete = |name: &str, value: &str| world.ask(Call::new("DELETE", "/bkt/k").header(name, value));
    let refused = delete("if-match", "\"no\"");
    assert_eq!(refused.code(), "412 PreconditionFailed");
    assert_eq!(refused.element("Condition").as_deref(), Some("If-Match"));
    for header in ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"] {
        let answer = delete(header, "1");
        assert_eq!(answer.code(), "501 NotImplemented");
        assert_eq!(answer.element("Header").as_deref(), Some(header));
    }
    assert_eq!(delete("if-match", &etag).status, 204);
}

#[test]
fn of_many_conditional_writes_at_once_one_wins() {
    let world = World::versioned();
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| put(&world, "if-none-match", "*").status))
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 200).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 412).count(), 15, "{codes:?}");
}
