//! The resource of a check, as policies see it.

use super::caller::AccountId;

/// What one check is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Resource<'a> {
    /// `*`: the action has no resource-level permissions (POL-ACT-005).
    Any,
    /// `arn:aws:s3:::bucket`.
    Bucket(&'a str),
    /// `arn:aws:s3:::bucket/key`, with the decoded key exactly as it is (POL-RES-003).
    Object {
        /// The bucket's name.
        bucket: &'a str,
        /// The decoded key.
        key: &'a str,
    },
    /// `arn:aws:iam::account:user/path/name`.
    User {
        /// The account.
        account: AccountId,
        /// The path, which begins and ends with a slash.
        path: &'a str,
        /// The friendly name.
        name: &'a str,
    },
}

impl Resource<'_> {
    /// The ARN, or `*`.
    #[must_use]
    pub fn arn(&self) -> String {
        let fields = self.fields();
        if matches!(self, Self::Any) {
            "*".to_owned()
        } else {
            format!(
                "arn:aws:{}::{}:{}",
                fields.service, fields.account, fields.resource
            )
        }
    }

    /// The ARN fields that a policy's pattern is matched against; the partition is `aws`, the region empty.
    pub(super) fn fields(&self) -> ArnFields {
        match self {
            Self::Any => ArnFields {
                service: "",
                account: String::new(),
                resource: "*".to_owned(),
            },
            Self::Bucket(bucket) => ArnFields {
                service: "s3",
                account: String::new(),
                resource: (*bucket).to_owned(),
            },
            Self::Object { bucket, key } => ArnFields {
                service: "s3",
                account: String::new(),
                resource: format!("{bucket}/{key}"),
            },
            Self::User { account, path, name } => ArnFields {
                service: "iam",
                account: account.to_string(),
                resource: format!("user{path}{name}"),
            },
        }
    }
}

/// The variable fields of a request's ARN (POL-RES-001).
#[derive(Debug)]
pub(super) struct ArnFields {
    /// The service field.
    pub(super) service: &'static str,
    /// The account field.
    pub(super) account: String,
    /// Everything after the fifth colon.
    pub(super) resource: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_keep_keys_as_they_are() {
        assert_eq!(Resource::Bucket("b").arn(), "arn:aws:s3:::b");
        assert_eq!(
            Resource::Object {
                bucket: "b",
                key: "a//../c:d"
            }
            .arn(),
            "arn:aws:s3:::b/a//../c:d"
        );
        assert_eq!(Resource::Any.arn(), "*");
        let account = AccountId::parse("111122223333").unwrap();
        let user = Resource::User {
            account,
            path: "/",
            name: "ann",
        };
        assert_eq!(user.arn(), "arn:aws:iam::111122223333:user/ann");
    }
}
