#!/usr/bin/env bash
# Measures how the cost per unit changes as things grow, as tables in CSV.
# Usage: bench/growth.sh [--quick] [trees|rows|connections|models|body ...]        bench/README.md says what each table means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: bench/growth.sh [--quick] [trees|rows|connections|models|body ...]"
seconds=1 warmup_seconds=5 rounds=3 sequence_ms=1500 quick=()
row_counts=(1 10 100 1000 10000 100000)
connection_counts=(1 2 4 8 16 32 64 128 256 512)
model_counts=(1 10 100 1000)
body_megabytes=(0.1 0.25 0.5 1 2 4 8 16)
parts=()
for argument in "$@"; do
    case $argument in
        --quick)
            warmup_seconds=1 rounds=1 sequence_ms=300 quick=(--quick)
            row_counts=(1 10000) connection_counts=(1 512) model_counts=(1 50) body_megabytes=(0.1 16)
            ;;
        trees | rows | connections | models | body) parts+=("$argument") ;;
        *) fail "unknown argument: $argument; $usage" ;;
    esac
done
((${#parts[@]} > 0)) || parts=(trees rows connections models body)
need_tools wrk
if [[ -z ${BENCH_RESULTS-} ]]; then
    export BENCH_RESULTS=$work/results
    mkdir "$BENCH_RESULTS"
fi
publish ModelApi src/ModelApi
engines=(auto onnxruntime)

# start_engines SETTING ...: a server for each engine, called like it, with settings of its own.
start_engines() {
    local engine
    for engine in "${engines[@]}"; do
        start "$engine" ModelApi "$path" Models__Engine="$engine" "$@"
        load "$engine" $warmup_seconds
    done
}

stop_engines() {
    local engine
    for engine in "${engines[@]}"; do
        stop "$engine"
    done
}

# rounds_of NAME CONNECTIONS: medians over the rounds; sets rate (requests/s), cpu (µs per request), middle and tail (ms).
rounds_of() {
    local i rates=() cpus=() middles=() tails=()
    for ((i = 0; i < rounds; i++)); do
        load "$1" "$seconds" "$2"
        rates+=("$(calculate %.2f "$requests * 1e6 / $microseconds")")
        cpus+=("$(cpu_microseconds)")
        middles+=("$(calculate %.3f "$p50 / 1000")")
        tails+=("$(calculate %.3f "$p99 / 1000")")
    done
    rate=$(median "${rates[@]}") cpu=$(median "${cpus[@]}") middle=$(median "${middles[@]}") tail=$(median "${tails[@]}")
}

# repeat NAME FILE TIMES: sends the file so often, one after the other; sets cpu (µs per request) and times (ms, a list).
# Not wrk, which ends in the middle of a request: of large ones there are too few for that.
repeat() {
    local before
    before=$(cpu_ticks "$1") || give_up "$1" "stopped"
    curl -sSf --noproxy '*' -H "Authorization: Bearer $BENCH_KEY" -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$2" \
        -o "$work/answer.json" -w '%{time_pretransfer} %{time_total}\n' "${urls[$1]}?[1-$3]" >"$work/times.txt" || give_up "$1" "refused a body of $(wc -c <"$2") bytes"
    cpu=$(calculate %.1f "($(cpu_ticks "$1") - $before) * 1e6 / $(getconf CLK_TCK) / $3")
    times=$(awk '{ printf "%.3f ", ($2 - $1) * 1000 }' "$work/times.txt")
}

# sequence_of NAME FILE: medians over the rounds; sets cpu (µs per request) and middle (ms).
sequence_of() {
    local i count cpus=() middles=()
    repeat "$1" "$2" 3
    # shellcheck disable=SC2086 # A list of numbers.
    count=$(calculate %d "$sequence_ms / $(median $times) + 3")
    for ((i = 0; i < rounds; i++)); do
        repeat "$1" "$2" "$count"
        cpus+=("$cpu")
        # shellcheck disable=SC2086 # A list of numbers.
        middles+=("$(median $times)")
    done
    cpu=$(median "${cpus[@]}") middle=$(median "${middles[@]}")
}

# ---- The tables ----

trees() {
    publish ModelApi.Benchmarks bench/ModelApi.Benchmarks
    benchmarks trees "${quick[@]}" >"$BENCH_RESULTS/growth-trees.csv"
}

# Time and CPU per row of one caller that sends arrays of rows.
rows() {
    local count engine
    start_engines Limits__MaxRowsPerRequest=1000000
    for count in "${row_counts[@]}"; do
        body bank "$count" >"$work/rows.json"
        for engine in "${engines[@]}"; do
            sequence_of "$engine" "$work/rows.json"
            record growth-rows.csv rows,engine,ms_per_request,us_per_row,cpu_us_per_row \
                "$count,$engine,$middle,$(calculate %.3f "$middle * 1000 / $count"),$(calculate %.3f "$cpu / $count")"
        done
    done
    stop_engines
}

# The same for the bytes of a body, with rows of 30 numbers, which make reading the larger part of the work.
body_size() {
    local megabytes engine row bytes
    row=$(body breast-cancer 200 | wc -c)
    start_engines Limits__MaxRowsPerRequest=1000000
    for engine in "${engines[@]}"; do
        urls[$engine]=${urls[$engine]%/predict}/models/breast-cancer/predict
    done
    for megabytes in "${body_megabytes[@]}"; do
        body breast-cancer "$(calculate %d "$megabytes * 1e6 / ($row / 200)")" >"$work/rows.json"
        bytes=$(wc -c <"$work/rows.json")
        for engine in "${engines[@]}"; do
            sequence_of "$engine" "$work/rows.json"
            record growth-body.csv megabytes,engine,ms_per_request,ms_per_megabyte,cpu_ms_per_megabyte \
                "$(calculate %.3f "$bytes / 1e6"),$engine,$middle,$(calculate %.3f "$middle / ($bytes / 1e6)"),$(calculate %.3f "$cpu / 1000 / ($bytes / 1e6)")"
        done
    done
    stop_engines
}

# Requests/s, CPU and latency of single rows, beside the echo.
connections() {
    local count server
    publish Echo bench/Echo
    start Echo Echo /echo
    load Echo $warmup_seconds
    start_engines
    for count in "${connection_counts[@]}"; do
        for server in Echo "${engines[@]}"; do
            rounds_of "$server" "$count"
            record growth-connections.csv connections,server,requests_per_s,cpu_us_per_request,p50_ms,p99_ms \
                "$count,$server,$rate,$cpu,$middle,$tail"
        done
    done
    stop Echo
    stop_engines
}

# Start, memory and cost of a request when many models are loaded and take turns.
models() {
    local count engine i example
    # shellcheck disable=SC2030,SC2031 # Only for these requests.
    example=$(body credit-risk 1)
    example=${example:1:-1}
    for count in "${model_counts[@]}"; do
        for ((i = 1; i <= count; i++)); do
            [[ -d $work/models/m$i ]] || copy_model credit-risk "m$i"
        done
        for engine in "${engines[@]}"; do
            BENCH_BODY=$example start "$engine" ModelApi "/models/m$count/predict" Models__Engine="$engine" Models__Root="$work/models" Models__Default=m1
            wait_ready "$engine"
            BENCH_BODY=$example BENCH_MODELS=$count load "$engine" $warmup_seconds
            BENCH_BODY=$example BENCH_MODELS=$count rounds_of "$engine" 32
            record growth-models.csv models,engine,ready_ms,resident_mb,requests_per_s,cpu_us_per_request,p99_ms \
                "$count,$engine,$ready,$(resident "$engine"),$rate,$cpu,$tail"
            stop "$engine"
        done
    done
}

# ---- The run ----

machine
path=/predict
patience=600    # a thousand models take their time
for part in "${parts[@]}"; do
    echo "Measuring $part ..." >&2
    rm -f "$BENCH_RESULTS/growth-$part.csv"
    case $part in
        body) body_size ;;
        *) "$part" ;;
    esac
    printf '\n%s\n' "$part"
    tr , '\t' <"$BENCH_RESULTS/growth-$part.csv" | expand -t 24
done
