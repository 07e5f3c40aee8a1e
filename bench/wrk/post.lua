-- Posts BENCH_BODY, or the file BENCH_BODY_FILE, with the key BENCH_KEY; with BENCH_MODELS, to the models m1, m2, ... in turn.
-- Ends the output of wrk with one line of numbers for the scripts.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local file = os.getenv("BENCH_BODY_FILE")
if file then
    local handle = assert(io.open(file, "rb"))
    wrk.body = handle:read("*a")
    handle:close()
else
    wrk.body = os.getenv("BENCH_BODY")
end

local models = tonumber(os.getenv("BENCH_MODELS"))
if models then
    local requests, next = {}, 0
    function init()
        for i = 1, models do
            requests[i] = wrk.format(nil, string.format("/models/m%d/predict", i))
        end
    end
    function request()
        next = next % models + 1
        return requests[next]
    end
end

-- Requests, microseconds, p50 and p99 in microseconds, answers with an error status, socket errors.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("%d %d %d %d %d %d\n",
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
