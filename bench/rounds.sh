#!/usr/bin/env bash
# Deploys, promotes and deletes a version a thousand times, and prints what the server keeps of it.
# Usage: bench/rounds.sh [--quick | --rounds N]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

memory_bar=5            # % of memory
rounds=1000 every=100

case "$*" in
    "") ;;
    --quick) rounds=60 every=20 ;;
    "--rounds "*) rounds=$2 ;;
    *) fail "unknown arguments: $*; usage: bench/rounds.sh [--quick | --rounds N]" ;;
esac
need_tools curl
publish ModelApi src/ModelApi

# value NAME: of the line that rounds.py printed.
value() {
    sed -n "s/.*\\b$1=\\([^ ]*\\).*/\\1/p" "$work/rounds.txt"
}

machine
mkdir "$work/tmp"
launch=(env TMPDIR="$work/tmp")
start ModelApi ModelApi /predict Models__Root="$repository/models" Storage__Folder="$work/data"
wait_ready ModelApi
"$python" "$repository/bench/registry/rounds.py" "${urls[ModelApi]}" "${pids[ModelApi]}" "$rounds" $every breast-cancer "$work/rounds.csv" \
    "$work/data" "$work/tmp" >"$work/rounds.txt" || fail "the client failed; see above"
[[ -z ${BENCH_RESULTS-} ]] || cp "$work/rounds.csv" "$BENCH_RESULTS/rounds.csv"

printf '%-12s%s of upload, proof, promotion, predictions and deletion, in %s s\n' rounds "$(value rounds)" "$(value seconds)"
report memory most $memory_bar % "more memory after the last $every rounds ($(value last_mb) MB) than after the first ($(value first_mb) MB)" \
    "$(calculate %.1f "100 * ($(value last_mb) / $(value first_mb) - 1)")"
report left most 0 files "left behind in the data folder and the one for temporary files" "$(value left)"
report wrong most 0 answers "other than the trainer's, or from another version" "$(value wrong)"
report logged most 0 errors "in the server's log" "$(grep -cE '^[^ ]+ (fail|crit): ' "$work/ModelApi.log" || true)"
finish
