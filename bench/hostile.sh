#!/usr/bin/env bash
# Sends a million hostile requests, and attacks with the worst bodies beside a good caller.
# Usage: bench/hostile.sh [--quick] [--requests N] [storm|attack ...]        bench/README.md says what each line means.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

memory_bar=1.2          # of the memory before
share_bar=0.5           # of the good caller's requests/s without an attacker
p99_bar=350             # ms
requests=1000000 good=200000 connections=64 attack_seconds=5 settle_seconds=15
attackers=60 callers=2
seed=20261124
parts=()

while (($# > 0)); do
    case $1 in
        --quick) requests=20000 good=20000 attack_seconds=2 settle_seconds=5 ;;
        --requests) requests=$2; shift ;;
        storm | attack) parts+=("$1") ;;
        *) fail "unknown argument: $1; usage: bench/hostile.sh [--quick] [--requests N] [storm|attack ...]" ;;
    esac
    shift
done
((${#parts[@]} > 0)) || parts=(storm attack)
need_tools
publish ModelApi src/ModelApi
publish ModelApi.Benchmarks bench/ModelApi.Benchmarks

attacker_key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
token_key=$(head -c 48 /dev/urandom | base64 -w0)
settings=(
    Models__Root="$repository/models"
    Identity__ApiKeys__1__User=attacker Identity__ApiKeys__1__Sha256="$(printf %s "$attacker_key" | sha256sum | cut -d' ' -f1)"
    Authentication__Schemes__Bearer__SigningKeys__0__Issuer=https://issuer.bench
    Authentication__Schemes__Bearer__SigningKeys__0__Value="$token_key"
    Authentication__Schemes__Bearer__ValidIssuer=https://issuer.bench Authentication__Schemes__Bearer__ValidAudience=modelapi
)

# send COMMAND [OPTION ...]: to the server.
send() {
    benchmarks "$1" --url "${urls[ModelApi]%/predict}" --models "$repository/models" --key "$BENCH_KEY" --attacker-key "$attacker_key" \
        --token-key "$token_key" --seed "$seed" "${@:2}"
}

# value NAME FILE: of the last line that a command wrote.
value() {
    sed -n "\$s/.*\\b$1=\\([^ ]*\\).*/\\1/p" "$2"
}

# logged PATTERN: how many lines of the server's log match.
logged() {
    grep -cE "$1" "$work/ModelApi.log" || true
}

machine
start ModelApi ModelApi /predict "${settings[@]}"
check ModelApi '"prediction":'
server=${pids[ModelApi]}

if [[ " ${parts[*]} " == *" storm "* ]]; then
    send storm --good --requests "$good" --connections 32 >"$work/good.txt" || fail "the client failed; see above"
    sleep "$settle_seconds"
    before=$(resident ModelApi)
    send storm --requests "$requests" --connections "$connections" | tee "$work/storm.txt" || fail "the client failed; see above"
    is_alive ModelApi || give_up ModelApi "stopped"
    send storm --good --requests "$good" --connections 32 >"$work/again.txt" || fail "the client failed; see above"
    sleep "$settle_seconds"
    after=$(resident ModelApi)

    report requests least "$requests" "" "hostile requests, golden rows among them, in $(value seconds "$work/storm.txt") s" "$(value requests "$work/storm.txt")"
    report errors most 0 "" "answers of 5xx other than refusals and deadlines that were asked for" "$(value errors "$work/storm.txt")"
    report overload most 0 "" "refusals (503 with Retry-After)" "$(value overload "$work/storm.txt")"
    report wrong most 0 "" "wrong answers, or none where one was due, golden rows before and after included" \
        "$(calculate %d "$(value faults "$work/good.txt") + $(value faults "$work/storm.txt") + $(value faults "$work/again.txt")")"
    report memory most $memory_bar "" "of the memory before ($before MB) after the storm ($after MB)" "$(calculate %.3f "$after / $before")"
fi

if [[ " ${parts[*]} " == *" attack "* ]]; then
    send attack --seconds "$attack_seconds" --connections "$attackers" --callers "$callers" | tee "$work/attack.txt" || fail "the client failed; see above"
    is_alive ModelApi || give_up ModelApi "stopped"
    worst=$(sed -n 's/.*share=\([^ ]*\).*name=\(.*\)/\1 \2/p' "$work/attack.txt" | sort -n | head -n1)
    slowest=$(sed -n 's/.*p99=\([^ ]*\).*name=\(.*\)/\1 \2/p' "$work/attack.txt" | sort -n | tail -n1)
    report share least $share_bar "" "of the good caller's requests/s beside $attackers connections of ${worst#* }" "${worst%% *}"
    report p99 most $p99_bar ms "of the good caller beside $attackers connections of ${slowest#* }" "${slowest%% *}"
    report faulty most 0 "" "wrong answers to the good caller" "$(sed -n 's/.*faults=\([^ ]*\).*/\1/p' "$work/attack.txt" | awk '{ sum += $1 } END { print sum + 0 }')"
fi

report restarts most 0 "" "restarts" "$(is_alive ModelApi && [[ ${pids[ModelApi]} == "$server" ]] && echo 0 || echo 1)"
report logged most 0 "" "errors in the server's log" "$(logged '^[^ ]+ (fail|crit): |^Unhandled exception|^   at ')"
report stacks most 0 "" "exceptions in the server's log, at any level" "$(logged 'Exception:|^ +at |   at [A-Z]')"
grep -E '^[^ ]+ (warn|fail|crit): |^Unhandled exception' "$work/ModelApi.log" | sed -E 's/^[^ ]+ //' | cut -c1-300 | sort | uniq -c | sort -rn | head -n 10 || true
finish
