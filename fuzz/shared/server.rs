//! What the fuzz targets of the server share: a server in this process, and input that is nearly an HTTP request.

#[path = "../../reference-impl/tests/malformed/world.rs"]
mod world;

use std::sync::Mutex;

pub(crate) use world::{Answer, Call, ChunkSignatures, World};
use world::{OWNER, Proof};

/// How many inputs one server gets: few enough that what it holds stays small, so that an input fails alone too.
const INPUTS: u32 = 2000;

static WORLD: Mutex<Option<(u32, World)>> = Mutex::new(None);

/// Runs something at a server that had few inputs before.
pub(crate) fn at_a_server(run: impl FnOnce(&World)) {
    let mut slot = WORLD
        .lock()
        .expect("only a finding poisons it, and that ends the process");
    let (count, world) = match slot.take() {
        Some((count, world)) if count < INPUTS => (count + 1, world),
        before => {
            drop(before); // its folder goes before the next server makes it again
            (1, World::start("fuzz"))
        }
    };
    run(&world);
    *slot = Some((count, world));
}

/// Signs a call as the owner's, in its headers; nothing if no HTTP message can be like that.
pub(crate) fn signed(call: Call) -> Option<Call> {
    call.signed(OWNER, Proof::Header)
}

/// Sends a call, and panics if the server does what it never may.
pub(crate) fn check(world: &World, call: &Call) -> Option<Answer> {
    match world.check(call) {
        Ok(answer) => answer,
        Err(finding) => panic!("{finding}"),
    }
}

/// Takes the text up to a line feed.
pub(crate) fn line<'i>(input: &mut &'i [u8]) -> Option<&'i str> {
    let end = input
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(input.len());
    let line = std::str::from_utf8(&input[..end]).ok()?;
    *input = input.get(end + 1..).unwrap_or_default();
    Some(line)
}

/// Reads `METHOD TARGET`, in which `UPLOAD` and `VERSION` stand for ids of the server.
pub(crate) fn head(world: &World, line: &str) -> Option<Call> {
    let (method, target) = line.split_once(' ')?;
    let target = target
        .replace("UPLOAD", &world.upload)
        .replace("VERSION", &world.version);
    Some(Call::new(method, &target))
}
