"""Packs a fitted scikit-learn or XGBoost model for ModelApi, from a notebook or script.

    from modelapi_pack import pack
    pack(model, X_train, y_train, name="bank")

exports the model to ONNX, writes training rows and golden rows (the model's own answers, which a server must reproduce), and calls
`modelapi pack`. One file, to be copied beside your code; it needs numpy and skl2onnx, and for XGBoost also onnxmltools.
"""

import csv
import json
import os
import shlex
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np

OPSET = {"": 17, "ai.onnx.ml": 3}
REFERENCE_ROWS = 5000


def pack(model, X, y=None, *, name, models="models", version=None, description=None, target="target", golden_rows=300,
         X_golden=None, double=False, options=None, arguments=(), out=None):
    """Makes the bundle models/<name>/<version> and returns what `modelapi pack` says.

    X            the training rows: a DataFrame, an array, or a Series or list of texts
    y            their true values; optional, named `target` in the bundle
    golden_rows  how many rows the server has to reproduce; X_golden: take them from these rows rather than from X
    double       64-bit floats from request to answer, for models that 32 bits round too much
    options      options of skl2onnx beside those that are always right: {estimator: {"option": value}}
    arguments    further arguments for `modelapi pack`, such as ["--force"]
    out          the folder for the files; a temporary one by default
    """
    rows = Rows(X, model)
    golden = rows if X_golden is None else Rows(X_golden, model)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(out or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(export(model, rows, double, options))
        write_reference(folder / "reference.csv", rows, y, target)
        write_golden(folder / "golden.jsonl", model, golden, golden_rows)
        command = [
            *shlex.split(os.environ.get("MODELAPI", "modelapi")), "pack", str(folder / "model.onnx"), "--name", name,
            "--reference", str(folder / "reference.csv"), "--golden", str(folder / "golden.jsonl"), "--output", str(models),
            *(["--version", str(version)] if version else []),
            *(["--description", description] if description else []),
            *(["--target", target] if y is not None and np.ndim(y) == 1 else []),
            *arguments,
        ]
        try:
            run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        except FileNotFoundError:
            raise RuntimeError(
                f"There is no command '{command[0]}'. Install it, or name another in the environment: "
                "MODELAPI='dotnet run --project src/ModelApi.Cli --'.") from None
        if run.returncode != 0:
            raise RuntimeError((run.stderr or run.stdout).strip())
        return "\n".join(text for text in (run.stdout.strip(), run.stderr.strip()) if text)


class Rows:
    """Rows as columns with names, whatever holds them."""

    def __init__(self, X, model):
        self.frame = X
        self.is_frame = hasattr(X, "columns")
        first = X.iloc[0] if hasattr(X, "iloc") else X[0]
        self.is_text = isinstance(first, str)
        if self.is_frame:
            self.names = [str(column) for column in X.columns]
            self.columns = [X.iloc[:, i].to_numpy() for i in range(len(self.names))]
        elif self.is_text:
            self.names = [str(getattr(X, "name", None) or "text")]
            self.columns = [np.asarray(X, dtype=object)]
        else:
            self.frame = np.asarray(X)
            given = getattr(model, "feature_names_in_", None)
            self.names = [f"x{i}" for i in range(self.frame.shape[1])] if given is None else [str(column) for column in given]
            self.columns = list(self.frame.T)

    def __len__(self):
        return len(self.columns[0])

    def is_number(self, i):
        return self.columns[i].dtype.kind in "fiub"

    def take(self, indices):
        """The rows at these indices as the model takes them."""
        if hasattr(self.frame, "iloc"):
            return self.frame.iloc[indices]
        return [self.frame[i] for i in indices] if self.is_text else self.frame[indices]

    def cells(self, index):
        return [plain(column[index]) for column in self.columns]


def plain(value):
    """A value as JSON has it; what is missing is None."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value != value else value


# Export


def export(model, rows, double=False, options=None):
    """The model as ONNX, with the settings that are right for it. Warns of what the converter is known to get wrong."""
    prepare_onnx()
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType

    register_boosters(model)
    number = DoubleTensorType if double else FloatTensorType
    estimators = list(all_estimators(model))
    warn_of_faults(estimators)
    if rows.is_text:
        inputs = [(rows.names[0], StringTensorType([None, 1]))]
    elif needs_columns(model, rows):
        inputs = [
            (column, number([None, 1]) if rows.is_number(i) else StringTensorType([None, 1])) for i, column in enumerate(rows.names)]
    else:
        # One tensor of all columns: estimators that are no pipelines take nothing else, and steps that select columns go wrong.
        inputs = [("X", number([None, len(rows.names)]))]
    wanted = {}
    for estimator in estimators:
        if hasattr(estimator, "token_pattern"):
            # Python's \b\w\w+\b has no counterpart in the graph, and the locale en_US is not installed everywhere.
            wanted[id(estimator)] = {"tokenexp": estimator.token_pattern or r"[a-zA-Z0-9_]+", "locale": "C"}
    if getattr(last_of(model), "_estimator_type", None) == "classifier" and hasattr(model, "predict_proba"):
        wanted[id(model)] = {"zipmap": False}
    wanted.update({id(estimator): value for estimator, value in (options or {}).items()})
    # How a vote is transformed has no part in how it predicts, and the converter takes only this one.
    votes = [estimator for estimator in estimators if getattr(estimator, "flatten_transform", False)]
    try:
        for estimator in votes:
            estimator.flatten_transform = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            onnx = convert_sklearn(model, initial_types=inputs, options=wanted, target_opset=OPSET)
    finally:
        for estimator in votes:
            estimator.flatten_transform = True
    join_targets(onnx, model, rows)
    name_batch(onnx)
    return onnx.SerializeToString()


def prepare_onnx():
    """Gives onnx 1.12 three names of onnx 1.13 that skl2onnx 1.20 calls."""
    from onnx import TensorProto, helper

    try:
        from onnx import mapping
    except ImportError:
        return
    if not hasattr(helper, "np_dtype_to_tensor_dtype"):
        helper.np_dtype_to_tensor_dtype = lambda dtype: mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(dtype)]
    if not hasattr(helper, "tensor_dtype_to_np_dtype"):
        helper.tensor_dtype_to_np_dtype = lambda tensor: mapping.TENSOR_TYPE_TO_NP_TYPE[tensor]
    if not hasattr(helper, "tensor_dtype_to_string"):
        helper.tensor_dtype_to_string = lambda tensor: "TensorProto." + TensorProto.DataType.Name(tensor)


def register_boosters(model):
    kinds = {type(estimator).__name__ for estimator in all_estimators(model)}
    if not any(kind.startswith("XGB") for kind in kinds):
        return
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes, calculate_linear_regressor_output_shapes)
    import xgboost

    for kind in ("XGBClassifier", "XGBRFClassifier"):
        update_registered_converter(
            getattr(xgboost, kind), f"XGBoost{kind}", calculate_linear_classifier_output_shapes, convert_xgboost,
            options={"nocl": [True, False], "zipmap": [True, False, "columns"]})
    for kind in ("XGBRegressor", "XGBRFRegressor"):
        update_registered_converter(
            getattr(xgboost, kind), f"XGBoost{kind}", calculate_linear_regressor_output_shapes, convert_xgboost)


def all_estimators(model):
    """The model and the estimators inside it."""
    yield model
    inner = [step for _, step, *_ in getattr(model, "steps", None) or getattr(model, "transformers_", None) or []]
    for attribute in ("estimator", "base_estimator", "estimator_", "final_estimator_", "estimators"):
        value = getattr(model, attribute, None)
        inner += value if isinstance(value, (list, tuple)) else [value]
    for estimator in inner:
        estimator = estimator[-1] if isinstance(estimator, tuple) else estimator
        if hasattr(estimator, "get_params") and not isinstance(estimator, type):
            yield from all_estimators(estimator)


def needs_columns(model, rows):
    """Whether the graph takes one input per column: a ColumnTransformer names them, and texts and numbers share no tensor."""
    first = model.steps[0][1] if hasattr(model, "steps") else model
    return type(first).__name__ == "ColumnTransformer" or not all(rows.is_number(i) for i in range(len(rows.names)))


def is_outlier_detector(model):
    return getattr(last_of(model), "_estimator_type", None) == "outlier_detector"


def last_of(model):
    return model.steps[-1][1] if hasattr(model, "steps") else model


def join_targets(onnx, model, rows):
    """Makes one tensor [labels, N, 2] of a sequence with the probabilities of each label: a server reads tensors."""
    from onnx import TensorProto, helper

    for output in list(onnx.graph.output):
        maker = next((node for node in onnx.graph.node if output.name in node.output and node.op_type == "SequenceConstruct"), None)
        if maker is not None and positives_of(model, rows.take([0]), len(maker.input)) is not None:
            maker.output[0] = f"{output.name}_of_each"
            onnx.graph.node.append(helper.make_node("ConcatFromSequence", [maker.output[0]], [output.name], axis=0, new_axis=1))
            kind = TensorProto.DOUBLE if onnx.graph.input[0].type.tensor_type.elem_type == TensorProto.DOUBLE else TensorProto.FLOAT
            output.CopyFrom(helper.make_tensor_value_info(output.name, kind, [len(maker.input), None, 2]))


def name_batch(onnx):
    """Gives the batch dimension a name, and the opsets an order: the same model is the same file."""
    for value in [*onnx.graph.input, *onnx.graph.output]:
        shape = value.type.tensor_type.shape
        if value.type.HasField("tensor_type") and len(shape.dim) > 0 and not shape.dim[0].dim_value:
            shape.dim[0].dim_param = "N"
    opsets = sorted(((opset.domain, opset.version) for opset in onnx.opset_import))
    del onnx.opset_import[:]
    for domain, number in opsets:
        opset = onnx.opset_import.add()
        opset.domain, opset.version = domain, number


TREES = ("Tree", "Forest", "Boosting", "XGB", "AdaBoost", "LGBM")


def warn_of_faults(estimators):
    """Converters get some settings wrong. `modelapi pack` would refuse the graph; this says why before."""
    kinds = [type(estimator).__name__ for estimator in estimators]
    has_trees = any(tree in kind for kind in kinds for tree in TREES)
    for estimator, kind in zip(estimators, kinds):
        setting = vars(estimator).get
        fault = (
            "scales numbers before trees, in 32-bit floats: values on a threshold fall to the other side. Trees need no scaling."
            if kind.endswith("Scaler") and has_trees else
            "has sublinear_tf=True, which is converted wrongly. Train with sublinear_tf=False."
            if setting("sublinear_tf") else
            "reads characters, which are converted otherwise. Use words."
            if setting("analyzer") in ("char", "char_wb") else
            r"has a token_pattern with \b, which the graph cannot have. Use token_pattern=r'[a-zA-Z0-9_]+'."
            if r"\b" in (setting("token_pattern") or "") else
            "is calibrated by method='isotonic', which is converted to steps. Use method='sigmoid'."
            if setting("method") == "isotonic" else
            "has categorical_features, which the graph ignores. Encode them with OneHotEncoder."
            if kind.startswith("HistGradient") and setting("categorical_features") is not None else
            "is given an estimator without predict_proba, which is converted wrongly. Use one that has it."
            if kind == "OneVsRestClassifier" and not hasattr(estimator, "predict_proba") else
            "has weights='distance', which is converted wrongly. Use weights='uniform'."
            if kind.startswith("KNeighbors") and setting("weights") == "distance" else None)
        if fault:
            warnings.warn(f"{kind} {fault}", stacklevel=4)


# Files


def write_reference(path, rows, y, target):
    indices = spread(len(rows), REFERENCE_ROWS)
    values = None if y is None else np.asarray(y)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        targets = [] if values is None else [target] if values.ndim == 1 else [f"{target}_{i + 1}" for i in range(values.shape[1])]
        writer.writerow([*rows.names, *targets])
        for index in indices:
            true = [] if values is None else np.atleast_1d(values[index]).tolist()
            writer.writerow(["" if cell is None else cell for cell in [*rows.cells(index), *true]])


def write_golden(path, model, rows, count):
    indices = spread(len(rows), count)
    answers = list(answers_of(model, rows.take(indices)))
    with open(path, "w", encoding="utf-8") as file:
        for index, answer in zip(indices, answers):
            line = {"input": dict(zip(rows.names, rows.cells(index))), **answer}
            file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def answers_of(model, X):
    """The model's own answers, as golden rows hold them."""
    predicted = np.asarray(model.predict(X))
    kind = getattr(last_of(model), "_estimator_type", None)
    if is_outlier_detector(model):
        scores = np.ravel(model.decision_function(X))
        return ({"label": int(label), "value": float(score)} for label, score in zip(predicted, scores))
    if kind == "clusterer":
        distances = model.transform(X) if hasattr(model, "transform") else None
        return ({"label": int(label), **({} if distances is None else {"distances": {
            str(i): float(distance) for i, distance in enumerate(distances[row])}})} for row, label in enumerate(predicted))
    if kind != "classifier" and not hasattr(model, "predict_proba"):
        several = predicted.ndim == 2 and predicted.shape[1] > 1
        return ({"value": value.tolist() if several else float(np.ravel(value)[0])} for value in predicted)
    if predicted.ndim == 2:
        positives = positives_of(model, X, predicted.shape[1])
        return (
            {"label": labels.tolist(), **({} if positives is None else {"probabilities": positives[row].tolist()})}
            for row, labels in enumerate(predicted))
    key, numbers = ("probabilities", model.predict_proba(X)) if hasattr(model, "predict_proba") else ("scores", scores_of(model, X))
    if numbers is None:
        return ({"label": plain(label)} for label in predicted)
    classes = [str(plain(label)) for label in getattr(model, "classes_", range(np.shape(numbers)[1]))]
    return (
        {"label": plain(label), key: dict(zip(classes, map(float, row)))} for label, row in zip(predicted, numbers))


def scores_of(model, X):
    """The decision values, one for each class; None where the model or its graph has none, or has them for pairs of classes."""
    kind = type(last_of(model)).__name__
    # The converter turns the decision values of one against the rest into shares, and those of one against one other into votes.
    if not hasattr(model, "decision_function") or kind == "OneVsRestClassifier":
        return None
    scores = np.asarray(model.decision_function(X))
    if kind == "OneVsOneClassifier" and scores.ndim == 1:
        return None
    # Of two classes, the one value is that of the second.
    scores = np.column_stack([-scores, scores]) if scores.ndim == 1 else scores
    return scores if scores.shape[1] == len(model.classes_) else None


def positives_of(model, X, targets):
    """Of several labels, the probability that each is the second of its two classes; None where the graph has none."""
    # The converter of networks writes four columns for two labels.
    if not hasattr(model, "predict_proba") or type(last_of(model)).__name__ == "MLPClassifier":
        return None
    found = model.predict_proba(X)
    if isinstance(found, list):
        return np.column_stack([each[:, 1] for each in found]) if all(each.shape[1] == 2 for each in found) else None
    return found if found.shape[1] == targets else None


def spread(rows, count):
    """At most that many indices, drawn over all rows and always the same."""
    return list(range(rows)) if rows <= count else sorted(np.random.default_rng(0).choice(rows, count, replace=False).tolist())
