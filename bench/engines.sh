#!/usr/bin/env bash
# Measures scoring without HTTP: the compiled engine beside ONNX Runtime at its best, and beside scikit-learn.
# Usage: bench/engines.sh [--quick] [--no-sklearn]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick=() scikit_learn=yes
for argument in "$@"; do
    case $argument in
        --quick) quick=(--quick) ;;
        --no-sklearn) scikit_learn= ;;
        *) fail "unknown argument: $argument; usage: bench/engines.sh [--quick] [--no-sklearn]" ;;
    esac
done
need_tools
csv=() sklearn=()
[[ ! -f $bank_csv ]] || csv=(--csv "$bank_csv")
if [[ -n $scikit_learn ]]; then
    need_scikit_learn
    ((${#csv[@]} > 0)) || fail "there is no bank-full.csv for scikit-learn to score; set BENCH_BANK_CSV to it, or leave scikit-learn out with --no-sklearn"
    sklearn=(--python "$python" --forest "$forest")
fi

publish ModelApi.Benchmarks bench/ModelApi.Benchmarks
machine
benchmarks engines "${quick[@]}" "${csv[@]}" "${sklearn[@]}"
