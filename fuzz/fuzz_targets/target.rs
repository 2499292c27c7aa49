//! Targets: `METHOD HOST PATH?QUERY`, and a body after the line.
#![no_main]

#[allow(dead_code, unused_imports)] // each target uses a part
#[path = "../shared/server.rs"]
mod server;

use libfuzzer_sys::fuzz_target;
use server::{at_a_server, check, head, line, signed};

fuzz_target!(|input: &[u8]| {
    at_a_server(|world| {
        let mut rest = input;
        let Some((method, (host, target))) = line(&mut rest)
            .and_then(|line| line.split_once(' '))
            .and_then(|(method, more)| Some((method, more.split_once(' ')?)))
        else {
            return;
        };
        let call = head(world, &format!("{method} {target}"));
        let call = call.map(|call| call.header("host", host).body(rest));
        if let Some(call) = call.and_then(signed) {
            check(world, &call);
        }
    });
});
