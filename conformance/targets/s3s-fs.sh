#!/usr/bin/env bash
# Runs s3s-fs on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(s3s-fs.sh start)", and s3s-fs.sh stop.
# It is built from its crate, which takes a few minutes the first time.
#
# S3S_FS_PORT  the port (default 17515)
set -euo pipefail
name=s3s-fs
port=${S3S_FS_PORT:-17515}
. "$(dirname "$0")/common.sh"
program=$home/s3s-fs-cargo/bin/s3s-fs

install() {
    [ -x "$program" ] && return
    CARGO_TARGET_DIR=$home/s3s-fs-build cargo install s3s-fs --version 0.14.1 --features binary --locked --root "$home/s3s-fs-cargo" >&2
}

# It knows one key pair.
start() {
    mkdir -p "$state/data"
    "$program" --host 127.0.0.1 --port "$port" \
        --access-key OWNERACCESSKEY000001 --secret-key ownerSecretKey0000000000000000000000001 \
        "$state/data" >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /
    echo "export S3S_FS_PORT=$port"
}

run_target "$@"
