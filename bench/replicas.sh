#!/usr/bin/env bash
# Runs two servers on one PostgreSQL, changes models on one and watches the other, and takes the database away under load.
# Usage: bench/replicas.sh [--quick]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=postgres.sh
source "$repository/bench/postgres.sh"

follow_bar=2            # s until the other server serves what was promoted
promotions=20 outage_seconds=30

case "$*" in
    "") ;;
    --quick) promotions=4 outage_seconds=5 ;;
    *) fail "unknown arguments: $*; usage: bench/replicas.sh [--quick]" ;;
esac
need_tools wrk
publish ModelApi src/ModelApi

# replicas COMMAND ARGUMENT: prints the client's line.
replicas() {
    "$python" "$repository/bench/registry/replicas.py" "$1" "${urls[First]}" "${urls[Second]}" bank "$2" || fail "the client failed; see above"
}

# value NAME LINE
value() {
    sed -n "s/.*\\b$1=\\([^ ]*\\).*/\\1/p" <<<"$2"
}

machine
copy_model bank bank 1
copy_model bank bank 2
make_postgres
for name in First Second; do
    start $name ModelApi /models/bank/predict Models__Root="$work/models" Storage__Folder="$work/$name-data" Storage__ConnectionString="$postgres"
    wait_ready $name
done

followed=$(replicas promotions $promotions)
fetched=$(replicas upload 3)

# Load on both from before the outage until after it.
begin_load() {
    wrk -t1 -c8 -d$((outage_seconds + 15))s --timeout 60s -s "$repository/bench/wrk/post.lua" "${urls[$1]}" >"$work/$1-wrk.txt" 2>&1 &
    pids[wrk-$1]=$!
}
begin_load First
begin_load Second
sleep 3
stop_postgres
refused=$(replicas outage $outage_seconds)
start_postgres
back=$(replicas agree 6)

requests=0 failed=0
for name in First Second; do
    wait "${pids[wrk-$name]}" || fail "wrk failed: $(<"$work/$name-wrk.txt")"
    unset "pids[wrk-$name]"
    read -r sent _ _ _ errors sockets < <(tail -n1 "$work/$name-wrk.txt")
    requests=$((requests + sent)) failed=$((failed + errors + sockets))
done

report follow most $follow_bar s "from a promotion to the first answer of the other server by that version: the largest of $promotions (median $(value median "$followed") s)" \
    "$(value largest "$followed")"
printf '%-12s%s s until a version uploaded to one server, %s MB, was ready on the other\n' fetch "$(value seconds "$fetched")" \
    "$(calculate %.1f "$(stat -c %s "$repository/models/bank/1/model.onnx") / 1e6")"
printf '%-12s%d s without PostgreSQL, %d predictions on two servers meanwhile; the slowest change was refused after %s s\n' outage \
    $outage_seconds $requests "$(value slowest "$refused")"
report failed most 0 predictions "failed" "$failed"
report wrong most 0 answers "other than the trainer's, or none" "$(($(value wrong "$followed") + $(value wrong "$back")))"
report changes most 0 changes "answered otherwise than 503 with the reason, of $(value tries "$refused")" \
    "$(($(value tries "$refused") - $(value refused "$refused")))"
report readiness most 0 times "other than 200, degraded, of $(value tries "$refused")" "$(($(value tries "$refused") - $(value degraded "$refused")))"
report back most $follow_bar s "from PostgreSQL's return to a change on each server" "$(value back "$back")"
report agree most $follow_bar s "from a promotion to the first answer of the other server, after that: the largest of $(value count "$back")" "$(value largest "$back")"
printf '%-12s%s s until both described the model in the same way, %s s more until both were healthy\n' same "$(value apart "$back")" "$(value healthy "$back")"
finish
