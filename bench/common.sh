# shellcheck shell=bash disable=SC2034 # What the scripts share; they source it.
# shellcheck disable=SC2119,SC2120 # Arguments that may be left out.
set -euo pipefail
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

script=${0##*/}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export MODELAPI_REPOSITORY=$repository
work=$(mktemp -d)
published=${BENCH_PUBLISHED:-$work}     # bench/all.sh publishes once for all
declare -A pids=() urls=()              # of the servers that run
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
    echo "$script: $1" >&2
    exit 1
}

# ---- What is needed ----

need_tools() {
    local tool
    for tool in "$@" curl dotnet; do
        command -v "$tool" >/dev/null || fail "$tool is missing; install wrk and curl (Debian: apt-get install wrk curl) and the .NET 10 SDK (https://dot.net)"
    done
}

python=/usr/bin/python3
forest=$repository/bench/.cache/forest.joblib
bank_csv=${BENCH_BANK_CSV:-$repository/../shared/data/bank/bank-full.csv}

# need_scikit_learn MODULE ...: and the forest that it has trained, or trains now.
need_scikit_learn() {
    local module
    for module in sklearn pandas joblib "$@"; do
        "$python" -c "import $module" 2>/dev/null || fail "$python has no $module (Debian: apt-get install python3-pandas python3-sklearn python3-fastapi python3-uvicorn)"
    done
    [[ -f $forest || -f $bank_csv ]] || fail "there is no bank-full.csv to train scikit-learn on; set BENCH_BANK_CSV to it. It is in bank.zip of https://archive.ics.uci.edu/static/public/222/bank+marketing.zip"
    echo "Training scikit-learn's forest, unless that was done ..." >&2
    "$python" "$repository/bench/sklearn/forest.py" "$bank_csv" "$forest" >&2 || fail "cannot train the forest; see above"
}

# ---- Numbers ----

# calculate FORMAT EXPRESSION
calculate() {
    awk "BEGIN { printf \"$1\", ($2) }"
}

