//! A request as a `curl --aws-sigv4` command line, for scripts that reproduce a finding.
//!
//! Credentials and server-chosen values (version ids, upload ids) are shell variables, so a script holds no secret and can be run
//! again. What `curl` signs anew is left out of the headers.
//!
//! Older versions (7.88 of Debian 12, say) sign the query as it stands and hash no body for S3. So the query is written in its
//! canonical order, a subresource with its `=`, and `x-amz-content-sha256` is always given: all versions then sign alike. What
//! they sign wrongly all the same is an empty header.

use std::fmt::Write as _;

use super::RawRequest;
use super::checksum::sha256_hex;

/// A piece of a word of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Literal text, quoted as the shell needs it.
    Text(String),
    /// The value of a shell variable.
    Variable(String),
}

impl Piece {
    /// Literal text.
    pub fn text(text: impl Into<String>) -> Self {
        Piece::Text(text.into())
    }

    /// The value of the shell variable of this name.
    pub fn variable(name: impl Into<String>) -> Self {
        Piece::Variable(name.into())
    }
}

/// How the command authenticates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    Anonymous,
    /// With Signature Version 4 in the `Authorization` header.
    Signed {
        /// The Region of the scope.
        region: String,
        /// The service of the scope.
        service: String,
        /// The shell variable with the access key id, e.g. `OWNER_ACCESS_KEY_ID`.
        access_key: String,
        /// The shell variable with the secret access key.
        secret: String,
        /// The shell variable with the session token, of temporary credentials.
        session_token: Option<String>,
    },
}

/// A request in the terms of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurlRequest {
    /// The method.
    pub method: String,
    /// The URL, target included.
    pub url: Vec<Piece>,
    /// The headers that `curl` does not make by itself.
    pub headers: Vec<(String, Vec<Piece>)>,
    /// The body.
    pub body: Vec<u8>,
    /// How it authenticates.
    pub auth: Auth,
    /// Further options, e.g. `--insecure`, written as they stand.
    pub options: Vec<String>,
}

/// Headers that `curl` makes anew.
const MADE_BY_CURL: [&str; 7] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "transfer-encoding",
    "x-amz-date",
    "x-amz-security-token",
];

impl CurlRequest {
    /// The description of a request to an endpoint, given as pieces: a URL, or a variable such as `ENDPOINT`.
    ///
    /// `Host` is kept only where `keep_host` says so, i.e. where it names a bucket. A hash of the body is made anew; a named
    /// payload (`UNSIGNED-PAYLOAD`) stays. `curl` sends no body without a `Content-Type`: one that has none gets S3's default,
    /// `binary/octet-stream`. Chunk signatures can't be made by `curl`: describe such an upload by its decoded body.
    pub fn new(endpoint: Vec<Piece>, request: &RawRequest, auth: Auth, keep_host: bool) -> Self {
        let keep = |name: &str, value: &[u8]| {
            let name = name.to_ascii_lowercase();
            match name.as_str() {
                "host" => keep_host,
                "x-amz-content-sha256" => !value.iter().all(u8::is_ascii_hexdigit),
                _ => !MADE_BY_CURL.contains(&name.as_str()),
            }
        };
        let headers = request
            .headers
            .iter()
            .filter(|(name, value)| keep(name, value))
            .map(|(name, value)| (name.clone(), vec![Piece::text(String::from_utf8_lossy(value))]))
            .collect();
        let mut url = endpoint;
        url.push(Piece::text(request.target.as_str()));
        Self {
            method: request.method.clone(),
            url,
            headers,
            body: request.body.clone(),
            auth,
            options: Vec::new(),
        }
    }
}

