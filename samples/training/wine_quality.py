#!/usr/bin/env python3
"""Trains `wine-quality`: how do tasters rate a wine? Compares four algorithms and keeps the best."""

from pathlib import Path
from time import perf_counter

import common
import numpy as np
import pandas as pd
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "quality"
FEATURES = {
    "type": "Red or white wine",
    "fixed_acidity": "Fixed acidity, as tartaric acid in g/dm³",
    "volatile_acidity": "Volatile acidity, as acetic acid in g/dm³",
    "citric_acid": "Citric acid, in g/dm³",
    "residual_sugar": "Residual sugar, in g/dm³",
    "chlorides": "Chlorides, as sodium chloride in g/dm³",
    "free_sulfur_dioxide": "Free sulfur dioxide, in mg/dm³",
    "total_sulfur_dioxide": "Total sulfur dioxide, in mg/dm³",
    "density": "Density, in g/cm³",
    "pH": "pH",
    "sulphates": "Sulphates, as potassium sulphate in g/dm³",
    "alcohol": "Alcohol, in percent by volume",
}
NUMBERS = [name for name in FEATURES if name != "type"]
# The limits of the forests keep each graph below 8 MB.
FOREST = {"n_estimators": 100, "max_depth": 14, "min_samples_leaf": 4, "random_state": common.SEED}
CANDIDATES = {
    "random forest": (RandomForestClassifier, FOREST),
    "extra trees": (ExtraTreesClassifier, FOREST),
    "gradient boosting": (GradientBoostingClassifier, {"n_estimators": 50, "max_depth": 3, "random_state": common.SEED}),
    # weights="distance" is converted wrongly: the graph differs from scikit-learn by more than 0.1.
    "k nearest neighbours": (KNeighborsClassifier, {"n_neighbors": 30, "weights": "uniform"}),
}


def read(folder, kind):
    path = Path(folder, f"winequality-{kind}.csv")
    rows = common.read_csv(path, sep=";")
    if len(rows.columns) == 1:  # some copies have commas and no header
        rows = common.read_csv(path, names=[*NUMBERS, TARGET])
    rows = rows.rename(columns=lambda name: name.replace(" ", "_"))
    return common.select(rows, path, texts=[], numbers=[*NUMBERS, TARGET]).assign(type=kind)


def empty_some(rows):
    """The data set has no missing values: empties 1 % of the cells, so that the model learns to do without them."""
    chosen = np.random.default_rng(20240601).random((len(rows), len(NUMBERS))) < 0.01
    return rows.assign(**rows[NUMBERS].astype(float).mask(chosen))


def make(algorithm, hyperparameters):
    """The model alone; nearest neighbours need features of the same size."""
    model = algorithm(**hyperparameters)
    return Pipeline([("scaler", StandardScaler()), ("model", model)]) if algorithm is KNeighborsClassifier else model


def make_encoder():
    return ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["type"]),
            ("numbers", SimpleImputer(strategy="mean"), NUMBERS),
        ],
        sparse_threshold=0,
    )


def compare(train):
    """Cross-validates each algorithm on the training rows, and prints and returns the table."""
    folds = StratifiedKFold(n_splits=4, shuffle=True, random_state=common.SEED)
    results = {}
    print(f"{'4-fold cross-validation':<24}{'accuracy':>10}{'macro F1':>10}{'log loss':>10}{'seconds':>10}")
    for name, candidate in CANDIDATES.items():
        started = perf_counter()
        model = Pipeline([("encoder", make_encoder()), ("model", make(*candidate))])
        shares = cross_val_predict(model, train[[*FEATURES]], train[TARGET], cv=folds, method="predict_proba")
        labels = np.unique(train[TARGET])[shares.argmax(axis=1)]
        results[name] = {
            "accuracy": accuracy_score(train[TARGET], labels),
            "macro_f1": f1_score(train[TARGET], labels, average="macro"),
            "log_loss": log_loss(train[TARGET], shares),
        }
        figures = "".join(f"{figure:>10.4f}" for figure in results[name].values())
        print(f"{name:<24}{figures}{perf_counter() - started:>10.1f}", flush=True)
    return results


def main():
    args = common.parse_arguments("wine-quality", __doc__, "folder with winequality-red.csv and winequality-white.csv of UCI")
    rows = pd.concat([read(args.data, "red"), read(args.data, "white")], ignore_index=True)
    # Many wines are in the files more than once: without this, held-out rows would also be training rows.
    rows = empty_some(rows.drop_duplicates(ignore_index=True))
    train, test = common.split(rows, TARGET)

    comparison = compare(train)
    best = min(comparison, key=lambda name: comparison[name]["log_loss"])
    print(f"Keeps {best}: the lowest log loss, as its probabilities are the ones to trust")

    algorithm, hyperparameters = CANDIDATES[best]
    encoder, classifier = make_encoder(), make(algorithm, hyperparameters)
    model = Pipeline([("encoder", encoder), ("model", classifier)]).fit(train[[*FEATURES]], train[TARGET])

    trained = common.Trained(
        name="wine-quality",
        description=f"How do tasters rate a vinho verde, from 3 to 9? {best.capitalize()} on the UCI Wine Quality data "
        "(Cortez, Cerdeira, Almeida, Matos, Reis 2009).",
        model=model,
        classes=model.classes_.tolist(),
        target=TARGET,
        features=FEATURES,
        train=train,
        test=test,
    )
    encoded = [("features", FloatTensorType([None, classifier.n_features_in_]))]
    slices = {
        "type": test["type"],
        "alcohol_band": common.banded(test["alcohol"], [9.5, 10.5, 11.5], ["<=9.5", "9.5-10.5", "10.5-11.5", ">11.5"]),
        "has_null": test.isna().any(axis=1).map({True: "yes", False: "no"}),
    }
    common.write(
        args,
        trained,
        graphs={
            "encoder.onnx": common.export_encoder(encoder, train[[*FEATURES]], "wine_quality_encoder"),
            "model.onnx": common.export_classifier(classifier, "wine_quality_model", encoded),
        },
        golden=common.golden_rows(trained, unknown={"type": "rosé"}, nullable=NUMBERS),
        performance=common.performance(trained, slices),
        arguments={
            "algorithm": f"{algorithm.__module__.split('._')[0]}.{algorithm.__name__}",
            **hyperparameters,
            "comparison": comparison,
            "kept_by": "lowest log loss in 4-fold cross-validation on the training rows",
            "encoder": "OneHotEncoder(handle_unknown='ignore') on type; SimpleImputer(strategy='mean') on the numbers",
            "missing_values": "1 % of the numbers, emptied at random (seed 20240601); the data set itself has none",
            "split": {"method": "equal rows removed, then train_test_split, stratified by target", "test_size": 0.2},
        },
    )


if __name__ == "__main__":
    main()
