#!/usr/bin/env python3
"""Encodes and scores a CSV with scikit-learn once for each line of the standard input, the yardstick of bench/engines.sh.

usage: rounds.py <bank-full.csv> <forest.joblib>

Prints the number of rows, then the seconds of each run: from the DataFrame to the probabilities, with one thread.
"""
import sys
import time

import forest


def main():
    csv, file = sys.argv[1:]
    pipeline = forest.load_or_train(csv, file).set_params(model__n_jobs=1)
    rows = forest.read(csv)[forest.FEATURES]
    print(len(rows), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        pipeline.predict_proba(rows)
        print(time.perf_counter() - start, flush=True)


main()
