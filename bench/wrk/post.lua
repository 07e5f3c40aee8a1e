-- Posts BENCH_BODY with the key BENCH_KEY, and ends the output of wrk with one line of numbers for http.sh.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

-- Requests, microseconds, p50 and p99 in microseconds, answers with an error status, socket errors.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("%d %d %d %d %d %d\n",
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
