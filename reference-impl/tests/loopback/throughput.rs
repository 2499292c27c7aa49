//! A figure: durable small writes a second. `cargo test --release -- --ignored --nocapture throughput`

use std::io::Write;
use std::time::Instant;

use super::client::{Call, OWNER, TestServer, encode, read_answer};

#[test]
#[ignore = "a measurement, not a check"]
fn small_writes_and_reads() {
    const CLIENTS: usize = 8;
    const REQUESTS: usize = 500;
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    for method in ["PUT", "GET"] {
        let prepared: Vec<Vec<Vec<u8>>> = (0..CLIENTS)
            .map(|client| {
                (0..REQUESTS)
                    .map(|number| {
                        let call = Call::new(method, &format!("/bucket/{client}/{number}"));
                        let call = if method == "PUT" {
                            call.body("a small body")
                        } else {
                            call
                        };
                        encode(&server.signed(OWNER, call), &server.address.to_string())
                    })
                    .collect()
            })
            .collect();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for requests in &prepared {
                let server = &server;
                scope.spawn(move || {
                    let mut stream = server.connect();
                    stream.set_nodelay(true).unwrap();
                    for request in requests {
                        stream.write_all(request).unwrap();
                        assert_eq!(read_answer(&mut stream, false).status, 200);
                    }
                });
            }
        });
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{method}: {:.0} requests a second",
            (CLIENTS * REQUESTS) as f64 / seconds
        );
    }
}
