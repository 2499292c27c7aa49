//! Headers: `METHOD TARGET`, headers a line each, an empty line, the body. A line that starts with `!` takes effect after
//! the request was signed: it breaks the signature, or is one.
#![no_main]

#[allow(dead_code, unused_imports)] // each target uses a part
#[path = "../shared/server.rs"]
mod server;

use libfuzzer_sys::fuzz_target;
use server::{Call, at_a_server, check, head, line, signed};

/// Sets a header, or adds one of a name that is there if the name ends in `+`.
fn set(call: &mut Call, name: &str, value: &str) {
    match name.strip_suffix('+') {
        Some(name) => call.headers.push((name.to_owned(), value.as_bytes().to_vec())),
        None => {
            call.headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            call.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        }
    }
}

fuzz_target!(|input: &[u8]| {
    at_a_server(|world| {
        let mut rest = input;
        let Some(mut call) = line(&mut rest).and_then(|line| head(world, line)) else {
            return;
        };
        let mut late = Vec::new();
        while let Some(line) = line(&mut rest).filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value
                .trim()
                .replace("UPLOAD", &world.upload)
                .replace("VERSION", &world.version);
            match name.strip_prefix('!') {
                Some(name) => late.push((name, value)),
                None => set(&mut call, name, &value),
            }
        }
        let Some(mut call) = signed(call.body(rest)) else {
            return;
        };
        late.iter().for_each(|(name, value)| set(&mut call, name, value));
        check(world, &call);
    });
});
