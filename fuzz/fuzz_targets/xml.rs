//! Documents: `METHOD TARGET`, a line feed, the body. They come with the Content-MD5 that documents need.
#![no_main]

#[allow(dead_code, unused_imports)] // each target uses a part
#[path = "../shared/server.rs"]
mod server;

use libfuzzer_sys::fuzz_target;
use server::{at_a_server, check, head, line, signed};

fuzz_target!(|input: &[u8]| {
    at_a_server(|world| {
        let mut rest = input;
        let call = line(&mut rest).and_then(|line| head(world, line));
        if let Some(call) = call.and_then(|call| signed(call.document(rest))) {
            check(world, &call);
        }
    });
});
