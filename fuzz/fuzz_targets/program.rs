//! Programs: whatever can be read says the same when it is written and read again.
#![no_main]

use bucketlaw_model::program::{Program, ProgramFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(file) = ProgramFile::read(text) {
        let written = file.to_string();
        let again = ProgramFile::read(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(again.to_string(), written);
    }
    if let Ok(program) = Program::read(text) {
        let written = program.to_string();
        let again = Program::read(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(again.to_string(), written);
        program.requests().for_each(|(number, request)| {
            let _ = (number, format!("{request:?}"));
        });
    }
});