/// The command line of a request, over several lines, ready for a POSIX shell.
pub fn to_curl(request: &CurlRequest) -> String {
    let mut out = String::new();
    // A body that an argument can't hold comes by a pipe, as octal escapes that every printf knows.
    let piped = !request.body.is_empty() && !is_argument(&request.body);
    if piped {
        let _ = write!(out, "printf '{}' | ", octal(&request.body));
    }
    out.push_str("curl --silent --show-error --include --path-as-is --globoff");
    match request.method.as_str() {
        "GET" if request.body.is_empty() => {}
        "HEAD" if request.body.is_empty() => out.push_str(" --head"),
        method => {
            let _ = write!(out, " --request {}", quote(method));
        }
    }
    for option in &request.options {
        out.push(' ');
        out.push_str(option);
    }
    push_auth(&mut out, &request.auth);
    for (name, value) in &request.headers {
        push_header(&mut out, name, value);
    }
    let has = |name: &str| request.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    if request.auth != Auth::Anonymous && !has("x-amz-content-sha256") {
        push_header(
            &mut out,
            "x-amz-content-sha256",
            &[Piece::Text(sha256_hex(&request.body))],
        );
    }
    if request.body.is_empty() {
        if matches!(request.method.as_str(), "PUT" | "POST") {
            push_header(&mut out, "Content-Length", &[Piece::text("0")]);
        }
    } else {
        if !has("content-type") {
            push_header(&mut out, "Content-Type", &[Piece::text("binary/octet-stream")]);
        }
        if piped {
            out.push_str(" \\\n  --data-binary @-");
        } else {
            let _ = write!(
                out,
                " \\\n  --data-raw {}",
                quote(&String::from_utf8_lossy(&request.body))
            );
        }
    }
    let _ = write!(out, " \\\n  {}", word(&canonical_url(&request.url)));
    out
}

/// The URL with its query in the order of signing, and with `=` after every name.
fn canonical_url(url: &[Piece]) -> Vec<Piece> {
    // The parts between `?` and the `&`s, each a list of pieces; the first is what stands before the query.
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in url {
        let Piece::Text(text) = piece else {
            parts
                .last_mut()
                .into_iter()
                .for_each(|part| part.push(piece.clone()));
            continue;
        };
        let mut rest = text.as_str();
        loop {
            let separator = if parts.len() == 1 { '?' } else { '&' };
            let (now, more) = rest
                .split_once(separator)
                .map_or((rest, None), |(now, more)| (now, Some(more)));
            parts
                .last_mut()
                .into_iter()
                .for_each(|part| part.push(Piece::text(now)));
            let Some(more) = more else { break };
            parts.push(Vec::new());
            rest = more;
        }
    }
    let mut parts = parts.into_iter();
    let mut out = parts.next().unwrap_or_default();
    let mut parameters: Vec<(String, Vec<Piece>)> = parts
        .map(|mut part| {
            if !part
                .iter()
                .any(|piece| matches!(piece, Piece::Text(text) if text.contains('=')))
            {
                part.push(Piece::text("="));
            }
            (word(&part), part)
        })
        .filter(|(_, part)| *part != [Piece::text(""), Piece::text("=")])
        .collect();
    // By name first: in the quoted word, `=` would sort after `-`.
    parameters.sort_by(|(a, _), (b, _)| a.split('=').cmp(b.split('=')));
    for (index, (_, parameter)) in parameters.into_iter().enumerate() {
        out.push(Piece::text(if index == 0 { "?" } else { "&" }));
        out.extend(parameter);
    }
    out
}

fn push_auth(out: &mut String, auth: &Auth) {
    let Auth::Signed {
        region,
        service,
        access_key,
        secret,
        session_token,
    } = auth
    else {
        return;
    };
    let provider = quote(&format!("aws:amz:{region}:{service}"));
    let user = [
        Piece::variable(access_key),
        Piece::text(":"),
        Piece::variable(secret),
    ];
    let _ = write!(out, " \\\n  --aws-sigv4 {provider} --user {}", word(&user));
    if let Some(token) = session_token {
        push_header(out, "x-amz-security-token", &[Piece::variable(token)]);
    }
}

