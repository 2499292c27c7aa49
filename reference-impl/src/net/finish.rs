//! The last step: request ids, date, error document, framing.

use aws_lc_rs::rand;
use bytes::Bytes;
use data_encoding::{BASE64, HEXUPPER};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};

use super::body::Outgoing;
use crate::authn::Service;
use crate::error::ApiError;
use crate::exchange::{Outcome, Reply, ReplyBody};
use crate::query_protocol::{IAM, STS};
use crate::serve::Server;
use crate::wire::dates;
use crate::wire::xml::Writer;

/// What the last step needs to know of the request.
#[derive(Debug)]
pub(crate) struct Head {
    /// The method.
    pub(crate) method: Method,
}

/// Makes the id of a request: 16 upper-case hex digits.
pub(crate) fn request_id() -> String {
    let mut bytes = [0; 8];
    // An id only has to be told from others: without randomness it is zero.
    let _ = rand::fill(&mut bytes);
    HEXUPPER.encode(&bytes)
}

/// Makes the response of an outcome.
pub(crate) fn response(
    server: &Server,
    service: Service,
    head: &Head,
    id: &str,
    outcome: Outcome,
) -> Response<Outgoing> {
    let host_id = BASE64.encode(format!("{id}{}", server.region).as_bytes());
    let reply = match outcome {
        Ok(reply) => reply,
        Err(error) => match service {
            Service::S3 => error_reply(&error, head, id, &host_id),
            Service::Iam => IAM.error(&error, id),
            Service::Sts => STS.error(&error, id),
        },
    };
    let mut headers = HeaderMap::new();
    put(&mut headers, "x-amz-request-id", id);
    put(&mut headers, "x-amz-id-2", &host_id);
    put(&mut headers, "date", &dates::http(server.clock.now()));
    put(&mut headers, "server", "bucketlaw");
    for (name, value) in &reply.headers {
        put(&mut headers, name, value);
    }
    for (name, value) in &reply.metadata {
        put(&mut headers, name, value);
    }
    let body = frame(&mut headers, head, reply.status, reply.body);
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = headers;
    response
}

/// A value that no header can hold is left out rather than cut.
fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_bytes(value.as_bytes()),
    ) {
        headers.append(name, value);
    }
}

/// Bodies of HEAD, 204 and 304 are never sent; HEAD still says how long the body would be.
fn frame(headers: &mut HeaderMap, head: &Head, status: StatusCode, body: ReplyBody) -> Outgoing {
    let silent = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if silent {
        return Outgoing::Bytes(None);
    }
    if head.method == Method::HEAD {
        if let ReplyBody::Stream { length, .. } = &body {
            put(headers, "content-length", &length.to_string());
        }
        return Outgoing::Bytes(None);
    }
    Outgoing::from(body)
}

/// The error document: Code, Message, the error's own elements, RequestId, HostId, and nothing else (EVAL-ERR-016).
fn error_reply(error: &ApiError, head: &Head, id: &str, host_id: &str) -> Reply {
    let mut reply = Reply::empty(error.code.status());
    reply.headers.clone_from(&error.headers);
    if head.method == Method::HEAD || error.code.status() == StatusCode::NOT_MODIFIED {
        return reply; // errors on HEAD never have a body
    }
    let mut writer = Writer::in_namespace("Error", None);
    writer
        .text("Code", error.code.as_str())
        .text("Message", &error.message);
    for (name, value) in &error.extra {
        writer.text(name, value);
    }
    writer.text("RequestId", id).text("HostId", host_id);
    reply.headers.push(("content-type", "application/xml".to_owned()));
    reply.body = ReplyBody::Bytes(Bytes::from(writer.finish()));
    reply
}
