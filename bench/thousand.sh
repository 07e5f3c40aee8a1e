#!/usr/bin/env bash
# Loads a thousand models, and prints what that takes beside one of them.
# Usage: bench/thousand.sh [--quick]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

models=1000 rounds=5 seconds=4 warmup_seconds=8

case "$*" in
    "") ;;
    --quick) models=50 rounds=1 seconds=1 warmup_seconds=1 ;;
    *) fail "unknown arguments: $*; usage: bench/thousand.sh [--quick]" ;;
esac
need_tools wrk
publish ModelApi src/ModelApi

copy_model credit-risk m1
mv "$work/models" "$work/one"
for ((i = 1; i <= models; i++)); do
    copy_model credit-risk "m$i"
done
BENCH_BODY=$(body credit-risk 1)
BENCH_BODY=${BENCH_BODY:1:-1}

# serve NAME FOLDER: sets first, ready and after, milliseconds and MB.
declare -A first=() loaded=() after=() rates=() p99s=()
serve() {
    start "$1" ModelApi /predict Models__Root="$work/$2" Models__Default=m1 Storage__Folder="$work/$1-data"
    wait_ready "$1"
    first[$1]=$milliseconds loaded[$1]=$ready after[$1]=$(resident "$1")
}

machine
patience=600
serve One one
serve Thousand models
for name in One Thousand; do
    load $name $warmup_seconds
done
turns=""
for ((i = 1; i <= rounds; i++)); do
    for name in One Thousand; do
        load $name $seconds
        rates[$name]+=" $(calculate %.0f "$requests * 1e6 / $microseconds")"
        p99s[$name]+=" $p99"
    done
    BENCH_MODELS=$models load Thousand $seconds
    turns+=" $(calculate %.0f "$requests * 1e6 / $microseconds")"
done

# shellcheck disable=SC2086 # Lists of numbers.
for name in One Thousand; do
    printf '%-12s%s ms to the first prediction, %s ms until all were ready; %s MB then, %s MB after the load; %s requests/s to one model, p99 %s ms\n' \
        "$name" "${first[$name]}" "${loaded[$name]}" "${after[$name]}" "$(resident $name)" "$(shorten "$(median ${rates[$name]})")" \
        "$(calculate %.2f "$(median ${p99s[$name]}) / 1000")"
done
# shellcheck disable=SC2046 # Lists of numbers.
printf '%-12s%s of the requests/s of one model; median of %s\n' ratio "$(shorten "$(median $(ratios "${rates[Thousand]}" "${rates[One]}"))")" \
    "$(ratios "${rates[Thousand]}" "${rates[One]}")"
# shellcheck disable=SC2086
printf '%-12s%s requests/s when they go to all models in turn; median of%s\n' turns "$(shorten "$(median $turns)")" "$turns"
printf '%-12s%s MB and %s ms for each further model\n' model "$(calculate %.2f "(${after[Thousand]} - ${after[One]}) / ($models - 1)")" \
    "$(calculate %.2f "(${loaded[Thousand]} - ${loaded[One]}) / ($models - 1)")"
