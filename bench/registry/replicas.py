#!/usr/bin/env python3
"""Changes models on one of two servers that share a database, and watches the other.

usage: replicas.py promotions <url> <url> <model> <count>      each in turn promotes, and is watched by the other
       replicas.py upload <url> <url> <model> <number>         uploads to the first, and waits for the second
       replicas.py outage <url> <url> <model> <seconds>        asks both for changes while the database is away
       replicas.py agree <url> <url> <model> <count>           after it is back: a change on each, and both descriptions compared

Prints one line of values.
"""
import statistics
import sys
import time

import client

SHIPPED = "bank"
PATIENCE = 60           # s


def seconds_until(done):
    began = time.monotonic()
    while not done():
        if time.monotonic() > began + PATIENCE:
            raise SystemExit(f"replicas.py: not seen within {PATIENCE} s")
        time.sleep(0.002)
    return time.monotonic() - began


def promotions(first, second, model, count):
    """From the answer to the promotion to the first answer of the other server by that version."""
    golden, times, wrong = client.Golden(SHIPPED), [], 0
    for number in range(int(count)):
        here, there = (first, second) if number % 2 == 0 else (second, first)
        version = str(2 - number % 2)
        here.set_stage(model, version)

        def is_served(there=there, version=version):
            nonlocal wrong
            status, answered, is_right = golden.ask(there, f"/models/{model}/predict")
            wrong += status != 200 or not is_right
            return answered == version

        times.append(seconds_until(is_served))
        time.sleep(0.1)
    return {"largest": f"{max(times):.3f}", "median": f"{statistics.median(times):.3f}", "count": len(times), "wrong": wrong}


def upload(first, second, model, number):
    content = client.archive(SHIPPED, model, number)
    first.change("PUT", f"/models/{model}/versions/{number}?wait=true", content, "application/zip", expected=(201,))
    golden = client.Golden(SHIPPED)
    path = f"/models/{model}/versions/{number}/predict"
    return {"seconds": f"{seconds_until(lambda: golden.ask(second, path) == (200, str(number), True)):.2f}"}


def outage(first, second, model, seconds):
    """Until the time is over: changes must be refused with a reason, and readiness must be degraded."""
    end = time.monotonic() + float(seconds)
    tries = refused = degraded = 0
    slowest = 0.0
    while time.monotonic() < end:
        for server in (first, second):
            began = time.monotonic()
            status, headers, answer = server.call("POST", f"/models/{model}/versions/1/stage", {"stage": "Production"})
            slowest = max(slowest, time.monotonic() - began)
            tries += 1
            if status == 503 and headers.get("Retry-After") and "database" in (answer or {}).get("detail", ""):
                refused += 1
            else:
                print(f"replicas.py: a change was answered {status}: {answer}", file=sys.stderr)
            status, _, answer = server.call("GET", "/health/ready")
            if status == 200 and answer["status"] == "Degraded":
                degraded += 1
            else:
                print(f"replicas.py: readiness was answered {status}: {answer}", file=sys.stderr)
        time.sleep(0.5)
    return {"tries": tries, "refused": refused, "degraded": degraded, "slowest": f"{slowest:.2f}"}


def described(server, model):
    """What both servers must say the same about."""
    answer = server.model(model)
    return {"production": answer["production"], "revision": answer["revision"], "aliases": answer["aliases"],
            "versions": {version["version"]: (version["stage"], version["state"]) for version in answer["versions"]}}


def agree(first, second, model, count):
    began = time.monotonic()
    seconds_until(lambda: all(
        server.call("PUT", f"/models/{model}/aliases/back", {"version": "1"})[0] == 200 for server in (first, second)))
    back = time.monotonic() - began
    values = promotions(first, second, model, count)
    apart = seconds_until(lambda: described(first, model) == described(second, model))
    ready = seconds_until(lambda: all(server.call("GET", "/health/ready")[2]["status"] == "Healthy" for server in (first, second)))
    return {**values, "back": f"{back:.2f}", "apart": f"{apart:.2f}", "healthy": f"{ready:.2f}"}


def main():
    command, first, second, model, argument = sys.argv[1:]
    commands = {"promotions": promotions, "upload": upload, "outage": outage, "agree": agree}
    values = commands[command](client.Server(first), client.Server(second), model, argument)
    print(*(f"{name}={value}" for name, value in values.items()))


main()
