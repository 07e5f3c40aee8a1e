#!/usr/bin/env python3
"""Promotes one version and rolls back to the other while a server is under load, and checks who answers meanwhile.

usage: swaps.py <url> <model> <swaps> <seconds>

The versions are 1 and 2. Prints one line of counts. A wrong answer is one from a version that was not in production at any moment between
the request and its answer, or one with other numbers than the trainer's.
"""
import sys
import threading
import time

import client

CHECKS_PER_SECOND = 200


def check(server, model, end, answers):
    golden = client.Golden(model)
    while (began := time.monotonic()) < end:
        status, version, is_right = golden.ask(server, f"/models/{model}/predict")
        answers.append((began, time.monotonic(), status, version, is_right))
        time.sleep(max(0.0, began + 1 / CHECKS_PER_SECOND - time.monotonic()))


def in_production(swaps, began, ended):
    """The versions that were in production at some moment of a span. Swaps are (asked, answered, version), in order."""
    before = [version for _, answered, version in swaps if answered <= began]
    return {before[-1]} | {version for asked, answered, version in swaps if asked <= ended and answered >= began}


def main():
    url, model, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    server = client.Server(url)
    server.set_stage(model, "1")
    swaps = [(0.0, time.monotonic(), "1")]
    answers, begin, refused, slowest = [], time.monotonic(), 0, 0.0
    checker = threading.Thread(target=check, args=(server, model, begin + seconds, answers))
    checker.start()
    for number in range(count):
        time.sleep(max(0.0, begin + (number + 0.5) * seconds / count - time.monotonic()))
        asked = time.monotonic()
        if number % 2 == 0:
            status, _, answer = server.call("POST", f"/models/{model}/versions/2/stage", {"stage": "Production"})
        else:
            status, _, answer = server.call("POST", f"/models/{model}/rollback")
        answered = time.monotonic()
        slowest = max(slowest, answered - asked)
        if status == 200 and answer["model"]["production"] == ("2" if number % 2 == 0 else "1"):
            swaps.append((asked, answered, answer["model"]["production"]))
        else:
            refused += 1
            print(f"swaps.py: swap {number} was answered {status}: {answer}", file=sys.stderr)
    checker.join()
    failed = [answer for answer in answers if answer[2] != 200]
    wrong = [answer for answer in answers
             if answer[2] == 200 and (not answer[4] or answer[3] not in in_production(swaps, answer[0], answer[1]))]
    both = {answer[3] for answer in answers if answer[2] == 200}
    print(f"swaps={len(swaps) - 1} refused={refused} slowest_ms={slowest * 1000:.0f} checked={len(answers)} failed={len(failed)} "
          f"wrong={len(wrong)} versions={len(both)}")


main()
