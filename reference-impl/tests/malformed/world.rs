//! A server in this process, requests of every kind that are rightly signed, and what must hold whatever they say.
//!
//! The fuzz targets in `fuzz/` use this file too.

use std::sync::Arc;

use bucketlaw_server::clock::Timestamp;
use bucketlaw_server::exchange::Mechanism;
use bucketlaw_server::serve::{self, Options, Running};
use bucketlaw_server::store::{Snapshot, UploadRecord, VersionRecord};
use bucketlaw_server::wire::checksum::{md5, sha256_hex};
use bucketlaw_server::wire::credential::Claim;
use bucketlaw_server::wire::encoding::{parse_query, uri_encode};
use bucketlaw_server::wire::sigv4::{self, Signed};
use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use http::{HeaderName, HeaderValue, Request};
use tempfile::TempDir;

/// The instant at which the clock stands: 2026-01-02T03:04:05Z.
pub(crate) const NOW: i64 = 1_767_323_045;
pub(crate) const AMZ_DATE: &str = "20260102T030405Z";
pub(crate) const OWNER: (&str, &str) = ("AKIAOWNER", "owner/secret+1");
const OTHER: (&str, &str) = ("AKIAOTHER", "other/secret+1");
/// What the bucket of the other account holds, which no request of the owner can change.
const CONTROL: &str = "control";

/// How a request proves who makes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Proof {
    Header,
    Query,
}

/// A request in the making; header values are bytes, because that is what comes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) method: String,
    /// Path and query, encoded.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// The body in the pieces in which it arrives.
    pub(crate) body: Vec<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            service: "s3",
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = vec![body.into()];
        self
    }

    /// A body with the Content-MD5 that documents need.
    pub(crate) fn document(self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        self.header("content-md5", BASE64.encode(&md5(&body))).body(body)
    }

    /// The value of a header, if it is there once and is text.
    fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// Adds what every request carries, where it is not there.
    fn completed(mut self) -> Self {
        let body = self.body.concat();
        let hash = sha256_hex(&body);
        let usual = [
            ("host", "127.0.0.1:9000".to_owned()),
            ("content-length", body.len().to_string()),
            ("x-amz-date", AMZ_DATE.to_owned()),
            ("x-amz-content-sha256", hash),
        ];
        for (name, value) in usual {
            if self.text(name).is_none() {
                self = self.header(name, value);
            }
        }
        self
    }

    /// The head as the HTTP library would hand it over; nothing for a head that it would refuse itself.
    pub(crate) fn request(&self) -> Option<Request<Vec<Bytes>>> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(self.target.as_str());
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        let body = self.body.iter().map(|piece| Bytes::from(piece.clone())).collect();
        request.body(body).ok()
    }

    /// Signs the request as it is; nothing if its head can't be sent or has no canonical form.
    pub(crate) fn signed(self, key: (&str, &str), proof: Proof) -> Option<Self> {
        let mut call = self.completed();
        if proof == Proof::Query {
            call.headers
                .retain(|(name, _)| !["x-amz-date", "x-amz-content-sha256"].contains(&name.as_str()));
        }
        let mut names: Vec<String> = call
            .headers
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort();
        names.dedup();
        let mut claim = claim(key.0, call.service, names, proof);
        if proof == Proof::Query {
            call.target = presign(&call.target, key.0, &claim);
        }
        let hash = match proof {
            Proof::Header => call.text("x-amz-content-sha256").unwrap_or_default().to_owned(),
            Proof::Query => "UNSIGNED-PAYLOAD".to_owned(),
        };
        claim.signature = call.signature(key.1, &claim, &hash)?;
        Some(match proof {
            Proof::Header => {
                let value = format!(
                    "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                    key.0,
                    claim.scope(),
                    claim.signed_headers.join(";"),
                    claim.signature
                );
                call.header("authorization", value)
            }
            Proof::Query => Self {
                target: format!("{}&X-Amz-Signature={}", call.target, claim.signature),
                ..call
            },
        })
    }

    fn signature(&self, secret: &str, claim: &Claim, hash: &str) -> Option<String> {
        let request = self.request()?;
        let query = parse_query(request.uri().query().unwrap_or_default())?;
        let signed = Signed {
            method: request.method(),
            raw_path: request.uri().path(),
            query: &query,
            headers: request.headers(),
            payload_hash: hash,
        };
        let canonical = sigv4::canonical_request(&signed, claim)?;
        let key = signing_key(secret, claim);
        let to_sign = sigv4::string_to_sign(claim, &canonical);
        Some(HEXLOWER.encode(&sigv4::hmac_sha256(&key, to_sign.as_bytes())))
    }
}

