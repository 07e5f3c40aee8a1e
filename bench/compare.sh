#!/usr/bin/env bash
# Measures POST /predict of two builds of ModelApi in turn: what a change costs.
# Usage: bench/compare.sh [--quick] [--rounds N] BEFORE [AFTER]        bench/README.md says what each line means.
# BEFORE and AFTER are commits or folders of published servers; AFTER is the working tree unless it is given.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: bench/compare.sh [--quick] [--rounds N] BEFORE [AFTER], each a commit or the folder of a published server"
rate_bar=0.97             # of the requests/s before
p99_bar=1.1               # times the p99 before
allocation_bar=1          # byte more: what rounding may make of none
rounds=9 seconds=5 warmup_seconds=8
builds=()

while (($# > 0)); do
    case $1 in
        --quick) rounds=1 seconds=1 warmup_seconds=2 ;;
        --rounds)
            [[ ${2-} =~ ^[1-9][0-9]*$ ]] || fail "--rounds must be a number from 1; $usage"
            rounds=$2
            shift
            ;;
        -*) fail "unknown argument: $1; $usage" ;;
        *) builds+=("$1") ;;
    esac
    shift
done
((${#builds[@]} == 1 || ${#builds[@]} == 2)) || fail "$usage"
need_tools wrk git

# provide NAME [BUILD]: puts a published server into the folder NAME/ModelApi; without a build, the working tree's.
provide() {
    mkdir -p "$published/$1"
    if [[ -z ${2-} ]]; then
        publish "$1/ModelApi" src/ModelApi
    elif [[ -f $2/ModelApi.dll ]]; then
        ln -sfn "$(realpath "$2")" "$published/$1/ModelApi"
    else
        git -C "$repository" rev-parse --quiet --verify "$2^{commit}" >/dev/null || fail "$2 is neither a commit nor a folder with ModelApi.dll"
        mkdir "$work/source-$1"
        git -C "$repository" archive "$2" | tar -x -C "$work/source-$1"
        publish "$1/ModelApi" src/ModelApi "$work/source-$1"
    fi
}

published=$work
hook=DOTNET_STARTUP_HOOKS=$published/Counters/Counters.dll
publish Counters bench/Counters
provide before "${builds[0]}"
provide after "${builds[1]-}"
machine

declare -A rates=() p50s=() p99s=() cpus=() allocations=()
turns=(before after)
for ((i = 1; i <= rounds; i++)); do
    for build in "${turns[@]}"; do
        # A new process for each round: two processes of one build differ by some per cent, as the code is compiled and laid out anew.
        start "$build" "$build/ModelApi" /predict "$hook"
        check "$build" '"prediction":'
        load "$build" "$warmup_seconds"
        measure "$build" "$seconds"
        stop "$build"
        echo "round $i of $rounds, $build: ${rates[$build]##* } requests/s, p99 ${p99s[$build]##* } µs, ${allocations[$build]##* } bytes per request" >&2
    done
    turns=("${turns[1]}" "${turns[0]}")
done

# shellcheck disable=SC2046,SC2086 # Each is a list of numbers.
{
    for build in before after; do
        printf '%-12s%.0f requests/s; p50 %.2f ms, p99 %.2f ms; %.1f µs of CPU and %.0f bytes allocated per request; medians of %d\n' "$build" \
            "$(median ${rates[$build]})" "$(calculate %.3f "$(median ${p50s[$build]}) / 1000")" "$(calculate %.3f "$(median ${p99s[$build]}) / 1000")" \
            "$(median ${cpus[$build]})" "$(median ${allocations[$build]})" "$rounds"
    done
    report ratio least $rate_bar "" "of the requests/s before" $(ratios "${rates[after]}" "${rates[before]}")
    report p99 most $p99_bar "" "times the p99 before" $(ratios "${p99s[after]}" "${p99s[before]}")
    report allocated most $allocation_bar bytes "per request more than before" $(differences "${allocations[after]}" "${allocations[before]}")
}
finish
