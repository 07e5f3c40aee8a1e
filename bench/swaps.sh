#!/usr/bin/env bash
# Promotes and rolls back between two versions under full load, and prints what the callers see of it.
# Usage: bench/swaps.sh [--quick]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

p99_bar=2               # times the p99 without swaps
rounds=10 seconds=4 swaps_per_round=20

case "$*" in
    "") ;;
    --quick) rounds=1 seconds=2 ;;
    *) fail "unknown arguments: $*; usage: bench/swaps.sh [--quick]" ;;
esac
need_tools wrk
publish ModelApi src/ModelApi

copy_model bank bank 1
copy_model bank bank 2

# value NAME: of the line that swaps.py printed.
value() {
    sed -n "s/.*\\b$1=\\([^ ]*\\).*/\\1/p" "$work/swaps.txt"
}

# round SWAPS: load with so many swaps beside it; sets p99 and what load sets. The same client checks answers, with or without swaps.
round() {
    local client
    "$python" "$repository/bench/registry/swaps.py" "${urls[ModelApi]}" bank "$1" "$seconds" >"$work/swaps.txt" &
    client=$!
    load ModelApi "$seconds"
    wait "$client" || fail "the client failed; see above"
    total=$((total + requests)) checked=$((checked + $(value checked))) failed=$((failed + refusals + $(value failed)))
    swapped=$((swapped + $(value swaps))) refused=$((refused + $(value refused))) wrong=$((wrong + $(value wrong)))
}

machine
start ModelApi ModelApi /models/bank/predict Models__Root="$work/models" Storage__Folder="$work/data"
wait_ready ModelApi
total=0 checked=0 failed=0 swapped=0 refused=0 wrong=0
round $swaps_per_round  # Compiles what takes part in a swap.
load ModelApi "$seconds"
may_refuse=yes          # Counted, and held against the bar of "failed".
total=0 checked=0 failed=0 swapped=0 refused=0 wrong=0
quiet=() busy=() rates=() slowest=() ratios="" shares=""
for ((i = 1; i <= rounds; i++)); do
    # In turns first, so that a slow spell of the machine affects both.
    for swaps in $(((i % 2) * swaps_per_round)) $(((1 - i % 2) * swaps_per_round)); do
        round "$swaps"
        if ((swaps > 0)); then
            busy+=("$p99") slowest+=("$(value slowest_ms)")
            rates+=("$(calculate %.3f "$requests / $microseconds")")
        else
            quiet+=("$p99")
            rate_quiet=$(calculate %.3f "$requests / $microseconds")
        fi
        record swaps.csv round,swaps,requests_per_s,p50_ms,p99_ms \
            "$i,$swaps,$(calculate %.0f "$requests * 1e6 / $microseconds"),$(calculate %.2f "$p50 / 1000"),$(calculate %.2f "$p99 / 1000")"
    done
    ratios+=" $(calculate %.3f "${busy[-1]} / ${quiet[-1]}")"
    shares+=" $(calculate %.3f "${rates[-1]} / $rate_quiet")"
done

printf '%-12s%d promotions and rollbacks, %d of them during each round of %d s; the slowest took %s ms, the median of the rounds\n' \
    swaps "$swapped" $swaps_per_round "$seconds" "$(shorten "$(median "${slowest[@]}")")"
printf '%-12s%d over 32 connections, and %d whose answers were checked, one connection each\n' requests $total $checked
# shellcheck disable=SC2086 # Lists of numbers.
{
    report refused most 0 "" "swaps that were not made" $refused
    report failed most 0 requests "with an error, or with no answer" $failed
    report wrong most 0 answers "from a version that was not in production, or other than the trainer's" $wrong
    report p99 most $p99_bar "" "times the p99 without swaps ($(shorten "$(median "${quiet[@]}")") µs)" $ratios
    printf '%-12s%s of the requests/s without swaps; median of%s\n' rate "$(shorten "$(median $shares)")" "$shares"
}
finish
