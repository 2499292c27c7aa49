//! The server process is killed under load: whatever it acknowledged is there after a restart, and nothing else.
//!
//! `BUCKETLAW_KILLS` sets how often.

#[cfg(test)]
#[allow(dead_code)] // shared with the other tests of the wire
#[path = "loopback/client.rs"]
mod client;

#[cfg(test)]
#[allow(dead_code)] // shared with the test that measures
#[path = "objects/process.rs"]
mod process;

#[cfg(test)]
mod kill {
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use crate::client::Call;
    use crate::process::{Process, ask};

    /// A version that was acknowledged, and whether its delete was.
    #[derive(Clone, Debug)]
    struct Stored {
        key: String,
        id: String,
        body: Vec<u8>,
        gone: Gone,
    }

    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    enum Gone {
        No,
        Unsure,
        Yes,
    }

    fn body(client: usize, round: usize, step: usize) -> Vec<u8> {
        let length = if step.is_multiple_of(3) { 100_000 } else { 200 };
        let text = format!("client {client} round {round} step {step} ");
        text.bytes().cycle().take(length).collect()
    }

    /// Writes, deletes and tries refused writes until the server is gone.
    fn load(address: &str, client: usize, round: usize, known: &Mutex<Vec<Stored>>) {
        for step in 0.. {
            let key = format!("k{client}");
            let target = format!("/bkt/{key}");
            let content = body(client, round, step);
            let put = Call {
                unsigned_payload: true,
                ..Call::new("PUT", &target).body(&content)
            };
            let Some(answer) = ask(address, put) else { return };
            assert_eq!(answer.status, 200, "{}", answer.text());
            let id = answer.header("x-amz-version-id").unwrap().to_owned();
            known.lock().unwrap().push(Stored {
                key: key.clone(),
                id: id.clone(),
                body: content,
                gone: Gone::No,
            });
            if step % 4 == 1 {
                // Refused, and big enough for a file: neither may ever be seen.
                let refused = Call::new("PUT", &target)
                    .header("if-none-match", "*")
                    .body([0xEE; 50_000]);
                let Some(answer) = ask(address, refused) else {
                    return;
                };
                assert_eq!(answer.status, 412);
            }
            if step % 4 == 2 {
                let mark = |gone| {
                    let mut known = known.lock().unwrap();
                    known
                        .iter_mut()
                        .filter(|stored| stored.id == id)
                        .for_each(|stored| stored.gone = gone);
                };
                mark(Gone::Unsure);
                let Some(answer) = ask(address, Call::new("DELETE", &format!("{target}?versionId={id}")))
                else {
                    return;
                };
                assert_eq!(answer.status, 204);
                mark(Gone::Yes);
            }
        }
    }

    fn verify(process: &Process, known: &[Stored]) {
        for stored in known {
            let answer = process
                .ask(Call::new(
                    "GET",
                    &format!("/bkt/{}?versionId={}", stored.key, stored.id),
                ))
                .unwrap();
            match (stored.gone, answer.status) {
                (Gone::No, status) => {
                    assert_eq!(status, 200, "an acknowledged write is lost: {}", stored.key)
                }
                (Gone::Yes, status) => {
                    assert_eq!(status, 404, "an acknowledged delete is undone: {}", stored.key)
                }
                (Gone::Unsure, status) => assert!(status == 200 || status == 404),
            }
            assert!(
                answer.status == 404 || answer.body == stored.body,
                "other bytes: {}",
                stored.key
            );
        }
        let listing = process.ask(Call::new("GET", "/bkt?list-type=2")).unwrap().text();
        assert!(
            !listing.contains("<Size>50000</Size>"),
            "a refused write is visible"
        );
    }

    #[test]
    fn a_killed_server_keeps_what_it_acknowledged() {
        let kills = std::env::var("BUCKETLAW_KILLS")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(3);
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start(folder.path());
        assert_eq!(process.ask(Call::new("PUT", "/bkt")).unwrap().status, 200);
        let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        assert_eq!(
            process
                .ask(Call::new("PUT", "/bkt?versioning").document(enabled))
                .unwrap()
                .status,
            200
        );
        let mut slowest = Duration::ZERO;
        for round in 0..kills {
            let known = Mutex::new(Vec::new());
            let address = process.address.clone();
            std::thread::scope(|scope| {
                for client in 0..4 {
                    let (address, known) = (&address, &known);
                    scope.spawn(move || load(address, client, round, known));
                }
                // An odd number of milliseconds, another one each time.
                let life = 30 + u64::try_from(round).unwrap() * 37 % 211;
                std::thread::sleep(Duration::from_millis(life));
                process.kill();
            });
            let begun = Instant::now();
            process = Process::start(folder.path());
            slowest = slowest.max(begun.elapsed());
            verify(&process, &known.into_inner().unwrap());
        }
        process.kill();
        println!("{kills} kills, slowest start {slowest:?}");
    }
}
