#!/usr/bin/env bash
# Measures ModelApi as it ships (start, memory, throughput) beside bench/Echo, the least that a minimal API costs.
# Usage: bench/http.sh [--quick]        bench/README.md says what each line means.
set -euo pipefail
export LC_ALL=C

publish_arguments=(-c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true)
start_bar=1500    # ms
memory_bar=220    # MB
memory_requests=10000
starts=5 rounds=3 seconds=5 warmup_seconds=15
export BENCH_BODY='{"age":41,"job":"management","marital":"married","education":"tertiary","balance":1506,"housing":"yes","duration":261,"campaign":1}'

fail() {
    echo "http.sh: $1" >&2
    exit 1
}

# ---- What is needed ----

case "$*" in
    "") ;;
    --quick) starts=1 rounds=1 seconds=1 warmup_seconds=3 ;;
    *) fail "unknown arguments: $*; usage: bench/http.sh [--quick]" ;;
esac
for tool in wrk curl dotnet; do
    command -v $tool >/dev/null || fail "$tool is missing; install wrk and curl (Debian: apt-get install wrk curl) and the .NET 10 SDK (https://dot.net)"
done

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
declare -A pids=() urls=()      # of the servers that run
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

BENCH_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export BENCH_KEY
key_sha256=$(printf %s "$BENCH_KEY" | sha256sum | cut -d' ' -f1)

# ---- Numbers ----

# calculate FORMAT EXPRESSION
calculate() {
    awk "BEGIN { printf \"$1\", $2 }"
}