fn push_header(out: &mut String, name: &str, value: &[Piece]) {
    let empty = value
        .iter()
        .all(|piece| matches!(piece, Piece::Text(text) if text.is_empty()));
    // curl sends an empty header only for "Name;", and drops the header for "Name:".
    let mut pieces = vec![Piece::text(if empty {
        format!("{name};")
    } else {
        format!("{name}: ")
    })];
    pieces.extend_from_slice(value);
    let _ = write!(out, " \\\n  --header {}", word(&pieces));
}

/// One word of the shell.
fn word(pieces: &[Piece]) -> String {
    let mut out = String::new();
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(more) => text.push_str(more),
            Piece::Variable(name) => {
                if !text.is_empty() {
                    out.push_str(&quote(&std::mem::take(&mut text)));
                }
                let safe: String = name
                    .chars()
                    .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let _ = write!(out, "\"${{{safe}}}\"");
            }
        }
    }
    if !text.is_empty() || out.is_empty() {
        out.push_str(&quote(&text));
    }
    out
}

/// Single quotes; NUL, which no argument can hold, is left out.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

fn is_argument(body: &[u8]) -> bool {
    // A single argument of Linux may have 128 KiB; quotes take room too.
    body.len() <= 60_000 && !body.contains(&0) && std::str::from_utf8(body).is_ok()
}

