#!/usr/bin/env bash
# Sends mixed good, bad, slow, aborted, huge and tiny traffic for hours, and prints what grows.
# Usage: bench/soak.sh [--hours N | --minutes N | --quick]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

memory_bar=1            # % per hour
handles_bar=1           # % per hour
latency_bar=10          # % per hour
settle_minutes=10       # before the slopes begin
slope_minutes=30        # a slope of less is not held against a bar
trap 'echo "$script: line $LINENO failed: $BASH_COMMAND" >&2' ERR
trap 'echo "$script: told to stop after $SECONDS s" >&2; exit 130' INT TERM

minutes=60 good=200 hostile=60 large_seconds=10
reload_seconds=120      # between two starts of a second server beside spoilt models
spoilt=10
seed=${BENCH_SEED:-20261124}

usage="usage: bench/soak.sh [--hours N | --minutes N | --quick]"
while (($# > 0)); do
    case $1 in
        --hours) minutes=$(calculate %.0f "60 * ${2:?$usage}"); shift ;;
        --minutes) minutes=${2:?$usage}; shift ;;
        --quick) minutes=2 reload_seconds=30 ;;
        *) fail "unknown argument: $1; $usage" ;;
    esac
    shift
done
((minutes > 2 * settle_minutes)) || settle_minutes=$((minutes / 3))
need_tools prlimit
publish ModelApi src/ModelApi
publish ModelApi.Benchmarks bench/ModelApi.Benchmarks

attacker_key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
token_key=$(head -c 48 /dev/urandom | base64 -w0)
settings=(
    Identity__ApiKeys__1__User=attacker Identity__ApiKeys__1__Sha256="$(printf %s "$attacker_key" | sha256sum | cut -d' ' -f1)"
    Authentication__Schemes__Bearer__SigningKeys__0__Issuer=https://issuer.bench
    Authentication__Schemes__Bearer__SigningKeys__0__Value="$token_key"
    Authentication__Schemes__Bearer__ValidIssuer=https://issuer.bench Authentication__Schemes__Bearer__ValidAudience=modelapi
)

# value NAME: of the last line that the client wrote.
value() {
    sed -n "\$s/.*\\b$1=\\([^ ]*\\).*/\\1/p" "$work/soak.txt"
}

# logged PATTERN: how many lines of the server's log match, after those of the start.
logged() {
    tail -n +"$((first_line + 1))" "$work/ModelApi.log" | grep -cE "$1" || true
}

# states PATTERN: how many versions of the second server are in such a state.
states() {
    { grep -oE "\"state\": ?\"$1\"" "$work/models.json" || true; } | wc -l
}

machine
shipped=$(find "$repository/models" -name model.json | wc -l)
start ModelApi ModelApi /predict Models__Root="$repository/models" "${settings[@]}"
check ModelApi '"prediction":'
server=${pids[ModelApi]}
sleep 1                 # The log of these requests is written.
first_line=$(wc -l <"$work/ModelApi.log")

# Not by its function: a subshell would be killed in the place of the client.
dotnet "$published/ModelApi.Benchmarks/ModelApi.Benchmarks.dll" soak --url "${urls[ModelApi]%/predict}" --models "$repository/models" --key "$BENCH_KEY" --attacker-key "$attacker_key" \
    --token-key "$token_key" --seed "$seed" --process "$server" --minutes "$minutes" --good $good --hostile $hostile \
    --large-seconds $large_seconds --table "$work/soak.csv" >"$work/soak.txt" 2>"$work/client.log" &
pids[client]=$!

