//! The tiny worlds that are checked and searched.

use crate::check::domain::Domain;

/// Lock state of versions: one key in a lock bucket, both modes, four dates, holds, and who may bypass.
const LOCKS: &str = "
    policy delete = Allow user s3:DeleteObject* b/*
    policy bypass = Allow user s3:DeleteObjectVersion,s3:BypassGovernanceRetention,s3:PutObjectRetention b/*
    policy retain = Allow user s3:PutObjectRetention,s3:DeleteObjectVersion b/*
    owner CreateBucket bucket=b lock={true|false}
    owner PutObject bucket=b key=k
    owner PutObject bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until=@1
    owner PutObject bucket=b key=k hold=ON
    owner DeleteObject bucket=b key=k
    owner DeleteObject bucket=b key=k version={#1|#2} bypass={|true}
    owner DeleteObjects bucket=b objects=k:{#1|#2} bypass={|true}
    owner DeleteObjects bucket=b objects=k
    user DeleteObject bucket=b key=k version=#1 bypass={|true}
    user DeleteObjects bucket=b objects=k:#1 bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until={@1|@2|@3} bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k bypass={|true}
    owner PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@-1
    owner PutObjectRetention bucket=b key=k mode=COMPLIANCE
    owner PutObjectRetention bucket=b key=k body=malformed
    owner PutObjectLegalHold bucket=b key=k hold={ON|OFF|unknown}
    owner GetObjectRetention bucket=b key=k
    owner GetObjectLegalHold bucket=b key=k
    owner GetObjectRetention bucket=b key=k version={malformed|#1}
    owner PutObjectRetention bucket=b key=k version={malformed|#1} mode=GOVERNANCE until=@2
    owner GetObjectLegalHold bucket=b key=k version={malformed|#1}
    owner PutObjectLegalHold bucket=b key=k version={malformed|#1} hold=ON
    {owner|user} HeadObject bucket=b key=k
    owner GetObject bucket=b key=k version=#1
    owner PutBucketPolicy bucket=b policy={delete|bypass|retain}
";

/// Lock configuration of a bucket and lock headers of writes.
const WRITES: &str = "
    policy read = Allow user s3:GetObject*,s3:ListBucket b,b/*
    policy plain = Allow user s3:GetObject,s3:GetObjectVersion,s3:PutObject b/*
    policy noretention = Allow user s3:PutObject,s3:PutObjectLegalHold b/*
    policy nohold = Allow user s3:PutObject,s3:PutObjectRetention b/*
    owner CreateBucket bucket=b lock={true|false}
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner GetBucketVersioning bucket=b
    owner GetObjectLockConfiguration bucket=b
    owner PutObjectLockConfiguration bucket=b
    owner PutObjectLockConfiguration bucket=b mode={COMPLIANCE|GOVERNANCE} period=1d
    owner PutObjectLockConfiguration bucket=b mode=GOVERNANCE period={0d|both}
    owner PutObjectLockConfiguration bucket=b mode={unknown|GOVERNANCE}
    owner PutObject bucket=b key=k integrity={|none}
    {owner|user} PutObject bucket=b key=k mode=GOVERNANCE until=@2 integrity={|none}
    {owner|user} PutObject bucket=b key=k hold={ON|OFF}
    owner PutObject bucket=b key=k hold=ON integrity=none
    owner PutObject bucket=b key=k hold=unknown
    owner PutObject bucket=b key=k mode=COMPLIANCE
    owner PutObject bucket=b key=k mode=unknown until=@2
    owner PutObject bucket=b key=k mode=GOVERNANCE until={unparsable|@-1}
    {owner|user} GetObject bucket=b key=k
    {owner|user} GetObject bucket=b key=k version=#1
    {owner|user} HeadObject bucket=b key=k
    {owner|user} HeadObject bucket=b key=k version=#1
    owner PutBucketPolicy bucket=b policy={read|plain|noretention|nohold}
";

/// Versions, markers and the versioning state of a bucket.
const VERSIONS: &str = "
    policy read = Allow user s3:GetObject b/*
    owner CreateBucket bucket=b lock={true|}
    owner DeleteBucket bucket=b
    owner PutBucketVersioning bucket=b status={Enabled|Suspended|missing|unknown} integrity={|none}
    owner GetBucketVersioning bucket=b
    owner PutObject bucket=b key=k content={a|x}
    owner GetObject bucket=b key=k
    owner GetObject bucket=b key=k version={#1|#2|null|malformed}
    owner HeadObject bucket=b key=k
    owner HeadObject bucket=b key=k version={#1|#2|null|malformed}
    owner DeleteObject bucket=b key=k bypass={|true}
    owner DeleteObject bucket=b key=k version={#1|#2|null|malformed}
    owner DeleteObject bucket=b key=k version=#1 bypass=false
    owner DeleteObjects bucket=b objects={k|k:#1|k:#2|k:malformed|k,k} quiet={|true}
    owner DeleteObjects bucket=b objects=k integrity=none
    owner DeleteObjects bucket=b bypass={|true}
    owner DeleteObjects bucket=b objects=k bypass=true
    owner DeleteObjects bucket=b objects=k:null
    owner DeleteObjects bucket=b objects=k times=1001 quiet=true
    user DeleteObjects bucket=b objects=k quiet=true
    owner DeleteObjects bucket=b objects=k~x
    owner ListObjectVersions bucket=b
    owner ListObjectsV2 bucket=b
    owner ListObjects bucket=b
";

/// Ids of versions of other keys, and what belongs to one version beside its bytes.
const SUBRESOURCES: &str = "
    policy all = Allow user s3:* b,b/*
    policy nolist = Allow user s3:*Object* b/*
    policy attributes = Allow user s3:GetObjectAttributes,s3:GetObjectVersionAttributes b/*
    policy current = Allow user s3:GetObject,s3:GetObjectAttributes,s3:*ObjectTagging,s3:GetObjectAcl b/*
    owner CreateBucket bucket=b lock={|true}
    owner PutBucketVersioning bucket=b status=Enabled
    owner PutObject bucket=b key={k|l}
    owner DeleteObject bucket=b key=k
    owner GetObject bucket=b key=l version={#1@b/k|empty}
    owner HeadObject bucket=b key=l version={#1@b/k|empty}
    owner GetObject bucket=b key=k version=#1
    owner DeleteObject bucket=b key=l version={#1@b/k|empty}
    owner DeleteObjects bucket=b objects=l:#1@b/k
    owner GetObjectRetention bucket=b key=l version=#1@b/k
    owner PutObjectRetention bucket=b key=l version=#1@b/k mode=GOVERNANCE until=@1
    owner GetObjectLegalHold bucket=b key=l version=#1@b/k
    owner PutObjectLegalHold bucket=b key=l version=#1@b/k hold=OFF
    owner GetObjectAcl bucket=b key=l version=#1@b/k
    owner GetObjectAttributes bucket=b key=l version=#1@b/k
    owner GetObjectTagging bucket=b key=l version=#1@b/k
    owner PutObjectTagging bucket=b key=l version=#1@b/k tags=x
    owner DeleteObjectTagging bucket=b key=l version=#1@b/k
    {owner|user} GetObjectAcl bucket=b key=k
    owner GetObjectAcl bucket=b key=k version={#1|#2|malformed}
    {owner|user} GetObjectAttributes bucket=b key=k
    owner GetObjectAttributes bucket=b key=k version={#1|#2|malformed}
    {owner|user} GetObjectTagging bucket=b key=k
    owner GetObjectTagging bucket=b key=k version={#1|#2|malformed}
    owner PutObjectTagging bucket=b key=k tags={x|y}
    owner PutObjectTagging bucket=b key=k version={#1|#2|malformed} tags=x
    owner DeleteObjectTagging bucket=b key=k
    owner DeleteObjectTagging bucket=b key=k version={#1|#2|malformed}
    owner DeleteObject bucket=b key=k version={#1|#2}
    owner ListObjectVersions bucket=b
    user GetObject bucket=b key=k version=#1
    user GetObjectRetention bucket=b key=k version=#1
    user PutObjectRetention bucket=b key=k version=#1 mode=GOVERNANCE until=@1
    user GetObjectLegalHold bucket=b key=k version=#1
    user PutObjectLegalHold bucket=b key=k version=#1 hold=OFF
    user PutObjectTagging bucket=b key=k tags=x
    user DeleteObjectTagging bucket=b key=k
    user GetObjectAcl bucket=b key=k version=#1
    user GetObjectAttributes bucket=b key=k version=#1
    user GetObjectTagging bucket=b key=k version=#1
    user PutObjectTagging bucket=b key=k version=#1 tags=x
    user DeleteObjectTagging bucket=b key=k version=#1
    owner PutBucketPolicy bucket=b policy={nolist|attributes|current}
";

/// Pages of ListObjectVersions.
const LISTINGS: &str = "
    owner CreateBucket bucket=b
    owner PutBucketVersioning bucket=b status=Enabled
    owner PutObject bucket=b key={a|p/x|p/y|z}
    owner DeleteObject bucket=b key=a version={#1|#2}
    owner ListObjectVersions bucket=b prefix={|p/} delimiter={|/} max_keys={|1|2|2000}
    owner ListObjectVersions bucket=b key_marker={a|p/|p/x} delimiter={|/}
    owner ListObjectVersions bucket=b key_marker=a version_marker={#1|#2}
    owner ListObjectVersions bucket=b version_marker=#1
";

/// Versions that stay when the versioning state changes.
const STATES: &str = "
    policy version = Allow user s3:DeleteObject b/*; Deny user s3:DeleteObjectVersion b/*
    policy simple = Allow user s3:DeleteObjectVersion b/*; Deny user s3:DeleteObject b/*
    owner PutBucketPolicy bucket=b policy={version|simple}
    user DeleteObject bucket=b key=k version={|null}
    user DeleteObjects bucket=b objects={k|k:null}
    owner CreateBucket bucket=b
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner PutObject bucket=b key=k
    owner DeleteObject bucket=b key=k
    owner DeleteObjects bucket=b objects=k
    owner ListObjectVersions bucket=b
";

/// Copies: which version is read, and what is made of it.
const COPIES: &str = "
    policy nosource = Allow user s3:PutObject b/*
    policy version = Allow user s3:GetObjectVersion,s3:PutObject b/*
    policy current = Allow user s3:GetObject,s3:PutObject b/*
    policy notarget = Allow user s3:GetObject b/*
    owner CreateBucket bucket=b
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner PutObject bucket=b key=k content={a|x}
    owner DeleteObject bucket=b key=k
    owner DeleteObject bucket=b key=k version={#1|#2}
    {owner|user} CopyObject source_bucket=b source_key=k source_version={|#1} bucket=b key=l
    owner CopyObject source_bucket=b source_key=k source_version={#2|malformed} bucket=b key=l
    owner CopyObject source_bucket=b source_key=k source_version={|#1|null} bucket=b key=k
    owner CopyObject source_bucket=b source_key=k bucket=b key=k directive=REPLACE
    owner GetObject bucket=b key={k|l}
    owner ListObjectVersions bucket=b
    owner PutBucketPolicy bucket=b policy={nosource|version|current|notarget}
";

/// Copies under conditions, with tags, and with lock headers.
const COPY_CONDITIONS: &str = "
    policy plain = Allow user s3:GetObject,s3:GetObjectVersion,s3:PutObject,s3:ListBucket b,b/*
    policy write = Allow user s3:PutObject,s3:GetObjectVersion,s3:ListBucket b,b/*
    policy tagged = Allow user s3:GetObject*,s3:PutObject,s3:ListBucket b,b/*
    policy retagged = Allow user s3:GetObject,s3:GetObjectVersion,s3:PutObject,s3:PutObjectTagging,s3:GetObjectTagging b/*
    policy target = Allow user s3:GetObject,s3:GetObjectVersion,s3:PutObject,s3:PutObjectTagging b/*
    owner CreateBucket bucket=b lock={true|}
    owner PutBucketVersioning bucket=b status=Enabled
    owner PutObject bucket=b key=k content={a|x}
    owner PutObject bucket=b key=l content={a|x}
    owner DeleteObject bucket=b key=l
    owner CopyObject source_bucket=b source_key=k bucket=b key=l if_match={x|*}
    owner CopyObject source_bucket=b source_key=k bucket=b key=l if_none_match={x|*}
    owner CopyObject source_bucket=b source_key=k bucket=b key=l if_match=x if_none_match=*
    user CopyObject source_bucket=b source_key=k source_version=#1 bucket=b key=l if_match=a
    owner CopyObject source_bucket=b source_key=k bucket=b key=l source_if_match={a|x} source_if_unmodified_since={|before}
    owner CopyObject source_bucket=b source_key=k bucket=b key=l source_if_unmodified_since={before|after}
    owner CopyObject source_bucket=b source_key=k bucket=b key=l source_if_none_match=a source_if_modified_since={|before}
    owner CopyObject source_bucket=b source_key=k bucket=b key=l source_if_modified_since={before|after}
    user CopyObject source_bucket=b source_key=k bucket=b key=l mode=GOVERNANCE until=@2
    user CopyObject source_bucket=b source_key=k bucket=b key=l hold=ON
    owner PutObjectTagging bucket=b key=k tags=x
    user CopyObject source_bucket=b source_key=k source_version={|#1} bucket=b key=l
    owner GetObject bucket=b key=l
    owner PutBucketPolicy bucket=b policy={plain|write|tagged|retagged|target}
";

/// Multipart uploads of one key, and parts that are copied.
const UPLOADS: &str = "
    owner CreateBucket bucket=b lock={true|}
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner PutObject bucket=b key=k content={a|x}
    owner DeleteObject bucket=b key=k
    owner CreateMultipartUpload bucket=b key=k
    owner UploadPart bucket=b key=k upload={#1|malformed} content=a
    owner CompleteMultipartUpload bucket=b key=k upload={#1|malformed}
    owner CompleteMultipartUpload bucket=b key=k upload=#1 if_match={a|x}
    owner CompleteMultipartUpload bucket=b key=k upload=#1 if_none_match={*|x}
    owner CompleteMultipartUpload bucket=b key=k upload=#1 if_match=x if_none_match=*
    owner AbortMultipartUpload bucket=b key=k upload={#1|malformed}
    owner ListParts bucket=b key=k upload={#1|malformed}
    owner ListMultipartUploads bucket=b
    owner DeleteBucket bucket=b
    owner GetObject bucket=b key=k
    owner ListObjectVersions bucket=b
";

/// Two uploads of one key.
const UPLOAD_ORDER: &str = "
    owner CreateBucket bucket=b
    owner PutBucketVersioning bucket=b status=Enabled
    owner CreateMultipartUpload bucket=b key=k
    owner UploadPart bucket=b key=k upload=#1 content=a
    owner UploadPart bucket=b key=k upload=#2 content=x
    owner CompleteMultipartUpload bucket=b key=k upload={#1|#2}
    owner GetObject bucket=b key=k
";

/// Parts that are copied.
const PART_COPIES: &str = "
    policy nosource = Allow user s3:PutObject b/*
    policy version = Allow user s3:GetObjectVersion,s3:PutObject b/*
    policy current = Allow user s3:GetObject,s3:PutObject b/*
    policy notarget = Allow user s3:GetObject b/*
    owner CreateBucket bucket=b
    owner PutBucketVersioning bucket=b status=Enabled
    owner PutObject bucket=b key=k content={a|x}
    owner DeleteObject bucket=b key=k
    owner DeleteObject bucket=b key=k version=#1
    owner CreateMultipartUpload bucket=b key=l
    {owner|user} UploadPartCopy source_bucket=b source_key=k source_version={|#1} bucket=b key=l upload=#1
    owner UploadPartCopy source_bucket=b source_key=k source_version=malformed bucket=b key=l upload=#1
    owner UploadPartCopy source_bucket=b source_key=k bucket=b key=l upload=malformed
    owner UploadPartCopy source_bucket=b source_key=k bucket=b key=l upload=#1 source_if_match={a|x} source_if_unmodified_since={|before}
    owner UploadPartCopy source_bucket=b source_key=k bucket=b key=l upload=#1 source_if_unmodified_since={before|after}
    owner UploadPartCopy source_bucket=b source_key=k bucket=b key=l upload=#1 source_if_none_match=a source_if_modified_since={|before}
    owner UploadPartCopy source_bucket=b source_key=k bucket=b key=l upload=#1 source_if_modified_since={before|after}
    owner CompleteMultipartUpload bucket=b key=l upload=#1
    owner GetObject bucket=b key=l
    owner PutBucketPolicy bucket=b policy={nosource|version|current|notarget}
";

/// Who may copy and who may use multipart uploads.
const UPLOAD_ACCESS: &str = "
    policy user = Allow user s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy star = Allow * s3:* b,b/*
    policy other = Allow other s3:* b,b/*
    policy deny = Deny user,other,account s3:*Object*,s3:Abort*,s3:List* b,b/*
    policy put = Allow user s3:PutObject b/*
    policy nolist = Allow user s3:PutObject,s3:GetObject b/*
    policy hold = Allow user s3:PutObject,s3:PutObjectLegalHold b/*
    policy retention = Allow user s3:PutObject,s3:PutObjectRetention b/*
    policy identity = Allow - s3:* *
    policy refuse = Deny - s3:* *
    owner CreateBucket bucket=b lock={true|}
    owner PutBucketPolicy bucket=b policy={user|account|star|other|deny|put|nolist|hold|retention}
    owner PutUserPolicy policy={identity|refuse}
    owner PutPublicAccessBlock bucket=b on={true|}
    owner PutObject bucket=b key=k
    {owner|user|other|anonymous} CreateMultipartUpload bucket=b key=k
    {owner|user|other|anonymous} UploadPart bucket=b key=k upload=#1
    {owner|user|other|anonymous} UploadPartCopy source_bucket=b source_key=k bucket=b key=k upload=#1
    {owner|user|other|anonymous} CompleteMultipartUpload bucket=b key=k upload=#1
    user CompleteMultipartUpload bucket=b key=k upload=#1 if_match=a
    {owner|user|other|anonymous} AbortMultipartUpload bucket=b key=k upload=#1
    {owner|user|other|anonymous} ListParts bucket=b key=k upload=#1
    {owner|user|other|anonymous} ListMultipartUploads bucket=b
    {owner|user|other|anonymous} CopyObject source_bucket=b source_key=k bucket=b key=l
    user CreateMultipartUpload bucket=b key=k mode=GOVERNANCE until=@2
    user CreateMultipartUpload bucket=b key=k hold=ON
    owner GetObject bucket=b key=k
";

/// Conditional writes and deletes.
const CONDITIONS: &str = "
    policy write = Allow user s3:PutObject,s3:DeleteObject,s3:ListBucket b,b/*
    policy nolist = Allow user s3:PutObject,s3:GetObject b/*
    owner CreateBucket bucket=b
    owner PutBucketVersioning bucket=b status=Enabled
    owner PutObject bucket=b key=k content={a|x}
    owner PutObject bucket=b key=k if_none_match={*|x}
    owner PutObject bucket=b key=k if_match={x|*}
    owner PutObject bucket=b key=k if_match=x if_none_match=*
    user PutObject bucket=b key=k if_match=a
    owner DeleteObject bucket=b key=k if_match={|x|*} if_match_time={|true} if_match_size={|true}
    user DeleteObject bucket=b key=k if_match=a
    owner GetObject bucket=b key=k
    owner PutBucketPolicy bucket=b policy={write|nolist}
";

/// Who may do what: every operation by every caller, under policies that grant and refuse it.
const ACCESS: &str = "
    policy user = Allow user s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy star = Allow * s3:* b,b/*
    policy other = Allow other s3:* b,b/*
    policy deny = Deny user,other,account s3:* b,b/*
    policy reads = Allow user s3:GetObject,s3:DeleteObject b/*
    policy readversions = Allow user s3:GetObjectVersion,s3:DeleteObjectVersion b/*
    policy identity = Allow - s3:* *
    policy refuse = Deny - s3:* *
    owner CreateBucket bucket=b lock=true
    owner PutBucketPolicy bucket=b policy={user|account|star|other|deny|reads|readversions}
    owner PutUserPolicy policy={identity|refuse}
    owner PutPublicAccessBlock bucket=b on={true|}
    owner PutObject bucket=b key=k
    {owner|user|other|anonymous} HeadBucket bucket=b
    {owner|user|other|anonymous} GetBucketVersioning bucket=b
    {owner|user|other|anonymous} PutBucketVersioning bucket=b status=Enabled
    {owner|user|other|anonymous} GetObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} PutObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} GetBucketPolicy bucket=b
    {user|other|anonymous} PutBucketPolicy bucket=b policy=user
    {owner|user|other|anonymous} DeleteBucketPolicy bucket=b
    {user|other|anonymous} PutPublicAccessBlock bucket=b on=true
    {owner|user|other|anonymous} DeletePublicAccessBlock bucket=b
    {user|other|anonymous} PutObject bucket=b key=k
    {owner|user|other|anonymous} GetObject bucket=b key=k
    {owner|user|other|anonymous} GetObject bucket=b key=k version=#1
    {owner|user|other|anonymous} HeadObject bucket=b key=k
    {owner|user|other|anonymous} HeadObject bucket=b key=k version=#1
    {owner|user|other|anonymous} DeleteObject bucket=b key=k
    {owner|user|other|anonymous} DeleteObject bucket=b key=k version=#1
    {owner|user|other|anonymous} DeleteObjects bucket=b objects={k|k:#1} quiet={|true}
    {owner|user|other|anonymous} GetObjectRetention bucket=b key=k
    {owner|user|other|anonymous} PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@1
    {owner|user|other|anonymous} GetObjectLegalHold bucket=b key=k
    {owner|user|other|anonymous} PutObjectLegalHold bucket=b key=k hold=OFF
    {owner|user|other|anonymous} ListObjectVersions bucket=b
    {owner|user|other|anonymous} ListObjectsV2 bucket=b
    {owner|user|other|anonymous} DeleteBucket bucket=b
    {owner|user|other|anonymous} ListObjects bucket=b
    {owner|user|other|anonymous} GetObjectAcl bucket=b key=k version={|#1}
    {owner|user|other|anonymous} GetObjectAttributes bucket=b key=k version={|#1}
    {owner|user|other|anonymous} GetObjectTagging bucket=b key=k version={|#1}
    {owner|user|other|anonymous} PutObjectTagging bucket=b key=k version={|#1} tags=x
    {owner|user|other|anonymous} DeleteObjectTagging bucket=b key=k version={|#1}
";

/// Documents on Object Lock: their faults, digests, and what they change.
const LOCK_DOCUMENTS: &str = "
    policy none = Allow user s3:GetObject b/*
    owner CreateBucket bucket=b lock={true|}
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner GetObjectLockConfiguration bucket=b
    owner PutObjectLockConfiguration bucket=b integrity={|none}
    owner PutObjectLockConfiguration bucket=b form={disabled|empty|empty-rule|empty-default}
    owner PutObjectLockConfiguration bucket=b form=no-enabled mode=GOVERNANCE period=1d
    owner PutObjectLockConfiguration bucket=b mode=GOVERNANCE period={0d|0y|36501d|101y|36500d|3y|both|}
    owner PutObjectLockConfiguration bucket=b mode={governance|unknown|} period=1d
    owner PutObjectLockConfiguration bucket=b mode=COMPLIANCE period=1d
    owner PutObjectLockConfiguration bucket=b body={missing|malformed}
    owner PutObjectRetention bucket=b key=k mode={unknown|GOVERNANCE} until={@1|unparsable|}
    owner PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@-1
    owner PutObjectRetention bucket=b key=k until=@1
    owner PutObjectRetention bucket=b key=k mode=GOVERNANCE until={@1|far} integrity={|none}
    owner PutObjectRetention bucket=b key=k body={missing|malformed}
    owner PutObjectLegalHold bucket=b key=k hold={ON|OFF|unknown|} integrity={|none}
    owner PutObjectLegalHold bucket=b key=k hold=ON body={missing|malformed}
    user PutObjectLockConfiguration bucket=b body=malformed
    user PutObjectRetention bucket=b key=k body=malformed
    user PutObjectLegalHold bucket=b key=k hold=ON body=malformed
    owner GetObjectRetention bucket=b key=k
    owner GetObjectLegalHold bucket=b key=k
    owner PutObject bucket=b key=k
    owner DeleteObject bucket=b key=k version={null|#1}
    owner DeleteObject bucket=b key=k
    owner HeadObject bucket=b key=k
    owner HeadObject bucket=b key=k version={null|#1}
    owner HeadBucket bucket=b
    owner GetBucketVersioning bucket=b
    owner GetBucketLocation bucket=b
    owner DeleteBucket bucket=b
";

/// Lock headers, defaults and what they give new versions, also of unsigned writes.
const LOCK_HEADERS: &str = "
    policy star = Allow * s3:* b,b/*
    policy read = Allow user s3:GetObject,s3:GetObjectVersion,s3:PutObject b/*
    owner CreateBucket bucket=b lock={true|}
    owner PutObjectLockConfiguration bucket=b mode={GOVERNANCE|COMPLIANCE} period={1d|3y}
    owner PutPublicAccessBlock bucket=b
    owner PutBucketPolicy bucket=b policy={star|read}
    {owner|user} PutObject bucket=b key=k integrity={|crc32|none|algorithm}
    owner PutObject bucket=b key=k mode=GOVERNANCE until={@1|@2|far|unparsable|@-1|}
    owner PutObject bucket=b key=k mode={COMPLIANCE|unknown|governance} until=@2 integrity={|crc32|none|algorithm}
    owner PutObject bucket=b key=k until={@2|unparsable|@-1}
    owner PutObject bucket=b key=k mode=GOVERNANCE until=@2 hold={ON|OFF|unknown}
    owner PutObject bucket=b key=k mode=unknown until=@2 hold=unknown
    owner PutObject bucket=b key=k hold={ON|OFF|unknown} integrity={|none}
    anonymous PutObject bucket=b key=k hold=ON integrity={|none}
    anonymous PutObject bucket=b key=k mode=GOVERNANCE until=@2
    owner DeleteObject bucket=b key=k
    owner DeleteObjects bucket=b objects=k
    owner DeleteObject bucket=b key=k version={#1|#2}
    {owner|user} GetObject bucket=b key=k
    {owner|user} GetObject bucket=b key=k version={#1|#2}
    {owner|user} HeadObject bucket=b key=k
    {owner|user} HeadObject bucket=b key=k version={#1|#2}
    owner GetObjectRetention bucket=b key=k version={|#1}
    owner GetObjectLegalHold bucket=b key=k version={|#1}
    owner ListObjectVersions bucket=b
    owner ListObjectsV2 bucket=b
";

/// Retention and holds of two versions of a key, by names and callers.
const LOCK_VERSIONS: &str = "
    policy most = Allow user s3:PutObjectRetention,s3:PutObjectLegalHold,s3:DeleteObject*,s3:GetObject* b/*
    owner CreateBucket bucket=b lock=true
    owner PutObject bucket=b key=k
    owner PutObject bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until={@1|@2}
    owner PutObject bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until={@1|@2} hold=ON
    owner DeleteObject bucket=b key=k
    {owner|user} DeleteObject bucket=b key=k bypass=true
    owner DeleteObject bucket=b key=k version={#1|#2|#3} bypass={|true}
    owner DeleteObjects bucket=b objects={k:#1|k:#2|k:#1,k:#2|k:#2,k:#1} bypass={|true}
    owner DeleteObjects bucket=b objects=k bypass=true
    owner PutObjectRetention bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until={@1|@2|@3} bypass={|true}
    owner PutObjectRetention bucket=b key=k version=#1 mode=GOVERNANCE until=@2
    owner PutObjectRetention bucket=b key=k bypass={|true}
    user PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@2 bypass={true|false}
    user DeleteObject bucket=b key=k version=#1 bypass={true|false}
    user DeleteObjects bucket=b objects={k|k:#1} bypass={true|false}
    {owner|user} PutObjectLegalHold bucket=b key=k hold={ON|OFF}
    owner PutObjectLegalHold bucket=b key=k version=#1 hold={ON|OFF}
    owner GetObjectRetention bucket=b key=k version={|#1|#2}
    owner GetObjectLegalHold bucket=b key=k version={|#1|#2}
    owner GetObject bucket=b key=k
    owner HeadObject bucket=b key=k version={|#1}
    owner GetObject bucket=b key=k version=#1
    owner HeadObject bucket=b key=k
    user PutBucketPolicy bucket=b policy=most
    owner PutBucketPolicy bucket=b policy=most
";

/// Delete markers and lock state.
const LOCK_MARKERS: &str = "
    owner CreateBucket bucket=b lock={true|}
    owner DeleteObject bucket=b key=k
    {owner|user} DeleteObject bucket=b key=k bypass={true|false}
    {owner|user} DeleteObject bucket=b key=k version={malformed|null} bypass={true|false}
    owner DeleteObjects bucket=b objects=k bypass={true|false}
    owner GetObjectRetention bucket=b key=k version={|#1}
    owner PutObjectRetention bucket=b key=k version={|#1} mode=GOVERNANCE until={@2|@-1}
    owner GetObjectLegalHold bucket=b key=k version={|#1}
    owner PutObjectLegalHold bucket=b key=k version={|#1} hold=ON
";

/// Buckets of two accounts: who may make, find and configure them.
const ACCOUNTS: &str = "
    policy all = Allow - s3:* *
    policy create = Allow - s3:CreateBucket b,c
    policy versioning = Allow - s3:CreateBucket,s3:PutBucketVersioning b
    policy configuration = Allow - s3:CreateBucket,s3:PutBucketObjectLockConfiguration b
    policy deny = Allow - s3:* *; Deny - s3:CreateBucket,s3:ListAllMyBuckets *
    policy public = Allow * s3:GetObject b/*; Deny * s3:GetObject b/secret
    policy other = Allow other s3:GetObject b/*
    policy star = Allow * s3:* b,b/*
    {owner|user|other|anonymous} CreateBucket bucket=b lock={|true}
    {owner|other} CreateBucket bucket=c
    {owner|user|other|anonymous} ListBuckets
    owner PutUserPolicy policy={all|create|versioning|configuration|deny}
    owner HeadBucket bucket=b
    owner PutBucketPolicy bucket=b policy={public|other|star}
    owner GetPublicAccessBlock bucket=b
    owner PutPublicAccessBlock bucket=b on={|true}
    owner DeletePublicAccessBlock bucket=b
    owner GetBucketOwnershipControls bucket=b
    {owner|anonymous} PutBucketOwnershipControls bucket=b ownership={BucketOwnerPreferred|ObjectWriter|BucketOwnerEnforced|missing|unknown}
    owner DeleteBucket bucket=b
";

/// A bucket of the second account, where the owner and the user of the first are foreign.
const FOREIGN: &str = "
    policy star = Allow * s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy user = Allow user s3:* b,b/*
    policy identity = Allow - s3:* *
    other CreateBucket bucket=b lock=true
    other PutPublicAccessBlock bucket=b
    other PutBucketPolicy bucket=b policy={star|account|user}
    owner PutUserPolicy policy=identity
    other PutObject bucket=b key=k
    user HeadBucket bucket=b
    user GetBucketVersioning bucket=b
    user PutBucketVersioning bucket=b status=Enabled
    user GetObjectLockConfiguration bucket=b
    user PutObjectLockConfiguration bucket=b
    user GetBucketPolicy bucket=b
    user PutBucketPolicy bucket=b policy=user
    user DeleteBucketPolicy bucket=b
    user GetPublicAccessBlock bucket=b
    user PutPublicAccessBlock bucket=b on=true
    user DeletePublicAccessBlock bucket=b
    user GetBucketOwnershipControls bucket=b
    user PutBucketOwnershipControls bucket=b ownership=ObjectWriter
    user GetBucketLocation bucket=b
    user PutObject bucket=b key=k
    user GetObject bucket=b key=k version={|#1}
    user HeadObject bucket=b key=k version={|#1}
    user DeleteObject bucket=b key=k version={|#1}
    user DeleteObjects bucket=b objects={k|k:#1}
    user GetObjectRetention bucket=b key=k
    user PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@1
    user GetObjectLegalHold bucket=b key=k
    user PutObjectLegalHold bucket=b key=k hold=OFF
    user ListObjectVersions bucket=b
    user ListObjectsV2 bucket=b
    user ListObjects bucket=b
    user GetObjectAcl bucket=b key=k version={|#1}
    user GetObjectAttributes bucket=b key=k version={|#1}
    user GetObjectTagging bucket=b key=k version={|#1}
    user PutObjectTagging bucket=b key=k version={|#1} tags=x
    user DeleteObjectTagging bucket=b key=k version={|#1}
    user CopyObject source_bucket=b source_key=k bucket=b key=l
    other CreateMultipartUpload bucket=b key=l
    other UploadPart bucket=b key=l upload=#1
    user CreateMultipartUpload bucket=b key=k
    user UploadPart bucket=b key=l upload=#1
    user UploadPartCopy source_bucket=b source_key=k bucket=b key=l upload=#1
    user CompleteMultipartUpload bucket=b key=l upload=#1
    user AbortMultipartUpload bucket=b key=l upload=#1
    user ListParts bucket=b key=l upload=#1
    user ListMultipartUploads bucket=b
    user DeleteBucket bucket=b
";

/// Configuration of a bucket by every caller, under policies that grant and refuse it.
const SETTINGS: &str = "
    policy user = Allow user s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy star = Allow * s3:* b,b/*
    policy other = Allow other s3:* b,b/*
    policy deny = Allow user s3:* b,b/*; Deny user,account s3:*PublicAccessBlock,s3:*OwnershipControls,s3:GetBucketLocation,s3:PutBucketPolicy b
    policy identity = Allow - s3:* *
    policy refuse = Deny - s3:* *
    owner CreateBucket bucket=b
    owner PutBucketPolicy bucket=b policy={user|account|star|other|deny}
    owner PutUserPolicy policy={identity|refuse}
    owner PutPublicAccessBlock bucket=b on={true|}
    {owner|user|other|anonymous} GetPublicAccessBlock bucket=b
    {user|other|anonymous} PutPublicAccessBlock bucket=b on=true
    {owner|user|other|anonymous} DeletePublicAccessBlock bucket=b
    {owner|user|other|anonymous} GetBucketOwnershipControls bucket=b
    {owner|user|other|anonymous} PutBucketOwnershipControls bucket=b ownership=ObjectWriter
    {owner|user|other|anonymous} GetBucketLocation bucket=b
    {user|other|anonymous} PutBucketPolicy bucket=b policy=user
    owner PutBucketVersioning bucket=b status=Enabled
";

/// Missing keys and versions, and who may know.
const HIDDEN: &str = "
    policy lock = Allow user s3:GetObjectRetention,s3:PutObjectRetention,s3:*LegalHold b/*
    policy list = Allow user s3:ListBucket b
    policy read = Allow user s3:GetObject* b/*
    owner CreateBucket bucket=b lock=true
    owner PutBucketPolicy bucket=b policy={lock|list|read}
    owner PutObject bucket=b key=k
    owner DeleteObject bucket=b key=k version={|#1}
    user GetObject bucket=b key=k version={|#1}
    user HeadObject bucket=b key=k version={|#1}
    user GetObjectRetention bucket=b key=k version={|#1}
    user PutObjectRetention bucket=b key=k version={|#1} mode=GOVERNANCE until=@1
    user GetObjectLegalHold bucket=b key=k version={|#1}
    user PutObjectLegalHold bucket=b key=k version={|#1} hold=ON
";

/// All worlds in which witnesses are searched, with the depth of the search.
///
/// # Errors
/// When a world cannot be read.
pub fn searched() -> Result<Vec<(Domain, usize)>, String> {
    Ok(vec![
        (
            Domain::read("versions", "versions and markers", VERSIONS, (0, 3))?,
            7,
        ),
        (
            Domain::read("writes", "lock configuration and lock headers", WRITES, (0, 2))?,
            5,
        ),
        (
            Domain::read("locks", "retention, holds and bypass", LOCKS, (3, 2))?,
            5,
        ),
        (
            Domain::read("states", "changes of the versioning state", STATES, (0, 2))?,
            6,
        ),
        (
            Domain::read(
                "subresources",
                "tags, ACL and attributes of versions",
                SUBRESOURCES,
                (0, 2),
            )?,
            7,
        ),
        (
            Domain::read("listings", "pages of ListObjectVersions", LISTINGS, (0, 2))?,
            7,
        ),
        (Domain::read("copies", "copies of versions", COPIES, (0, 2))?, 6),
        (
            Domain::read(
                "copy-conditions",
                "copies under conditions",
                COPY_CONDITIONS,
                (0, 2),
            )?,
            6,
        ),
        (Domain::read("uploads", "multipart uploads", UPLOADS, (0, 2))?, 8),
        (
            Domain::read("upload-order", "two uploads of one key", UPLOAD_ORDER, (0, 2))?,
            9,
        ),
        (
            Domain::read("part-copies", "parts that are copied", PART_COPIES, (0, 2))?,
            7,
        ),
        (
            Domain::read("upload-access", "who may copy and upload", UPLOAD_ACCESS, (0, 1))?,
            8,
        ),
        (
            Domain::read("conditions", "conditional writes and deletes", CONDITIONS, (0, 2))?,
            5,
        ),
        (Domain::read("access", "policies and callers", ACCESS, (0, 1))?, 7),
        (
            Domain::read(
                "lock-documents",
                "documents on Object Lock",
                LOCK_DOCUMENTS,
                (0, 2),
            )?,
            6,
        ),
        (
            Domain::read("lock-headers", "lock headers and defaults", LOCK_HEADERS, (2, 2))?,
            5,
        ),
        (
            Domain::read(
                "lock-versions",
                "lock state of two versions",
                LOCK_VERSIONS,
                (2, 3),
            )?,
            5,
        ),
        (
            Domain::read(
                "lock-markers",
                "delete markers and the bypass header",
                LOCK_MARKERS,
                (0, 2),
            )?,
            3,
        ),
        (
            Domain::read("accounts", "buckets of two accounts", ACCOUNTS, (0, 1))?,
            5,
        ),
        (
            Domain::read("foreign", "a foreign user at a bucket", FOREIGN, (0, 1))?,
            8,
        ),
        (
            Domain::read(
                "settings",
                "settings of a bucket by every caller",
                SETTINGS,
                (0, 1),
            )?,
            5,
        ),
        (
            Domain::read("hidden", "missing keys and who may know", HIDDEN, (0, 1))?,
            5,
        ),
    ])
}

/// Theorems about locks: one key in a lock bucket, both modes, three dates, holds, and who may bypass.
const CHECKED_LOCKS: &str = "
    policy bypass = Allow user s3:DeleteObject*,s3:GetObject*,s3:PutObjectRetention,s3:BypassGovernanceRetention b/*
    policy retain = Allow user s3:DeleteObject*,s3:GetObject*,s3:PutObjectRetention b/*
    owner CreateBucket bucket=b lock=true
    owner DeleteBucket bucket=b
    owner PutBucketVersioning bucket=b status=Suspended
    owner PutBucketPolicy bucket=b policy={bypass|retain}
    owner PutObject bucket=b key=k
    owner PutObject bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until=@2 hold={|ON}
    {owner|user} DeleteObject bucket=b key=k
    {owner|user} DeleteObject bucket=b key=k version={#1|#2} bypass={|true}
    {owner|user} DeleteObjects bucket=b objects=k:{#1|#2} bypass={|true}
    owner DeleteObjects bucket=b objects={k|k,k:#1|k:#1,k:#2} bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k version={|#1} mode={COMPLIANCE|GOVERNANCE} until=@{1|2|3} bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k version={|#1} bypass={|true}
    owner PutObjectLegalHold bucket=b key=k version={|#1} hold={ON|OFF}
    {owner|user} GetObject bucket=b key=k version={|#1}
    owner GetObjectRetention bucket=b key=k
    owner ListObjectVersions bucket=b
";

/// Theorems about versions: real and null versions, markers, in every versioning state.
const CHECKED_VERSIONS: &str = "
    owner CreateBucket bucket=b lock={true|false}
    owner DeleteBucket bucket=b
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner PutObjectLockConfiguration bucket=b
    owner PutObject bucket=b key=k content={a|x}
    owner GetObject bucket=b key=k version={|#1|null}
    owner DeleteObject bucket=b key=k version={|#1|#2|#3|null}
    owner DeleteObjects bucket=b objects={k|k,k|k:#1,k|k:#2,k:null}
    owner ListObjectVersions bucket=b
    owner ListObjectsV2 bucket=b
";

/// Theorems about rights: every caller, under policies that grant and refuse, with and without public access.
const CHECKED_POLICIES: &str = "
    policy user = Allow user s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy star = Allow * s3:* b,b/*
    policy other = Allow other s3:* b,b/*
    policy deny = Allow * s3:* b,b/*; Deny * s3:* b,b/*
    policy identity = Allow - s3:* *
    policy refusal = Allow - s3:* *; Deny - s3:GetObject*,s3:PutBucketVersioning *
    owner CreateBucket bucket=b lock=true
    {owner|user|other|anonymous} PutBucketPolicy bucket=b policy={user|account|star|other|deny}
    owner PutUserPolicy policy={identity|refusal}
    owner DeleteUserPolicy
    {owner|user|other|anonymous} PutPublicAccessBlock bucket=b on={true|}
    {owner|user|other|anonymous} DeletePublicAccessBlock bucket=b
    {owner|user|other|anonymous} DeleteBucketPolicy bucket=b
    {owner|user|other|anonymous} GetBucketPolicy bucket=b
    {owner|user|other|anonymous} HeadBucket bucket=b
    {owner|user|other|anonymous} GetBucketVersioning bucket=b
    {owner|user|other|anonymous} PutBucketVersioning bucket=b status=Enabled
    {owner|user|other|anonymous} GetObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} PutObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} PutObject bucket=b key=k
    {owner|user|other|anonymous} GetObject bucket=b key=k version={|#1}
    {owner|user|other|anonymous} HeadObject bucket=b key=k version={|#1}
    {owner|user|other|anonymous} DeleteObject bucket=b key=k version={|#1}
    {owner|user|other|anonymous} DeleteObjects bucket=b objects={k|k:#1}
    {owner|user|other|anonymous} GetObjectRetention bucket=b key=k
    {owner|user|other|anonymous} PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@1
    {owner|user|other|anonymous} GetObjectLegalHold bucket=b key=k
    {owner|user|other|anonymous} PutObjectLegalHold bucket=b key=k hold=OFF
    {owner|user|other|anonymous} ListObjectVersions bucket=b
    {owner|user|other|anonymous} ListObjectsV2 bucket=b
    {owner|user|other|anonymous} DeleteBucket bucket=b
";

/// The worlds in which theorems are checked, each explored to its end.
///
/// # Errors
/// When a world cannot be read.
pub fn checked() -> Result<Vec<Domain>, String> {
    Ok(vec![
        Domain::read("locks", "retention, holds and bypass", CHECKED_LOCKS, (3, 2))?,
        Domain::read(
            "versions",
            "versions, markers and versioning states",
            CHECKED_VERSIONS,
            (0, 3),
        )?,
        Domain::read(
            "policies",
            "callers, policies and public access",
            CHECKED_POLICIES,
            (0, 1),
        )?,
    ])
}

/// The same worlds with less room: for tests, and for the many explorations of a table of repeals.
///
/// # Errors
/// When a world cannot be read.
pub fn small() -> Result<Vec<Domain>, String> {
    Ok(vec![
        Domain::read(
            "locks_small",
            "retention, holds and bypass, one version",
            CHECKED_LOCKS,
            (1, 1),
        )?,
        Domain::read(
            "versions_small",
            "versions, markers and versioning states, few of them",
            CHECKED_VERSIONS,
            (0, 2),
        )?,
        Domain::read(
            "policies",
            "callers, policies and public access",
            CHECKED_POLICIES,
            (0, 1),
        )?,
    ])
}

/// The world `locks` with three versions and a default retention: more than a million states.
///
/// # Errors
/// When it cannot be read.
pub fn wide() -> Result<Domain, String> {
    let default = "owner PutObjectLockConfiguration bucket=b mode={COMPLIANCE|GOVERNANCE} period=1d";
    Domain::read(
        "locks_wide",
        "retention, holds and bypass, with more versions",
        &format!("{CHECKED_LOCKS}\n{default}"),
        (3, 3),
    )
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::check::explore::{Blind, Limits, explore};
    use crate::law::Law;

    /// States and generated edges of each world: a change here is a change of the law or of the world, never of the
    /// explorer.
    const COUNTS: &[(&str, usize, u64)] = &[
        ("locks", 6648, 173_531),
        ("versions", 2575, 19_536),
        ("policies", 237, 3802),
        ("locks_small", 148, 3585),
        ("versions_small", 507, 3386),
        ("policies", 237, 3802),
    ];

    #[test]
    fn the_worlds_are_as_large_as_they_were() {
        let limits = Limits::none(NonZeroUsize::MIN.saturating_add(1));
        let domains = [checked().unwrap(), small().unwrap()].concat();
        let counts: Vec<_> = domains
            .iter()
            .map(|domain| {
                let counts = explore(&Law::full(), domain, limits, || Blind, |_| true).counts;
                (domain.name, counts.unique, counts.generated)
            })
            .collect();
        assert_eq!(counts, COUNTS);
    }

    #[test]
    fn the_wide_world_can_be_read() {
        assert_eq!(wide().unwrap().name, "locks_wide");
    }
}
