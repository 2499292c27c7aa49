#!/usr/bin/env bash
# The aws-cli drives an S3 endpoint through versioning and Object Lock, and checks the exact codes and messages.
#
# The endpoint and the keys of an account's root user come from the environment, as for every AWS tool:
# AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION. Each check names its clause. The
# aws-cli takes most of a second to start, so the sections run side by side, and check what it does by itself: its
# documents, its checksums, its high-level commands, its messages; versioning_and_lock.py goes into the depth.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export AWS_PAGER="" AWS_MAX_ATTEMPTS=1 AWS_CONFIG_FILE=$scratch/config AWS_SHARED_CREDENTIALS_FILE=$scratch/credentials
printf '[default]\ns3 =\n  signature_version = s3v4\n' >config

lockmsg='Access Denied because object protected by object lock.'
run=$(date +%s)-$$
checks=0

# fail CLAUSE TEXT: ends the run.
fail() {
  printf 'FAIL %s\n' "$*" >&2
  exit 1
}

# equal CLAUSE GOT WANTED
equal() {
  [[ $2 == "$3" ]] || fail "$1: got '$2', wanted '$3'"
  checks=$((checks + 1))
}

# refused CLAUSE CODE MESSAGE COMMAND...: the command fails with this code and message, to the letter.
refused() {
  local clause=$1 code=$2 message=$3 output
  shift 3
  if output=$("$@" 2>&1); then
    fail "$clause: accepted: $*"
  fi
  output=$(grep -o 'An error occurred.*' <<<"$output" || printf '%s' "$output")
  local shown="An error occurred ($code) when calling the "
  [[ $output == "$shown"* ]] || fail "$clause: got '$output', wanted code $code: $*"
  equal "$clause" "${output#*operation: }" "$message"
}

# s3api OPERATION ARGUMENTS...: one operation, its answer as text.
s3api() {
  aws s3api --output text "$@"
}

# later SECONDS: an instant from now, in a form in which the order of the texts is the order of the instants.
later() {
  python -c 'import datetime as d, sys
print((d.datetime.now(d.timezone.utc) + d.timedelta(seconds=int(sys.argv[1]))).strftime("%Y-%m-%dT%H:%M:%SZ"))' "$1"
}

printf 'first' >first
printf 'second' >second

