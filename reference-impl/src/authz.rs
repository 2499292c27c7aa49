//! Authorization: who may do what, decided from documents alone.
//!
//! Everything here is pure: no I/O, no clock, no store. A policy is parsed strictly ([`PolicyDocument`]), turned once
//! into indexed statements ([`CompiledPolicy`]) and then asked many times ([`authorize`]). The caller of this module
//! gathers the authorities that apply ([`Authorities`]) and states one check ([`Check`]); one API request may need
//! several checks, all of which must be allowed (EVAL-CTX-001).

mod acl;
mod action;
mod caller;
mod decision;
mod document;
mod evaluate;
mod glob;
mod grammar;
mod json;
mod principal;
mod resource;
mod statement;
mod validate;

pub use acl::{Acl, AclPermission, CannedAcl, Grant, Grantee};
pub use action::{Action, ActionLevel, ActionSet};
pub use caller::{AccountId, Caller};
pub use decision::{Denial, DenialCode, DenialReason};
pub use document::{PolicyDocument, PolicyError};
pub use evaluate::{Authorities, BucketAuthority, Check, ObjectAuthority, authorize, explicit_denial};
pub use principal::Directory;
pub use resource::Resource;
pub use statement::{CompiledPolicy, Effect};

use serde::{Deserialize, Serialize};

/// The four Block Public Access settings of one level, or the effective union of several.
///
/// The default is all false, which is what a bucket without a configuration has (EVAL-BPA-002).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    /// Refuses requests that set a public ACL (EVAL-BPA-004).
    pub block_public_acls: bool,
    /// Ignores grants to the public groups when ACLs are evaluated (EVAL-BPA-007).
    pub ignore_public_acls: bool,
    /// Refuses public bucket policies (EVAL-BPA-008).
    pub block_public_policy: bool,
    /// Limits a bucket with a public policy to its own account (EVAL-BPA-009).
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four settings on, as every new bucket has them (EVAL-BPA-002).
    pub const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// The Object Ownership setting of a bucket.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub enum Ownership {
    /// ACLs are off and the bucket owner owns every object; what new buckets have (EVAL-OWN-001, EVAL-OWN-002).
    #[default]
    BucketOwnerEnforced,
    /// The bucket owner owns what is written with `bucket-owner-full-control` (EVAL-OWN-007).
    BucketOwnerPreferred,
    /// The writer owns what it writes; also what a bucket without ownership controls has (EVAL-OWN-001).
    ObjectWriter,
}

impl Ownership {
    /// Reads the wire name of a setting; names are case-sensitive.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "BucketOwnerEnforced" => Some(Self::BucketOwnerEnforced),
            "BucketOwnerPreferred" => Some(Self::BucketOwnerPreferred),
            "ObjectWriter" => Some(Self::ObjectWriter),
            _ => None,
        }
    }

    /// The wire name of the setting.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::ObjectWriter => "ObjectWriter",
        }
    }

    /// Whether ACLs take part in authorization (EVAL-OWN-002).
    #[must_use]
    pub const fn acls_enabled(self) -> bool {
        !matches!(self, Self::BucketOwnerEnforced)
    }
}
