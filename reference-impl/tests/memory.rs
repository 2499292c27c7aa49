//! A large object goes in, out and across in a constant amount of memory.
//!
//! `BUCKETLAW_LARGE_MIB` sets its size; the figure in the books is for 1024.

#[cfg(test)]
#[allow(dead_code)] // shared with the other tests of the wire
#[path = "loopback/client.rs"]
mod client;
#[cfg(test)]
#[allow(dead_code)] // shared with the test that kills
#[path = "objects/process.rs"]
mod process;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod memory {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use crate::client::{Call, OWNER, encode, read_answer, signed};
    use crate::process::Process;

    const MIB: u64 = 1024 * 1024;
    const ADDED: u64 = 64 * MIB;

    fn connect(process: &Process, call: Call) -> TcpStream {
        let (call, _) = signed(OWNER, call, &process.address);
        let mut stream = TcpStream::connect(&process.address).unwrap();
        stream.write_all(&encode(&call, &process.address)).unwrap();
        stream
    }

    #[test]
    fn large_objects_need_little_memory() {
        let mib = std::env::var("BUCKETLAW_LARGE_MIB")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(128);
        let size: u64 = mib * MIB;
        let folder = tempfile::tempdir().unwrap();
        let process = Process::start(folder.path());
        assert_eq!(process.ask(Call::new("PUT", "/bkt")).unwrap().status, 200);
        let before = process.peak_memory();

        let put = Call {
            unsigned_payload: true,
            ..Call::new("PUT", "/bkt/k")
        };
        let mut stream = connect(&process, put.header("content-length", &size.to_string()));
        let piece: Vec<u8> = (0..MIB).map(|i| u8::try_from(i % 251).unwrap()).collect();
        for _ in 0..mib {
            stream.write_all(&piece).unwrap();
        }
        assert_eq!(read_answer(&mut stream, false).status, 200);

        let copy = Call::new("PUT", "/bkt/copy").header("x-amz-copy-source", "bkt/k");
        assert_eq!(process.ask(copy).unwrap().status, 200);

        let mut stream = connect(
            &process,
            Call::new("GET", "/bkt/copy").header("connection", "close"),
        );
        let (mut received, mut buffer) = (0, vec![0; 256 * 1024]);
        loop {
            let count = stream.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            received += count as u64;
        }
        assert!(
            received > size && received < size + 4096,
            "head and body: {received}"
        );

        let added = process.peak_memory() - before;
        println!(
            "{mib} MiB in, across and out: {} KiB of added memory",
            added / 1024
        );
        process.kill();
        assert!(added <= ADDED, "{added} bytes");
    }
}