median() {
    printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

missed=()

# report NAME UNIT BAR WHAT VALUE ...: prints the median of the values beside the bar.
report() {
    local value verdict=met
    value=$(calculate %.0f "$(median "${@:5}")")
    if ((value > $3)); then
        verdict=MISSED
        missed+=("$1")
    fi
    printf '%-10s%d %s %s; bar: at most %d %s, %s; median of %s\n' "$1" "$value" "$2" "$4" "$3" "$2" "$verdict" "${*:5}"
}

# ---- Servers ----

publish() {
    echo "Publishing $1 ..." >&2
    dotnet publish "$repository/$2" "${publish_arguments[@]}" -v quiet -nologo -o "$work/$1" >&2 || fail "cannot publish $1; see above"
}

# post PORT PATH: sets status to the answer's, or to nothing while the port is closed.
# Bash asks by itself: a curl for each try would take time from the server that starts.
post() {
    status=""
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 0
    printf 'POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
        "$2" "$BENCH_KEY" ${#BENCH_BODY} "$BENCH_BODY" >&3
    read -r -t 10 _ status _ <&3 || true
    exec 3>&-
}

free_port() {
    local port=$((20000 + RANDOM % 10000))
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((20000 + RANDOM % 10000))
    done
    echo $port
}

# start NAME PATH: starts a published server; sets milliseconds to the time from its process's start to its first 200.
start() {
    local port began status
    port=$(free_port)
    began=${EPOCHREALTIME/./}
    (
        cd "$work/$1"
        export ASPNETCORE_ENVIRONMENT=Production DOTNET_ENVIRONMENT=Production Limits__DrainSeconds=0
        export Identity__ApiKeys__0__User=bench Identity__ApiKeys__0__Sha256="$key_sha256"
        exec dotnet "$1.dll" --urls "http://127.0.0.1:$port"
    ) >"$work/$1.log" 2>&1 &
    pids[$1]=$!
    urls[$1]=http://127.0.0.1:$port$2

    while post "$port" "$2" && [[ $status != 200 ]]; do
        # 503: the port is open and the models are being loaded.
        [[ -z $status || $status == 503 ]] || give_up "$1" "answered $status at ${urls[$1]}"
        is_alive "$1" || give_up "$1" "stopped before it answered"
        ((${EPOCHREALTIME/./} < began + 30000000)) || give_up "$1" "did not answer within 30 s"
        sleep 0.002
    done
    milliseconds=$(((${EPOCHREALTIME/./} - began) / 1000))
}

is_alive() {
    kill -0 "${pids[$1]}" 2>/dev/null
}

# give_up NAME WHAT: fails with the server's last words, other than those about single requests.
give_up() {
    fail "$1 $2; the end of its log:"$'\n'"$(grep -v ModelApi.Requests "$work/$1.log" | tail)"
}

stop() {
    kill "${pids[$1]}"
    wait "${pids[$1]}" || true
    unset "pids[$1]"
}

# ask NAME QUERY [OPTION ...]: sends the benchmark's request with curl.
ask() {
    curl -s --noproxy '*' -H "Authorization: Bearer $BENCH_KEY" -H 'Content-Type: application/json' -d "$BENCH_BODY" "${@:3}" "${urls[$1]}$2"
}

# check NAME TEXT: fails unless the server answers with that text.
check() {
    local answer
    answer=$(ask "$1" "" --fail-with-body) || give_up "$1" "refused the request: $answer"
    [[ $answer == *"$2"* ]] || give_up "$1" "answered without $2: $answer"
}

# ---- Load ----

# count_answers NAME REQUESTS: sends so many, 32 at a time, and fails unless each is answered with 200.
count_answers() {
    local answered
    answered=$(ask "$1" "?[1-$2]" --no-progress-meter --parallel --parallel-max 32 -o /dev/null -w '%{http_code}\n' | grep -c '^200$' || true)
    ((answered == $2)) || give_up "$1" "answered $answered of $2 requests with 200"
}

# cpu_ticks NAME: of user and system time, by all threads.
cpu_ticks() {
    local fields
    is_alive "$1" || return
    fields=$(<"/proc/${pids[$1]}/stat")
    read -ra fields <<<"${fields##*) }"
    echo $((fields[11] + fields[12]))
}

# load NAME SECONDS: sets requests, microseconds, p50, p99, and ticks of CPU.
load() {
    local before after statuses sockets
    before=$(cpu_ticks "$1") || give_up "$1" "stopped"
    wrk -t1 -c32 -d"$2s" -s "$repository/bench/wrk/post.lua" "${urls[$1]}" >"$work/wrk.txt" 2>&1 || fail "wrk failed: $(<"$work/wrk.txt")"
    after=$(cpu_ticks "$1") || give_up "$1" "stopped under load"
    ticks=$((after - before))
    read -r requests microseconds p50 p99 statuses sockets < <(tail -n1 "$work/wrk.txt")
    ((statuses == 0)) || give_up "$1" "answered $statuses of $requests requests with an error status"
    ((sockets == 0)) || give_up "$1" "caused $sockets socket errors in $requests requests"
    ((requests > 0)) || give_up "$1" "answered no request in $2 s"
}

declare -A rates=() p50s=() p99s=() cpus=()

# measure NAME: one round; sets rate, and adds to the numbers of the rounds before.
measure() {
    load "$1" "$seconds"
    rate=$(calculate %.0f "$requests * 1e6 / $microseconds")
    rates[$1]+=" $rate"
    p50s[$1]+=" $p50"
    p99s[$1]+=" $p99"
    cpus[$1]+=" $(calculate %.1f "$ticks * 1e6 / $(getconf CLK_TCK) / $requests")"
}

# summarize NAME
summarize() {
    # shellcheck disable=SC2086 # Each is a list of numbers.
    printf '%-10s%.0f requests/s; p50 %.2f ms, p99 %.2f ms; %.1f µs of CPU per request\n' "$1" \
        "$(median ${rates[$1]})" "$(calculate %f "$(median ${p50s[$1]}) / 1000")" "$(calculate %f "$(median ${p99s[$1]}) / 1000")" "$(median ${cpus[$1]})"
}

# ---- The run ----

publish ModelApi src/ModelApi
publish Echo bench/Echo

printf '%-10s%s, %d cores; ASP.NET Core %s, SDK %s; %s\n' machine \
    "$(sed -n '/^model name/ { s/.*: //p; q }' /proc/cpuinfo)" "$(nproc)" \
    "$(dotnet --list-runtimes | awk '/^Microsoft.AspNetCore.App 10\./ { version = $2 } END { print version }')" \
    "$(cd "$repository" && dotnet --version)" "$(date +%F)"

times=() resident=()
for ((i = 1; i <= starts; i++)); do
    start ModelApi /predict
    times+=("$milliseconds")
    check ModelApi '"prediction":'
    count_answers ModelApi $memory_requests
    resident+=("$(awk '/^VmRSS:/ { printf "%.0f", $2 / 1024 }' "/proc/${pids[ModelApi]}/status")")
    ((i == starts)) || stop ModelApi
done
report start ms $start_bar "to the first prediction" "${times[@]}"
report memory MB $memory_bar "after $memory_requests predictions" "${resident[@]}"

start Echo /echo
check Echo "$BENCH_BODY"
load Echo $warmup_seconds
load ModelApi $warmup_seconds
ratios=()
for ((i = 1; i <= rounds; i++)); do
    measure Echo
    echo_rate=$rate
    measure ModelApi
    ratios+=("$(calculate %.3f "$rate / $echo_rate")")
done
summarize Echo
summarize ModelApi
printf '%-10s%.2f of the requests/s of Echo; median of %s\n' ratio "$(median "${ratios[@]}")" "${ratios[*]}"

((${#missed[@]} == 0)) || fail "missed the bar of: ${missed[*]}"
