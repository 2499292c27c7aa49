//! How a request travels, where that is not the usual way: other ways to sign it, other codings of its body.

use std::fmt;

use crate::request::{Caller, Operation, Request};

/// A way to sign a request and to code its body that must not change its ruling.
///
/// Without one, a request is signed in its `Authorization` header, with the SHA-256 of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// Signed in the query (a presigned URL), with `UNSIGNED-PAYLOAD`.
    Presigned,
    /// The body in `aws-chunked` coding, each chunk signed.
    Chunked,
    /// The body in `aws-chunked` coding, each chunk signed, with a checksum in a signed trailer.
    ChunkedTrailer,
    /// The body in `aws-chunked` coding without signatures, with a checksum in a trailer.
    UnsignedTrailer,
}

impl Via {
    /// All of them.
    pub const ALL: [Via; 4] = [
        Via::Presigned,
        Via::Chunked,
        Via::ChunkedTrailer,
        Via::UnsignedTrailer,
    ];

    /// Its word in programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Via::Presigned => "presigned",
            Via::Chunked => "chunked",
            Via::ChunkedTrailer => "chunked-trailer",
            Via::UnsignedTrailer => "unsigned-trailer",
        }
    }

    /// Reads the word of a program, for a request that can travel so.
    pub(super) fn read(word: &str, request: &Request) -> Result<Via, String> {
        let via = Via::ALL
            .into_iter()
            .find(|via| via.word() == word)
            .ok_or_else(|| {
                let known = Via::ALL.map(Via::word).join(", ");
                format!("`{word}` is no way for a request; the ways are {known}")
            })?;
        let uploads = matches!(
            request.operation,
            Operation::PutObject { .. } | Operation::UploadPart { .. }
        );
        if request.caller == Caller::Anonymous {
            return Err(format!(
                "via={word} signs the request, and an anonymous one is not signed"
            ));
        }
        if via != Via::Presigned && !uploads {
            return Err(format!(
                "via={word} is for the bytes of PutObject and UploadPart only"
            ));
        }
        if request.operation.name().ends_with("UserPolicy") {
            return Err(format!("via={word} is for requests to S3, not to IAM"));
        }
        Ok(via)
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use crate::program::{HEADER, Program, Via};

    #[test]
    fn a_way_reads_as_it_is_written() {
        let text = format!(
            "{HEADER}\n1 owner CreateBucket bucket=b via=presigned\n2 user PutObject bucket=b key=k via=chunked-trailer\n\
             3 owner GetObject bucket=b key=k\n"
        );
        let program = Program::read(&text).unwrap();
        assert_eq!(program.to_string(), text);
        let vias: Vec<_> = program.vias.into_iter().collect();
        assert_eq!(vias, [(1, Via::Presigned), (2, Via::ChunkedTrailer)]);
    }

    #[test]
    fn a_way_that_a_request_cannot_take_is_refused() {
        let error = |step: &str| {
            let read = Program::read(&format!("{HEADER}\n1 {step}\n"));
            read.unwrap_err().to_string()
        };
        assert!(
            error("owner GetObject bucket=b key=k via=pigeon").contains("the ways are presigned, chunked")
        );
        assert!(
            error("owner GetObject bucket=b key=k via=chunked").contains("PutObject and UploadPart only")
        );
        assert!(error("anonymous GetObject bucket=b key=k via=presigned").contains("is not signed"));
        assert!(error("owner DeleteUserPolicy via=presigned").contains("not to IAM"));
    }
}
