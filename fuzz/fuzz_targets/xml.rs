//! Documents: `METHOD TARGET`, a line feed, the body. They come with the Content-MD5 that documents need.
#![no_main]

use bucketlaw_fuzz::{at_a_server, check, head, line, signed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    at_a_server(|world| {
        let mut rest = input;
        let call = line(&mut rest).and_then(|line| head(world, line));
        if let Some(call) = call.and_then(|call| signed(call.document(rest))) {
            check(world, &call);
        }
    });
});
