//! A raw client and a server of its own for each test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests alone use it")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use bucketlaw_server::clock::Timestamp;
use bucketlaw_server::serve::{self, Options, Running};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The instant at which every test's clock stands.
pub(super) const NOW: i64 = 1_767_323_045; // 2026-01-02T03:04:05Z

/// An access key of a root user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
}

pub(super) const OWNER: Key = Key {
    id: "AKIAOWNER",
    secret: "owner/secret+1",
};
pub(super) const OTHER: Key = Key {
    id: "AKIAOTHER",
    secret: "other/secret+1",
};

/// A request before it is signed or sent.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) time: i64,
    pub(super) region: &'static str,
    pub(super) service: &'static str,
    pub(super) unsigned_payload: bool,
}

impl Call {
    pub(super) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            time: NOW,
            region: "us-east-1",
            service: "s3",
            unsigned_payload: false,
        }
    }

    /// The same call at another target.
    pub(super) fn at(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    /// An XML body with the integrity header that configuration requests need.
    pub(super) fn document(self, body: &str) -> Self {
        let md5 = bucketlaw_server::wire::checksum::md5(body.as_bytes());
        self.header("content-md5", &data_encoding::BASE64.encode(&md5))
            .body(body)
    }
}

/// A reply.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of an element of the body.
    pub(super) fn element(&self, name: &str) -> Option<String> {
        let text = self.text();
        let start = text.find(&format!("<{name}>"))? + name.len() + 2;
        let end = text[start..].find(&format!("</{name}>"))? + start;
        Some(text[start..end].to_owned())
    }

    /// Status and code in one word, such as `403 AccessDenied`, or the status alone.
    pub(super) fn code(&self) -> String {
        match self.element("Code") {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

/// A server with a folder and a still clock of its own.
pub(super) struct TestServer {
    runtime: Runtime,
    running: Option<Running>,
    pub(super) folder: Arc<TempDir>,
    pub(super) address: SocketAddr,
}

impl TestServer {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::open(Arc::new(folder), Some(Timestamp::from_seconds(NOW)))
    }

    pub(super) fn open(folder: Arc<TempDir>, test_clock: Option<Timestamp>) -> Self {
        let runtime = Runtime::new().unwrap();
        let account = |id: &str, key: Key| format!("{id}:{}:{}", key.id, key.secret).parse().unwrap();
        let options = Options {
            data: folder.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            accounts: vec![account("111122223333", OWNER), account("444455556666", OTHER)],
            domains: vec!["localhost".to_owned()],
            region: "us-east-1".to_owned(),
            test_clock,
            admin_socket: None,
        };
        let running = runtime.block_on(serve::start(options)).unwrap();
        let address = running.address;
        Self {
            runtime,
            running: Some(running),
            folder,
            address,
        }
    }

    /// Stops the server and keeps its data.
    pub(super) fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }

    pub(super) fn advance(&self, seconds: i64) {
        let running = self.running.as_ref().unwrap();
        running.server().clock.advance(seconds * 1000).unwrap();
    }

    pub(super) fn advance_millis(&self, millis: i64) {
        let running = self.running.as_ref().unwrap();
        running.server().clock.advance(millis).unwrap();
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends bytes as they are and reads one reply.
    pub(super) fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        read_answer(&mut stream, bytes.starts_with(b"HEAD "))
    }

    /// Sends a request as it is, unsigned.
    pub(super) fn send(&self, call: &Call) -> Answer {
        self.raw(&encode(call, &self.address.to_string()))
    }

    /// Signs a request in its header and sends it.
    pub(super) fn ask(&self, key: Key, call: Call) -> Answer {
        self.send(&self.signed(key, call))
    }

    pub(super) fn signed(&self, key: Key, call: Call) -> Call {
        signed(key, call, &self.address.to_string()).0
    }

    pub(super) fn presigned(&self, key: Key, call: Call, seconds: u64) -> Call {
        presigned(key, call, &self.address.to_string(), seconds)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The bytes of a request; a `host` or `content-length` among its headers replaces the usual one.
pub(super) fn encode(call: &Call, host: &str) -> Vec<u8> {
    let has = |name: &str| call.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    let mut text = format!("{} {} HTTP/1.1\r\n", call.method, call.target);
    if !has("host") {
        text.push_str(&format!("host: {host}\r\n"));
    }
    if !has("content-length") && !has("transfer-encoding") {
        text.push_str(&format!("content-length: {}\r\n", call.body.len()));
    }
    for (name, value) in &call.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&call.body);
    bytes
}

/// Reads one reply off a connection.
pub(super) fn read_answer(stream: &mut TcpStream, head: bool) -> Answer {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        let mut piece = [0; 16 * 1024];
        let count = stream.read(&mut piece).unwrap();
        assert!(
            count > 0,
            "the connection ended: {}",
            String::from_utf8_lossy(&bytes)
        );
        bytes.extend_from_slice(&piece[..count]);
    };
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| {
            line.split_once(": ")
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
        .collect();
    let mut answer = Answer {
        status,
        headers,
        body: bytes.split_off(end + 4),
    };
    let length = answer
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let length = if head || matches!(status, 204 | 304) {
        0
    } else {
        length
    };
    while answer.body.len() < length {
        let mut piece = [0; 64 * 1024];
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "the body ended early");
        answer.body.extend_from_slice(&piece[..count]);
    }
    answer
}

