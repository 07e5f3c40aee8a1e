#!/usr/bin/env python3
"""Trains models whose answers are no class with probabilities, and exports each with rows and scikit-learn's own answers.

Run it in an environment with samples/training/requirements.txt; it writes answers/NAME/model.onnx and golden.jsonl beside itself.
The same versions write the same files.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "samples" / folder) for folder in ("training", "python")]
import onnx_compat  # noqa: E402, F401

import modelapi_pack  # noqa: E402
import numpy as np  # noqa: E402
from skl2onnx import convert_sklearn  # noqa: E402
from skl2onnx.common.data_types import FloatTensorType  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.datasets import load_iris, load_wine  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier  # noqa: E402
from sklearn.multiclass import OneVsRestClassifier  # noqa: E402
from sklearn.multioutput import MultiOutputClassifier  # noqa: E402

ROWS = 60


def write(name, model, columns, x, answers, options=None):
    inputs = [("X", FloatTensorType([None, x.shape[1]]))]
    onnx = convert_sklearn(
        model, name, initial_types=inputs, target_opset={"": 17, "ai.onnx.ml": 3}, options={id(model): options} if options else None
    )
    folder = HERE / "answers" / name
    folder.mkdir(parents=True, exist_ok=True)
    opsets = sorted((o.domain, o.version) for o in onnx.opset_import)
    del onnx.opset_import[:]
    for domain, version in opsets:
        onnx.opset_import.add(domain=domain, version=version)
    (folder / "model.onnx").write_bytes(onnx.SerializeToString())
    with open(folder / "golden.jsonl", "w") as file:
        for row, answer in zip(x[:ROWS], answers(x[:ROWS])):
            file.write(json.dumps({"input": dict(zip(columns, map(float, row))), **answer}) + "\n")


def shuffled(data):
    order = np.random.default_rng(7).permutation(len(data.data))
    return data.data[order].astype(np.float32).astype(float), data.target[order]


def main():
    iris, flower = shuffled(load_iris())
    flowers = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    means = KMeans(4, n_init=5, random_state=7).fit(iris)
    write("k-means", means, flowers, iris, lambda x: [
        {"label": int(label), "distances": {str(i): float(d) for i, d in enumerate(distances)}}
        for label, distances in zip(means.predict(x), means.transform(x))
    ])

    wine, kind = shuffled(load_wine())
    columns = [name.replace("/", "_") for name in load_wine().feature_names]
    both = np.column_stack([wine[:, 0] > 13, wine[:, 9] > 5]).astype(int)
    one = OneVsRestClassifier(LogisticRegression(max_iter=5000)).fit(wine, both)
    write("labels", one, columns, wine, lambda x: [
        {"label": label.tolist(), "probabilities": probabilities.tolist()}
        for label, probabilities in zip(one.predict(x), one.predict_proba(x))
    ], {"zipmap": False})

    forest = RandomForestClassifier(20, random_state=7, n_jobs=1).fit(wine, both)
    write("labels-forest", forest, columns, wine, lambda x: [
        {"label": label.tolist(), "probabilities": [p[row].tolist() for p in forest.predict_proba(x)]}
        for row, label in enumerate(forest.predict(x))
    ], {"zipmap": False})

    # The default options: the probabilities are a sequence of maps.
    kinds = np.array(["low", "middle", "high"])[kind]
    for name, labels in (("maps", kind), ("maps-of-texts", kinds)):
        maps = LogisticRegression(max_iter=5000).fit(wine, labels)
        write(name, maps, columns, wine, lambda x: [
            {"label": label.item(), "probabilities": {str(c): float(p) for c, p in zip(maps.classes_, row)}}
            for label, row in zip(maps.predict(x), maps.predict_proba(x))
        ])

    margin = SGDClassifier(random_state=7).fit(wine, np.where(kind == 1, -1, 1))
    write("margin", margin, columns, wine, lambda x: [
        {"label": int(label), "scores": {"-1": -float(score), "1": float(score)}} for label, score in zip(margin.predict(x), margin.decision_function(x))
    ], {"zipmap": False, "raw_scores": True})

    # As modelapi_pack.py exports them.
    ridge = RidgeClassifier().fit(iris, np.where(flower == 1, "versicolor", "other"))
    each = MultiOutputClassifier(LogisticRegression(max_iter=1000)).fit(iris, np.column_stack([flower == 1, flower > 0]).astype(int))
    for name, fitted in (("packed-ridge", ridge), ("packed-labels", each)):
        folder = HERE / "answers" / name
        folder.mkdir(exist_ok=True)
        rows = modelapi_pack.Rows(iris, fitted)
        (folder / "model.onnx").write_bytes(modelapi_pack.export(fitted, rows))
        modelapi_pack.write_golden(folder / "golden.jsonl", fitted, rows, ROWS)


if __name__ == "__main__":
    main()
