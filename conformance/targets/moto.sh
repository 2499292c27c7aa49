#!/usr/bin/env bash
# Runs moto's server on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(moto.sh start)", and moto.sh stop.
#
# MOTO_PORT  the port (default 17481)
set -euo pipefail
name=moto
port=${MOTO_PORT:-17481}
. "$(dirname "$0")/common.sh"
venv=$home/moto-venv

install() {
    python_packages moto_server 'moto[server,s3,iam,sts]==5.2.5' boto3
}

# Two administrators, each in an account of its own; their keys are printed for the shell. moto makes an account when
# somebody assumes a role in it, and a key belongs to the account in which it was made.
make_identities() {
    "$venv/bin/python" - "http://127.0.0.1:$port" <<'PYTHON'
import json
import sys

import boto3

ENDPOINT = sys.argv[1]
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def client(service, **credentials):
    given = credentials or {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", **given)


def administrator(role, account):
    made = client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/any", RoleSessionName="setup")["Credentials"]
    iam = client(
        "iam",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )
    iam.create_user(UserName=role)
    iam.put_user_policy(UserName=role, PolicyName="all", PolicyDocument=json.dumps(ALL))
    key = iam.create_access_key(UserName=role)["AccessKey"]
    name = f"MOTO_{role.upper()}"
    print(f"export {name}_KEY={key['AccessKeyId']}")
    print(f"export {name}_SECRET={key['SecretAccessKey']}")


administrator("owner", "123456789012")
administrator("other", "210987654321")
PYTHON
}

start() {
    # Nothing is authorized until the identities are there, and everything from then on.
    INITIAL_NO_AUTH_ACTION_COUNT=1000000 "$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /moto-api/
    make_identities
    curl --silent --output /dev/null --request POST --header 'Content-Type: text/plain' --data-binary 0 \
        "http://127.0.0.1:$port/moto-api/reset-auth"
    echo "export MOTO_PORT=$port"
}

run_target "$@"
