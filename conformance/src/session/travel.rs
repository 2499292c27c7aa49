//! How a request is signed and its body coded, in the usual way or as its program says.

use bucketlaw_model::program::Via;

use crate::wire::RawRequest;
use crate::wire::checksum::Algorithm;
use crate::wire::chunked::{Chunked, Protection};
use crate::wire::sign::Signer;

/// For how many seconds a presigned request is valid: as the SDKs have it.
const EXPIRES: &str = "900";

/// Whether the query holds conditions, which count in a presigned request only (`VER-COND-020`).
pub(crate) fn has_conditions_in_query(request: &RawRequest) -> bool {
    let names = ["If-Match=", "If-None-Match="];
    request.query().is_some_and(|query| {
        query
            .split('&')
            .any(|word| names.iter().any(|name| word.starts_with(name)))
    })
}

/// Signs a request that has its Host, and codes its body.
pub(super) fn sign(signer: &Signer, request: &mut RawRequest, via: Option<Via>) {
    let protection = match via {
        None if has_conditions_in_query(request) => {
            signer.presign(request, EXPIRES);
            return;
        }
        None => {
            signer.sign_headers(request);
            return;
        }
        Some(Via::Presigned) => {
            signer.presign(request, EXPIRES);
            return;
        }
        Some(Via::Chunked) => Protection::Signed,
        Some(Via::ChunkedTrailer) => Protection::SignedTrailer,
        Some(Via::UnsignedTrailer) => Protection::UnsignedTrailer,
    };
    let mut body = Chunked::new(protection, std::mem::take(&mut request.body));
    if protection != Protection::Signed {
        let checksum = Algorithm::Crc32;
        let value = checksum.value(&body.data);
        body.trailers.push((checksum.header().to_owned(), value));
        // One checksum is enough: it stands in the trailer instead.
        request.remove_header(checksum.header());
    }
    body.sign(signer, request);
}
