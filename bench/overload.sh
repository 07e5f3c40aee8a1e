#!/usr/bin/env bash
# Offers ModelApi ten times the load that it can serve, and prints what becomes of it.
# Usage: bench/overload.sh [--quick]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

times=10                # the peak
good_bar=0.9            # of the peak's requests/s
wait_bar=300            # ms
refused_bar=50          # ms
memory_bar=10           # % of memory
request_ms=15           # what one request should take
trees=1000
rounds=3 peak_seconds=5 offer_seconds=10

case "$*" in
    "") ;;
    --quick) rounds=1 peak_seconds=2 offer_seconds=2 ;;
    *) fail "unknown arguments: $*; usage: bench/overload.sh [--quick]" ;;
esac
need_tools wrk
publish ModelApi src/ModelApi
publish ModelApi.Benchmarks bench/ModelApi.Benchmarks

# The cost must lie in scoring: were it in HTTP, a client on the same machine could not send ten times what the server can take.
models=$work/models
bundle=$(benchmarks forest --root "$models" --name overload --trees $trees)
body overload 1 "$bundle" >"$work/rows.json"
BENCH_BODY=$(<"$work/rows.json")
export BENCH_BODY BENCH_BODY_FILE=$work/rows.json

# Server and client share all cores: what refusing costs is missing to those who are served, and so is what sending costs.
cores=$(nproc)

machine
start ModelApi ModelApi /predict Models__Root="$models" Models__Default=overload
check ModelApi '"prediction":'
rows=100
for ((i = 1; i <= 3; i++)); do
    body overload "$rows" "$bundle" >"$work/rows.json"
    load ModelApi 2 1
    rows=$(calculate %d "$rows * $request_ms * 1000 / $p50")
    rows=$((rows < 1 ? 1 : rows > 10000 ? 10000 : rows))
done
body overload "$rows" "$bundle" >"$work/rows.json"

# peak: the most requests/s of a closed loop with as many callers as cores, and with twice as many; sets rate.
peak() {
    local connections
    rate=0
    for connections in "$cores" $((2 * cores)); do
        load ModelApi $peak_seconds "$connections"
        rate=$(printf '%s\n' "$rate" "$(calculate %.1f "($requests - $refusals) * 1e6 / $microseconds")" | sort -n | tail -n1)
    done
}

# value NAME: of the line that the generator printed.
value() {
    sed -n "s/.*\\b$1=\\([^ ]*\\).*/\\1/p" "$work/offer.txt"
}

may_refuse=yes
peaks=() goods=() ratios=() waits=() refused=() memory=() offers=() late=() failed=0
for ((i = 1; i <= rounds; i++)); do
    peak
    benchmarks offer --url "${urls[ModelApi]}" --key "$BENCH_KEY" --body "$work/rows.json" \
        --rate "$(calculate %.0f "$times * $rate")" --seconds $offer_seconds >"$work/offer.txt" || fail "the generator failed; see above"
    is_alive ModelApi || give_up ModelApi "stopped under ten times its load"
    echo "round $i: peak=$rate $(<"$work/offer.txt")" >&2
    peaks+=("$rate")
    goods+=("$(value good)")
    ratios+=("$(calculate %.3f "$(value good) / $rate")")
    waits+=("$(value good_p99)")
    refused+=("$(value refused_p50)")
    offers+=("$(value offered)")
    late+=("$(value late_p99)")
    failed=$((failed + $(value failed) + $(value unsent)))
    memory+=("$(resident ModelApi)")
    record overload.csv round,peak_per_s,offered_per_s,good_per_s,refused_per_s,refused_p50_ms,good_p50_ms,good_p99_ms,resident_mb \
        "$i,$rate,$(value offered),$(value good),$(value refused),$(value refused_p50),$(value good_p50),$(value good_p99),${memory[-1]}"
done
check ModelApi '"predictions":'

printf '%-12s%s rows of a forest of %d trees per request, %s\n' request "$rows" $trees "$(engine_of ModelApi overload)"
printf '%-12s%s, shared by the server and the client\n' cores "$cores"
printf '%-12s%s requests/s in a closed loop; %s requests/s offered in an open one; the generator was late by %s ms at its 99th percentile; medians of %d\n' \
    peak "$(shorten "$(median "${peaks[@]}")")" "$(shorten "$(median "${offers[@]}")")" "$(shorten "$(median "${late[@]}")")" $rounds
report good least $good_bar "" "of the peak's requests/s in good answers" "${ratios[@]}"
report wait most $wait_bar ms "to an answer, at the 99th percentile" "${waits[@]}"
report refused most $refused_bar ms "to a 503, at the median" "${refused[@]}"
report failed most 0 requests "with neither a prediction nor a 503, or not taken" "$failed"
report memory most $memory_bar % "more memory after the last round (${memory[-1]} MB) than after the first (${memory[0]} MB)" \
    "$(calculate %.1f "100 * (${memory[-1]} / ${memory[0]} - 1)")"
finish
