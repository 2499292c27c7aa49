//! A client for tests: one connection a request, and a signer of its own, so that no mistake of the server's cancels.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use aws_lc_rs::{digest, hmac};

/// An access key.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Credentials {
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        }
    }
}

/// A request in the making.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) service: &'static str,
    pub(crate) method: String,
    /// The path, already encoded.
    pub(crate) path: String,
    /// The query, already encoded.
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A request to S3: `target` is the encoded path with an optional query.
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            service: "s3",
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A call of the query protocol.
    pub(crate) fn form(service: &'static str, version: &str, parameters: &[(&str, &str)]) -> Self {
        let mut form = format!("Version={version}");
        for (name, value) in parameters {
            let _ = write!(form, "&{}={}", encode(name), encode(value));
        }
        let mut request = Self::new("POST", "/").body(form);
        request.service = service;
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the request, signed if there are credentials.
    pub(crate) fn send(mut self, address: SocketAddr, credentials: Option<&Credentials>) -> Reply {
        self.headers.push(("host".to_owned(), address.to_string()));
        if let Some(credentials) = credentials {
            self.sign(credentials);
        }
        let target = if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        };
        let mut head = format!("{} {target} HTTP/1.1\r\n", self.method);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(
            head,
            "connection: close\r\ncontent-length: {}\r\n\r\n",
            self.body.len()
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&self.body).unwrap();
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw).unwrap();
        Reply::parse(&raw)
    }

    fn sign(&mut self, credentials: &Credentials) {
        let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let hash = hex(digest::digest(&digest::SHA256, &self.body).as_ref());
        self.headers.push(("x-amz-date".to_owned(), time.clone()));
        self.headers
            .push(("x-amz-content-sha256".to_owned(), hash.clone()));
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
            .collect();
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let mut query: Vec<String> = self
            .query
            .split('&')
            .filter(|piece| !piece.is_empty())
            .map(str::to_owned)
            .collect();
        query
            .iter_mut()
            .filter(|piece| !piece.contains('='))
            .for_each(|piece| piece.push('='));
        query.sort();
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let canonical = format!(
            "{}\n{}\n{}\n{lines}\n{names}\n{hash}",
            self.method,
            self.path,
            query.join("&")
        );
        let scope = format!("{}/us-east-1/{}/aws4_request", &time[..8], self.service);
        let canonical = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{canonical}");
        let mut key = format!("AWS4{}", credentials.secret).into_bytes();
        for part in scope.split('/').chain([to_sign.as_str()]) {
            key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes())
                .as_ref()
                .to_vec();
        }
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            credentials.id,
            hex(&key)
        );
        self.headers.push(("authorization".to_owned(), value));
    }
}

impl Reply {
    fn parse(raw: &[u8]) -> Self {
        let end = raw
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .expect("a whole reply");
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|text| text.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        Self {
            status: status.expect("a status line"),
            headers: headers
                .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
                .collect(),
            body: raw[end + 4..].to_vec(),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of the first element with a name, or nothing.
    pub(crate) fn element(&self, name: &str) -> String {
        let text = self.text();
        let rest = text
            .split_once(&format!("<{name}>"))
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or_default();
        let text = rest.split_once("</").map(|(text, _)| text).unwrap_or_default();
        text.replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&")
    }
}

/// Percent encoding of everything but unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
