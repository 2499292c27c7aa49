//! Errors as S3 shows them on the wire: a code, a message, extra elements and extra headers.

use http::StatusCode;

macro_rules! codes {
    ($($name:ident $status:literal $message:literal,)*) => {
        /// The error codes that this server can answer with; the name of a variant is the code on the wire.
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
        #[allow(missing_docs)] // the names are S3's and IAM's own
        pub enum Code { $($name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as it stands in the `Code` element.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => stringify!($name),)*
                }
            }

            /// The HTTP status that belongs to the code.
            pub fn status(self) -> StatusCode {
                let status: u16 = match self { $(Code::$name => $status,)* };
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            /// The message S3 gives with the code when nothing more specific is said.
            pub fn default_message(self) -> &'static str {
                match self { $(Code::$name => $message,)* }
            }
        }
    };
}

codes! {
    AccessControlListNotSupported 400 "The bucket does not allow ACLs",
    AccessDenied 403 "Access Denied",
    AuthorizationHeaderMalformed 400 "The authorization header is malformed",
    AuthorizationQueryParametersError 400 "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    BadDigest 400 "The Content-MD5 you specified did not match what we received.",
    BadRequest 400 "Bad Request",
    BucketAlreadyExists 409 "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    BucketAlreadyOwnedByYou 409 "Your previous request to create the named bucket succeeded and you already own it.",
    BucketNotEmpty 409 "The bucket you tried to delete is not empty",
    ConditionalRequestConflict 409 "The conditional request cannot succeed due to a conflicting operation against this resource.",
    DeleteConflict 409 "Cannot delete entity, must delete policies first.",
    EntityAlreadyExists 409 "The request was rejected because it attempted to create a resource that already exists.",
    EntityTooLarge 400 "Your proposed upload exceeds the maximum allowed size",
    EntityTooSmall 400 "Your proposed upload is smaller than the minimum allowed size",
    IllegalLocationConstraintException 400 "The specified location constraint is incompatible for the region specific endpoint this request was sent to.",
    IllegalVersioningConfigurationException 400 "The Versioning element must be specified",
    IncompleteSignature 400 "The request signature does not conform to AWS standards.",
    IncompleteBody 400 "The request body terminated unexpectedly",
    InternalError 500 "We encountered an internal error. Please try again.",
    InvalidAccessKeyId 403 "The AWS Access Key Id you provided does not exist in our records.",
    InvalidAction 400 "The action or operation requested is invalid. Verify that the action is typed correctly.",
    InvalidArgument 400 "Invalid Argument",
    InvalidBucketAclWithBlockPublicAccessError 400 "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
    InvalidBucketAclWithObjectOwnership 400 "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    InvalidBucketName 400 "The specified bucket is not valid.",
    InvalidBucketOwnerAWSAccountID 400 "The value of the expected bucket owner parameter must be an AWS Account ID...",
    InvalidBucketState 409 "The request is not valid with the current state of the bucket.",
    InvalidChunkSizeError 403 "Only the last chunk is allowed to have a size less than 8192 bytes",
    InvalidClientTokenId 403 "The security token included in the request is invalid.",
    InvalidDigest 400 "The Content-MD5 you specified was invalid.",
    InvalidLocationConstraint 400 "The specified location-constraint is not valid",
    InvalidPart 400 "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    InvalidPartNumber 416 "The requested partnumber is not satisfiable",
    InvalidPartOrder 400 "The list of parts was not in ascending order. Parts must be ordered by part number.",
    InvalidRange 416 "The requested range is not satisfiable",
    InvalidRedirectLocation 400 "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    InvalidRequest 400 "Invalid Request",
    InvalidStorageClass 400 "The storage class you specified is not valid",
    InvalidTag 400 "The tag provided was not a valid tag. This error can occur if the tag did not pass input validation.",
    InvalidToken 400 "The provided token is malformed or otherwise invalid.",
    InvalidURI 400 "Couldn't parse the specified URI.",
    KeyTooLongError 400 "Your key is too long",
    LimitExceeded 409 "The request was rejected because it attempted to create resources beyond the current limits.",
    MalformedACLError 400 "The XML you provided was not well-formed or did not validate against our published schema",
    MalformedInput 400 "The request body is not well-formed.",
    MalformedPolicy 400 "Policies must be valid JSON and the first byte must be '{'",
    MalformedPolicyDocument 400 "The policy document is malformed.",
    MalformedTrailerError 400 "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    MalformedXML 400 "The XML you provided was not well-formed or did not validate against our published schema",
    MaxMessageLengthExceeded 400 "Your request was too big.",
    MetadataTooLarge 400 "Your metadata headers exceed the maximum allowed metadata size",
    MethodNotAllowed 405 "The specified method is not allowed against this resource.",
    MissingAction 400 "The request must contain the parameter Action",
    MissingAuthenticationToken 403 "Request is missing Authentication Token",
    MissingContentLength 411 "You must provide the Content-Length HTTP header.",
    MissingRequestBodyError 400 "Request Body is empty",
    MissingSecurityHeader 400 "Your request was missing a required header",
    NoSuchBucket 404 "The specified bucket does not exist",
    NoSuchBucketPolicy 404 "The bucket policy does not exist",
    NoSuchEntity 404 "The request was rejected because it referenced a resource entity that does not exist.",
    NoSuchKey 404 "The specified key does not exist.",
    NoSuchObjectLockConfiguration 404 "The specified object does not have a ObjectLock configuration",
    NoSuchPublicAccessBlockConfiguration 404 "The public access block configuration was not found",
    NoSuchTagSet 404 "The TagSet does not exist",
    NoSuchUpload 404 "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    NoSuchVersion 404 "The specified version does not exist.",
    NotImplemented 501 "A header you provided implies functionality that is not implemented",
    NotModified 304 "Not Modified",
    ObjectLockConfigurationNotFoundError 404 "Object Lock configuration does not exist for this bucket",
    OwnershipControlsNotFoundError 404 "The bucket ownership controls were not found",
    PreconditionFailed 412 "At least one of the pre-conditions you specified did not hold",
    RequestHeaderSectionTooLarge 400 "Your request header section exceeds the maximum allowed size.",
    RequestTimeTooSkewed 403 "The difference between the request time and the current time is too large.",
    RequestTimeout 400 "Your socket connection to the server was not read from or written to within the timeout period.",
    SignatureDoesNotMatch 403 "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    UnexpectedContent 400 "This request does not support content",
    ValidationError 400 "The input fails to satisfy the constraints specified by an AWS service.",
    XAmzContentSHA256Mismatch 400 "The provided 'x-amz-content-sha256' header does not match what was computed.",
}