# States, versions, the null version, markers, conditions, copies, a presigned URL.
versions() {
  local bucket=cli-versions-$run version marker answer
  s3api create-bucket --bucket "$bucket" >/dev/null
  equal VER-ST-002 "$(s3api get-bucket-versioning --bucket "$bucket" --query Status)" None
  s3api put-object --bucket "$bucket" --key k --body first >/dev/null
  s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
  version=$(s3api put-object --bucket "$bucket" --key k --body second --query VersionId)
  [[ $version != None && $version != null ]] || fail 'VER-PUT-002: no version id'
  marker=$(s3api delete-object --bucket "$bucket" --key k --query '[DeleteMarker,VersionId]')
  equal VER-DEL-003 "${marker%%$'\t'*}" True
  marker=${marker##*$'\t'}
  refused VER-GET-003 NoSuchKey 'The specified key does not exist.' \
    aws s3api get-object --bucket "$bucket" --key k versions.out
  refused VER-GET-004 MethodNotAllowed 'The specified method is not allowed against this resource.' \
    aws s3api get-object --bucket "$bucket" --key k --version-id "$marker" versions.out
  equal 'VER-LIST-001, VER-LIST-002' "$(s3api list-object-versions --bucket "$bucket" \
    --query '[Versions,DeleteMarkers][].[VersionId,IsLatest]')" \
    "$version"$'\tFalse\nnull\tFalse\n'"$marker"$'\tTrue'
  s3api get-object --bucket "$bucket" --key k --version-id null versions.out >/dev/null
  equal VER-ID-004 "$(<versions.out)" first
  answer=$(s3api delete-object --bucket "$bucket" --key k --version-id "$marker" --query '[DeleteMarker,VersionId]')
  equal VER-DEL-010 "$answer" $'True\t'"$marker"
  refused VER-ID-005 InvalidArgument 'Invalid version id specified' \
    aws s3api get-object --bucket "$bucket" --key k --version-id forged versions.out
  refused VER-COND-004 PreconditionFailed 'At least one of the pre-conditions you specified did not hold' \
    aws s3api put-object --bucket "$bucket" --key k --body first --if-none-match '*'
  answer=$(s3api copy-object --bucket "$bucket" --key copy --copy-source "$bucket/k?versionId=$version" \
    --query CopySourceVersionId)
  equal VER-COPY-001 "$answer" "$version"
  equal VER-MDEL-006 "$(s3api delete-objects --bucket "$bucket" --delete 'Objects=[{Key=copy}]' \
    --query 'Deleted[0].[Key,VersionId,DeleteMarker]')" $'copy\tNone\tTrue'
  equal 'PRE-014, VER-DEL-010' "$(python -c 'import sys, urllib.request as r
print(r.build_opener(r.ProxyHandler({})).open(sys.argv[1], timeout=10).read().decode())' \
    "$(aws s3 presign "s3://$bucket/k")")" second
  s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Suspended
  equal VER-PUT-004 "$(s3api put-object --bucket "$bucket" --key k --body second --query VersionId)" None
  equal VER-GET-002 "$(s3api head-object --bucket "$bucket" --key k --query VersionId)" null
  echo "ok   versions: $checks checks"
}

# The high-level commands: uploads in parts, copies, recursive deletes, on a bucket with versions.
commands() {
  local bucket=cli-commands-$run etag
  s3api create-bucket --bucket "$bucket" >/dev/null
  s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
  # Above the threshold of 8 MiB the command uploads parts.
  head -c 9000000 /dev/zero >large
  aws s3 cp --only-show-errors large "s3://$bucket/large"
  etag=$(s3api head-object --bucket "$bucket" --key large --query ETag)
  [[ $etag == *-2\" ]] || fail "VER-PUT-008: not a multipart object: $etag"
  aws s3 mv --only-show-errors "s3://$bucket/large" "s3://$bucket/parts/copy"
  aws s3 cp --only-show-errors "s3://$bucket/parts/copy" commands.out
  cmp large commands.out || fail 'VER-GET-001: another content came back'
  aws s3 rm --only-show-errors --recursive "s3://$bucket"
  equal VER-GET-013 "$(aws s3 ls --recursive "s3://$bucket" || true)" ''
  refused VER-DEL-017 BucketNotEmpty \
    'The bucket you tried to delete is not empty. You must delete all versions in the bucket.' \
    aws s3 rb "s3://$bucket"
  echo "ok   commands: $checks checks"
}

# A lock bucket, default retention, both modes, a hold, an IAM user, and the end of retention.
locks() {
  local bucket=cli-lock-$run began=$SECONDS date sooner version at kept answer user key secret arn deadline output
  s3api create-bucket --bucket "$bucket" --object-lock-enabled-for-bucket >/dev/null

  # First what ends by itself, so that the rest is done while it lasts: longer where the client is slow.
  date=$(later $((15 + 10 * (SECONDS - began))))
  version=$(s3api put-object --bucket "$bucket" --key kept --body second --object-lock-mode COMPLIANCE \
    --object-lock-retain-until-date "$date" --query VersionId)
  kept=(--bucket "$bucket" --key kept --version-id "$version")
  refused LOCK-DEL-003 AccessDenied "$lockmsg" aws s3api delete-object "${kept[@]}" --bypass-governance-retention
  refused LOCK-RET-015 AccessDenied "$lockmsg" aws s3api put-object-retention "${kept[@]}" \
    --bypass-governance-retention --retention "Mode=GOVERNANCE,RetainUntilDate=$(later 3600)"
  equal LOCK-DEL-004 "$(s3api delete-object --bucket "$bucket" --key kept --query DeleteMarker)" True

  refused LOCK-BKT-006 InvalidBucketState \
    'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.' \
    aws s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Suspended
  s3api put-object-lock-configuration --bucket "$bucket" --object-lock-configuration \
    'ObjectLockEnabled=Enabled,Rule={DefaultRetention={Mode=GOVERNANCE,Days=1}}'
  # LOCK-INT-001: a default wants a checksum, which the aws-cli sends by itself.
  version=$(s3api put-object --bucket "$bucket" --key k --body first --query VersionId)
  at=(--bucket "$bucket" --key k --version-id "$version")
  equal LOCK-CFG-012 "$(s3api get-object-retention "${at[@]}" --query Retention.Mode)" GOVERNANCE
  refused LOCK-DEL-001 AccessDenied "$lockmsg" aws s3api delete-object "${at[@]}"
  sooner="Mode=GOVERNANCE,RetainUntilDate=$(later 3600)"
  refused LOCK-RET-008 AccessDenied "$lockmsg" \
    aws s3api put-object-retention "${at[@]}" --retention "$sooner"
  s3api put-object-retention "${at[@]}" --retention "$sooner" --bypass-governance-retention
  s3api put-object-legal-hold "${at[@]}" --legal-hold Status=ON
  refused LOCK-HOLD-005 AccessDenied "$lockmsg" aws s3api delete-object "${at[@]}" --bypass-governance-retention
  s3api put-object-legal-hold "${at[@]}" --legal-hold Status=OFF
  equal LOCK-HOLD-004 "$(s3api get-object-legal-hold "${at[@]}" --query LegalHold.Status)" OFF
  answer=$(s3api delete-object "${at[@]}" --bypass-governance-retention --query VersionId)
  equal LOCK-DEL-002 "$answer" "$version"

  user=cli-user-$run
  aws iam create-user --user-name "$user" >/dev/null
  read -r key secret < <(aws iam create-access-key --user-name "$user" --output text \
    --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
  as_user() {
    AWS_ACCESS_KEY_ID=$key AWS_SECRET_ACCESS_KEY=$secret "$@"
  }
  arn=$(as_user aws sts get-caller-identity --output text --query Arn)
  cat >policy.json <<JSON
{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "arn:aws:s3:::$bucket/*",
  "Action": "s3:DeleteObjectVersion"}}
JSON
  aws iam put-user-policy --user-name "$user" --policy-name inline --policy-document file://policy.json
  # LOCK-RET-022, EVAL-ERR-003: an ordinary refusal, which names what is missing.
  refused LOCK-RET-022 AccessDenied "User: $arn is not authorized to perform: s3:GetObjectRetention on resource: \
\"arn:aws:s3:::$bucket/kept\" because no identity-based policy allows the s3:GetObjectRetention action" \
    as_user aws s3api get-object-retention "${kept[@]}"

  # LOCK-RET-017: over at its date and not before. The client's own start is the pause between two attempts.
  deadline=$(later 30)
  until output=$(as_user aws s3api delete-object "${kept[@]}" 2>&1); do
    [[ $output == *"$lockmsg"* ]] || fail "LOCK-RET-017: $output"
    [[ $(later 0) < $deadline ]] || fail 'LOCK-RET-017: still locked'
  done
  [[ ! $(later 0) < $date ]] || fail 'LOCK-RET-017: deleted before its date'
  checks=$((checks + 1))
  echo "ok   locks: $checks checks"
}

sections=()
for section in versions commands locks; do
  "$section" &
  sections+=($!)
done
failed=0
for section in "${sections[@]}"; do
  wait "$section" || failed=1
done
exit "$failed"
