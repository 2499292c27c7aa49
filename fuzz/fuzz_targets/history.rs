//! Histories: whatever can be read can be judged, and written and read again.
#![no_main]

use bucketlaw_conformance::{history, judge};
use bucketlaw_model::law::Law;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(histories) = history::read(input) {
        let law = Law::full();
        for history in &histories {
            let _ = judge::judge(&law, history, &[]);
        }
        let mut written = Vec::new();
        history::write(&histories, &mut written).expect("memory takes everything");
        let again = history::read(&written[..]).expect("what was written can be read");
        assert_eq!(again.len(), histories.len());
    }
});
