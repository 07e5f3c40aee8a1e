#!/usr/bin/env bash
# Measures what a shadow version costs the callers of production, and prints how much of their traffic it sees.
# Usage: bench/rollout.sh [--quick] [--rounds N]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: bench/rollout.sh [--quick] [--rounds N]"
p99_bar=1.3             # times the p99 without a shadow
rounds=5 seconds=5 warmup_seconds=8

while (($# > 0)); do
    case $1 in
        --quick) rounds=1 seconds=1 warmup_seconds=2 ;;
        --rounds)
            [[ ${2-} =~ ^[1-9][0-9]*$ ]] || fail "--rounds must be a number from 1; $usage"
            rounds=$2
            shift
            ;;
        *) fail "unknown argument: $1; $usage" ;;
    esac
    shift
done
need_tools wrk
publish ModelApi src/ModelApi

# Version 2 is version 1 under another number.
models=$work/models
mkdir -p "$models/bank"
cp -r "$repository/models/bank/1" "$models/bank/1"
cp -r "$repository/models/bank/1" "$models/bank/2"
sed -i 's/"version": *"1"/"version": "2"/' "$models/bank/2/model.json"

# change METHOD PATH [BODY]: changes the model, and prints the answer.
change() {
    local answer
    answer=$(curl -s --noproxy '*' --fail-with-body -X "$1" -H "Authorization: Bearer $BENCH_KEY" -H 'Content-Type: application/json' \
        ${3:+-d "$3"} "${urls[ModelApi]%/predict}$2") || give_up ModelApi "refused $1 $2: $answer"
    echo "$answer"
}

# number NAME: the first number of that name in the answer on the standard input.
number() {
    grep -o "\"$1\": *[0-9.]*" | head -n1 | sed 's/.*: *//'
}

machine
start ModelApi ModelApi /models/bank/predict Models__Root="$models" Storage__Folder="$work/data"
change POST /versions/1/stage '{"stage":"Production"}' >"$work/staged.json"
check ModelApi '"version":"1"'
load ModelApi "$warmup_seconds"

declare -A rates=() p99s=()
compared=0 dropped=0 asked=0

# round NAME CONNECTIONS
round() {
    load ModelApi "$seconds" "$2"
    rates[$1]+=" $(calculate %.1f "$requests * 1e6 / $microseconds")"
    p99s[$1]+=" $p99"
    echo "$1, $2 connections: ${rates[$1]##* } requests/s, p99 $p99 µs" >&2
}

for connections in 32 2; do
    turns=(alone shadow)
    for ((i = 1; i <= rounds; i++)); do
        for turn in "${turns[@]}"; do
            if [[ $turn == shadow ]]; then
                change PUT /rollout '{"version":"2","mode":"shadow"}' >"$work/begun.json"
            fi
            round "$turn-$connections" "$connections"
            if [[ $turn == shadow ]]; then
                change GET /rollout >"$work/seen.json"
                change DELETE /rollout >"$work/ended.json"
                compared=$((compared + $(number rows <"$work/seen.json")))
                dropped=$((dropped + $(number dropped <"$work/seen.json")))
                asked=$((asked + requests))
            fi
        done
        turns=("${turns[1]}" "${turns[0]}")
    done
    printf '%-12s%s of %s calls compared, %s dropped, over %d rounds of %d s with %d connections\n' \
        "shadow-$connections" "$compared" "$asked" "$dropped" "$rounds" "$seconds" "$connections"
    compared=0 dropped=0 asked=0
done

# shellcheck disable=SC2046 # Each is a list of numbers.
for connections in 32 2; do
    report "rate-$connections" least 0 "" "of the requests/s without a shadow" $(ratios "${rates[shadow-$connections]}" "${rates[alone-$connections]}")
    report "p99-$connections" most $p99_bar "" "times the p99 without a shadow" $(ratios "${p99s[shadow-$connections]}" "${p99s[alone-$connections]}")
done
finish