# Nothing is loaded while a server runs, so that a second one loads good and spoilt models beside the first, again and again.
loads=0 spoilt_ready=0 spoilt_failed=0 load_faults=0
while is_alive client; do
    for ((waited = 0; waited < reload_seconds; waited++)); do
        is_alive client || break 2
        sleep 1
    done
    rm -rf "$work/models"
    benchmarks spoil --models "$repository/models" --root "$work/models" --count $spoilt --seed $((seed + loads)) >"$work/spoilt.txt"
    if (
        trap - EXIT
        ulimit -Sd 4000000
        start Second ModelApi /predict Models__Root="$work/models" Models__Isolation=process "${settings[@]}"
        base=${urls[Second]%/predict}
        for ((waited = 0; waited < 90; waited++)); do
            curl -s --noproxy '*' -H "Authorization: Bearer $BENCH_KEY" "$base/models" >"$work/models.json"
            (($(states "(received|checking|loading)") > 0)) || break
            sleep 1
        done
        status=0
        benchmarks storm --good --requests 200 --connections 2 --url "$base" --models "$repository/models" --key "$BENCH_KEY" >"$work/second.txt" || status=1
        grep -q ' faults=0 ' "$work/second.txt" || status=1
        (($(states "(received|checking|loading)") == 0)) || status=1
        is_alive Second || status=1
        stop Second
        exit $status
    ) 2>"$work/second.log"; then
        spoilt_failed=$((spoilt_failed + $(states failed)))
        spoilt_ready=$((spoilt_ready + $(states ready) - shipped))
    else
        load_faults=$((load_faults + 1))
        printf 'The second server failed beside these models (seed %d):\n%s\n%s\n' $((seed + loads)) "$(<"$work/spoilt.txt")" \
            "$(tail -n 20 "$work/second.log" "$work/Second.log")" >&2
    fi
    loads=$((loads + 1))
done
wait "${pids[client]}" || fail "the client failed: $(tail -n 20 "$work/client.log")"
unset "pids[client]"
is_alive ModelApi || give_up ModelApi "stopped"

sleep 2                 # The last lines of the log are written.
cat "$work/soak.txt"
read -r memory handles latency < <("$python" "$repository/bench/slopes.py" "$work/soak.csv" $settle_minutes resident_mb handles p50_ms)
cpu=$(awk -F, 'NR > 1 { sum += $5 } END { printf "%.0f", sum / (NR - 1) }' "$work/soak.csv")
[[ -z ${BENCH_RESULTS-} ]] || cp "$work/soak.csv" "$BENCH_RESULTS/soak.csv"

# slope NAME BAR VALUE WHAT
slope() {
    if ((minutes - settle_minutes >= slope_minutes)); then
        report "$1" most "$2" "% per hour" "$4" "$3"
    else
        printf '%-12s%s %% per hour %s; no bar below %d minutes\n' "$1" "$(shorten "$3")" "$4" $slope_minutes
    fi
}

first=$(awk -F, -v after=$settle_minutes 'NR > 1 && $1 > after { print $2; exit }' "$work/soak.csv")
last=$(awk -F, 'END { print $2 }' "$work/soak.csv")
printf '%-12s%d minutes; %s requests, of them %s hostile; %s %% of a core\n' traffic "$minutes" \
    "$(calculate %d "$(value good) + $(value hostile)")" "$(value hostile)" "$cpu"
slope memory $memory_bar "$memory" "more resident memory, from $first MB in minute $((settle_minutes + 1)) to $last MB in the last one"
slope handles $handles_bar "$handles" "more open handles, $(awk -F, 'END { print $3 }' "$work/soak.csv") in the last minute"
slope latency $latency_bar "$latency" "more latency at the median of golden rows, $(awk -F, 'END { print $7 }' "$work/soak.csv") ms in the last minute"
report wrong most 0 "" "wrong answers, or none where one was due" "$(value faults)"
report errors most 0 "" "answers of 5xx other than refusals and deadlines that were asked for" "$(value errors)"
report refused most 0 "" "refusals (503 with Retry-After)" "$(value overload)"
report logged most 0 "" "errors or exceptions in the server's log" "$(logged '^[^ ]+ (fail|crit): |Exception:|^Unhandled exception|^ *at ')"

# A client that has gone does not know whether its answer was on the way: the log counts such requests as 200 or as 499.
answers=$(logged ' ModelApi.Requests\[[0-9]+\] .* (200|304) in ')
report log most 0 "" "answers that the log lacks, or has too many of ($answers of 200 logged, $(value answered) received, $(value unanswered) not waited for)" \
    "$(calculate %d "$answers < $(value answered) ? $(value answered) - $answers : $answers > $(value answered) + $(value unanswered) ? $answers - $(value answered) - $(value unanswered) : 0")"
report loading most 0 "" "failed starts of a second server beside spoilt models: $loads starts, $((loads * spoilt)) spoilt models, $spoilt_failed failed, $spoilt_ready served because they still reproduce their golden rows" "$load_faults"
finish
