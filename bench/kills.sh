#!/usr/bin/env bash
# Kills the server at random moments while its models are changed, and prints what it is after each restart.
# Usage: bench/kills.sh [--quick | --rounds N] [sqlite|postgres ...]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: bench/kills.sh [--quick | --rounds N] [sqlite|postgres ...]"
rounds=100
seed=${BENCH_SEED:-20261128}
stores=()
while (($# > 0)); do
    case $1 in
        --quick) rounds=5 ;;
        --rounds) rounds=${2:?$usage}; shift ;;
        sqlite | postgres) stores+=("$1") ;;
        *) fail "unknown argument: $1; $usage" ;;
    esac
    shift
done
((${#stores[@]} > 0)) || stores=(sqlite postgres)
need_tools curl
publish ModelApi src/ModelApi

copy_model breast-cancer folder 1
copy_model breast-cancer folder 2
BENCH_BODY=$(body breast-cancer 1)
BENCH_BODY=${BENCH_BODY:1:-1}
mkdir "$work/tmp"
# Nothing of the runtime's own in the folder for temporary files: it cannot take that away when it is killed.
launch=(env TMPDIR="$work/tmp" DOTNET_EnableDiagnostics=0)

# count PATTERN: how many lines of the client's output match.
count() {
    grep -cE "$1" "$work/$store.txt" || true
}

machine
for store in "${stores[@]}"; do
    settings=(Models__Root="$work/models" Models__Default=folder Storage__Folder="$work/$store-data") list=()
    if [[ $store == postgres ]]; then
        # shellcheck source=postgres.sh
        source "$repository/bench/postgres.sh"
        make_postgres
        settings+=(Storage__ConnectionString="$postgres")
        list=("$postgres_programs/psql" -X -q -A -t -h "$postgres_folder" -U modelapi -d modelapi -c 'select digest from bundles')
    fi
    : >"$work/$store.txt"
    mkdir "$work/$store-data"
    killed=0 starts=()
    # One start more than kills: the last one is looked at too.
    for ((i = 0; i <= rounds; i++)); do
        start ModelApi ModelApi /models/folder/predict "${settings[@]}"
        disown "${pids[ModelApi]}"      # Bash would print that it was killed.
        starts+=("$milliseconds")
        "$python" "$repository/bench/registry/kills.py" "${urls[ModelApi]}" "${pids[ModelApi]}" "$seed:$store:$i" "$work/$store.json" \
            "$work/$store-data" "$work/tmp" "${list[@]}" >"$work/round.txt" || fail "round $i failed: $(<"$work/round.txt")"$'\n'"$(tail "$work/ModelApi.log")"
        tee -a "$work/$store.txt" <"$work/round.txt" | sed "s/^/$store $i: /" >&2
        while is_alive ModelApi; do
            sleep 0.02
        done
        killed=$((killed + 1))
        unset "pids[ModelApi]"
    done
    sleep 2             # A process that proved a bundle ends with its server.
    alive=$({ grep -lsa "TMPDIR=$work/tmp" /proc/[0-9]*/environ || true; } | wc -l)
    [[ $store != postgres ]] || stop_postgres

    printf '%s\n' "$store"
    printf '%-12s%d during uploads, %d promotions and rollbacks, %d rollouts, %d other changes, %d between changes\n' kills \
        "$(count 'during=upload:')" "$(count 'during=(promote|rollback):')" "$(count 'during=(end-)?rollout:')" \
        "$(count 'during=(alias|delete|delete-model|enable|disable):')" "$(count 'during=between')"
    printf '%-12s%d times the state before the change, %d times the one after it\n' found "$(count 'found=before')" "$(count 'found=after')"
    printf '%-12s%s ms to the first prediction after a kill; median of %d\n' start "$(shorten "$(median "${starts[@]}")")" $((rounds + 1))
    report killed least "$rounds" times "" $((killed - 1))
    report faults most 0 "" "states that never were, versions that should not answer, wrong answers, or changes refused" \
        "$(count '^fault: (version|the registry|a prediction|PUT|POST|DELETE)')"
    report orphans most 0 "" "files, or bundles in the database, that no version needs, or missing ones" "$(count '^fault: orphaned')"
    report processes most 0 "" "processes that outlived their server" "$alive"
done
finish
