#!/bin/sh
# Needs curl 7.75 or newer, openssl and sha256sum. Set ENDPOINT, OWNER_ACCESS_KEY_ID and OWNER_SECRET_ACCESS_KEY; for other
# callers USER_… and OTHER_… likewise, and OWNER_ARN, USER_ARN, OTHER_ARN as policies name them. Exit status 0: as expected; 3: read what it says.
# What it makes it takes away again at its end, also where a step fails; what stays because it is locked is named.
set -u
: "${ENDPOINT:?set ENDPOINT, for example http://127.0.0.1:9000}"
: "${OWNER_ARN:=}" "${OTHER_ARN:=}" "${USER_ARN:=}" "${USER_NAME:=}" "${UNIT:=20}"
REGION=@REGION@
START=$(date +%s)
NOW=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
PREFIX="bucketlaw-repro-$START-$$-"
reply=
scratch=$(mktemp -d)
: > "$scratch/made"
trap clean_up EXIT
trap 'exit 130' HUP INT TERM
date_at() { date -u -d "@$((START + $1 * UNIT))" +%Y-%m-%dT%H:%M:%S.000Z; }
sleep_until() { while [ "$(date +%s)" -le "$((START + $1 * UNIT + 1))" ]; do sleep 1; done; }
status() { printf '%s\n' "$reply" | awk 'NR == 1 { print $2 }'; }
made() { printf '%s\n' "$reply" | tr -d '\r' | awk 'tolower($1) == "x-amz-version-id:" { print $2; exit }'; }
element() { printf '%s\n' "$reply" | tr -d '\r\n' | sed -n "s:.*<$1>\\([^<]*\\)</$1>.*:\\1:p"; }
etag() {
  found=$(printf '%s\n' "$reply" | tr -d '\r' | awk 'tolower($1) == "etag:" { print $2; exit }')
  [ -n "$found" ] || found=$(element ETag | sed 's/&quot;/"/g')
  printf '%s' "$found"
}
# send WHO SERVICE METHOD TARGET [curl options]: sends $body, with Content-MD5 where $digest says md5
send() {
  who=$1 service=$2 method=$3 target=$4
  shift 4
  set -- "$@" -H "x-amz-content-sha256: $(printf '%s' "$body" | sha256sum | cut -d' ' -f1)"
  [ "$digest" != md5 ] || set -- "$@" -H "Content-MD5: $(printf '%s' "$body" | openssl dgst -md5 -binary | base64)"
  [ "$service" != s3 ] || [ -z "$body" ] || set -- "$@" -H 'Content-Type: application/xml'
  case $who in
    owner) set -- "$@" --aws-sigv4 "aws:amz:$REGION:$service" --user "$OWNER_ACCESS_KEY_ID:$OWNER_SECRET_ACCESS_KEY" ;;
    user) set -- "$@" --aws-sigv4 "aws:amz:$REGION:$service" --user "$USER_ACCESS_KEY_ID:$USER_SECRET_ACCESS_KEY" ;;
    other) set -- "$@" --aws-sigv4 "aws:amz:$REGION:$service" --user "$OTHER_ACCESS_KEY_ID:$OTHER_SECRET_ACCESS_KEY" ;;
  esac
  case $method in
    HEAD) set -- "$@" --head ;;
    GET) ;;
    *) [ -n "$body" ] && set -- "$@" -X "$method" --data-raw "$body" || set -- "$@" -X "$method" -H 'Content-Length: 0' ;;
  esac
  reply=$(curl -sS -i "$@" "$ENDPOINT$target")
}
# ask WHO SERVICE METHOD TARGET [curl options]: a step of the program
ask() {
  send "$@" || { echo 'no reply: see what curl says'; note; exit 3; }
  printf '%s %s %s %s\n' "$(status)" "$who" "$method" "$target"
  note
  case $reply in
    *SignatureDoesNotMatch*)
      echo 'curl signs this wrongly (7.88 does where x-amz-copy-source has conditions): take another release, or bucketlaw replay'
      exit 3 ;;
  esac
}