fn claim(access_key: &str, service: &str, signed_headers: Vec<String>, proof: Proof) -> Claim {
    Claim {
        mechanism: match proof {
            Proof::Header => Mechanism::Header,
            Proof::Query => Mechanism::Query,
        },
        access_key: access_key.to_owned(),
        date: AMZ_DATE[..8].to_owned(),
        region: "us-east-1".to_owned(),
        service: service.to_owned(),
        signed_headers,
        signature: String::new(),
        amz_date: AMZ_DATE.to_owned(),
        time: Timestamp::from_seconds(NOW),
        expires: (proof == Proof::Query).then_some(600),
    }
}

fn signing_key(secret: &str, claim: &Claim) -> [u8; 32] {
    sigv4::signing_key(secret, &claim.date, &claim.region, &claim.service)
}

/// Adds the parameters of a presigned URL but the signature.
fn presign(target: &str, access_key: &str, claim: &Claim) -> String {
    let separator = if target.contains('?') { '&' } else { '?' };
    let credential = uri_encode(format!("{access_key}/{}", claim.scope()).as_bytes(), false);
    let headers = uri_encode(claim.signed_headers.join(";").as_bytes(), false);
    format!(
        "{target}{separator}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}\
         &X-Amz-Date={AMZ_DATE}&X-Amz-Expires=600&X-Amz-SignedHeaders={headers}"
    )
}

/// The signatures of an upload in signed chunks, one after the other, as SIG-CHK and SIG-TRL describe them.
pub(crate) struct ChunkSignatures {
    key: [u8; 32],
    scope: String,
    previous: String,
}

impl ChunkSignatures {
    /// Those of a call that the owner has signed.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        let claim = claim(OWNER.0, "s3", Vec::new(), Proof::Header);
        let (_, signature) = call.text("authorization")?.rsplit_once('=')?;
        Some(Self {
            key: signing_key(OWNER.1, &claim),
            scope: claim.scope(),
            previous: signature.to_owned(),
        })
    }

    pub(crate) fn chunk(&mut self, data: &[u8]) -> String {
        self.next(
            "AWS4-HMAC-SHA256-PAYLOAD",
            &format!("{}\n{}", sha256_hex(b""), sha256_hex(data)),
        )
    }

    pub(crate) fn trailer(&mut self, lines: &str) -> String {
        self.next("AWS4-HMAC-SHA256-TRAILER", &sha256_hex(lines.as_bytes()))
    }

    fn next(&mut self, kind: &str, hashes: &str) -> String {
        let text = format!("{kind}\n{AMZ_DATE}\n{}\n{}\n{hashes}", self.scope, self.previous);
        self.previous = HEXLOWER.encode(&sigv4::hmac_sha256(&self.key, text.as_bytes()));
        self.previous.clone()
    }
}

/// A reply.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of the first element with a name.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once("</").map(|(text, _)| text.to_owned())
    }
}

/// A server with the buckets `plain` (versioned), `locks` (a lock bucket) and `acls` (ACLs enabled), an object `k` and
/// an upload in each, and the user `bob`.
pub(crate) struct World {
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
    _folder: TempDir,
    /// The id of the upload `plain/mp`, which has a part.
    pub(crate) upload: String,
    /// The version id of `locks/k`.
    pub(crate) version: String,
}