median() {
    printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# shorten NUMBER: to what can be told apart.
shorten() {
    awk -v n="$1" 'BEGIN { format = (n >= 100 || n == int(n)) ? "%.0f" : (n >= 10) ? "%.1f" : "%.2f"; printf format, n }'
}

missed=()

# report NAME most|least BAR UNIT WHAT VALUE ...: prints the median of the values beside the bar.
report() {
    local value verdict=met sign="<="
    [[ $2 == most ]] || sign=">="
    value=$(median "${@:6}")
    if [[ $(calculate %d "$value $sign $3") != 1 ]]; then
        verdict=MISSED
        missed+=("$1")
    fi
    printf '%-12s%s %s%s; bar: at %s %s, %s; median of %s\n' "$1" "$(shorten "$value")" "${4:+$4 }" "$5" "$2" "$3" "$verdict" "${*:6}"
}

finish() {
    ((${#missed[@]} == 0)) || fail "missed the bar of: ${missed[*]}"
}

# record FILE HEADER LINE: adds a line to a table of the results, where they are kept.
record() {
    [[ -n ${BENCH_RESULTS-} ]] || return 0
    [[ -f $BENCH_RESULTS/$1 ]] || echo "$2" >"$BENCH_RESULTS/$1"
    echo "$3" >>"$BENCH_RESULTS/$1"
}

machine() {
    printf '%-12s%s, %d cores; ASP.NET Core %s, SDK %s%s; %s\n' machine \
        "$(sed -n '/^model name/ { s/.*: //p; q }' /proc/cpuinfo)" "$(nproc)" \
        "$(dotnet --list-runtimes | awk '/^Microsoft.AspNetCore.App 10\./ { version = $2 } END { print version }')" \
        "$(cd "$repository" && dotnet --version)" "${1-}" "$(date +%F)"
}

# ---- Programs ----

# publish NAME PROJECT [REPOSITORY]: into the folder of that name, unless it exists.
publish() {
    [[ ! -d $published/$1 ]] || return 0
    echo "Publishing $1 ..." >&2
    dotnet publish "${3:-$repository}/$2" -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -v quiet -nologo -o "$published/$1" >&2 ||
        fail "cannot publish $1; see above"
}

benchmarks() {
    dotnet "$published/ModelApi.Benchmarks/ModelApi.Benchmarks.dll" "$@"
}

# ---- Servers ----

BENCH_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export BENCH_KEY
export BENCH_BODY='{"age":41,"job":"management","marital":"married","education":"tertiary","balance":1506,"housing":"yes","duration":261,"campaign":1}'
key_sha256=$(printf %s "$BENCH_KEY" | sha256sum | cut -d' ' -f1)
patience=30     # s, for a start

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

launch=()               # a command that starts another one, such as prlimit with limits

# start NAME PROGRAM PATH [VARIABLE=VALUE ...]: starts a published server, or FastAPI, with settings. PROGRAM is its folder below
# $published, called like its assembly. Sets milliseconds to the time from the start of the process to its first 200.
start() {
    local port began status
    port=$(free_port)
    rm -f "$work/$1.counters"
    began=${EPOCHREALTIME/./}
    (
        export ASPNETCORE_ENVIRONMENT=Production DOTNET_ENVIRONMENT=Production Limits__DrainSeconds=0
        export Identity__ApiKeys__0__User=bench Identity__ApiKeys__0__Sha256="$key_sha256"
        export BENCH_COUNTERS=$work/$1.counters BENCH_KEY_SHA256=$key_sha256 BENCH_FOREST=$forest
        for setting in "${@:4}"; do
            export "${setting?}"
        done
        if [[ $2 == FastAPI ]]; then
            exec "$python" -m uvicorn server:app --app-dir "$repository/bench/sklearn" --workers 2 --port "$port"
        fi
        cd "$published/$2"
        exec "${launch[@]}" dotnet "${2##*/}.dll" --urls "http://127.0.0.1:$port"
    ) >"$work/$1.log" 2>&1 &
    pids[$1]=$!
    urls[$1]=http://127.0.0.1:$port$3

    while post "$port" "$3" && [[ $status != 200 ]]; do
        # 503: the port is open and the models are being loaded.
        [[ -z $status || $status == 503 ]] || give_up "$1" "answered $status at ${urls[$1]}"
        is_alive "$1" || give_up "$1" "stopped before it answered"
        ((${EPOCHREALTIME/./} < began + patience * 1000000)) || give_up "$1" "did not answer within $patience s"
        sleep 0.002
    done
    milliseconds=$(((${EPOCHREALTIME/./} - began) / 1000))
}

# copy_model SHIPPED NAME [VERSION]: a shipped model under another name, in $work/models. Not linked: links that lead out are refused.
copy_model() {
    local target=$work/models/$2/${3:-1}
    mkdir -p "${target%/*}"
    cp -r "$repository/models/$1/1" "$target"
    sed "s/\"name\": \"$1\"/\"name\": \"$2\"/; s/\"version\": \"1\"/\"version\": \"${3:-1}\"/" "$repository/models/$1/1/model.json" >"$target/model.json"
}

# wait_ready NAME: sets ready to the milliseconds from the process's start until every model is loaded.
wait_ready() {
    local base=${urls[$1]} began=${EPOCHREALTIME/./}
    base=${base%%/models/*}
    # The server says that it is ready sooner: when the default model is.
    until curl -s --noproxy '*' -o "$work/ready.txt" "${base%/predict}/health/ready" && grep -qE '"loading": ?0\b' "$work/ready.txt"; do
        is_alive "$1" || give_up "$1" "stopped while it loaded"
        ((${EPOCHREALTIME/./} < began + patience * 1000000)) || give_up "$1" "was not ready within $patience s: $(<"$work/ready.txt")"
        sleep 0.05
    done
    ready=$((milliseconds + (${EPOCHREALTIME/./} - began) / 1000))
}

is_alive() {
    kill -0 "${pids[$1]}" 2>/dev/null
}

# give_up NAME WHAT: fails with the server's last words, other than those about single requests.
give_up() {
    fail "$1 $2; the end of its log:"$'\n'"$(grep -v -e ModelApi.Requests -e '^INFO: ' "$work/$1.log" | tail)"
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

# engine_of NAME MODEL: what scores the model.
engine_of() {
    local base=${urls[$1]}
    base=${base%%/predict*}
    base=${base%%/models/*}
    curl -s --noproxy '*' -H "Authorization: Bearer $BENCH_KEY" "$base/models/$2" | sed -n 's/.*"engine": *"\([^"]*\)".*/\1/p' | head -n1
}

# ---- What a server uses ----

# processes NAME: the server's and those that it started, which is how uvicorn runs its workers.
processes() {
    local pid queue=("${pids[$1]}") children
    while ((${#queue[@]} > 0)); do
        pid=${queue[0]}
        queue=("${queue[@]:1}")
        echo "$pid"
        children=$(cat "/proc/$pid/task/"*/children 2>/dev/null) || true
        # shellcheck disable=SC2206 # A list of numbers.
        queue+=($children)
    done
}

# cpu_ticks NAME: of user and system time, by all threads.
cpu_ticks() {
    local fields pid sum=0
    is_alive "$1" || return
    for pid in $(processes "$1"); do
        fields=$(<"/proc/$pid/stat")
        read -ra fields <<<"${fields##*) }"
        sum=$((sum + fields[11] + fields[12]))
    done
    echo "$sum"
}

# resident NAME: MB; of several processes the proportional sizes, which count what they share once.
resident() {
    local all
    mapfile -t all < <(processes "$1")
    if ((${#all[@]} == 1)); then
        awk '/^VmRSS:/ { printf "%.0f", $2 / 1024 }' "/proc/${all[0]}/status"
    else
        all=("${all[@]/#//proc/}")
        cat "${all[@]/%//smaps_rollup}" | awk '/^Pss:/ { sum += $2 } END { printf "%.0f", sum / 1024 }'
    fi
}

# allocated NAME: bytes that a .NET server that was started with the hook has allocated so far.
hook=DOTNET_STARTUP_HOOKS=$published/Counters/Counters.dll
allocated() {
    local tries file=$work/$1.counters
    rm -f "$file"
    kill -USR1 "${pids[$1]}"
    for ((tries = 0; tries < 500; tries++)); do
        if [[ -f $file ]]; then
            cat "$file"
            return
        fi
        sleep 0.01
    done
    give_up "$1" "did not tell what it allocated; the start-up hook of bench/Counters did not run"
}

# ---- Load ----

# body MODEL ROWS [FOLDER]: an array of a bundle's golden rows, again and again, but for those with unknown categories.
body() {
    local folder=${3:-$repository/models/$1/1}
    sed -n '/"unknown-category"/d; s/^{"input": *\({[^}]*}\).*/\1/p' "$folder/golden.jsonl" | sed 's/": /":/g; s/, "/,"/g' |
        awk -v rows="$2" '{ row[NR] = $0 } END { printf "["; for (i = 0; i < rows; i++) printf "%s%s", i ? "," : "", row[i % NR + 1]; printf "]" }'
}

# count_answers NAME REQUESTS: sends so many, 32 at a time, and fails unless each is answered with 200.
count_answers() {
    local answered
    answered=$(ask "$1" "?[1-$2]" --no-progress-meter --parallel --parallel-max 32 -o /dev/null -w '%{http_code}\n' | grep -c '^200$' || true)
    ((answered == $2)) || give_up "$1" "answered $answered of $2 requests with 200"
}

# load NAME SECONDS [CONNECTIONS]: sets requests, microseconds, p50, p99, ticks of CPU, and refusals.
# Fails when an answer has an error status, unless may_refuse is set.
may_refuse=
load() {
    local before after sockets
    before=$(cpu_ticks "$1") || give_up "$1" "stopped"
    wrk -t1 -c"${3:-32}" -d"$2s" --timeout 60s -s "$repository/bench/wrk/post.lua" "${urls[$1]}" >"$work/wrk.txt" 2>&1 || fail "wrk failed: $(<"$work/wrk.txt")"
    after=$(cpu_ticks "$1") || give_up "$1" "stopped under load"
    ticks=$((after - before))
    read -r requests microseconds p50 p99 refusals sockets < <(tail -n1 "$work/wrk.txt")
    ((refusals == 0)) || [[ -n $may_refuse ]] || give_up "$1" "answered $refusals of $requests requests with an error status"
    ((sockets == 0)) || give_up "$1" "caused $sockets socket errors in $requests requests"
    ((requests > 0)) || give_up "$1" "answered no request in $2 s"
}

# cpu_microseconds: of the last load, per request.
cpu_microseconds() {
    calculate %.1f "$ticks * 1e6 / $(getconf CLK_TCK) / $requests"
}

# ---- Rounds ----

# measure NAME SECONDS: one round; appends to the lists rates, p50s, p99s, cpus and allocations of the server, which the script
# declares as associative arrays. Allocation is read from .NET servers that were started with the hook.
measure() {
    local before=0
    [[ $1 == FastAPI ]] || before=$(allocated "$1")
    load "$1" "$2"
    [[ $1 == FastAPI ]] || allocations[$1]+=" $(calculate %.0f "($(allocated "$1") - $before) / $requests")"
    rates[$1]+=" $(calculate %.1f "$requests * 1e6 / $microseconds")"
    p50s[$1]+=" $p50"
    p99s[$1]+=" $p99"
    cpus[$1]+=" $(cpu_microseconds)"
}

# by_round FORMAT EXPRESSION NUMBERS NUMBERS: an expression of a and b, one value of each list, round by round.
by_round() {
    paste -d' ' <(tr ' ' '\n' <<<"${3# }") <(tr ' ' '\n' <<<"${4# }") | awk "{ a = \$1; b = \$2; printf \"$1 \", ($2) }"
}

# ratios NUMBERS NUMBERS: of the first to the second, round by round.
ratios() {
    by_round %.3f 'a / b' "$1" "$2"
}

# differences NUMBERS NUMBERS: the first less the second, round by round.
differences() {
    by_round %.0f 'a - b' "$1" "$2"
}
