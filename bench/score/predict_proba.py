#!/usr/bin/env python3
"""Scores a CSV with scikit-learn, the yardstick of bench/score.sh.

usage: predict_proba.py <csv> <args.json> <model.joblib>

Prints the rows, and the seconds from the first byte of the CSV to the last probability. Starting Python, importing, and
loading the model are not counted. Trains the model first where the file of it does not exist yet.
"""
import json
import os
import sys
import time

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

CATEGORIES = ["job", "marital", "education", "housing"]
NUMBERS = ["age", "balance", "duration", "campaign"]


def read(path):
    with open(path, encoding="utf-8-sig") as file:
        header = file.readline()
    return pd.read_csv(path, sep=max(",;\t|", key=header.count), keep_default_na=False)


def train(path, args):
    encoder = ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORIES),
            ("numbers", "passthrough", NUMBERS),
        ],
        sparse_threshold=0,
    )
    names = ["n_estimators", "max_depth", "min_samples_leaf", "random_state"]
    forest = RandomForestClassifier(**{name: args[name] for name in names})
    rows = read(path)
    return Pipeline([("encoder", encoder), ("model", forest)]).fit(rows[CATEGORIES + NUMBERS], rows["y"])


def main():
    csv, args, model = sys.argv[1:]
    if not os.path.exists(model):
        with open(args, encoding="utf-8") as file:
            joblib.dump(train(csv, json.load(file)), model)
    pipeline = joblib.load(model)

    start = time.perf_counter()
    rows = read(csv)
    probabilities = pipeline.predict_proba(rows[CATEGORIES + NUMBERS])
    print(len(probabilities), time.perf_counter() - start)


main()
