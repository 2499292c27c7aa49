//! A proxy between the program and a server: it keeps what goes through it, and can die.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A listening proxy.
pub(crate) struct Proxy {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    /// After how many pieces of requests it dies.
    lives: AtomicUsize,
    dead: AtomicBool,
    seen: Mutex<Vec<u8>>,
    streams: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// A proxy to a server, which dies after so many requests.
    pub(crate) fn new(upstream: &str, lives: usize) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            lives: AtomicUsize::new(lives),
            dead: AtomicBool::new(false),
            seen: Mutex::new(Vec::new()),
            streams: Mutex::new(Vec::new()),
        });
        let accepting = Arc::clone(&shared);
        listener.set_nonblocking(true).unwrap();
        // The listener goes with the thread: then connections are refused.
        std::thread::spawn(move || {
            while !accepting.dead.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        stream.set_nonblocking(false).unwrap();
                        serve(&accepting, stream);
                    }
                    Err(_) => std::thread::sleep(std::time::Duration::from_millis(2)),
                }
            }
        });
        Proxy { url, shared }
    }

    /// All bytes that went through it, in both directions.
    pub(crate) fn seen(&self) -> Vec<u8> {
        self.shared.seen.lock().unwrap().clone()
    }
}

fn serve(shared: &Arc<Shared>, client: TcpStream) {
    let Ok(server) = TcpStream::connect(&shared.upstream) else {
        return;
    };
    let both = [
        (client.try_clone(), server.try_clone()),
        (server.try_clone(), client.try_clone()),
    ];
    shared.streams.lock().unwrap().extend([client, server]);
    for (number, (from, to)) in both.into_iter().enumerate() {
        let shared = Arc::clone(shared);
        let (Ok(from), Ok(to)) = (from, to) else { return };
        std::thread::spawn(move || pump(&shared, from, to, number == 0));
    }
}

fn pump(shared: &Shared, mut from: TcpStream, mut to: TcpStream, requests: bool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count) = from.read(&mut bytes) {
        let piece = &bytes[..count];
        shared.seen.lock().unwrap().extend_from_slice(piece);
        if requests && count > 0 && shared.lives.fetch_sub(1, Ordering::Relaxed) == 0 {
            shared.dead.store(true, Ordering::Relaxed);
        }
        if shared.dead.load(Ordering::Relaxed) {
            for stream in shared.streams.lock().unwrap().iter() {
                let _ = stream.shutdown(Shutdown::Both);
            }
            return;
        }
        if count == 0 || to.write_all(piece).is_err() {
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
}
