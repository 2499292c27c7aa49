#!/usr/bin/env bash
# Runs Ceph RGW on 127.0.0.1 as a target for `bucketlaw test`. Usage: eval "$(ceph-rgw.sh start)", and ceph-rgw.sh stop.
#
# One monitor, one OSD in memory, one gateway. The programs come from Debian's or Ubuntu's packages, which this script does
# not install: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common (as root).
#
# CEPH_RGW_PORT  the port of S3 (default 17480)
# CEPH_MON_PORT  the port of the monitor (default 17489)
set -euo pipefail
name=ceph-rgw
port=${CEPH_RGW_PORT:-17480}
parts="ceph-rgw ceph-osd ceph-mon"
. "$(dirname "$0")/common.sh"
mon=127.0.0.1:${CEPH_MON_PORT:-17489}
conf=$state/ceph.conf

install() {
    local program
    for program in radosgw radosgw-admin ceph-mon ceph-osd monmaptool ceph; do
        command -v "$program" >/dev/null && continue
        echo "$program is missing: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common" >&2
        exit 1
    done
}

# Without cephx the messenger has to be told that plain CRC mode is allowed, or the gateway waits five minutes for the
# monitor. The gateway deletes the entries of a DeleteObjects side by side, and dies of it now and then under load
# (SIGSEGV in RGWDeleteMultiObj::handle_individual_object): here it takes one after the other.
configuration() {
    cat <<CONF
[global]
fsid = $1
mon host = [v2:$mon/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
ms client mode = crc
ms service mode = crc
ms cluster mode = crc
paxos propose interval = 0.05
paxos min wait = 0.01
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 1
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = $state
admin socket = $state/\$name.\$pid.asok
log file = $state/\$name.log
pid file =
mon data = $state/mon
osd data = $state/osd
setuser match path = $state

[client.rgw]
rgw data = $state/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw dns name = localhost
rgw enable apis = s3, sts, iam, admin
rgw thread pool size = 32
rgw multi obj del max aio = 1
CONF
}

start_storage() {
    local fsid osd
    fsid=$(cat /proc/sys/kernel/random/uuid)
    mkdir -p "$state/mon" "$state/osd" "$state/rgw"
    configuration "$fsid" >"$conf"
    monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:$mon]" "$state/monmap"
    ceph-mon -c "$conf" -i a --mkfs --monmap "$state/monmap"
    ceph-mon -c "$conf" -i a -f --public-addr "[v2:$mon]" >"$state/mon.out" 2>&1 &
    echo $! >"$home/ceph-mon.pid"
    ceph -c "$conf" --connect-timeout 20 mon stat
    osd=$(ceph -c "$conf" --connect-timeout 20 osd create)
    ceph-osd -c "$conf" -i "$osd" --mkfs --osd-uuid "$(cat /proc/sys/kernel/random/uuid)"
    ceph -c "$conf" --connect-timeout 20 osd crush add "osd.$osd" 1.0 root=default host=localhost
    ceph-osd -c "$conf" -i "$osd" -f >"$state/osd.out" 2>&1 &
    echo $! >"$home/ceph-osd.pid"
}

start_gateway() {
    radosgw -c "$conf" -n client.rgw -f >"$state/log" 2>&1 &
    echo $! >"$pidfile"
    until_it_answers /
}

# To Ceph 16 each of its users is an account of its own.
identity() {
    radosgw-admin -c "$conf" -n client.rgw user create --uid "$1" --display-name "$1" \
        --access-key "$2" --secret-key "$3" --max-buckets 0
}

start() {
    start_storage >&2
    start_gateway
    {
        identity owner OWNERACCESSKEY000001 ownerSecretKey0000000000000000000000001
        identity other OTHERACCESSKEY000001 otherSecretKey0000000000000000000000001
    } >"$state/users.json" 2>"$state/admin.log"
    echo "export CEPH_RGW_PORT=$port"
}

run_target "$@"
