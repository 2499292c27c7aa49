//! The refusal of a check, with the reason and the text that S3 gives for it.

use super::action::Action;

/// The error code of a denial.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DenialCode {
    /// `403 AccessDenied` (EVAL-ERR-001).
    AccessDenied,
    /// `405 MethodNotAllowed`: a permitted caller of another account used a policy operation (POL-DOC-008).
    MethodNotAllowed,
}

/// Why a check was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DenialReason {
    /// A Deny statement of a policy of the user applies (EVAL-ORD-001).
    ExplicitIdentity,
    /// A Deny statement of the bucket policy applies, or `RestrictPublicBuckets` acts as one (EVAL-ERR-014).
    ExplicitResource,
    /// No policy of the user allows the action (EVAL-ORD-002).
    ImplicitIdentity,
    /// Neither the bucket policy nor an ACL allows the action (EVAL-ORD-002).
    ImplicitResource,
    /// `BlockPublicAcls` refuses the ACL of the request (EVAL-BPA-004).
    BlockPublicAcls,
    /// `BlockPublicPolicy` refuses the policy of the request (EVAL-BPA-008).
    BlockPublicPolicy,
    /// The operation is for the owner's account only (EVAL-XACC-005).
    ForeignAccount,
}

/// A refused check: the reason and everything that its message needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denial {
    /// Why.
    pub reason: DenialReason,
    /// The action that was checked.
    pub action: Action,
    /// The ARN of the resource, or `*`.
    pub resource: String,
    /// The ARN of a caller that is told the reason; callers outside the account get the generic text (EVAL-ERR-002).
    pub informed_caller: Option<String>,
}

impl Denial {
    /// The error code to answer with.
    #[must_use]
    pub const fn code(&self) -> DenialCode {
        match self.reason {
            DenialReason::ForeignAccount => DenialCode::MethodNotAllowed,
            _ => DenialCode::AccessDenied,
        }
    }

    /// The message to answer with (EVAL-ERR-002 to EVAL-ERR-005, EVAL-ERR-014).
    #[must_use]
    pub fn message(&self) -> String {
        if self.code() == DenialCode::MethodNotAllowed {
            return "The specified method is not allowed against this resource.".to_owned();
        }
        let Some(caller) = &self.informed_caller else {
            return "Access Denied".to_owned();
        };
        let (action, context) = (self.action.name(), self.context());
        // S3 quotes the resource, IAM does not; what is asked of no resource names none (EVAL-ERR-003).
        let on = match (self.action.is_s3(), self.resource.as_str()) {
            (true, "*") => String::new(),
            (true, resource) => format!(" on resource: \"{resource}\""),
            (false, resource) => format!(" on resource: {resource}"),
        };
        format!("User: {caller} is not authorized to perform: {action}{on} {context}")
    }

    /// The part of the message that names the authority.
    fn context(&self) -> String {
        let action = self.action.name();
        match self.reason {
            DenialReason::ExplicitIdentity => "with an explicit deny in an identity-based policy".to_owned(),
            DenialReason::ExplicitResource => "with an explicit deny in a resource-based policy".to_owned(),
            DenialReason::ImplicitIdentity => {
                format!("because no identity-based policy allows the {action} action")
            }
            DenialReason::ImplicitResource => {
                format!("because no resource-based policy allows the {action} action")
            }
            DenialReason::BlockPublicAcls => {
                "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.".to_owned()
            }
            DenialReason::BlockPublicPolicy => {
                "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
                    .to_owned()
            }
            DenialReason::ForeignAccount => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(reason: DenialReason, informed: bool) -> Denial {
        Denial {
            reason,
            action: Action::GetObject,
            resource: "arn:aws:s3:::b/k".to_owned(),
            informed_caller: informed.then(|| "arn:aws:iam::111122223333:user/ann".to_owned()),
        }
    }

    #[test]
    fn outsiders_get_the_generic_text() {
        assert_eq!(
            denial(DenialReason::ExplicitResource, false).message(),
            "Access Denied"
        );
    }

    #[test]
    fn insiders_are_told_the_authority() {
        assert_eq!(
            denial(DenialReason::ExplicitResource, true).message(),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetObject on resource: \
             \"arn:aws:s3:::b/k\" with an explicit deny in a resource-based policy"
        );
        assert_eq!(
            denial(DenialReason::ImplicitIdentity, true).message(),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetObject on resource: \
             \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action"
        );
        let listing = Denial {
            action: Action::ListAllMyBuckets,
            resource: "*".to_owned(),
            ..denial(DenialReason::ImplicitIdentity, true)
        };
        assert_eq!(
            listing.message(),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:ListAllMyBuckets because no \
             identity-based policy allows the s3:ListAllMyBuckets action"
        );
    }

    #[test]
    fn owner_only_operations_answer_405() {
        let denial = denial(DenialReason::ForeignAccount, true);
        assert_eq!(denial.code(), DenialCode::MethodNotAllowed);
        assert_eq!(
            denial.message(),
            "The specified method is not allowed against this resource."
        );
    }
}
