//! What clauses wait for that the law does not rule by yet.

use serde::Serialize;

/// Declares the features with their names.
macro_rules! features {
    ($($variant:ident = $name:literal;)*) => {
        /// A part of S3 that the law does not have yet, and that some clauses speak of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Feature { $(#[doc = concat!("In reports: ", $name, ".")] $variant),* }

        impl Feature {
            /// All features, in the order of their names.
            pub const ALL: &'static [Feature] = &[$(Feature::$variant),*];

            /// What it is called in reports.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Feature::$variant => $name),* }
            }
        }
    };
}

features! {
    ThirdAccount = "a third account";
    AccessGrants = "access grants";
    AccessLogs = "access logs";
    AccessPoints = "access points";
    Acls = "ACLs that grant to others";
    Annotations = "annotations";
    ClientEncryption = "client-side encryption";
    Conditions = "conditions of policies";
    Cors = "cross-origin requests";
    DirectoryBuckets = "directory buckets";
    Documents = "documents of policies as JSON";
    Encryption = "encryption settings";
    CustomerKeys = "encryption with the customer's keys";
    EventHolds = "event holds";
    ExpectedOwner = "expected owners of buckets";
    Kms = "KMS keys";
    Lifecycle = "lifecycle";
    MfaDevices = "MFA devices";
    Network = "networks and addresses";
    ObjectLambda = "Object Lambda";
    OtherOwners = "objects of other owners";
    OtherOperations = "operations that the law does not have";
    Organizations = "organizations";
    Forms = "POST forms";
    Presigned = "presigned URLs";
    Principals = "principals of every kind";
    Regions = "Regions";
    Replication = "replication";
    RequesterPays = "Requester Pays";
    Sessions = "roles and sessions";
    Services = "service principals";
    PublicAccessSettings = "settings of Block Public Access, one by one";
    Signatures = "signatures";
    Streams = "streamed bodies";
    Tls = "TLS";
    Variables = "variables of policies";
    Vaults = "vaults";
    Website = "websites";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_lie_in_the_order_of_their_names() {
        let lower = |feature: &Feature| feature.name().to_lowercase();
        assert!(Feature::ALL.is_sorted_by_key(lower));
    }
}
