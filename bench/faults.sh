#!/usr/bin/env bash
# Takes from a running server what it stands on, one after the other, and prints what becomes of it.
# Usage: bench/faults.sh [disk-full|read-only|no-models|clock|handles|stopped|memory|vanish ...]        docs/operating.md says what each means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

all=(disk-full read-only no-models clock handles stopped memory vanish)
parts=("$@")
((${#parts[@]} > 0)) || parts=("${all[@]}")
for part in "${parts[@]}"; do
    [[ " ${all[*]} " == *" $part "* ]] || fail "unknown argument: $part; usage: bench/faults.sh [${all[*]}]"
done
need_tools prlimit
publish ModelApi src/ModelApi
publish ModelApi.Benchmarks bench/ModelApi.Benchmarks

token_key=$(head -c 48 /dev/urandom | base64 -w0)
settings=(
    Authentication__Schemes__Bearer__SigningKeys__0__Issuer=https://issuer.bench
    Authentication__Schemes__Bearer__SigningKeys__0__Value="$token_key"
    Authentication__Schemes__Bearer__ValidIssuer=https://issuer.bench Authentication__Schemes__Bearer__ValidAudience=modelapi
)
broken=()

# serve [SETTING ...]: starts a server with the shipped models, or those of a setting.
serve() {
    start ModelApi ModelApi /predict Models__Root="$repository/models" "${settings[@]}" "$@"
    launch=()
}

send() {
    benchmarks "$1" --url "${urls[ModelApi]%/predict}" --models "$repository/models" --key "$BENCH_KEY" "${@:2}"
}

get() {
    curl -s --noproxy '*' -H "Authorization: Bearer $BENCH_KEY" "${@:2}" "${urls[ModelApi]%/predict}$1"
}

status_of() {
    get "$1" -o /dev/null -w '%{http_code}' "${@:2}" || true
}

open_handles() {
    find "/proc/${pids[ModelApi]}/fd" | wc -l
}

# golden [COUNT]: how many golden rows of so many are answered wrongly or not at all.
golden() {
    send storm --good --requests "${1:-500}" --connections 4 >"$work/golden.txt" 2>&1 || { echo all; return; }
    sed -n '$s/.*faults=\([^ ]*\).*/\1/p' "$work/golden.txt"
}

# expect WHAT ACTUAL EXPECTED: a pattern.
expect() {
    # shellcheck disable=SC2053 # A pattern.
    if [[ $2 == $3 ]]; then
        printf '%-12s%s: %s\n' "$part" "$1" "$2"
    else
        printf '%-12s%s: %s; expected %s\n' "$part" "$1" "$2" "$3"
        broken+=("$part")
    fi
}

skip() {
    printf '%-12sskipped: %s\n' "$part" "$1"
}

state() {
    is_alive ModelApi && echo running || echo stopped
}

finish_server() {
    [[ -z ${pids[ModelApi]-} ]] || stop ModelApi
}

disk-full() {
    # Every write to /dev/full fails as on a full disk.
    launch=(bash -c 'exec "$@" >/dev/full 2>&1' bash)
    serve
    expect "wrong answers while the log cannot be written" "$(golden 2000)" 0
    expect "readiness" "$(status_of /health/ready)" 200
    expect "process" "$(state)" running
    finish_server
}

read-only() {
    if ! unshare --mount true 2>/dev/null; then
        skip "it takes root to remount a file system"
        return
    fi

    # shellcheck disable=SC2016 # Expanded by the inner shell.
    launch=(unshare --mount bash -c 'for place in / /tmp /var /work; do mount -o remount,bind,ro "$place" 2>/dev/null; done; ! touch /tmp/x 2>/dev/null || exit 9; exec "$@"' bash)
    serve
    expect "wrong answers" "$(golden)" 0
    expect "readiness" "$(status_of /health/ready)" 200
    finish_server
}

no-models() {
    cp -r "$repository/models" "$work/models"
    serve Models__Root="$work/models"
    sleep 5             # The engines are compared some seconds after the start.
    rm -rf "$work/models"
    expect "wrong answers without the folder" "$(golden)" 0
    expect "readiness" "$(status_of /health/ready)" 200
    expect "GET /models" "$(status_of /models)" 200
    expect "GET /performance" "$(status_of /performance)" 200
    finish_server
    (
        trap - EXIT
        patience=5
        start ModelApi ModelApi /health/ready Models__Root="$work/models" "${settings[@]}"
    ) >/dev/null 2>"$work/restart.txt" || true
    expect "a start without it" "$(grep -oE 'The folder of models does not exist' "$work/ModelApi.log" | head -n1)" "The folder of models does not exist"
}

# token SECONDS SECONDS: valid from so many seconds before now to so many after it.
token() {
    "$python" - "$token_key" "$1" "$2" <<'PYTHON'
import base64, hashlib, hmac, json, sys, time
key, before, after = base64.b64decode(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
encode = lambda content: base64.urlsafe_b64encode(content).rstrip(b"=")
claims = {"iss": "https://issuer.bench", "aud": "modelapi", "sub": "clock", "nbf": int(time.time()) - before, "exp": int(time.time()) + after}
text = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(json.dumps(claims).encode())
print((text + b"." + encode(hmac.new(key, text, hashlib.sha256).digest())).decode())
PYTHON
}

with_token() {
    curl -s --noproxy '*' -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
        -d "$BENCH_BODY" "${@:2}" "${urls[ModelApi]}"
}

clock() {
    local library
    library=$(find /usr/lib /usr/local/lib -name 'libfaketimeMT.so.1' 2>/dev/null | head -n1)
    if [[ -z $library ]]; then
        skip "no libfaketime (Debian: apt-get install faketime)"
        return
    fi

    # The clock of the day jumps; the monotonic one, which measures durations, does not.
    echo '+0' >"$work/clock"
    launch=(env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$work/clock" FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1)
    serve
    local valid
    valid=$(token 600 3600)
    expect "a token for an hour" "$(with_token "$valid")" 200
    for jump in +1d -1d; do
        echo "$jump" >"$work/clock"
        expect "$jump: the same token" "$(with_token "$valid")" 401
        expect "$jump: wrong answers with a key" "$(golden)" 0
        expect "$jump: a deadline of 5 s" "$(with_token "$BENCH_KEY" -H 'Request-Timeout: 5')" 200
        expect "$jump: readiness" "$(status_of /health/ready)" 200
        expect "$jump: uptime" "$(get / -H 'Accept: application/json' | grep -oE '"uptime[A-Za-z]*": ?"?-' || echo not negative)" "not negative"
    done
    echo '+0' >"$work/clock"
    expect "back again: the same token" "$(with_token "$valid")" 200
    finish_server
}

handles() {
    local limit=400
    launch=(prlimit --nofile=$limit)
    serve
    sleep 5
    send vanish --hold 600 --seconds 6 >"$work/hold.txt" &
    local holder=$!
    sleep 3
    expect "process with all $limit handles in use" "$(state)" running
    wait "$holder" || true
    sleep 2
    expect "wrong answers after that" "$(golden)" 0
    expect "process" "$(state)" running
    finish_server

    local code=0
    (
        cd "$published/ModelApi"
        export Identity__ApiKeys__0__User=bench Identity__ApiKeys__0__Sha256="$key_sha256"
        timeout 20 prlimit --nofile=64 dotnet ModelApi.dll --urls http://127.0.0.1:0 >"$work/few.log" 2>&1
    ) || code=$?
    expect "a start with 64 handles ends with exit code" "$code" "[1-9]*"
}

stopped() {
    serve
    send storm --good --requests 20000 --connections 4 >"$work/stopped.txt" &
    local client=$!
    sleep 0.5
    kill -STOP "${pids[ModelApi]}"
    sleep 5
    kill -CONT "${pids[ModelApi]}"
    wait "$client" || true
    expect "wrong or missing answers around a pause of 5 s" "$(sed -n '$s/.*faults=\([^ ]*\).*/\1/p' "$work/stopped.txt")" 0
    expect "readiness" "$(status_of /health/ready)" 200
    finish_server
}

memory() {
    local group=/sys/fs/cgroup/memory/modelapi-faults-$$ megabytes=400
    if mkdir "$group" 2>/dev/null && echo $((megabytes * 1024 * 1024)) >"$group/memory.limit_in_bytes"; then
        # shellcheck disable=SC2016 # Expanded by the inner shell.
        launch=(bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group")
        serve
        pressure "in a cgroup of $megabytes MB"
        finish_server
        rmdir "$group"
    else
        skip "no cgroup of memory can be made here"
    fi

    launch=(env DOTNET_GCHeapHardLimit=0x8000000)
    serve
    pressure "with 128 MB for managed memory"
    finish_server
}

# pressure WHERE: large bodies of every kind over 16 connections.
pressure() {
    send attack --seconds 1 --connections 16 >"$work/pressure.txt" 2>&1 || true
    expect "process after large bodies $1" "$(state)" running
    expect "wrong answers beside them" "$(sed -n 's/.*faults=\([^ ]*\).*/\1/p' "$work/pressure.txt" | awk '{ sum += $1 } END { print sum + 0 }')" 0
    expect "wrong answers after them" "$(golden)" 0
}

vanish() {
    serve
    send vanish >/dev/null  # What is loaded for the first of them stays open.
    sleep 5
    local before after
    before=$(open_handles)
    send vanish >"$work/vanish.txt"
    expect "wrong answers after $(sed 's/.*=//' "$work/vanish.txt") clients that vanished, one at each byte" "$(golden)" 0
    sleep 5
    after=$(open_handles)
    expect "open handles more than before" "$((after > before + 2 ? after - before : 0))" 0
    expect "errors in the log" "$(grep -cE '^[^ ]+ (fail|crit): |Exception:' "$work/ModelApi.log" || true)" 0
    finish_server
}

machine
for part in "${parts[@]}"; do
    "$part"
done
((${#broken[@]} == 0)) || fail "not as expected: $(printf '%s\n' "${broken[@]}" | sort -u | tr '\n' ' ')"
