# Requests are signed here (Signature Version 4), and not by curl, so that they are what `bucketlaw` sent, whatever curl's version.
hash() { openssl dgst -sha256 -r | cut -c 1-64; }
hmac() { openssl dgst -sha256 -mac HMAC -macopt "$1" | sed 's/.*[ =]//'; }
# canonical HEADER...: the headers that are signed, as signatures write them
canonical() {
  printf '%s\n' "$@" | LC_ALL=C awk '{ at = index($0, ":"); name = tolower(substr($0, 1, at - 1)); value = substr($0, at + 1)
    gsub(/[ \t]+/, " ", value); sub(/^ /, "", value); sub(/ $/, "", value)
    if (name ~ /^(host|content-md5|content-type|x-amz-.*)$/) print name ":" value }' | LC_ALL=C sort -t : -k 1,1
}
names() { canonical "$@" | cut -d : -f 1 | paste -s -d ';' -; }
# sign ALGORITHM TEXT: signs it with the key of the secret, the day, the region and the service; the result is $signature
sign() {
  case $signing_key_of in "$secret $scope") ;; *)
    signing_key=$(printf '%s' "${stamp%T*}" | hmac "key:AWS4$secret")
    for part in "$REGION" "$service" aws4_request; do signing_key=$(printf '%s' "$part" | hmac "hexkey:$signing_key"); done
    signing_key_of="$secret $scope" ;;
  esac
  signature=$(printf '%s\n%s\n%s\n%s' "$1" "$stamp" "$scope" "$2" | hmac "hexkey:$signing_key")
}
signing_key_of=
# sign_request HASH HEADER...: signs the request with this hash of its body
sign_request() {
  hash=$1
  shift
  path=${url%%\?*} query=
  case $url in *\?*) query=$(printf '%s\n' "${url#*\?}" | tr '&' '\n' | LC_ALL=C sort -t = -k 1,1 | paste -s -d '&' -) ;; esac
  sign AWS4-HMAC-SHA256 "$({ printf '%s\n%s\n%s\n' "$method" "$path" "$query"; canonical "$@"; printf '\n%s\n%s' "$(names "$@")" "$hash"; } | hash)"
}
crlf=$(printf '\r\nx') crlf=${crlf%x}
# chunk DATA: one chunk of the body, after the signature before it
chunk() {
  size=$(printf '%s' "$1" | wc -c)
  sent=$sent$(printf '%x' "$size")
  [ "$how" = unsigned-trailer ] || {
    sign AWS4-HMAC-SHA256-PAYLOAD "$signature
$(printf '' | hash)
$(printf '%s' "$1" | hash)"
    sent="$sent;chunk-signature=$signature"
  }
  sent=$sent$crlf
  [ -z "$1" ] || sent=$sent$1$crlf
}
# chunks: the body in chunks, with its checksum behind them where $how says so
chunks() {
  sent=
  [ -z "$body" ] || chunk "$body"
  chunk ''
  [ "$how" = chunked ] || sent="${sent}x-amz-checksum-crc32:$checksum$crlf"
  [ "$how" != chunked-trailer ] || {
    sign AWS4-HMAC-SHA256-TRAILER "$signature
$(printf 'x-amz-checksum-crc32:%s\n' "$checksum" | hash)"
    sent="${sent}x-amz-trailer-signature:$signature$crlf"
  }
  sent=$sent$crlf
}
crc32() {
  # Four octal bytes, the last first.
  set -- $(printf '%s' "$body" | gzip -c | tail -c 8 | od -A n -N 4 -t o1)
  printf "\\$4\\$3\\$2\\$1" | base64
}
# send WHO SERVICE METHOD TARGET [HEADER]...: sends $body with the checksum that $digest names, signed as $how says
send() {
  who=$1 service=$2 method=$3 target=$4
  shift 4
  url=$target host=${ENDPOINT#*://} sent=$body token=
  host=${host%%/*}
  case $ENDPOINT in http://*) host=${host%:80} ;; https://*) host=${host%:443} ;; esac
  if [ "$ADDRESSING:$service" = virtual:s3 ] && [ "$target" != / ]; then
    bucket=${target#/}
    bucket=${bucket%%[/?]*}
    url=${target#/"$bucket"} host=$bucket.$host
    case $url in /*) ;; *) url=/$url ;; esac
  fi
  set -- "Host: $host" "$@"
  case $digest in
    md5) set -- "$@" "Content-MD5: $(printf '%s' "$body" | openssl dgst -md5 -binary | base64)" ;;
    crc32) case $how in *-trailer) ;; *) set -- "$@" "x-amz-checksum-crc32: $(crc32)" ;; esac ;;
  esac
  case $who in
    owner) key=$OWNER_ACCESS_KEY_ID secret=$OWNER_SECRET_ACCESS_KEY token=${OWNER_SESSION_TOKEN:-} ;;
    user) key=$USER_ACCESS_KEY_ID secret=$USER_SECRET_ACCESS_KEY token=${USER_SESSION_TOKEN:-} ;;
    other) key=$OTHER_ACCESS_KEY_ID secret=$OTHER_SECRET_ACCESS_KEY token=${OTHER_SESSION_TOKEN:-} ;;
  esac
  stamp=$(date -u +%Y%m%dT%H%M%SZ)
  scope=${stamp%T*}/$REGION/$service/aws4_request
  case $who:$how in
    anonymous:*) ;;
    *:query)
      case $url in *\?*) url="$url&" ;; *) url="$url?" ;; esac
      url="${url}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=$(percent "$key/$scope")&X-Amz-Date=$stamp&X-Amz-Expires=900"
      url="$url&X-Amz-SignedHeaders=$(percent "$(names "$@")")"
      [ -z "$token" ] || url="$url&X-Amz-Security-Token=$(percent "$token")"
      sign_request UNSIGNED-PAYLOAD "$@"
      url="$url&X-Amz-Signature=$signature" ;;
    *)
      set -- "$@" "x-amz-date: $stamp"
      [ -z "$token" ] || set -- "$@" "x-amz-security-token: $token"
      case $how in
        chunked) hash=STREAMING-AWS4-HMAC-SHA256-PAYLOAD ;;
        chunked-trailer) hash=STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER ;;
        unsigned-trailer) hash=STREAMING-UNSIGNED-PAYLOAD-TRAILER ;;
        *) hash=$(printf '%s' "$body" | hash) ;;
      esac
      [ "$how" = header ] || set -- "$@" 'Content-Encoding: aws-chunked' "x-amz-decoded-content-length: $(($(printf '%s' "$body" | wc -c)))"
      case $how in *-trailer) checksum=$(crc32); set -- "$@" 'x-amz-trailer: x-amz-checksum-crc32' ;; esac
      [ "$service" != s3 ] || set -- "$@" "x-amz-content-sha256: $hash"
      sign_request "$hash" "$@"
      set -- "$@" "Authorization: AWS4-HMAC-SHA256 Credential=$key/$scope, SignedHeaders=$(names "$@"), Signature=$signature"
      [ "$how" = header ] || chunks ;;
  esac
  transfer "$@"
}
# transfer HEADER...: what curl sends is given in full, and nothing is added to it
transfer() {
  typed=
  for header in "$@"; do
    shift
    # For "Name:" curl drops the header, for "Name;" it sends it empty.
    case $header in *': ') header="${header%: };" ;; [Cc]ontent-[Tt]ype:*) typed=yes ;; esac
    set -- "$@" -H "$header"
  done
  [ -n "$typed" ] || set -- "$@" -H 'Content-Type:'
  case $method in
    HEAD) set -- "$@" --head ;;
    GET) ;;
    *) [ -n "$sent" ] && set -- "$@" -X "$method" --data-raw "$sent" || set -- "$@" -X "$method" -H 'Content-Length: 0' ;;
  esac
  # What is sent together with others waits for them.
  [ -z "${gate:-}" ] || { : > "$scratch/ready.$gate"; : < "$scratch/gate"; }
  reply=$(curl -sS -i --path-as-is --globoff "$@" "${ENDPOINT%/}$url")
}
# ask WHO SERVICE METHOD TARGET [HEADER]...: a step of the program
ask() {
  send "$@" || { echo 'no reply: see what curl says'; note; exit 3; }
  printf '%s %s %s %s\n' "$(status)" "$who" "$method" "$target"
  note
  body= digest=none how=header
}
