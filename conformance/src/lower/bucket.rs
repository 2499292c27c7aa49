//! Requests on buckets.

use bucketlaw_model::argument::{
    BucketName, Delimiter, Encoding, Integrity, Key, OwnershipWord, VersioningWord,
};
use bucketlaw_model::request::Operation;

use super::{Lowering, Unbound, mode_word, policy, with_acl, with_body, with_document, xml};
use crate::wire::RawRequest;

impl Lowering<'_> {
    /// An operation on a bucket as HTTP; `None` for those on objects.
    pub(super) fn on_buckets(&self, operation: &Operation) -> Option<RawRequest> {
        Some(match operation {
            Operation::CreateBucket { bucket, lock } => self.create_bucket(*bucket, *lock),
            Operation::DeleteBucket { bucket } => self.on_bucket("DELETE", *bucket, None),
            Operation::HeadBucket { bucket } => self.on_bucket("HEAD", *bucket, None),
            Operation::ListBuckets {} => RawRequest::new("GET", "/"),
            Operation::GetBucketLocation { bucket } => self.on_bucket("GET", *bucket, Some("location")),
            Operation::GetBucketVersioning { bucket } => self.on_bucket("GET", *bucket, Some("versioning")),
            Operation::PutBucketVersioning {
                bucket,
                status,
                integrity,
            } => {
                let raw = self.on_bucket("PUT", *bucket, Some("versioning"));
                with_document(raw, xml::versioning(versioning_word(*status)), *integrity)
            }
            Operation::GetObjectLockConfiguration { bucket } => {
                self.on_bucket("GET", *bucket, Some("object-lock"))
            }
            Operation::PutObjectLockConfiguration {
                bucket,
                mode,
                period,
                form,
                body,
                integrity,
            } => {
                let raw = self.on_bucket("PUT", *bucket, Some("object-lock"));
                with_body(
                    raw,
                    xml::lock_configuration(mode_word(*mode), *period, *form),
                    *body,
                    *integrity,
                )
            }
            Operation::GetBucketPolicy { bucket } => self.on_bucket("GET", *bucket, Some("policy")),
            Operation::PutBucketPolicy { bucket, policy } => {
                let raw = self.on_bucket("PUT", *bucket, Some("policy"));
                with_document(
                    raw,
                    policy::document(self.world, self.names, *policy),
                    Integrity::Md5,
                )
            }
            Operation::DeleteBucketPolicy { bucket } => self.on_bucket("DELETE", *bucket, Some("policy")),
            Operation::PutPublicAccessBlock { bucket, on } => {
                let raw = self.on_bucket("PUT", *bucket, Some("publicAccessBlock"));
                with_document(raw, xml::public_access_block(*on), Integrity::Md5)
            }
            Operation::GetPublicAccessBlock { bucket } => {
                self.on_bucket("GET", *bucket, Some("publicAccessBlock"))
            }
            Operation::DeletePublicAccessBlock { bucket } => {
                self.on_bucket("DELETE", *bucket, Some("publicAccessBlock"))
            }
            Operation::GetBucketOwnershipControls { bucket } => {
                self.on_bucket("GET", *bucket, Some("ownershipControls"))
            }
            Operation::PutBucketOwnershipControls { bucket, ownership } => {
                let raw = self.on_bucket("PUT", *bucket, Some("ownershipControls"));
                with_document(
                    raw,
                    xml::ownership_controls(ownership_word(*ownership)),
                    Integrity::Md5,
                )
            }
            Operation::GetBucketAcl { bucket } => self.on_bucket("GET", *bucket, Some("acl")),
            Operation::PutBucketAcl { bucket, acl } => {
                with_acl(self.on_bucket("PUT", *bucket, Some("acl")), *acl).with_body("")
            }
            Operation::GetBucketTagging { bucket } => self.on_bucket("GET", *bucket, Some("tagging")),
            Operation::PutBucketTagging { bucket, tags } => {
                let raw = self.on_bucket("PUT", *bucket, Some("tagging"));
                let tags = tags
                    .pairs()
                    .map(|(key, content)| (key, self.world.content_name(content)));
                with_document(raw, xml::tagging(tags), Integrity::Md5)
            }
            Operation::DeleteBucketTagging { bucket } => self.on_bucket("DELETE", *bucket, Some("tagging")),
            Operation::ListObjectsV2 {
                bucket,
                max_keys,
                encoding,
            } => {
                let listing = Some("2".to_owned());
                self.list(
                    *bucket,
                    [encoded(*encoding), ("list-type", listing), at_most(*max_keys)],
                )
            }
            Operation::ListObjects {
                bucket,
                max_keys,
                encoding,
            } => self.list(*bucket, [encoded(*encoding), at_most(*max_keys)]),
            Operation::ListMultipartUploads { bucket, encoding } => {
                self.list(*bucket, [encoded(*encoding), ("uploads", Some(String::new()))])
            }
            _ => return None,
        })
    }

    /// A listing with its parameters, in the order in which signatures sort them.
    fn list<const N: usize>(
        &self,
        bucket: BucketName,
        parameters: [(&'static str, Option<String>); N],
    ) -> RawRequest {
        let mut raw = self.on_bucket("GET", bucket, None);
        for (name, value) in parameters {
            if let Some(value) = value {
                raw.push_query(name, Some(&value));
            }
        }
        raw
    }

    fn create_bucket(&self, bucket: BucketName, lock: bool) -> RawRequest {
        let mut raw = self.on_bucket("PUT", bucket, None);
        if lock {
            raw = raw.with_header("x-amz-bucket-object-lock-enabled", "true");
        }
        let region = &self.names.region;
        if region == "us-east-1" {
            raw.with_body("")
        } else {
            raw.with_body(xml::location(region))
        }
    }

    /// ListObjectVersions with its parameters, in the order in which signatures sort them.
    pub(super) fn list_versions(&self, operation: &Operation) -> Result<Option<RawRequest>, Unbound> {
        let Operation::ListObjectVersions {
            bucket,
            prefix,
            delimiter,
            max_keys,
            key_marker,
            version_marker,
            encoding,
        } = operation
        else {
            return Ok(None);
        };
        let text = |key: &Key| String::from_utf8_lossy(&self.world.key_bytes(*key)).into_owned();
        let parameters = [
            (
                "delimiter",
                (*delimiter == Delimiter::Slash).then(|| "/".to_owned()),
            ),
            encoded(*encoding),
            ("key-marker", key_marker.as_ref().map(text)),
            at_most(*max_keys),
            ("prefix", prefix.as_ref().map(text)),
            ("version-id-marker", self.names.version(*version_marker)?),
            ("versions", Some(String::new())),
        ];
        Ok(Some(self.list(*bucket, parameters)))
    }
}

fn encoded(encoding: Encoding) -> (&'static str, Option<String>) {
    (
        "encoding-type",
        (encoding == Encoding::Url).then(|| "url".to_owned()),
    )
}

fn at_most(max_keys: Option<u16>) -> (&'static str, Option<String>) {
    ("max-keys", max_keys.map(|number| number.to_string()))
}

fn versioning_word(word: VersioningWord) -> Option<&'static str> {
    match word {
        VersioningWord::Enabled => Some("Enabled"),
        VersioningWord::Suspended => Some("Suspended"),
        VersioningWord::Missing => None,
        VersioningWord::Unknown => Some("Paused"),
    }
}

/// The setting as S3 writes it; `None` leaves the rule out.
fn ownership_word(word: OwnershipWord) -> Option<&'static str> {
    match word {
        OwnershipWord::BucketOwnerEnforced => Some("BucketOwnerEnforced"),
        OwnershipWord::BucketOwnerPreferred => Some("BucketOwnerPreferred"),
        OwnershipWord::ObjectWriter => Some("ObjectWriter"),
        OwnershipWord::Missing => None,
        OwnershipWord::Unknown => Some("Everybody"),
    }
}
