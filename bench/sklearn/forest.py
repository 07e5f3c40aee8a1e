#!/usr/bin/env python3
"""The bank model as scikit-learn has it: the bundle's hyperparameters, trained on bank-full.csv at first use and then kept.

usage: forest.py <bank-full.csv> <forest.joblib>
"""
import json
import os
import pathlib
import sys

import joblib
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

CATEGORIES = ["job", "marital", "education", "housing"]
NUMBERS = ["age", "balance", "duration", "campaign"]
FEATURES = ["age", "job", "marital", "education", "balance", "housing", "duration", "campaign"]
ARGUMENTS = pathlib.Path(__file__).parents[2] / "models" / "bank" / "1" / "args.json"


def read(csv):
    with open(csv, encoding="utf-8-sig") as file:
        header = file.readline()
    return pd.read_csv(csv, sep=max(",;\t|", key=header.count), keep_default_na=False)


def train(csv):
    encoder = ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORIES),
            ("numbers", "passthrough", NUMBERS),
        ],
        sparse_threshold=0,
    )
    args = json.loads(ARGUMENTS.read_text(encoding="utf-8"))
    names = ["n_estimators", "max_depth", "min_samples_leaf", "random_state"]
    forest = RandomForestClassifier(**{name: args[name] for name in names}, n_jobs=None)
    rows = read(csv)
    return Pipeline([("encoder", encoder), ("model", forest)]).fit(rows[FEATURES], rows["y"])


def load_or_train(csv, file):
    """The pipeline, trained and kept unless the file holds one of this version of scikit-learn."""
    if os.path.exists(file):
        kept = joblib.load(file)
        if kept["version"] == sklearn.__version__:
            return kept["pipeline"]
    pipeline = train(csv)
    os.makedirs(os.path.dirname(os.path.abspath(file)), exist_ok=True)
    joblib.dump({"version": sklearn.__version__, "pipeline": pipeline}, f"{file}.new")
    os.replace(f"{file}.new", file)
    return pipeline


if __name__ == "__main__":
    load_or_train(*sys.argv[1:])
