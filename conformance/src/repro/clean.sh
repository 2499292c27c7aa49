# note: keeps what the last request may have made: buckets, objects, versions, uploads, the user's policy
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
  esac >> "$scratch/made"
}
# try WHO SERVICE METHOD TARGET [curl options]: a request of the clean-up; whether it was carried out, or nothing is there
try() {
  send "$@" 2> "$scratch/curl" || return 1
  case $(status) in 2?? | 404) ;; *) return 1 ;; esac
}
# listed KIND ID: the entries of the last listing, a line each: the key as it stands in a target, and its id
listed() {
  case $reply in
    *'<EncodingType>url'*) encode='s/+/%20/g' ;;
    *) encode='s/%/%25/g;s/ /%20/g;s/?/%3F/g;s/#/%23/g;s/+/%2B/g;s/&quot;/%22/g;s/&lt;/%3C/g;s/&gt;/%3E/g;s/&apos;/%27/g;s/&#39;/%27/g;s/&amp;/%26/g' ;;
  esac
  printf '%s' "$reply" | tr -d '\r\n' | awk -v kind="$1" -v id="$2" 'BEGIN { RS = "<" }
    { at = index($0, ">"); name = substr($0, 1, at - 1); text = substr($0, at + 1) }
    name == "Key" { key = text }
    name == id { value = text }
    name ~ ("^/(" kind ")$") { print key "\t" value; key = value = "" }' | while IFS='	' read -r key id; do
    printf '%s %s\n' "$(printf '%s' "$key" | sed "$encode")" "$id"
  done
}
# remove_version WHO PATH ID: plainly, past governance, without its hold; names it if it stays
remove_version() {
  body= digest=none
  try "$1" s3 DELETE "$2?versionId=$3" && return
  try "$1" s3 DELETE "$2?versionId=$3" -H 'x-amz-bypass-governance-retention: true' && return
  body='<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>OFF</Status></LegalHold>' digest=md5
  try "$1" s3 PUT "$2?legal-hold=&versionId=$3"
  body= digest=none
  try "$1" s3 DELETE "$2?versionId=$3" -H 'x-amz-bypass-governance-retention: true' && return
  try "$1" s3 GET "$2?retention=&versionId=$3"
  echo "left behind: $2 version $3, locked until $(element RetainUntilDate)" >> "$scratch/left"
}
# remove_bucket WHO /BUCKET: by what was noted, then by what can be listed
remove_bucket() {
  body= digest=none
  try "$1" s3 DELETE "$2?policy="
  versions=$(awk -v in_it="$2/" '$1 == "object" && index($3, in_it) == 1 && $4 != "" && $4 != "null" { print; exit }' "$scratch/made")
  while read -r what who_made path id; do
    case $what:$path in
      upload:"$2"/*) try "$1" s3 DELETE "$path?uploadId=$id" ;;
      object:"$2"/*)
        if [ -n "$id" ]; then try "$1" s3 DELETE "$path?versionId=$id"
        elif [ -n "$versions" ]; then try "$1" s3 DELETE "$path?versionId=null"
        else try "$1" s3 DELETE "$path"
        fi ;;
    esac
  done < "$scratch/made"
  try "$1" s3 DELETE "$2" && return
  try "$1" s3 GET "$2?uploads=&encoding-type=url" && listed Upload UploadId > "$scratch/list" && while read -r key id; do
    try "$1" s3 DELETE "$2/$key?uploadId=$id"
  done < "$scratch/list"
  : > "$scratch/left"
  try "$1" s3 GET "$2?encoding-type=url&versions=" && listed 'Version|DeleteMarker' VersionId > "$scratch/list" && while read -r key id; do
    [ -n "$id" ] && remove_version "$1" "$2/$key" "$id"
  done < "$scratch/list"
  try "$1" s3 GET "$2?encoding-type=url" && listed Contents VersionId > "$scratch/list" && while read -r key id; do
    [ -s "$scratch/left" ] || try "$1" s3 DELETE "$2/$key"
  done < "$scratch/list"
  try "$1" s3 DELETE "$2" && return
  cat "$scratch/left"
  echo "left behind: the bucket ${2#/} (DeleteBucket answered $(status))"
}
# remove_all: takes away what was made so far
remove_all() {
  cp "$scratch/made" "$scratch/all"
  while read -r what who_made path; do
    case $what in
      policy)
        body="Action=DeleteUserPolicy&Version=2010-05-08&UserName=$who_made&PolicyName=bucketlaw" digest=none
        try owner iam POST / -H 'Content-Type: application/x-www-form-urlencoded; charset=utf-8' || echo "left behind: the policy bucketlaw of $who_made" ;;
      bucket) remove_bucket "$who_made" "$path" ;;
    esac
  done < "$scratch/all"
  : > "$scratch/made"
}
# make_user: an IAM user of the owner's account, where none is given
make_user() {
  USER_NAME=${PREFIX%-} digest=none
  form='Content-Type: application/x-www-form-urlencoded; charset=utf-8'
  body="Action=CreateUser&Version=2010-05-08&UserName=$USER_NAME"
  send owner iam POST / -H "$form"
  [ "$(status)" = 200 ] || { echo 'set USER_ACCESS_KEY_ID, USER_SECRET_ACCESS_KEY, USER_NAME and USER_ARN: no user could be made'; exit 3; }
  made_user=$USER_NAME USER_ARN=$(element Arn)
  body="Action=CreateAccessKey&Version=2010-05-08&UserName=$USER_NAME"
  send owner iam POST / -H "$form"
  USER_ACCESS_KEY_ID=$(element AccessKeyId) USER_SECRET_ACCESS_KEY=$(element SecretAccessKey)
}
remove_user() {
  digest=none
  for action in "DeleteAccessKey&AccessKeyId=$USER_ACCESS_KEY_ID" DeleteUser; do
    body="Action=$action&Version=2010-05-08&UserName=$made_user"
    try owner iam POST / -H 'Content-Type: application/x-www-form-urlencoded; charset=utf-8' || echo "left behind: the user $made_user ($action)"
  done
}
clean_up() {
  code=$?
  trap - EXIT HUP INT TERM
  remove_all
  [ -z "${made_user:-}" ] || remove_user
  rm -rf "$scratch"
  exit "$code"
}
# was STATUS: the status of the last reply in the record
was() { [ "$(status)" = "$1" ] || { printf '%s\n' "$reply" "the record has $1 here: what was to be shown is not reached"; exit 3; }; }
