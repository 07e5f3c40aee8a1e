#!/usr/bin/env bash
# Calls ModelApi with curl and reads the answers with jq: samples/curl/client.sh
set -euo pipefail

url=${MODELAPI_URL:-http://localhost:8900}
url=${url%/}
key=${MODELAPI_KEY:-abc123}

features='{
    "age": 41,
    "job": "management",
    "marital": "married",
    "education": "tertiary",
    "balance": 1506,
    "housing": "yes",
    "duration": 261,
    "campaign": 1
}'

fail() {
    echo "client.sh: $*" >&2
    exit 1
}

# Sends a request and sets $status and $body.
send() {
    local answer
    answer=$(curl --silent --show-error --max-time 10 --write-out '\n%{http_code}' "$@") || exit 1 # curl has said why.
    status=${answer##*$'\n'}
    body=${answer%$'\n'*}
    jq --exit-status 'type == "object"' <<<"$body" >/dev/null 2>&1 ||
        fail "$url does not answer as ModelApi does: $status, no JSON object"
}

predict() {
    send --header "Authorization: Bearer $1" --header 'Content-Type: application/json' --data "$features" "$url/predict"
}

# Puts problem details (RFC 9457) into one line; errors names each invalid feature by JSON pointer.
explain() {
    jq --raw-output '[
        "\(.status) \(.title). \(.detail)",
        (.errors // {} | to_entries[] | "\(.key): \(.value | join(" "))")
    ] | join(" | ")' <<<"$body"
}

command -v jq >/dev/null || fail "jq is not installed"

send "$url/"
[[ $status == 200 ]] || fail "$url is not alive: $(explain)"
jq --raw-output '"\(.message) (\(.name) \(.version))"' <<<"$body"

predict "$key"
[[ $status == 200 ]] || fail "The prediction was refused: $(explain)"
jq --exit-status 'has("prediction") and has("probabilities")' <<<"$body" >/dev/null ||
    fail "The answer has no prediction: $body"
jq --raw-output '
    "Prediction: \(.prediction) \(.probabilities)",
    "Answered by: \(.model) \(.version), for \(.username)"' <<<"$body"

predict not-a-key
[[ $status == 401 ]] || fail "An invalid key was answered with $status, not with 401"
echo "Invalid key: $(explain)"
