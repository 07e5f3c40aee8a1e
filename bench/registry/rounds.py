#!/usr/bin/env python3
"""Deploys, promotes and deletes versions, round after round, and watches what the server keeps of them.

usage: rounds.py <url> <process> <rounds> <report every> <shipped model> <table> <folder ...>

Each round uploads a version, waits until it is ready, promotes it, asks it for golden rows and deletes the one before; the model goes with
the last one of each hundred. Writes a table with the memory (median of the last ten rounds) and the files below the folders, and prints
one line.
"""
import csv
import pathlib
import statistics
import sys
import time

import client

MODEL = "rounds"
GOLDEN_ROWS = 5


def resident_kb(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])


def deploy(server, golden, shipped, number):
    """One version: uploaded, promoted, called. Returns how many answers were wrong."""
    path = f"/models/{MODEL}/versions/{number}"
    server.change("PUT", f"{path}?wait=true", client.archive(shipped, MODEL, number), "application/zip", expected=(201,))
    server.set_stage(MODEL, number)
    answers = [golden.ask(server, f"/models/{MODEL}/predict") for _ in range(GOLDEN_ROWS)]
    return sum(answer != (200, str(number), True) for answer in answers)


def main():
    url, process, rounds, every, shipped, table, *folders = sys.argv[1:]
    rounds, every = int(rounds), int(every)
    server, golden = client.Server(url), client.Golden(shipped)

    # What the first use of the store makes stays.
    wrong = deploy(server, golden, shipped, rounds + 1)
    server.change("DELETE", f"/models/{MODEL}")
    time.sleep(2)
    before = client.files_below(*folders)

    began, memory = time.monotonic(), []
    with open(table, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["rounds", "resident_mb", "files", "seconds_per_round"])
        for number in range(1, rounds + 1):
            start = time.monotonic()
            wrong += deploy(server, golden, shipped, number)
            if number % every == 0:
                server.change("DELETE", f"/models/{MODEL}")
            elif number % every > 1:
                server.change("DELETE", f"/models/{MODEL}/versions/{number - 1}")
            memory.append(resident_kb(process) / 1024)
            if number % every == 0:
                writer.writerow([number, f"{statistics.median(memory[-10:]):.1f}", len(client.files_below(*folders)),
                                 f"{(time.monotonic() - began) / number:.2f}"])
                file.flush()

    time.sleep(2)
    left = sorted(str(path) for path in client.files_below(*folders) - before)
    for path in left[:20]:
        print(f"rounds.py: left behind: {path}", file=sys.stderr)
    first, last = statistics.median(memory[every - 10:every]), statistics.median(memory[-10:])
    print(f"rounds={rounds} seconds={time.monotonic() - began:.0f} first_mb={first:.1f} last_mb={last:.1f} left={len(left)} wrong={wrong}")


main()
