#!/usr/bin/env bash
# Runs LocalEmu on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(localemu.sh start)", and localemu.sh stop.
#
# LOCALEMU_PORT  the port (default 17484)
# PYTHON         a Python of version 3.12 or newer, which its S3 needs
set -euo pipefail
name=localemu
port=${LOCALEMU_PORT:-17484}
. "$(dirname "$0")/common.sh"
venv=$home/localemu-venv

install() {
    python_packages localemu localemu==1.3.2
}

# It listens on every interface, whatever address it is given; here it is held to the loopback interface.
launcher() {
    cat <<'PYTHON'
import sys
import warnings
from importlib.metadata import entry_points

import twisted.internet.endpoints as endpoints
import typing_extensions

if not hasattr(warnings, "deprecated"):  # Python 3.12 has it under another name
    warnings.deprecated = typing_extensions.deprecated
listens = endpoints.TCP4ServerEndpoint
endpoints.TCP4ServerEndpoint = lambda reactor, port, **options: listens(reactor, port, interface="127.0.0.1")
sys.argv[0] = "localemu"
next(script for script in entry_points(group="console_scripts") if script.name == "localemu").load()()
PYTHON
}

# Policies are enforced; the two keys that are named are the roots of two accounts.
start() {
    mkdir -p "$state/home"
    launcher >"$state/launch.py"
    HOME=$state/home TMPDIR=$state DATA_DIR=$state/data LOCALEMU_VOLUME_DIR=$state/volume PERSISTENCE=0 \
        GATEWAY_LISTEN=127.0.0.1:$port SERVICES=s3,s3control,iam,sts IAM_ENFORCEMENT=1 ROOT_ACCESS_KEYS=111111111111,222222222222 \
        S3_SKIP_SIGNATURE_VALIDATION=0 DISABLE_EVENTS=1 SKIP_SSL_CERT_DOWNLOAD=1 EAGER_SERVICE_LOADING=0 \
        "$venv/bin/python" "$state/launch.py" start --host 127.0.0.1 --port "$port" >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /_localemu/health
    echo "export LOCALEMU_PORT=$port"
}

run_target "$@"