fn octal(body: &[u8]) -> String {
    body.iter()
        .fold(String::with_capacity(body.len()), |mut out, byte| {
            match byte {
                // A leading hyphen would be an option.
                b' '..=b'~' if !matches!(byte, b'\\' | b'%' | b'\'' | b'-') => out.push(char::from(*byte)),
                _ => {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    fn owner() -> Auth {
        Auth::Signed {
            region: "us-east-1".into(),
            service: "s3".into(),
            access_key: "OWNER_KEY".into(),
            secret: "OWNER_SECRET".into(),
            session_token: None,
        }
    }

    #[test]
    fn a_signed_put() {
        let request = RawRequest::new("PUT", "/b/it's?retention")
            .with_header("Host", "h")
            .with_header("x-amz-content-sha256", "00ff")
            .with_header("x-amz-meta-empty", "")
            .with_header("Authorization", "secret")
            .with_body("@<x/>");
        let mut curl = CurlRequest::new(vec![Piece::variable("ENDPOINT")], &request, owner(), false);
        curl.url
            .extend([Piece::text("&versionId="), Piece::variable("V1")]);
        assert_eq!(
            to_curl(&curl),
            r#"curl --silent --show-error --include --path-as-is --globoff --request 'PUT' \
  --aws-sigv4 'aws:amz:us-east-1:s3' --user "${OWNER_KEY}"':'"${OWNER_SECRET}" \
  --header 'x-amz-meta-empty;' \
  --header 'x-amz-content-sha256: bcf44e14a6aedc52a15e5bf1805a47f3f84f22c8c3dbd56aa01815f6ae17471c' \
  --header 'Content-Type: binary/octet-stream' \
  --data-raw '@<x/>' \
  "${ENDPOINT}"'/b/it'\''s?retention=&versionId='"${V1}""#
        );
    }

    #[test]
    fn reads_need_no_body() {
        let url = || vec![Piece::text("http://h")];
        let head = CurlRequest::new(url(), &RawRequest::new("HEAD", "/"), Auth::Anonymous, false);
        assert!(to_curl(&head).ends_with("--globoff --head \\\n  'http://h/'"));
        let put = CurlRequest::new(
            url(),
            &RawRequest::new("PUT", "/").with_body([0, 255, b'%']),
            Auth::Anonymous,
            false,
        );
        assert!(to_curl(&put).starts_with(r"printf '\000\377\045' | curl "));
    }

    /// Runs a command line against a socket that answers 200, and returns the request that it sent.
    fn received(script: &str, listener: &std::net::TcpListener) -> RawRequest {
        use std::io::{Read, Write};
        let mut child = Command::new("sh")
            .args(["-c", script])
            .env("OWNER_KEY", "AKIAIOSFODNN7EXAMPLE")
            .env("OWNER_SECRET", "secret/+key")
            .env("V1", "a/b c")
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let request = loop {
            let mut piece = [0; 4096];
            let count = stream.read(&mut piece).unwrap();
            bytes.extend_from_slice(&piece[..count]);
            let mut slots = [httparse::EMPTY_HEADER; 32];
            let mut head = httparse::Request::new(&mut slots);
            if let httparse::Status::Complete(start) = head.parse(&bytes).unwrap() {
                let mut request = RawRequest::new(head.method.unwrap(), head.path.unwrap());
                request.headers = head
                    .headers
                    .iter()
                    .map(|h| (h.name.to_owned(), h.value.to_vec()))
                    .collect();
                let length = request
                    .header("content-length")
                    .map_or(0, |v| String::from_utf8_lossy(v).parse().unwrap());
                if bytes.len() == start + length {
                    request.body = bytes[start..].to_vec();
                    break request;
                }
            }
        };
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        assert!(child.wait().unwrap().success());
        request
    }

    #[test]
    fn curl_signs_as_we_do() {
        if Command::new("curl").arg("--version").output().is_err() {
            println!("skipped: this machine has no curl");
            return;
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = [
            RawRequest::new("PUT", "/b/k?retention")
                .with_header("x-amz-meta-a", "b")
                .with_body("<x/>"),
            RawRequest::new("PUT", "/b/k").with_body(vec![0, 1, 255, 10]),
            RawRequest::new("PUT", "/b"),
            RawRequest::new("GET", "/b/?list-type=2&prefix=a%2Fb"),
            RawRequest::new("GET", "/b/..//%2F?prefix=a-b&acl&Acl"),
            RawRequest::new("PUT", "/b/k")
                .with_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
                .with_body("x"),
            RawRequest::new("DELETE", "/b/k?versionId=null")
                .with_header("x-amz-bypass-governance-retention", "true"),
            RawRequest::new("POST", "/b?delete")
                .with_header("Content-Type", "text/xml")
                .with_body("<Delete/>"),
        ];
        for request in requests {
            let curl = CurlRequest::new(vec![Piece::text(endpoint.as_str())], &request, owner(), false);
            let script = to_curl(&curl);
            let got = received(&script, &listener);
            assert_eq!(
                (&got.method, got.path(), &got.body),
                (&request.method, request.path(), &request.body)
            );
            assert_signature(&got, &script);
        }
    }

    /// Signs the same again at the time and with the headers that curl chose.
    fn assert_signature(got: &RawRequest, script: &str) {
        use crate::wire::sign::{Credentials, Signer};
        let authorization = String::from_utf8(got.header("authorization").unwrap().to_vec()).unwrap();
        let date = String::from_utf8(got.header("x-amz-date").unwrap().to_vec()).unwrap();
        let credentials = Credentials {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "secret/+key".into(),
            session_token: None,
        };
        let mut signer = Signer::new(credentials, "us-east-1", "s3", 0);
        signer.scope.date = date[..8].to_owned();
        signer.timestamp = date;
        let names = authorization
            .split("SignedHeaders=")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        signer.signed_headers = Some(names.split(';').map(str::to_owned).collect());
        let mut again = got.clone();
        again.remove_header("authorization");
        let signed = signer.sign_headers(&mut again);
        assert!(
            authorization.ends_with(&format!("Signature={}", signed.signature)),
            "{script}\n{authorization}\n{}",
            String::from_utf8_lossy(&signed.canonical_request)
        );
    }

    /// What the shell makes of a word.
    fn shell(script: &str) -> Vec<u8> {
        Command::new("sh")
            .args(["-c", script])
            .env("V", "va lue")
            .output()
            .unwrap()
            .stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_shell_reads_back_what_was_written(text in "[^\0]{0,40}", body: Vec<u8>) {
            let quoted = word(&[Piece::text(text.as_str()), Piece::variable("V")]);
            prop_assert_eq!(shell(&format!("printf %s {quoted}")), format!("{text}va lue").into_bytes());
            prop_assert_eq!(shell(&format!("printf '{}'", octal(&body))), body);
        }
    }
}
