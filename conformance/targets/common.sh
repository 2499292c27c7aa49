# What the scripts of targets share: where things are kept, the processes that are started and ended, and the words on the command line.
# A script sets `name` and `port`, sources this file, defines `install` and `start`, and ends with `run_target "$@"`. One that
# starts more than one process sets `parts` to their names, in the order in which they are ended.
#
# BUCKETLAW_TARGETS  where programs, their data and their logs go (default: bucketlaw/targets in the user's cache folder)

home=${BUCKETLAW_TARGETS:-${XDG_CACHE_HOME:-$HOME/.cache}/bucketlaw/targets}
state=$home/$name
pidfile=$home/$name.pid

# Whether the process is there whose id is in the pid file of the target, or of one of its parts.
alive() {
    local of=$home/${1:-$name}.pid
    [ -f "$of" ] && kill -0 "$(cat "$of")" 2>/dev/null
}

# Ends the processes that the pid files name, one after the other, and removes what they kept.
stop() {
    local part
    for part in ${parts:-$name}; do
        if alive "$part"; then
            kill "$(cat "$home/$part.pid")" 2>/dev/null || true
            for _ in $(seq 40); do
                alive "$part" || break
                sleep 0.25
            done
            alive "$part" && kill -9 "$(cat "$home/$part.pid")" 2>/dev/null
        fi
        rm -f "$home/$part.pid"
    done
    rm -rf "$state"
}

# A virtual environment with the packages that are named; $1 is the program that shows that it is there.
python_packages() {
    local program=$1
    shift
    [ -x "$venv/bin/$program" ] && return
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" --quiet install "$@" >&2
}

# Waits until the process that was just started answers a GET of this path, whatever it answers.
until_it_answers() {
    for _ in $(seq 480); do
        curl --silent --output /dev/null "http://127.0.0.1:$port$1" && return
        alive || break
        sleep 0.25
    done
    tail "$state/log" >&2
    exit 1
}

run_target() {
    case ${1:-} in
        start)
            mkdir -p "$home"
            stop
            install
            mkdir -p "$state"
            start
            ;;
        stop) stop ;;
        *) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
}
