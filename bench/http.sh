#!/usr/bin/env bash
# Measures ModelApi as it ships beside bench/Echo, the least that a minimal API costs, beside FastAPI with scikit-learn, and with the
# model bank-mlnet beside bench/PredictionEngines, a minimal API over the PredictionEnginePool of ML.NET.
# Usage: bench/http.sh [--quick] [--no-fastapi]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

start_bar=600             # ms
start_ratio_bar=2.6       # times the echo's
memory_bar=220            # MB
memory_ratio_bar=2.4      # times the echo's
echo_bar=0.85             # of the echo's requests/s
p99_bar=1.5               # times the echo's
allocation_bar=1024       # bytes beyond the echo's
fastapi_bar=130           # times FastAPI's requests/s
pool_bar=1                # times the requests/s of the PredictionEnginePool
pool_p99_bar=0.8          # times its p99
rows_bar=300000           # rows/s in one large request
growth_bar=10             # % of memory
memory_requests=10000
large_rows=10000
starts=5 rounds=3 seconds=5 warmup_seconds=15 fastapi_warmup_seconds=3 many_requests=1000000
servers=(Echo ModelApi ONNXRuntime MLNET EnginePool FastAPI)

for argument in "$@"; do
    case $argument in
        --quick) starts=1 rounds=1 seconds=1 warmup_seconds=3 fastapi_warmup_seconds=1 many_requests=20000 ;;
        --no-fastapi) servers=(Echo ModelApi ONNXRuntime MLNET EnginePool) ;;
        *) fail "unknown argument: $argument; usage: bench/http.sh [--quick] [--no-fastapi]" ;;
    esac
done
has_fastapi=
[[ ${servers[-1]} != FastAPI ]] || has_fastapi=yes
need_tools wrk
[[ -z $has_fastapi ]] || need_scikit_learn fastapi uvicorn

# start_server NAME [VARIABLE=VALUE ...]
start_server() {
    case $1 in
        Echo) start Echo Echo /echo "${@:2}" ;;
        ModelApi) start ModelApi ModelApi /predict Models__Engine=auto "${@:2}" ;;
        ONNXRuntime) start ONNXRuntime ModelApi /predict Models__Engine=onnxruntime "${@:2}" ;;
        MLNET) start MLNET ModelApi /predict Models__Default=bank-mlnet "${@:2}" ;;
        EnginePool) start EnginePool PredictionEngines /predict "${@:2}" ;;
        FastAPI) start FastAPI FastAPI /predict "${@:2}" ;;
    esac
}

declare -A rates=() p50s=() p99s=() cpus=() allocations=() start_times=() residents=() row_rates=()

# summarize NAME
summarize() {
    local rate p50 p99 cpu start allocation=
    # shellcheck disable=SC2086 # Each is a list of numbers.
    {
        rate=$(median ${rates[$1]})
        p50=$(calculate %.2f "$(median ${p50s[$1]}) / 1000")
        p99=$(calculate %.2f "$(median ${p99s[$1]}) / 1000")
        cpu=$(median ${cpus[$1]})
        start=$(median ${start_times[$1]})
        [[ -z ${allocations[$1]-} ]] || allocation=$(median ${allocations[$1]})
    }
    printf '%-12s%.0f requests/s; p50 %s ms, p99 %s ms; %.1f µs of CPU%s per request; %d MB; %.0f ms to the first answer\n' \
        "$1" "$rate" "$p50" "$p99" "$cpu" "${allocation:+ and $allocation bytes allocated}" "${residents[$1]}" "$start"
    record http.csv server,requests_per_s,p50_ms,p99_ms,cpu_us,allocated_bytes,resident_mb,start_ms \
        "$1,$rate,$p50,$p99,$cpu,$allocation,${residents[$1]},$start"
}

# ---- The run ----

publish ModelApi src/ModelApi
publish Echo bench/Echo
publish PredictionEngines bench/PredictionEngines
publish Counters bench/Counters
machine "${has_fastapi:+$("$python" -c 'import platform, fastapi, sklearn, uvicorn; print(f", Python {platform.python_version()}, scikit-learn {sklearn.__version__}, FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}")')}"

# Starts, each of a new process without the hook.
declare -A fresh_residents=()
for ((i = 1; i <= starts; i++)); do
    for server in "${servers[@]}"; do
        start_server "$server"
        start_times[$server]+=" $milliseconds"
        if [[ $server == Echo || $server == ModelApi ]]; then
            count_answers "$server" $memory_requests
            fresh_residents[$server]+=" $(resident "$server")"
        fi
        stop "$server"
    done