fn time(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap())
}

/// The settings that S3 has: paths as they are, encoded once.
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings
}

/// Runs something with the signer's parameters for a call.
pub(super) fn with_params<R>(
    key: Key,
    call: &Call,
    settings: SigningSettings,
    run: impl FnOnce(v4::SigningParams<'_, SigningSettings>) -> R,
) -> R {
    let identity = Credentials::new(key.id, key.secret, None, None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(call.region)
        .name(call.service)
        .time(time(call.time))
        .settings(settings)
        .build()
        .unwrap();
    run(params)
}

/// Signs a call in its header; gives the signature too, which seeds chunk signatures.
pub(super) fn signed(key: Key, mut call: Call, host: &str) -> (Call, String) {
    let host = match call
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        Some((_, host)) => host.clone(),
        None => host.to_owned(),
    };
    let (pairs, signature) = with_params(key, &call, settings(), |params| {
        let url = format!("http://{host}{}", call.target);
        let streaming = call
            .headers
            .iter()
            .find(|(_, value)| value.starts_with("STREAMING-"));
        let body = match streaming {
            Some((_, mode)) => SignableBody::Precomputed(mode.clone()),
            None if call.unsigned_payload => SignableBody::UnsignedPayload,
            None => SignableBody::Bytes(&call.body),
        };
        let headers = call
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let headers = headers.filter(|(name, _)| *name != "x-amz-content-sha256");
        let request = SignableRequest::new(&call.method, url, headers, body).unwrap();
        let output = sign(request, &params.into()).unwrap();
        let (instructions, signature) = output.into_parts();
        let pairs: Vec<(String, String)> = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        (pairs, signature)
    });
    call.headers
        .retain(|(name, _)| !pairs.iter().any(|(signed, _)| signed.eq_ignore_ascii_case(name)));
    call.headers.extend(pairs);
    (call, signature)
}

/// Signs a call in its query.
pub(super) fn presigned(key: Key, mut call: Call, host: &str, seconds: u64) -> Call {
    let mut settings = settings();
    settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(seconds));
    let pairs = with_params(key, &call, settings, |params| {
        let url = format!("http://{host}{}", call.target);
        let headers = call
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let request =
            SignableRequest::new(&call.method, url, headers, SignableBody::UnsignedPayload).unwrap();
        let (instructions, _) = sign(request, &params.into()).unwrap().into_parts();
        let pairs: Vec<String> = instructions
            .params()
            .iter()
            .map(|(name, value)| {
                format!(
                    "{name}={}",
                    bucketlaw_server::wire::encoding::uri_encode(value.as_bytes(), false)
                )
            })
            .collect();
        pairs
    });
    let separator = if call.target.contains('?') { '&' } else { '?' };
    call.target = format!("{}{separator}{}", call.target, pairs.join("&"));
    call
}
