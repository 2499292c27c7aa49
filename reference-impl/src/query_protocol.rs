//! AWS's query protocol, which IAM and STS speak: form parameters in, XML documents out.

use http::StatusCode;

use crate::error::{ApiError, Code};
use crate::exchange::{Query, Reply, ReplyBody};
use crate::wire::encoding::parse_query;
use crate::wire::xml::Writer;

/// The largest form that is read.
pub const MAXIMUM_FORM: usize = 256 * 1024;

/// A service that speaks the query protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Service {
    /// The API version, the only one there is.
    pub version: &'static str,
    /// The namespace of its documents.
    pub namespace: &'static str,
}

/// IAM.
pub const IAM: Service = Service {
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
};

/// STS.
pub const STS: Service = Service {
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/// Reads the parameters: those of the query and those of the form.
///
/// # Errors
/// `MalformedInput` for what does not decode or gives a parameter twice.
pub fn parameters(raw_query: &str, form: &[u8]) -> Result<Query, ApiError> {
    let form = std::str::from_utf8(form).map_err(|_| ApiError::new(Code::MalformedInput))?;
    let mut pairs = Vec::new();
    for text in [raw_query, form] {
        pairs.extend(
            parse_query(text)
                .ok_or_else(|| ApiError::new(Code::MalformedInput))?
                .0,
        );
    }
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(ApiError::new(Code::MalformedInput));
    }
    Ok(Query(pairs))
}

impl Service {
    /// The action that the parameters ask for.
    ///
    /// # Errors
    /// `MissingAction`, or `InvalidAction` for another version of the API.
    pub fn action(self, parameters: &Query) -> Result<&str, ApiError> {
        let action = parameters.get("Action").filter(|action| !action.is_empty());
        let action = action.ok_or_else(|| ApiError::new(Code::MissingAction))?;
        let version = parameters.get("Version").unwrap_or_default();
        if version == self.version {
            Ok(action)
        } else {
            Err(unknown_action(action, version))
        }
    }

    /// Starts the answer to an action.
    #[must_use]
    pub fn answer(self, root: &'static str) -> Writer {
        Writer::in_namespace(root, Some(self.namespace))
    }

    /// The error document of the query protocol.
    #[must_use]
    pub fn error(self, error: &ApiError, request_id: &str) -> Reply {
        let error = translated(error);
        let status = error.code.status();
        let mut writer = Writer::in_namespace("ErrorResponse", Some(self.namespace));
        writer.open("Error");
        writer.text(
            "Type",
            if status.is_server_error() {
                "Receiver"
            } else {
                "Sender"
            },
        );
        writer
            .text("Code", error.code.as_str())
            .text("Message", &error.message)
            .close();
        writer.text("RequestId", request_id);
        reply(status, writer.finish())
    }
}

/// Ends an answer with the request id.
#[must_use]
pub fn finish(mut writer: Writer, request_id: &str) -> Reply {
    writer
        .open("ResponseMetadata")
        .text("RequestId", request_id)
        .close();
    reply(StatusCode::OK, writer.finish())
}

/// The refusal of an action that the service does not know, or not in this version.
#[must_use]
pub fn unknown_action(action: &str, version: &str) -> ApiError {
    let message = format!("Could not find operation {action} for version {version}");
    ApiError::with_message(Code::InvalidAction, message)
}

fn reply(status: StatusCode, document: String) -> Reply {
    let mut reply = Reply::empty(status).header("content-type", "text/xml");
    reply.body = ReplyBody::Bytes(document.into());
    reply
}

/// What authentication refuses has other names here than in S3.
fn translated(error: &ApiError) -> ApiError {
    match error.code {
        Code::InvalidAccessKeyId => ApiError::new(Code::InvalidClientTokenId),
        Code::AuthorizationHeaderMalformed | Code::AuthorizationQueryParametersError => {
            ApiError::with_message(Code::IncompleteSignature, error.message.clone())
        }
        Code::RequestTimeTooSkewed => {
            ApiError::with_message(Code::SignatureDoesNotMatch, error.message.clone())
        }
        _ => error.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(reply: &Reply) -> String {
        match &reply.body {
            ReplyBody::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        }
    }

    #[test]
    fn parameters_come_from_query_and_form_once() {
        let parameters = parameters("Action=GetUser", b"Version=2010-05-08&UserName=a%2Bb+c").unwrap();
        assert_eq!(parameters.get("UserName"), Some("a+b c"));
        assert_eq!(IAM.action(&parameters).unwrap(), "GetUser");
        assert_eq!(STS.action(&parameters).unwrap_err().code, Code::InvalidAction);
        assert!(super::parameters("Action=GetUser", b"Action=GetUser").is_err());
        assert!(super::parameters("", b"\xff").is_err());
        assert_eq!(
            IAM.action(&Query::default()).unwrap_err().code,
            Code::MissingAction
        );
    }

    #[test]
    fn errors_name_who_is_to_blame() {
        let reply = IAM.error(&ApiError::new(Code::InvalidAccessKeyId), "id");
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        let document = text(&reply);
        assert!(
            document.contains("<Type>Sender</Type><Code>InvalidClientTokenId</Code>"),
            "{document}"
        );
        assert!(
            document.ends_with("<RequestId>id</RequestId></ErrorResponse>"),
            "{document}"
        );
        assert!(
            text(&STS.error(&ApiError::new(Code::InternalError), "id")).contains("<Type>Receiver</Type>")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_form_is_answered(query in ".*", form in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parameters(&query, &form);
            if let Ok(parameters) = parameters("", &form) {
                let _ = IAM.action(&parameters);
            }
        }
    }
}
