//! Clauses of policies that wait for what programs cannot state yet: conditions, variables, other principals, organizations.

use crate::clause::{Kind, clauses, planned};

clauses! { Policy, 32;
    "POL-COND-008" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "S3-UG walkthrough1", "A condition key whose value is empty is present, and compares as the empty text."
    "POL-COND-010" planned(Kind::Rule, 4, "needs conditions"), Reported, Medium,
        "GH modernisation-platform-environments#8893; VGW", "Operators, set prefixes and IfExists are case-sensitive."
    "POL-COND-012" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG multi-value-conditions", "ForAllValues is true if every value satisfies the operator, and if there is none."
    "POL-COND-014" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG operators", "Set operators quantify over what a negated operator says of each value."
    "POL-COND-015" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "IAM-UG operators", "Set operators may wrap IfExists forms."
    "POL-GRAM-025" planned(Kind::Rule, 4, "needs organizations"), Documented, High,
        "Organizations-UG RCP syntax", "A resource control policy denies only, to everybody, actions with a service prefix."
    "POL-KEY-030" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "s3:x-amz-storage-class is absent where the header is not sent."
    "POL-KEY-034" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "What a policy that forces conditional writes says of CopyObject."
    "POL-KEY-036" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "s3:object-lock-event-hold and its duration are values of the request."
    "POL-KEY-050" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:SecureTransport is present on every request of a client."
    "POL-KEY-051" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:SourceIp is the public address of the client."
    "POL-KEY-052" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:SourceVpc, aws:SourceVpce and aws:VpcSourceIp are present only through an endpoint."
    "POL-KEY-058" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:MultiFactorAuthPresent is absent with long-term keys and federated sessions."
    "POL-KEY-059" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:MultiFactorAuthAge is present only if a second factor was used."
    "POL-KEY-068" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:PrincipalType and aws:userid are present on all requests."
    "POL-KEY-071" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:SourceVpcArn and the owner of an endpoint are present only through one."
    "POL-KEY-072" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "aws:AssumedRoot is true for AssumeRoot sessions."
    "POL-KEY-073" planned(Kind::Rule, 4, "needs conditions"), Documented, High,
        "IAM-UG condition-keys; SAR", "Some keys are present only for the sessions of their services."
    "POL-MTX-001" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:ExistingObjectTag."
    "POL-MTX-021" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:versionid."
    "POL-MTX-037" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:AccessGrantsInstanceArn."
    "POL-MTX-038" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:object-lock-event-hold."
    "POL-MTX-039" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:object-lock-event-hold-duration-days."
    "POL-MTX-040" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:annotation-prefix."
    "POL-MTX-041" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:max-annotation-results."
    "POL-MTX-042" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:x-amz-object-annotation-directive."
    "POL-MTX-043" planned(Kind::Rule, 4, "needs conditions"), Documented, Medium,
        "SAR", "Which actions accept s3:x-amz-object-if-match."
    "POL-NPRIN-002" planned(Kind::Rule, 4, "programs cannot state NotPrincipal"), Documented, High,
        "IAM-UG elements_notprincipal", "A Deny with NotPrincipal applies if any level of the requester is not listed."
    "POL-NPRIN-004" planned(Kind::Rule, 4, "programs cannot state NotPrincipal"), Documented, Medium,
        "IAM-UG elements_notprincipal; Organizations-UG RCP syntax", "Identity policies and organization policies have no NotPrincipal."
    "POL-PRIN-001" planned(Kind::Rule, 4, "programs cannot state other kinds of principals"), Documented, Medium,
        "IAM-UG elements_principal", "A principal is a star, or a map of AWS, CanonicalUser and Service."
    "POL-PRIN-016" planned(Kind::Rule, 4, "programs cannot state other kinds of principals"), Reported, Medium,
        "AWS records", "A CloudFront origin access identity is a principal."
    "POL-RES-001" planned(Kind::Rule, 4, "programs cannot state other fields of an ARN"), Documented, Medium,
        "IAM-UG elements_resource", "ARNs are compared field by field; the sixth keeps further colons."
    "POL-RES-009" planned(Kind::Rule, 4, "programs cannot state ARNs of fewer fields"), Documented, Medium,
        "IAM-UG reference_policies_grammar", "In identity policies the fields that a short ARN lacks are wildcards."
    "POL-VAL-008" planned(Kind::Rule, 4, "needs conditions"), Reported, Medium,
        "AWS error records; IAM-UG condition-keys", "A condition key that S3 does not know is refused."
    "POL-VAL-009" planned(Kind::Rule, 4, "needs conditions"), Reported, Medium,
        "PIN; VGW", "A condition key has to apply to each action of its statement."
    "POL-VAL-013" planned(Kind::Rule, 4, "needs conditions"), Reported, Medium,
        "IAM record; VGW", "An unknown operator is refused."
    "POL-VAL-014" planned(Kind::Rule, 4, "programs cannot state NotPrincipal"), Documented, Medium,
        "IAM-UG elements_notprincipal", "NotPrincipal is for Deny only."
    "POL-VAL-015" planned(Kind::Rule, 4, "needs conditions"), Reported, Medium,
        "scality/cloudserver#5501; VGW", "A bad address for aws:SourceIp is refused."
    "POL-VAR-012" planned(Kind::Definition, 4, "needs policy variables"), Documented, Medium,
        "IAM-UG reference_policies_variables", "What aws:userid holds for each kind of principal."
}
