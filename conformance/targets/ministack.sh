#!/usr/bin/env bash
# Runs MiniStack on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(ministack.sh start)", and ministack.sh stop.
#
# MINISTACK_PORT  the port (default 17488)
set -euo pipefail
name=ministack
port=${MINISTACK_PORT:-17488}
. "$(dirname "$0")/common.sh"
venv=$home/ministack-venv

install() {
    python_packages ministack ministack==1.5.33
}

# A key of twelve digits is the root of the account with that number; others are made through IAM.
start() {
    (
        cd "$state"
        HOME=$state AUTH=true GATEWAY_PORT=$port BIND_HOST=127.0.0.1 exec "$venv/bin/ministack"
    ) >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /_ministack/health
    echo "export MINISTACK_PORT=$port"
}

run_target "$@"
