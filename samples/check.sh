#!/usr/bin/env bash
# Runs every sample against a server that is already running: samples/check.sh [--require-all]
# MODELAPI_URL and MODELAPI_KEY say which server and with which key. A sample whose tool is not installed is skipped,
# or fails with --require-all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

require_all=false
case "$*" in
    "") ;;
    --require-all) require_all=true ;;
    *)
        echo "usage: samples/check.sh [--require-all]" >&2
        exit 2
        ;;
esac

url=${MODELAPI_URL:-http://localhost:8900}
export MODELAPI_URL=${url%/}
export MODELAPI_KEY=${MODELAPI_KEY:-abc123}

passed=0
failed=0
skipped=0

# check <name> <command>...: runs a sample, and shows what it said if it fails.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1 </dev/null); then
        echo "ok   $name"
        passed=$((passed + 1))
    else
        echo "FAIL $name"
        sed 's/^/     /' <<<"$output"
        failed=$((failed + 1))
    fi
}

# lacks <name> <what to install>: reports a sample that cannot run here.
lacks() {
    if $require_all; then
        echo "FAIL $1"
        echo "     install $2"
        failed=$((failed + 1))
    else
        echo "skip $1: install $2"
        skipped=$((skipped + 1))
    fi
}

has() {
    command -v "$1" >/dev/null
}

# Prints the first Python that has a module; Debian's packages are for /usr/bin/python3 only.
python_with() {
    local python
    for python in /usr/bin/python3 python3; do
        if "$python" -c "import $1" >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    return 1
}

if python=$(python_with json); then
    check python/client_stdlib.py "$python" python/client_stdlib.py
else
    lacks python/client_stdlib.py "Python 3"
fi

if python=$(python_with requests); then
    check python/client_requests.py "$python" python/client_requests.py
else
    lacks python/client_requests.py "requests (python3-requests, or pip install requests)"
fi

if has curl && has jq; then
    check curl/client.sh curl/client.sh
else
    lacks curl/client.sh "curl and jq"
fi

if has node; then
    check javascript/client.mjs node javascript/client.mjs
else
    lacks javascript/client.mjs "Node.js 20"
fi

if has dotnet; then
    check csharp dotnet run --project csharp
else
    lacks csharp "the .NET 10 SDK"
fi

if has java && has javac; then
    check java/Client.java java java/Client.java
else
    lacks java/Client.java "a JDK, 17 or later"
fi

if python=$(python_with locust); then
    check load/locustfile.py "$python" -m locust --locustfile load/locustfile.py --host "$MODELAPI_URL" \
        --headless -u 20 -r 20 -t 15s --only-summary
else
    lacks load/locustfile.py "locust (python3-locust, or pip install locust)"
fi

summary="$passed passed, $failed failed"
if ((skipped > 0)); then
    summary+=", $skipped skipped"
fi
echo "$summary"
((failed == 0))