done

for server in "${servers[@]}"; do
    start_server "$server" "$hook"
done
check Echo "$BENCH_BODY"
for server in "${servers[@]:1}"; do
    check "$server" "$([[ $server == EnginePool ]] && echo '"predictedLabel":' || echo '"prediction":')"
done
for server in "${servers[@]}"; do
    load "$server" "$([[ $server == FastAPI ]] && echo $fastapi_warmup_seconds || echo $warmup_seconds)"
done
warm=$(resident ModelApi)
declare -A sent=()
for ((i = 1; i <= rounds; i++)); do
    for server in "${servers[@]}"; do
        measure "$server" "$seconds"
        sent[$server]=$((${sent[$server]-0} + requests))
    done
done
for server in "${servers[@]}"; do
    residents[$server]=$(resident "$server")
done
declare -A late_residents=()
for server in Echo ModelApi; do
    while ((sent[$server] < many_requests)); do
        load "$server" "$seconds"
        sent[$server]=$((sent[$server] + requests))
    done
    late_residents[$server]=$(resident "$server")
done

body bank $large_rows >"$work/rows.json"
for ((i = 0; i <= rounds; i++)); do
    for server in ModelApi ONNXRuntime; do
        BENCH_BODY_FILE=$work/rows.json load "$server" "$seconds" 1
        # The first round is for the just-in-time compiler.
        ((i == 0)) || row_rates[$server]+=" $(calculate %.0f "$large_rows * 1e6 / $p50")"
    done
done

for server in "${servers[@]}"; do
    summarize "$server"
done
# shellcheck disable=SC2046,SC2086 # Each is a list of numbers.
{
    printf '%-12s%s in ModelApi, %s in ONNXRuntime, %s in MLNET\n' engine \
        "$(engine_of ModelApi bank)" "$(engine_of ONNXRuntime bank)" "$(engine_of MLNET bank-mlnet)"
    report ratio least $echo_bar "" "of the requests/s of Echo" $(ratios "${rates[ModelApi]}" "${rates[Echo]}")
    report p99 most $p99_bar "" "times the p99 of Echo" $(ratios "${p99s[ModelApi]}" "${p99s[Echo]}")
    report allocated most $allocation_bar bytes "per request beyond those of Echo" \
        $(differences "${allocations[ModelApi]}" "${allocations[Echo]}")
    [[ -z $has_fastapi ]] || report fastapi least $fastapi_bar "" "times the requests/s of FastAPI" $(ratios "${rates[ModelApi]}" "${rates[FastAPI]}")
    report mlnet least $pool_bar "" "of the requests/s of the PredictionEnginePool" $(ratios "${rates[MLNET]}" "${rates[EnginePool]}")
    report mlnet/p99 most $pool_p99_bar "" "times the p99 of the PredictionEnginePool" $(ratios "${p99s[MLNET]}" "${p99s[EnginePool]}")
    report rows least $rows_bar rows/s "in requests of $large_rows rows, from the first byte in to the last byte out" ${row_rates[ModelApi]}
    printf '%-12s%s of the requests/s of Echo; %s rows/s in requests of %d rows\n' "ONNXRuntime" \
        "$(shorten "$(median $(ratios "${rates[ONNXRuntime]}" "${rates[Echo]}"))")" "$(shorten "$(median ${row_rates[ONNXRuntime]})")" $large_rows
    report start most $start_bar ms "to the first prediction" ${start_times[ModelApi]}
    report start/echo most $start_ratio_bar "" "times the echo's time to the first answer" $(ratios "${start_times[ModelApi]}" "${start_times[Echo]}")
    report memory most $memory_bar MB "after $memory_requests predictions" ${fresh_residents[ModelApi]}
    report memory/echo most $memory_ratio_bar "" "times the echo's memory after $memory_requests requests to each" \
        $(ratios "${fresh_residents[ModelApi]}" "${fresh_residents[Echo]}")
}
after=${late_residents[ModelApi]}
report later/echo most $memory_ratio_bar "" "times the echo's memory after $many_requests requests or more to each ($after of ${late_residents[Echo]} MB)" \
    "$(calculate %.3f "$after / ${late_residents[Echo]}")"
report growth most $growth_bar % "more memory after ${sent[ModelApi]} further requests ($after MB) than after the warm-up ($warm MB)" \
    "$(calculate %.1f "100 * ($after / $warm - 1)")"
finish
