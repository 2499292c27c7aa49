//! One connection to the endpoint: TCP, or TLS over it, with a deadline on every operation.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme, StreamOwned,
};

use super::cut::Deadline;
use super::{Endpoint, FailureKind};

/// Which server certificates are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those that the machine trusts.
    #[default]
    System,
    /// Those signed by a certificate in this PEM file (`--ca-bundle`).
    Bundle(PathBuf),
    /// All, without any verification (`--no-verify-ssl`).
    Anything,
}

/// How long a blocked write waits before it looks whether the server has answered already.
const PATIENCE: Duration = Duration::from_millis(100);

/// How much is read at once.
const READ_SIZE: usize = 32 * 1024;

/// An open connection, with the bytes that were read from it and not used yet.
pub(super) struct Connection {
    stream: Stream,
    /// What was read and not yet consumed.
    pub(super) buffer: Vec<u8>,
    /// When the connection was last given back to the pool, or opened.
    pub(super) idle_since: Instant,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// How writing a request ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// All bytes are written.
    All,
    /// The server answered or hung up before it took all; what it said can still be read.
    Early,
}

/// Writing failed.
#[derive(Debug)]
pub(super) struct WriteFailure {
    /// Whether it is certain that no byte was handed to the socket.
    pub(super) nothing_sent: bool,
    pub(super) error: io::Error,
}

impl Connection {
    /// Connects, and for TLS shakes hands, before the deadline.
    pub(super) fn open(
        endpoint: &Endpoint,
        tls: Option<&Arc<ClientConfig>>,
        deadline: &Deadline,
    ) -> Result<Self, (FailureKind, String)> {
        let tcp = connect(endpoint, deadline).map_err(|error| describe("can't connect", &error))?;
        let stream = match tls {
            None => Stream::Plain(tcp),
            Some(config) => {
                let tls = handshake(endpoint, config, tcp, deadline)
                    .map_err(|error| describe("the TLS handshake failed", &error))?;
                Stream::Tls(Box::new(tls))
            }
        };
        Ok(Self {
            stream,
            buffer: Vec::new(),
            idle_since: Instant::now(),
        })
    }

    fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => tls.get_ref(),
        }
    }

    /// Whether an idle connection is unusable: closed by the server, failed, or with bytes that answer no request.
    pub(super) fn is_stale(&mut self) -> bool {
        !self.buffer.is_empty() || !matches!(self.poll(), Ok(None))
    }

    /// Reads what is there without waiting; `None` if nothing is, `Some(0)` at the end of the stream.
    fn poll(&mut self) -> io::Result<Option<usize>> {
        self.tcp().set_nonblocking(true)?;
        let read = self.read_some();
        self.tcp().set_nonblocking(false)?;
        match read {
            Ok(count) => Ok(Some(count)),
            Err(error) if is_wait(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read_some(&mut self) -> io::Result<usize> {
        let before = self.buffer.len();
        self.buffer.resize(before + READ_SIZE, 0);
        let space = self.buffer.get_mut(before..).unwrap_or_default();
        let read = match &mut self.stream {
            Stream::Plain(tcp) => tcp.read(space),
            Stream::Tls(tls) => tls.read(space),
        };
        self.buffer.truncate(before + read.as_ref().copied().unwrap_or(0));
        read
    }

    /// Reads more into the buffer; zero at the end of the stream, an error of kind `TimedOut` at the deadline.
    pub(super) fn fill(&mut self, deadline: &Deadline) -> io::Result<usize> {
        loop {
            self.tcp().set_read_timeout(Some(deadline.slice()?))?;
            match self.read_some() {
                Err(error) if is_wait(&error) || error.kind() == ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    /// Writes all of `bytes`, unless the server answers before it has taken them and takes no more.
    ///
    /// `first` says that they are the first bytes of a request: then a hang-up before any of them is a failure.
    pub(super) fn send(
        &mut self,
        bytes: &[u8],
        first: bool,
        deadline: &Deadline,
    ) -> Result<Written, WriteFailure> {
        let mut rest = bytes;
        let mut flushed = false;
        let total = bytes.len();
        // Bytes that rustls took may be on the wire or not: they count as sent.
        let unsent = |left: usize| first && left == total;
        let failed = |left: usize, error: io::Error| WriteFailure {
            nothing_sent: unsent(left),
            error,
        };
        while !(rest.is_empty() && flushed) {
            let patience = match deadline.slice() {
                Ok(left) => left.min(PATIENCE),
                Err(error) => return Err(failed(rest.len(), error)),
            };
            let step = self
                .tcp()
                .set_write_timeout(Some(patience))
                .and_then(|()| self.write_some(rest));
            match step {
                Ok(0) if rest.is_empty() => flushed = true,
                Ok(0) => return Err(failed(rest.len(), ErrorKind::WriteZero.into())),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_wait(&error) => match self.poll() {
                    Ok(None) => {}
                    Ok(Some(_)) => return Ok(Written::Early),
                    Err(error) => return Err(failed(rest.len(), error)),
                },
                Err(error) if !unsent(rest.len()) && is_hang_up(&error) => return Ok(Written::Early),
                Err(error) => return Err(failed(rest.len(), error)),
            }
        }
        Ok(Written::All)
    }

    /// Writes a part, or flushes (and returns 0) if nothing is left to write.
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) if bytes.is_empty() => tcp.flush().map(|()| 0),
            Stream::Plain(tcp) => tcp.write(bytes),
            Stream::Tls(tls) if bytes.is_empty() => tls.flush().map(|()| 0),
            Stream::Tls(tls) => tls.write(bytes),
        }
    }

    /// Closes the writing half.
    pub(super) fn half_close(&mut self) -> io::Result<()> {
        if let Stream::Tls(tls) = &mut self.stream {
            tls.conn.send_close_notify();
            tls.flush()?;
        }
        self.tcp().shutdown(Shutdown::Write)
    }
}

fn connect(endpoint: &Endpoint, deadline: &Deadline) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the host name has no address");
    for address in (endpoint.host.as_str(), endpoint.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, deadline.to_connect()?) {
            Ok(tcp) => {
                tcp.set_nodelay(true)?;
                return Ok(tcp);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn handshake(
    endpoint: &Endpoint,
    config: &Arc<ClientConfig>,
    tcp: TcpStream,
    deadline: &Deadline,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from(endpoint.host.clone()).map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
    let mut tls = StreamOwned::new(connection, tcp);
    while tls.conn.is_handshaking() {
        let left = deadline.slice()?;
        tls.sock.set_read_timeout(Some(left))?;
        tls.sock.set_write_timeout(Some(left))?;
        match tls.conn.complete_io(&mut tls.sock) {
            Err(error) if is_wait(&error) || error.kind() == ErrorKind::Interrupted => {}
            other => other.map(|_| ())?,
        }
    }
    Ok(tls)
}

fn describe(what: &str, error: &io::Error) -> (FailureKind, String) {
    let kind = if error.kind() == ErrorKind::TimedOut {
        FailureKind::Timeout
    } else {
        FailureKind::Unreachable
    };
    (kind, format!("{what}: {error}"))
}

/// Whether a socket's own timeout or non-blocking mode ended an operation.
fn is_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Whether the peer closed the connection, perhaps after an answer that waits to be read.
fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
    )
}

/// Why the trust settings can't be used.
#[derive(Debug)]
pub struct TrustError(String);

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TrustError {}

/// The TLS settings of a client: HTTP/1.1 only, with these certificates trusted.
pub(super) fn tls_config(trust: &Trust) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| TrustError(format!("TLS can't be set up: {error}")))?;
    let mut config = match trust {
        Trust::Anything => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(NoVerification(provider)))
            .with_no_client_auth(),
        Trust::System => {
            let mut roots = RootCertStore::empty();
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                return Err(TrustError(
                    "the machine has no trusted certificates; give a CA bundle".to_owned(),
                ));
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        Trust::Bundle(path) => {
            let bad = |error: &dyn fmt::Display| {
                TrustError(format!("the CA bundle {} can't be used: {error}", path.display()))
            };
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| bad(&error))? {
                let certificate = certificate.map_err(|error| bad(&error))?;
                roots.add(certificate).map_err(|error| bad(&error))?;
            }
            if roots.is_empty() {
                return Err(bad(&"it has no certificate"));
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Accepts every certificate; signatures of the handshake are still checked.
#[derive(Debug)]
struct NoVerification(Arc<CryptoProvider>);

impl ServerCertVerifier for NoVerification {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
