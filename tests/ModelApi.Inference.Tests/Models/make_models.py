#!/usr/bin/env python3
"""Trains small models with several libraries and exports them, each with rows and the library's own answers.

Run it in an environment with samples/training/requirements.txt; it writes NAME.onnx and NAME.json beside itself.
The same versions write the same files.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "samples" / "training"))
import onnx_compat  # noqa: E402, F401

import numpy as np  # noqa: E402
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost  # noqa: E402
from skl2onnx import convert_sklearn, update_registered_converter  # noqa: E402
from skl2onnx.common.data_types import FloatTensorType  # noqa: E402
from skl2onnx.common.shape_calculator import (  # noqa: E402
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)
from sklearn.base import is_classifier  # noqa: E402
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    AdaBoostClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import Binarizer, MinMaxScaler, Normalizer, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402
from xgboost import XGBClassifier, XGBRegressor  # noqa: E402

SEED = 20261121
OPSETS = {"": 17, "ai.onnx.ml": 3}
ROWS = 30

update_registered_converter(
    XGBClassifier, "XGBoostXGBClassifier", calculate_linear_classifier_output_shapes, convert_xgboost,
    options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
)
update_registered_converter(XGBRegressor, "XGBoostXGBRegressor", calculate_linear_regressor_output_shapes, convert_xgboost)


def with_missing(features):
    """Empties a tenth of the cells."""
    features = features.copy()
    features[np.random.default_rng(SEED).random(features.shape) < 0.1] = np.nan
    return features


def write(name, model, data, missing=False, pipeline=False):
    features = data.data.astype(np.float32)
    features = with_missing(features) if missing else features
    order = np.random.default_rng(SEED).permutation(len(features))
    train, held = features[order[ROWS:]], features[order[:ROWS]]
    model.fit(train, data.target[order[ROWS:]])
    classifier = is_classifier(model)
    onnx = convert_sklearn(
        model, name=name, initial_types=[("features", FloatTensorType([None, features.shape[1]]))],
        target_opset=OPSETS, options={id(model if not pipeline else model.steps[-1][1]): {"zipmap": False}} if classifier else None,
    )
    for output, plain in zip(onnx.graph.output, ["label", "probabilities"] if classifier else ["value"]):
        for node in onnx.graph.node:
            for index, made in enumerate(node.output):
                if made == output.name:
                    node.output[index] = plain
            for index, used in enumerate(node.input):
                if used == output.name:
                    node.input[index] = plain
        output.name = plain
    imports = sorted(((entry.domain, entry.version) for entry in onnx.opset_import))
    del onnx.opset_import[:]
    for domain, version in imports:
        onnx.opset_import.add(domain=domain, version=version)
    golden = {"rows": [[None if np.isnan(cell) else float(cell) for cell in row] for row in held]}
    if classifier:
        golden["classes"] = [int(label) for label in model.classes_]
        golden["labels"] = [int(label) for label in model.predict(held)]
        golden["probabilities"] = [[round(float(share), 9) for share in row] for row in model.predict_proba(held)]
    else:
        golden["values"] = [float(value) for value in np.ravel(model.predict(held))]
    (HERE / f"{name}.onnx").write_bytes(onnx.SerializeToString())
    (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n")
    print(name, sorted({node.op_type for node in onnx.graph.node}), len(onnx.SerializeToString()))


boosted = {"n_estimators": 12, "max_depth": 4, "random_state": SEED}
write("xgboost-three-classes", XGBClassifier(**boosted), load_iris())
write("xgboost-three-classes-missing", XGBClassifier(**boosted), load_wine(), missing=True)
write("xgboost-two-classes-missing", XGBClassifier(**boosted), load_breast_cancer(), missing=True)
write("xgboost-regression-missing", XGBRegressor(**boosted), load_diabetes(), missing=True)
write("gradient-boosting-two-classes", GradientBoostingClassifier(**boosted), load_breast_cancer())
write("gradient-boosting-three-classes", GradientBoostingClassifier(**boosted), load_wine())
write("gradient-boosting-regression", GradientBoostingRegressor(**boosted), load_diabetes())
histograms = {"max_iter": 12, "max_depth": 4, "random_state": SEED}
write("histogram-two-classes-missing", HistGradientBoostingClassifier(**histograms), load_breast_cancer(), missing=True)
write("histogram-three-classes-missing", HistGradientBoostingClassifier(**histograms), load_wine(), missing=True)
write("histogram-regression-missing", HistGradientBoostingRegressor(**histograms), load_diabetes(), missing=True)
write("extra-trees-regression", ExtraTreesRegressor(n_estimators=12, max_depth=5, random_state=SEED), load_diabetes())
write("decision-tree", DecisionTreeClassifier(max_depth=4, random_state=SEED), load_iris())
write("logistic-regression", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000)), load_wine(), missing=True, pipeline=True)
write("logistic-regression-two-classes", make_pipeline(MinMaxScaler(), Normalizer(), LogisticRegression()), load_breast_cancer(), pipeline=True)
write("one-against-the-rest", make_pipeline(StandardScaler(), LogisticRegression(multi_class="ovr")), load_iris(), pipeline=True)
write("linear-regression", make_pipeline(SimpleImputer(strategy="median"), LinearRegression()), load_diabetes(), missing=True, pipeline=True)
write("binarized-trees", make_pipeline(StandardScaler(), Binarizer(threshold=0.1), DecisionTreeClassifier(max_depth=5, random_state=SEED)), load_wine(), pipeline=True)
write("ada-boost", AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=5, random_state=SEED), load_iris())
