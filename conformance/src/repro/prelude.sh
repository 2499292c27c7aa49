#!/bin/sh
# Needs curl, openssl, awk, gzip and od. Set ENDPOINT, OWNER_ACCESS_KEY_ID and OWNER_SECRET_ACCESS_KEY (OWNER_SESSION_TOKEN where there is one);
# for other callers USER_… and OTHER_… likewise, and OWNER_ARN, USER_ARN, OTHER_ARN as policies name them. Exit status 0: as expected; 3: read what it says.
# What it makes it takes away again at its end, also where a step fails; what stays because it is locked is named.
set -u
: "${ENDPOINT:?set ENDPOINT, for example http://127.0.0.1:9000}"
: "${OWNER_ARN:=}" "${OTHER_ARN:=}" "${USER_ARN:=}" "${USER_NAME:=}" "${UNIT:=20}" "${ADDRESSING:=@ADDRESSING@}"
REGION=@REGION@
START=$(date +%s)
PREFIX="bucketlaw-repro-$START-$$-"
reply= digest=none how=header
scratch=$(mktemp -d)
: > "$scratch/made"
trap clean_up EXIT
trap 'exit 130' HUP INT TERM
# moment SECONDS FORMAT: an instant in words, by GNU's date or BSD's
moment() { LC_ALL=C date -u -d "@$1" "$2" 2> /dev/null || LC_ALL=C date -u -r "$1" "$2"; }
date_at() { moment "$((START + $1 * UNIT))" +%Y-%m-%dT%H:%M:%S.000Z; }
zoneless_at() { moment "$((START + $1 * UNIT))" +%Y-%m-%dT%H:%M:%S.000; }
offset_at() { moment "$((START + $1 * UNIT + 7200))" +%Y-%m-%dT%H:%M:%S.000+02:00; }
far_away() { moment "$((START + 150 * 365 * 86400))" +%Y-%m-%dT%H:%M:%S.000Z; }
now() { LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT'; }
sleep_until() { while [ "$(date +%s)" -le "$((START + $1 * UNIT + 1))" ]; do sleep 1; done; }
status() { printf '%s\n' "$reply" | awk 'NR == 1 { print $2 }'; }
made() { printf '%s\n' "$reply" | tr -d '\r' | awk 'tolower($1) == "x-amz-version-id:" { print $2; exit }'; }
element() { printf '%s\n' "$reply" | tr -d '\r\n' | sed -n "s:.*<$1>\\([^<]*\\)</$1>.*:\\1:p"; }
etag() {
  found=$(printf '%s\n' "$reply" | tr -d '\r' | awk 'tolower($1) == "etag:" { print $2; exit }')
  [ -n "$found" ] || found=$(element ETag | sed 's/&quot;/"/g')
  printf '%s' "$found"
}
# xml TEXT: a text as it stands between tags
xml() { printf '%s' "$1" | sed "s/&/\\&amp;/g;s/</\\&lt;/g;s/>/\\&gt;/g;s/'/\\&apos;/g;s/\"/\\&quot;/g"; }
# percent TEXT [KEPT] [ESCAPED]: percent-encodes all but the unreserved characters and those that are kept; what is escaped already is read as such
percent() {
  printf '%s' "$1" | LC_ALL=C awk -v kept="${2:-}" -v escaped="${3:-}" 'BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = sprintf("%%%02X", i) }
    NR > 1 { out = out "%0A" }
    { for (i = 1; i <= length($0); i++) {
      c = substr($0, i, 1)
      if (escaped && c == "+") out = out "%20"
      else if (escaped && c == "%") { hex = toupper(substr($0, i + 1, 2)); i += 2; out = out (hex in plain ? plain[hex] : "%" hex) }
      else out = out (c ~ /[A-Za-z0-9._~-]/ || index(kept, c) ? c : code[c]) } }
    BEGIN { for (i = 33; i < 127; i++) { c = sprintf("%c", i); if (c ~ /[A-Za-z0-9._~-]/ || index(kept, c)) plain[sprintf("%02X", i)] = c } }
    END { printf "%s", out }'
}
