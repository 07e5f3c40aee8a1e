# shellcheck shell=bash disable=SC2034,SC2154 # What the scripts share that need PostgreSQL; they source it after common.sh.

# The newest one that Debian's packages have installed.
postgres_programs=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n1)
[[ -n $postgres_programs ]] || fail "PostgreSQL is missing (Debian: apt-get install postgresql)"
postgres_folder=$work/postgres

# As the user whom Debian's package makes, where this is root, whom PostgreSQL refuses. Without a process in between.
as_postgres=()
if ((EUID == 0)); then
    as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$postgres_folder")
fi

# make_postgres: an empty database, and what connects to it as "postgres".
make_postgres() {
    chmod 711 "$work"
    mkdir "$postgres_folder"
    ((EUID != 0)) || chown postgres "$postgres_folder"
    (
        cd "$postgres_folder" || exit
        "${as_postgres[@]}" "$postgres_programs/initdb" -D "$postgres_folder/data" -A trust -U modelapi -E UTF8 --locale=C
    ) >"$work/postgres.log" 2>&1 || fail "cannot make a database: $(tail "$work/postgres.log")"
    start_postgres
    ask_postgres postgres 'create database modelapi' >/dev/null
    postgres="Host=$postgres_folder;Username=modelapi;Database=modelapi"
}

start_postgres() {
    local tries
    (
        cd "$postgres_folder" || exit
        exec "${as_postgres[@]}" "$postgres_programs/postgres" -D "$postgres_folder/data" -k "$postgres_folder" -c listen_addresses=
    ) >>"$work/postgres.log" 2>&1 &
    pids[postgres]=$!
    for ((tries = 0; tries < 600; tries++)); do
        ! "$postgres_programs/pg_isready" -q -h "$postgres_folder" || return 0
        is_alive postgres || break
        sleep 0.05
    done
    fail "PostgreSQL did not start: $(tail "$work/postgres.log")"
}

# stop_postgres: ends all connections at once.
stop_postgres() {
    kill -INT "${pids[postgres]}"
    wait "${pids[postgres]}" || true
    unset "pids[postgres]"
}

# ask_postgres DATABASE SQL: the rows, one a line.
ask_postgres() {
    "$postgres_programs/psql" -X -q -A -t -h "$postgres_folder" -U modelapi -d "$1" -c "$2"
}
