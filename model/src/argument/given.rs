//! The arguments of an operation one by one, for whoever carries them over the wire.

use super::{
    Body, BucketName, CannedAcl, Carrier, Content, Date, Delimiter, Directive, Encoding, Etag, Hold,
    Identifiers, Integrity, Key, LockForm, LockMode, OwnershipWord, PartNumber, Period, PolicyName,
    SourceDate, SseAlgorithm, Tags, Times, UploadRef, VersionRef, VersioningWord,
};

/// Declares the types of arguments.
macro_rules! given {
    ($($variant:ident($type:ty)),* $(,)?) => {
        /// An argument of an operation.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Given { $($variant($type)),* }

        $(
            impl From<$type> for Given {
                fn from(value: $type) -> Given {
                    Given::$variant(value)
                }
            }

            impl TryFrom<Given> for $type {
                type Error = String;

                fn try_from(given: Given) -> Result<$type, String> {
                    match given {
                        Given::$variant(value) => Ok(value),
                        other => Err(format!("it is given as {other:?}")),
                    }
                }
            }
        )*
    };
}

given! {
    Acl(CannedAcl), Body(Body), Bucket(BucketName), Carrier(Carrier), Content(Content), Date(Date), Delimiter(Delimiter),
    Directive(Directive), Encoding(Encoding), Etag(Etag), Flag(bool), Hold(Hold), Identifiers(Identifiers),
    Integrity(Integrity), Key(Key), LockForm(LockForm), LockMode(LockMode), Number(Option<u16>),
    OptionalFlag(Option<bool>), OptionalKey(Option<Key>), Ownership(OwnershipWord), Part(PartNumber), Period(Period),
    Policy(PolicyName), SourceDate(SourceDate), SseAlgorithm(SseAlgorithm), Tags(Tags), Times(Times), Upload(UploadRef), Version(VersionRef),
    Versioning(VersioningWord),
}
