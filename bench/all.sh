#!/usr/bin/env bash
# Runs everything that measures, about a quarter of an hour: results into bench/results/, plots into bench/plots/, both into
# bench/RESULTS.md. With --quick, a check of the scripts that leaves those alone.
# The scripts that send hostile traffic or change the registry run when they are named; soak.sh takes an hour.
# Usage: bench/all.sh [--quick] [http|engines|overload|growth|score|hostile|soak|swaps|rounds|kills|replicas|thousand ...]
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick=() parts=()
for argument in "$@"; do
    case $argument in
        --quick) quick=(--quick) ;;
        http | engines | overload | growth | score | hostile | soak | swaps | rounds | kills | replicas | thousand) parts+=("$argument") ;;
        *) fail "unknown argument: $argument; usage: bench/all.sh [--quick] [http|engines|overload|growth|score|hostile|soak|swaps|rounds|kills|replicas|thousand ...]" ;;
    esac
done
((${#parts[@]} > 0)) || parts=(http engines overload growth score)
need_tools wrk
[[ -f $bank_csv ]] || fail "there is no bank-full.csv; set BENCH_BANK_CSV to it. It is in bank.zip of https://archive.ics.uci.edu/static/public/222/bank+marketing.zip"

bench=$repository/bench
output=$bench
((${#quick[@]} == 0)) || output=$(mktemp -d)
mkdir -p "$output/results"
export BENCH_RESULTS=$output/results BENCH_PUBLISHED=$work/published BENCH_BANK_CSV=$bank_csv
mkdir "$BENCH_PUBLISHED"

failed=()
for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    arguments=()
    [[ $part != score ]] || arguments=("$bank_csv")
    rm -f "$BENCH_RESULTS/$part.csv"
    "$bench/$part.sh" "${quick[@]}" "${arguments[@]}" | tee "$BENCH_RESULTS/$part.txt" || failed+=("$part")
done

"$python" "$bench/plot.py" "$output/results" "$output/plots"
[[ $output != "$bench" ]] || "$python" "$bench/fill.py" "$output/results" "$bench/RESULTS.md"
printf '\nResults in %s/results, plots in %s/plots.\n' "$output" "$output"
((${#failed[@]} == 0)) || fail "not all is as it should be in: ${failed[*]}"
