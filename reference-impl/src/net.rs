//! The listener: HTTP/1.1 connections in, replies out.

mod body;
mod finish;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, EXPECT, HeaderValue};
use http::request::Parts;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::pipeline;
use crate::serve::Server;
use crate::wire::payload::Source;
use body::Outgoing;

/// How long a client may take for a request's head, and a kept-alive connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long running requests get when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// The largest head of a request. What is longer than S3's own limit is still read, to be refused in S3's words; what is
/// longer than this is refused by the HTTP library.
const MAX_HEAD: usize = 1024 * 1024;

/// The most header lines: as many as fit into S3's limit on their bytes, and then some.
const MAX_LINES: usize = 8 * 1024;

/// Serves connections until `stop` says so, then lets running requests end.
pub(crate) async fn listen(listener: TcpListener, server: Arc<Server>, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => drop(connections.spawn(serve(stream, Arc::clone(&server), stop.clone()))),
            Err(error) => {
                // Out of file descriptors, most likely: trying again at once would only burn the processor.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut");
    }
}

/// Waits until the server is to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the server with it.
    let _ = stop.wait_for(|stopped| *stopped).await;
}

async fn serve(stream: TcpStream, server: Arc<Server>, mut stop: watch::Receiver<bool>) {
    // Small replies must not wait for the peer's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(exchange(&server, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_LINES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn exchange(server: &Arc<Server>, request: Request<Incoming>) -> Response<Outgoing> {
    let (parts, body) = request.into_parts();
    respond(server, parts, Source::Incoming(body)).await
}

/// Answers one request, whichever way it came.
pub(crate) async fn respond(server: &Arc<Server>, parts: Parts, source: Source) -> Response<Outgoing> {
    let id = finish::request_id();
    let head = finish::Head {
        method: parts.method.clone(),
    };
    let waits = parts.headers.contains_key(EXPECT);
    let (service, outcome) = pipeline::answer(server, &id, parts, source).await;
    let mut response = finish::response(server, service, &head, &id, outcome);
    if waits && !response.status().is_success() {
        // The client may or may not send the body that it announced: nothing after it could be told from it.
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