/// A refusal: everything of an error reply that does not depend on the request's identity.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiError {
    /// The error code, which also fixes the status.
    pub code: Code,
    /// The text of the `Message` element.
    pub message: String,
    /// Further elements of the error document, in order.
    pub extra: Vec<(&'static str, String)>,
    /// Further response headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
}

impl ApiError {
    /// Makes an error with the code's usual message.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            message: code.default_message().to_owned(),
            extra: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Makes an error with a message of its own.
    pub fn with_message(code: Code, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::new(code)
        }
    }

    /// Adds an element to the error document.
    #[must_use]
    pub fn with(mut self, element: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((element, value.into()));
        self
    }

    /// Adds a response header (name in lower case).
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Makes `InvalidArgument` with its message, `ArgumentName` and, where S3 gives one, `ArgumentValue`.
    pub fn invalid_argument(message: impl Into<String>, name: &str, value: Option<&str>) -> Self {
        let error = Self::with_message(Code::InvalidArgument, message).with("ArgumentName", name);
        match value {
            Some(value) => error.with("ArgumentValue", value),
            None => error,
        }
    }

    /// Makes the `NotImplemented` that S3 gives for a header whose meaning it does not offer.
    pub fn not_implemented(header: &str, additional: &str) -> Self {
        Self::new(Code::NotImplemented)
            .with("Header", header)
            .with("additionalMessage", additional)
    }

    /// Makes the `NotImplemented` that S3 gives for a header without a further word (VER-COND-014).
    pub fn header_not_implemented(header: &str) -> Self {
        Self::new(Code::NotImplemented).with("Header", header)
    }

    /// Makes an internal error; the cause is for the log, never for the wire.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal error");
        Self::new(Code::InternalError)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for ApiError {}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