impl World {
    pub(crate) fn start(name: &str) -> Self {
        let folder = TempDir::with_prefix(format!("bucketlaw-{name}-")).unwrap();
        let account = |id: &str, key: (&str, &str)| format!("{id}:{}:{}", key.0, key.1).parse().unwrap();
        let options = Options {
            data: folder.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            accounts: vec![account("111122223333", OWNER), account("444455556666", OTHER)],
            domains: vec!["localhost".to_owned()],
            region: "us-east-1".to_owned(),
            test_clock: Some(Timestamp::from_seconds(NOW)),
            admin_socket: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let running = runtime.block_on(serve::start(options)).unwrap();
        let mut world = Self {
            runtime,
            running: Some(running),
            _folder: folder,
            upload: String::new(),
            version: String::new(),
        };
        world.furnish();
        world
    }

    fn furnish(&mut self) {
        self.made(Call::new("PUT", "/plain"));
        let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        self.made(Call::new("PUT", "/plain?versioning").document(enabled));
        self.made(Call::new("PUT", "/locks").header("x-amz-bucket-object-lock-enabled", "true"));
        self.made(Call::new("PUT", "/acls").header("x-amz-object-ownership", "ObjectWriter"));
        for bucket in ["plain", "acls"] {
            self.made(Call::new("PUT", &format!("/{bucket}/k")).document("data"));
        }
        let locked = self.made(Call::new("PUT", "/locks/k").document("data"));
        self.version = locked.headers["x-amz-version-id"].to_str().unwrap().to_owned();
        let upload = self.made(Call::new("POST", "/plain/mp?uploads"));
        self.upload = upload.element("UploadId").unwrap();
        self.made(Call::new("PUT", &format!("/plain/mp?uploadId={}&partNumber=1", self.upload)).body("data"));
        let mut user = Call::new("POST", "/").body("Version=2010-05-08&Action=CreateUser&UserName=bob");
        user.service = "iam";
        self.made(user);
        let control = [
            Call::new("PUT", "/control"),
            Call::new("PUT", "/control/k").body(CONTROL),
        ];
        for call in control {
            let answer = self.send(&call.signed(OTHER, Proof::Header).unwrap());
            assert_eq!(answer.unwrap().status, 200);
        }
    }

    /// Makes something that must succeed.
    pub(crate) fn made(&self, call: Call) -> Answer {
        let answer = self
            .send(&call.clone().signed(OWNER, Proof::Header).unwrap())
            .unwrap();
        assert!(answer.status < 300, "{call:?}: {}", answer.text());
        answer
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.running().server().store.snapshot()
    }

    /// Whether the server holds what it held at a commit.
    pub(crate) fn is_as(&self, before: &Snapshot) -> bool {
        same(before, &self.snapshot())
    }

    /// Sends a request as it is; nothing if the HTTP library would have refused its head.
    pub(crate) fn send(&self, call: &Call) -> Option<Answer> {
        let request = call.request()?;
        let response = self.runtime.block_on(self.running().exchange(request)).unwrap();
        let (parts, body) = response.into_parts();
        Some(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    /// Sends a request and checks what must hold whatever it says: the answer is no server error and says what is
    /// wrong, a request that is refused or only reads changes nothing, and the server still answers.
    pub(crate) fn check(&self, call: &Call) -> Result<Option<Answer>, String> {
        let before = self.snapshot();
        let Some(answer) = self.send(call) else {
            return Ok(None);
        };
        let told = |what: &str| format!("{what}: {call:?}\n{} {}", answer.status, answer.text());
        // The reply to a HEAD has no body that could name the code.
        let not_built =
            answer.status == 501 && (call.method == "HEAD" || answer.text().contains("NotImplemented"));
        if answer.status >= 500 && !not_built {
            return Err(told("a server error"));
        }
        let silent = call.method == "HEAD" || answer.status < 400;
        if !silent && answer.element("Code").is_none() {
            return Err(told("a refusal without a code"));
        }
        let reads = call.service == "s3" && ["GET", "HEAD"].contains(&call.method.as_str());
        if (answer.status >= 300 || reads) && !self.is_as(&before) {
            return Err(told("something changed"));
        }
        let control = Call::new("GET", "/control/k").signed(OTHER, Proof::Header);
        let control = control.and_then(|control| self.send(&control));
        if control.is_none_or(|control| control.body != CONTROL) {
            return Err(told("the server answers no more"));
        }
        Ok(Some(answer))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// Whether two commits hold the same; sweeping garbage makes commits too.
fn same(before: &Snapshot, after: &Snapshot) -> bool {
    before.commit == after.commit
        || (Arc::ptr_eq(&before.config, &after.config) && contents(before) == contents(after))
}

type Contents = (
    Vec<(u64, String, VersionRecord)>,
    Vec<(u64, String, UploadRecord, String)>,
);

fn contents(snapshot: &Snapshot) -> Contents {
    let (mut versions, mut uploads) = (Vec::new(), Vec::new());
    let accounts = snapshot.config.accounts().map(|account| account.id);
    for bucket in accounts.flat_map(|account| snapshot.config.buckets(account)) {
        let rows = &snapshot.rows;
        let walked = rows.versions(bucket.id, "", None, |key, version| {
            versions.push((bucket.id, key.to_owned(), version));
            Ok(true)
        });
        walked.unwrap();
        let walked = rows.uploads(bucket.id, "", None, |key, upload| {
            let parts = format!("{:?}", rows.parts(upload.sequence, .., usize::MAX)?);
            uploads.push((bucket.id, key.to_owned(), upload, parts));
            Ok(true)
        });
        walked.unwrap();
    }
    (versions, uploads)
}
