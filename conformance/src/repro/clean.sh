# note: keeps what the last request may have made: buckets, objects, versions, delete markers, uploads, the user's policy
note() {
  path=${target%%\?*} query=
  case $target in *\?*) query=${target#*\?} ;; esac
  case $service:$method:$path:$body in
    iam:*Action=PutUserPolicy*) echo "policy $USER_NAME" ;;
    iam:*) ;;
    s3:PUT:/*/*) echo "object $who $path $(made)" ;;
    s3:PUT:/?*) [ -n "$query" ] || echo "bucket $who $path" ;;
    s3:DELETE:/*/*) [ -z "$(made)" ] || echo "object $who $path $(made)" ;;
    s3:POST:/*/*) case $query in uploads*) echo "upload $who $path $(element UploadId)" ;; *) echo "object $who $path $(made)" ;; esac ;;
    s3:POST:/?*) listed Deleted DeleteMarkerVersionId | while read -r key id; do [ -z "$id" ] || echo "object $who $path/$key $id"; done ;;
  esac >> "$scratch/made"
}
# try WHO SERVICE METHOD TARGET [HEADER]...: a request of the clean-up, again where the server is busy; whether it was carried out, or nothing is there
try() {
  for pause in 1 2 0; do
    if send "$@" 2> "$scratch/curl"; then
      case $(status) in 429 | 500 | 502 | 503 | 504) ;; *) break ;; esac
    else
      reply=
    fi
    sleep "$pause"
  done
  body= digest=none how=header
  case $(status) in 2?? | 404) ;; *) return 1 ;; esac
}
# listed KIND ID: the entries of the last reply, a line each: the key as it stands in a target, and its id
listed() {
  case $reply in *'<EncodingType>url'*) escaped=yes ;; *) escaped= ;; esac
  printf '%s' "$reply" | tr -d '\r\n' | awk -v kind="$1" -v id="$2" 'BEGIN { RS = "<" }
    { at = index($0, ">"); name = substr($0, 1, at - 1); text = substr($0, at + 1) }
    name == "Key" { key = text }
    name == id { value = text }
    name ~ ("^/(" kind ")$") { print key "\t" value; key = value = "" }' | while IFS='	' read -r key id; do
    [ -n "$escaped" ] || key=$(printf '%s' "$key" | sed 's/&quot;/"/g;s/&lt;/</g;s/&gt;/>/g;s/&apos;/'\''/g;s/&#3[49];/'\''/g;s/&amp;/\&/g')
    printf '%s %s\n' "$(percent "$key" / "$escaped")" "$id"
  done
}
# is_deleted WHO PATH ID [HEADER]...: deletes a version, or without an id an object, as the owner of the bucket, else as whoever made it
is_deleted() {
  for_whom=$1 object=$2 id=$3
  shift 3
  try "$for_whom" s3 DELETE "$object${id:+?versionId=$(percent "$id")}" "$@" && return
  maker=$(awk -v path="$object" '$1 == "object" && $3 == path { print $2; exit }' "$scratch/all")
  [ -n "$maker" ] && [ "$maker" != "$for_whom" ] && try "$maker" s3 DELETE "$object${id:+?versionId=$(percent "$id")}" "$@"
}
# remove_version WHO PATH ID: plainly, past governance, without its hold; names it if it stays
remove_version() {
  is_deleted "$1" "$2" "$3" && return
  is_deleted "$1" "$2" "$3" 'x-amz-bypass-governance-retention: true' && return
  version="versionId=$(percent "$3")"
  for holder in "$1" ${OTHER_ACCESS_KEY_ID:+other}; do
    body='<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>OFF</Status></LegalHold>' digest=md5
    try "$holder" s3 PUT "$2?legal-hold=&$version" && break
  done
  is_deleted "$1" "$2" "$3" 'x-amz-bypass-governance-retention: true' && return
  try "$1" s3 GET "$2?retention=&$version"
  ends=$(element RetainUntilDate)
  [ -n "$ends" ] || {
    try "$1" s3 HEAD "$2?$version"
    ends=$(printf '%s\n' "$reply" | tr -d '\r' | awk 'tolower($1) == "x-amz-object-lock-retain-until-date:" { print $2 }')
  }
  echo "left behind: $2 version $3, locked until ${ends:-nobody says when}" >> "$scratch/left"
}
# remove_noted WHO /BUCKET: what the script knows that it made there
remove_noted() {
  versions=$(awk -v in_it="$2/" '$1 == "object" && index($3, in_it) == 1 && $4 != "" && $4 != "null" { print; exit }' "$scratch/all")
  while read -r what maker path id; do
    case $what:$path in
      upload:"$2"/*) try "$1" s3 DELETE "$path?uploadId=$(percent "$id")" || try "$maker" s3 DELETE "$path?uploadId=$(percent "$id")" ;;
      object:"$2"/*) [ -n "$id" ] || [ -z "$versions" ] || id=null; is_deleted "$1" "$path" "$id" ;;
    esac
  done < "$scratch/all"
}
# remove_listed WHO /BUCKET: what any listing shows; what stays is named in the file left
remove_listed() {
  : > "$scratch/left"
  try "$1" s3 GET "$2?encoding-type=url&uploads=" && listed Upload UploadId > "$scratch/list" && while read -r key id; do
    try "$1" s3 DELETE "$2/$key?uploadId=$(percent "$id")"
  done < "$scratch/list"
  try "$1" s3 GET "$2?encoding-type=url&versions=" && listed 'Version|DeleteMarker' VersionId > "$scratch/list" && while read -r key id; do
    [ -z "$id" ] || remove_version "$1" "$2/$key" "$id"
  done < "$scratch/list"
  for listing in 'encoding-type=url&list-type=2' encoding-type=url; do
    [ ! -s "$scratch/left" ] || break
    try "$1" s3 GET "$2?$listing" && listed Contents VersionId > "$scratch/list" && while read -r key id; do
      is_deleted "$1" "$2/$key" ''
    done < "$scratch/list"
  done
}
# peel WHO /BUCKET: the versions of the keys that are known, from the top, where nothing lists them
peel() {
  awk -v in_it="$2/" '$1 == "object" && index($3, in_it) == 1 { print $3 }' "$scratch/all" | sort -u > "$scratch/keys"
  while read -r path; do
    before=
    while try "$1" s3 HEAD "$path" && top=$(made) && [ -n "$top" ] && [ "$top" != "$before" ]; do
      remove_version "$1" "$path" "$top"
      before=$top
    done
  done < "$scratch/keys"
}
# remove_bucket WHO /BUCKET: by what was noted, then by what can be listed; again where a server sees late what was deleted
remove_bucket() {
  try "$1" s3 DELETE "$2?policy="
  remove_noted "$1" "$2"
  try "$1" s3 DELETE "$2" && return
  for rest in 1 2 4 0; do
    remove_listed "$1" "$2"
    try "$1" s3 DELETE "$2" && return
    [ -s "$scratch/left" ] || peel "$1" "$2"
    try "$1" s3 DELETE "$2" && return
    refused=$(status)
    [ "$refused" = 409 ] && [ ! -s "$scratch/left" ] && sleep "$rest" || break
  done
  cat "$scratch/left"
  echo "left behind: the bucket ${2#/} (DeleteBucket answered $refused)"
}
# remove_all: takes away what was made so far
remove_all() {
  sort -u "$scratch/made" > "$scratch/all"
  while read -r what maker path; do
    case $what in
      policy)
        body="Action=DeleteUserPolicy&Version=2010-05-08&UserName=$(percent "$maker")&PolicyName=bucketlaw"
        try owner iam POST / "$form" || echo "left behind: the policy bucketlaw of $maker" ;;
      bucket) remove_bucket "$maker" "$path" ;;
    esac
  done < "$scratch/all"
  : > "$scratch/made"
}
form='Content-Type: application/x-www-form-urlencoded; charset=utf-8'
# make_user: an IAM user of the owner's account, where none is given
make_user() {
  USER_NAME=${PREFIX%-}
  body="Action=CreateUser&Version=2010-05-08&UserName=$USER_NAME"
  send owner iam POST / "$form"
  [ "$(status)" = 200 ] || { echo 'set USER_ACCESS_KEY_ID, USER_SECRET_ACCESS_KEY, USER_NAME and USER_ARN: no user could be made'; exit 3; }
  made_user=$USER_NAME USER_ARN=$(element Arn)
  body="Action=CreateAccessKey&Version=2010-05-08&UserName=$USER_NAME"
  send owner iam POST / "$form"
  USER_ACCESS_KEY_ID=$(element AccessKeyId) USER_SECRET_ACCESS_KEY=$(element SecretAccessKey) USER_SESSION_TOKEN=
}
remove_user() {
  for action in "DeleteAccessKey&AccessKeyId=$USER_ACCESS_KEY_ID" DeleteUser; do
    body="Action=$action&Version=2010-05-08&UserName=$made_user"
    try owner iam POST / "$form" || echo "left behind: the user $made_user ($action)"
  done
}
clean_up() {
  code=$?
  trap - EXIT HUP INT TERM
  body= digest=none how=header
  remove_all
  [ -z "${made_user:-}" ] || remove_user
  rm -rf "$scratch"
  exit "$code"
}
# marker KEY: the id of the delete marker that a batch made of a key
marker() { listed Deleted DeleteMarkerVersionId | awk -v key="$1" '$1 == key { print $2; exit }'; }
# shown HANDLE ID: an id that later steps name has to be in the reply
shown() { case $2 in '' | null) echo "later steps name $1, which this reply does not show"; exit 3 ;; esac; }
# was STATUS: the status of the last reply in the record
was() { [ "$(status)" = "$1" ] || { printf '%s\n' "$reply" "the record has $1 here: what was to be shown is not reached"; exit 3; }; }
