//! Planned clauses of vaults and their locks: each with what the law does not have yet.

use crate::words::planned;

planned! { VaultLock;
    "GVL-API-001" Note, Documented, Medium, [Vaults], "GDG:api-common",
        "Distinct service from S3: host glacier.REGION.amazonaws.com, paths /ACCOUNT/vaults/…, SigV4 service name glacier; S3 storage classes named Glacier don't use it."
    "GVL-API-002" Rule, Chosen, Medium, [Vaults], "GDG:api-common-request-headers; code K(m); GDG:api-error-responses",
        "A request without x-amz-glacier-version is 400 MissingParameterValueException."
    "GVL-API-003" Rule, Documented, Medium, [Vaults], "GDG; GDG, each API page",
        "The account in the path is the 12-digit id or “-” for the signer's; which calls take another account's is listed."
    "GVL-API-004" Form, Documented, Medium, [Vaults], "GDG:api-error-responses",
        "Errors are JSON {“code”,“message”,“type”}, type Client, Server or Unknown."
    "GVL-API-005" Form, Chosen, Medium, [Vaults], "GDG:api-error-responses; GDG; API",
        "Error codes and their statuses, such as AccessDeniedException 403 and ResourceNotFoundException 404."
    "GVL-API-006" Rule, Documented, Medium, [Vaults], "GDG examples",
        "Missing vault: 404 ResourceNotFoundException, “Vault not found for ARN: <vault arn>”."
    "GVL-API-007" Definition, Documented, Medium, [Vaults], "GDG",
        "Vault ARN: arn:aws:glacier:REGION:ACCOUNT:vaults/NAME."
    "GVL-API-008" Note, Documented, Low, [Vaults], "API; AWS notice",
        "Closed to new customers since 2025-12-15; model adds NoLongerSupportedException."
    "GVL-API-009" Form, Documented, Low, [Vaults], "GDG:api-common-response-headers",
        "Response header x-amzn-RequestId on every response."
    "GVL-API-010" Rule, Documented, Medium, [Vaults], "API model",
        "An account without Glacier (vault) storage gets 400 NoLongerSupportedException."
    "GVL-ARC-001" Rule, Documented, Medium, [Vaults], "GDG:api-archive-post",
        "UploadArchive: POST /ACCT/vaults/NAME/archives with Content-Length, x-amz-sha256-tree-hash, x-amz-content-sha256, optional x-amz-archive-description."
    "GVL-ARC-002" Form, Documented, Medium, [Vaults], "GDG",
        ": 201 with Location /ACCT/vaults/NAME/archives/ID, x-amz-archive-id, x-amz-sha256-tree-hash."
    "GVL-ARC-003" Form, Documented, Low, [Vaults], "GDG; length K(h)",
        "Archive id is server-chosen, opaque, 138 characters base64url alphabet."
    "GVL-ARC-004" Note, Documented, Medium, [Vaults], "GDG",
        "Size 1 byte–4 GB in one request; multipart to 40 TB."
    "GVL-ARC-005" Rule, Documented, Medium, [Vaults], "GDG",
        "Description ≤ 1024 printable ASCII (0x20–0x7E); immutable afterwards."
    "GVL-ARC-006" Rule, Documented, Medium, [Vaults], "GDG:checksum-calculations",
        "Tree hash: SHA-256 of each 1 MiB chunk, then pairwise SHA-256 of concatenated binary digests; an odd last digest is promoted unchanged."
    "GVL-ARC-007" Rule, Documented, Critical, [Vaults], "GDG",
        "Archives are immutable: no overwrite or append API exists; each upload makes a new id, even with equal content."
    "GVL-ARC-008" Rule, Documented, Medium, [Vaults], "GDG:api-archive-delete",
        "DeleteArchive: DELETE /ACCT/vaults/NAME/archives/ID: 204; repeating for an already deleted id is 204."
    "GVL-ARC-009" Rule, Documented, Medium, [Vaults], "GDG",
        "Read is by job only: InitiateJob (archive-retrieval, inventory-retrieval), later GetJobOutput."
    "GVL-ARC-010" Rule, Documented, Medium, [Vaults], "GDG; text K(m)",
        "DeleteArchive denied by lock or access policy: 403 AccessDeniedException naming user, action and vault resource."
    "GVL-LCK-001" Rule, Documented, High, [Vaults], "GDG:api-InitiateVaultLock",
        "InitiateVaultLock: POST /ACCT/vaults/NAME/lock-policy, body {“Policy”:“<policy JSON as string>”}: 201, header x-amz-lock-id, empty body."
    "GVL-LCK-002" Rule, Documented, Critical, [Vaults], "GDG:vault-lock",
        "Installs the policy, sets state InProgress, and the policy is enforced at once."
    "GVL-LCK-003" Rule, Documented, High, [Vaults], "GDG",
        "The lock id expires 24 hours later; if not completed, the policy is removed and the vault returns to “no lock”."
    "GVL-LCK-004" Rule, Documented, High, [Vaults], "GDG:api-InitiateVaultLock",
        "Initiating while InProgress: 403 AccessDeniedException; must abort first."
    "GVL-LCK-005" Rule, Documented, Critical, [Vaults], "GDG",
        "Initiating while Locked: 403 AccessDeniedException, forever."
    "GVL-LCK-006" Rule, Documented, High, [Vaults], "GDG; error code K(m); aws-cli PR 1427 quoting AWS",
        "A lock policy that is no policy of this vault, or over 20 KB, is 400 InvalidParameterValueException."
    "GVL-LCK-007" Rule, Documented, High, [Vaults], "GDG:api-CompleteVaultLock",
        "CompleteVaultLock: POST /ACCT/vaults/NAME/lock-policy/LOCKID: 204; state Locked."
    "GVL-LCK-008" Rule, Documented, Medium, [Vaults], "GDG",
        "Idempotent: Locked and same lock id: 204."
    "GVL-LCK-009" Rule, Documented, Critical, [Vaults], "GDG",
        "Locked and different lock id: 403 AccessDeniedException."
    "GVL-LCK-010" Rule, Documented, Medium, [Vaults], "GDG",
        "InProgress and wrong lock id: 400 InvalidParameterValueException (guide text says InvalidParameter)."
    "GVL-LCK-011" Rule, Chosen, Medium, [Vaults], "K(m)",
        "Complete with no lock in progress (never started, aborted, expired): 404 ResourceNotFoundException."
    "GVL-LCK-012" Rule, Documented, High, [Vaults], "GDG:api-AbortVaultLock",
        "AbortVaultLock: DELETE /ACCT/vaults/NAME/lock-policy: 204; removes policy while InProgress."
    "GVL-LCK-013" Rule, Documented, Critical, [Vaults], "GDG",
        "Abort is idempotent when InProgress or when there is no policy (204). Abort while Locked: 403 AccessDeniedException."
    "GVL-LCK-014" Form, Documented, Medium, [Vaults], "GDG:api-GetVaultLock",
        "GetVaultLock: GET …/lock-policy: 200 {“Policy”,“State”,“ExpirationDate”,“CreationDate”}; State InProgress or Locked; ExpirationDate null once Locked; timestamps ISO 8601 with milliseconds, UTC."
    "GVL-LCK-015" Rule, Documented, Medium, [Vaults], "GDG",
        "No lock policy: 404 ResourceNotFoundException."
    "GVL-LCK-016" Form, Documented, Medium, [Vaults], "GDG examples",
        "Policy is returned as an escaped JSON string, content as submitted."
    "GVL-LCK-017" Consequence, Documented, Critical, [Vaults], "GDG:vault-lock",
        "Once Locked there is no API, principal or support path to alter or remove the policy while the vault exists."
    "GVL-LCK-018" Rule, Documented, Medium, [Vaults], "GDG",
        "A lock policy does not stop initiating/aborting by itself; permission actions are glacier:InitiateVaultLock, AbortVaultLock, CompleteVaultLock, GetVaultLock."
    "GVL-LCK-019" Rule, Documented, High, [Vaults], "GDG; K(h)",
        "Lock ids are opaque and per initiation; an id from an aborted lock never completes a later one."
    "GVL-LCK-020" Rule, Documented, High, [Vaults], "GDG:api-InitiateVaultLock, api-CompleteVaultLock, api-AbortVaultLock",
        "Initiate, Complete and Abort are open only to principals of the vault's own account (path account = signer's account); a cross-account Allow has no effect."
    "GVL-POL-001" Rule, Documented, Medium, [Vaults], "GDG:vault-lock, vault-access-policy",
        "A vault has at most one access policy (mutable) and one lock policy."
    "GVL-POL-002" Rule, Documented, Medium, [Vaults], "GDG",
        "Access policy: PUT/GET/DELETE …/access-policy: 204/200/204; GET when none 404 ResourceNotFoundException; DELETE idempotent; ≤ 20 KB."
    "GVL-POL-003" Rule, Documented, Critical, [Vaults], "GDG",
        "Evaluation unions identity policies, access policy and lock policy under IAM logic: any explicit Deny wins; otherwise some Allow is needed."
    "GVL-POL-004" Consequence, Documented, Critical, [Vaults], "derived (IAM: resource-policy Deny applies to root; GDG names no exemption); K(h)",
        "A Deny in the lock policy with Principal * binds every principal including the vault account's root user; no exemption exists."
    "GVL-POL-005" Rule, Documented, High, [Vaults], "GDG; K(m)",
        "A lock policy may also Allow (e.g. cross-account); it counts as a resource policy."
    "GVL-POL-006" Rule, Documented, High, [Vaults, Conditions], "GDG:vault-lock-policy; service authorization reference; GDG:glacier-api-permissions-ref",
        "glacier:ArchiveAgeInDays is the age of the archive, for DeleteArchive and its retrieval."
    "GVL-POL-007" Note, Chosen, Medium, [Vaults, Conditions], "K(m)",
        "Day rounding of ArchiveAgeInDays is undocumented; whole elapsed days (floor) is the safe reading."
    "GVL-POL-008" Rule, Documented, High, [Vaults, Conditions], "GDG:vault-lock-policy",
        "glacier:ResourceTag/{key} is the value of a tag of the vault; a vault without the tag does not match."
    "GVL-POL-009" Rule, Documented, High, [Vaults], "GDG; K(h)",
        "Vault tags stay editable after locking unless the lock policy denies glacier:AddTagsToVault / RemoveTagsFromVault — otherwise a tag hold can be lifted."
    "GVL-POL-010" Consequence, Documented, Medium, [Vaults], "GDG examples",
        "Multiple statements: time-based Deny and tag-based Deny are independent."
    "GVL-POL-011" Rule, Documented, High, [Vaults, Conditions], "GDG:vault-access-policy",
        "MFA: aws:MultiFactorAuthPresent/Age conditions may be used in access policies."
    "GVL-POL-012" Note, Documented, Medium, [Vaults], "GDG; K(h)",
        "Lock policies never apply to other vaults nor to S3 buckets; S3 Object Lock is separate."
    "GVL-POL-013" Consequence, Chosen, Medium, [Vaults], "K(m)",
        "DeleteVault is not denied implicitly by a lock; emptiness rule protects data."
    "GVL-POL-014" Note, Chosen, Critical, [Vaults], "derived",
        "An implementation must evaluate age with server time at request time; clock changes must not shorten retention."
    "GVL-POL-015" Rule, Documented, Medium, [Vaults], "GDG:api-AddTagsToVault, api-DeleteVaultAccessPolicy",
        "A vault has at most 50 tags; what deletes its access policy may take effect late."
    "GVL-VLT-001" Rule, Documented, Medium, [Vaults], "GDG:api-vault-put",
        "CreateVault: PUT /ACCT/vaults/NAME: 201, Location: /ACCT/vaults/NAME; idempotent for the same owner."
    "GVL-VLT-002" Rule, Documented, Medium, [Vaults], "GDG",
        "Names 1–255 of [A-Za-z0-9_.-], unique per account and region; 1000 vaults per region, beyond: 400 LimitExceededException."
    "GVL-VLT-003" Form, Documented, Medium, [Vaults], "GDG:api-vault-get",
        "DescribeVault: GET /ACCT/vaults/NAME: 200 JSON with CreationDate, LastInventoryDate, NumberOfArchives, SizeInBytes, VaultARN, VaultName; counts are as of the last (daily) inventory, null before the first."
    "GVL-VLT-004" Rule, Documented, Medium, [Vaults], "GDG:api-vault-delete; text K(h)",
        "DeleteVault is 204, or 400 InvalidParameterValueException unless the vault was empty at the last inventory."
    "GVL-VLT-005" Rule, Documented, Medium, [Vaults], "GDG; second part K(m)",
        "Deleting a vault deletes its access policy. A locked empty vault can be deleted unless the lock policy denies glacier:DeleteVault."
    "GVL-VLT-006" Rule, Documented, Medium, [Vaults], "GDG; API K(m); GDG:api-vaults-get",
        "ListVaults has at most 10 a page, in the order of names; the marker is the ARN of a vault."
}
