#!/usr/bin/env bash
# Measures `modelapi score` (rows per second, peak memory) beside scikit-learn's predict_proba on the same CSV.
# Usage: bench/score.sh [--quick] bank-full.csv        bench/README.md says what each line means.
set -euo pipefail
export LC_ALL=C

ratio_bar=3
growth_bar=20     # %
repeats=20
rounds=7 memory_rounds=3

fail() {
    echo "score.sh: $1" >&2
    exit 1
}

# ---- What is needed ----

if [[ ${1-} == --quick ]]; then
    rounds=1 memory_rounds=1
    shift
fi
csv=${1-}
(($# == 1)) || fail "usage: bench/score.sh [--quick] bank-full.csv; the file is in bank.zip of https://archive.ics.uci.edu/static/public/222/bank+marketing.zip"
[[ -f $csv ]] || fail "there is no file '$csv'"
for tool in dotnet /usr/bin/time; do
    command -v $tool >/dev/null || fail "$tool is missing; install the .NET 10 SDK (https://dot.net) and time (Debian: apt-get install time)"
done
/usr/bin/python3 -c 'import pandas, sklearn' 2>/dev/null || fail "/usr/bin/python3 has no pandas and scikit-learn (Debian: apt-get install python3-pandas python3-sklearn)"

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bundle=$repository/models/bank/1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# ---- Numbers ----

# calculate FORMAT EXPRESSION
calculate() {
    awk "BEGIN { printf \"$1\", ($2) }"
}

median() {
    printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

missed=()

# verdict NAME CONDITION
verdict() {
    if [[ $(calculate %d "$2") == 1 ]]; then
        echo met
    else
        missed+=("$1")
        echo MISSED
    fi
}

# ---- The runs ----

# tool CSV: scores the file; sets rows, rate (rows/s without loading the model), elapsed (of the process, s), resident (peak, MB).
tool() {
    local kilobytes
    /usr/bin/time -o "$work/time.txt" -f '%e %M' dotnet "$work/modelapi/modelapi.dll" score "$bundle" "$1" -o "$work/out.csv" --force --json >"$work/summary.json" ||
        fail "modelapi score failed; see above"
    read -r elapsed kilobytes <"$work/time.txt"
    resident=$(calculate %.1f "$kilobytes / 1024")
    rows=$(sed -n 's/.*"scored": \([0-9]*\).*/\1/p' "$work/summary.json")
    rate=$(sed -n 's/.*"rowsPerSecond": \([0-9.]*\).*/\1/p' "$work/summary.json")
}

# yardstick: the same with scikit-learn; sets rows, rate and elapsed.
yardstick() {
    local seconds
    /usr/bin/time -o "$work/time.txt" -f '%e' /usr/bin/python3 "$repository/bench/score/predict_proba.py" "$csv" "$bundle/args.json" "$work/model.joblib" >"$work/python.txt" ||
        fail "scikit-learn failed; see above"
    read -r rows seconds <"$work/python.txt"
    read -r elapsed <"$work/time.txt"
    rate=$(calculate %f "$rows / $seconds")
}

echo "Publishing modelapi ..." >&2
dotnet publish "$repository/src/ModelApi.Cli" -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -v quiet -nologo -o "$work/modelapi" >&2 ||
    fail "cannot publish modelapi; see above"

printf '%-13s%s, %d cores; .NET %s, %s; %s\n' machine \
    "$(sed -n '/^model name/ { s/.*: //p; q }' /proc/cpuinfo)" "$(nproc)" \
    "$(dotnet --list-runtimes | awk '/^Microsoft.NETCore.App 10\./ { version = $2 } END { print version }')" \
    "$(/usr/bin/python3 -c 'import platform, sklearn, pandas; print(f"Python {platform.python_version()}, scikit-learn {sklearn.__version__}, pandas {pandas.__version__}")')" \
    "$(date +%F)"

echo "Training the yardstick, and reading everything once ..." >&2
yardstick
expected=$rows
tool "$csv"
((rows == expected)) || fail "modelapi scored $rows rows where scikit-learn scored $expected"

rates=() yardstick_rates=() ratios=() times=() yardstick_times=()
for ((i = 1; i <= rounds; i++)); do
    yardstick
    yardstick_rates+=("$rate")
    yardstick_times+=("$elapsed")
    yardstick_rate=$rate
    tool "$csv"
    rates+=("$rate")
    times+=("$elapsed")
    ratios+=("$(calculate %.2f "$rate / $yardstick_rate")")
done
ratio=$(median "${ratios[@]}")
printf '%-13s%.0f rows/s on %d rows (the whole process: %s s); median of %d\n' scikit-learn "$(median "${yardstick_rates[@]}")" "$expected" "$(median "${yardstick_times[@]}")" "$rounds"
printf '%-13s%.0f rows/s on %d rows (the whole process: %s s); median of %d\n' modelapi "$(median "${rates[@]}")" "$expected" "$(median "${times[@]}")" "$rounds"
verdict ratio "$ratio >= $ratio_bar" >"$work/verdict"
printf '%-13s%.2f; bar: at least %d, %s; median of %s\n' ratio "$ratio" "$ratio_bar" "$(<"$work/verdict")" "${ratios[*]}"

{
    head -n1 "$csv"
    for ((i = 1; i <= repeats; i++)); do
        tail -n+2 "$csv" | awk 1    # which ends the last line, should it have no end
    done
} >"$work/large.csv"
memory=() large_memory=() large_rates=()
for ((i = 1; i <= memory_rounds; i++)); do
    tool "$csv"
    memory+=("$resident")
    tool "$work/large.csv"
    large_memory+=("$resident")
    large_rates+=("$rate")
done
((rows == expected * repeats)) || fail "modelapi scored $rows rows of $((expected * repeats))"
growth=$(calculate %.1f "100 * ($(median "${large_memory[@]}") / $(median "${memory[@]}") - 1)")
printf '%-13s%.0f rows/s on %d rows; median of %d\n' "modelapi x$repeats" "$(median "${large_rates[@]}")" "$rows" "$memory_rounds"
verdict memory "$growth <= $growth_bar" >"$work/verdict"
printf '%-13s%.0f MB at most for the file, %.0f MB for it %d times over: %s %%; bar: at most %d %%, %s; medians of %s and %s\n' memory \
    "$(median "${memory[@]}")" "$(median "${large_memory[@]}")" "$repeats" "$growth" "$growth_bar" "$(<"$work/verdict")" "${memory[*]}" "${large_memory[*]}"

((${#missed[@]} == 0)) || fail "missed the bar of: ${missed[*]}"
