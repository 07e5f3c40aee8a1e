"""What the training scripts have in common: reading data, export to ONNX, and the files that `modelapi pack` takes."""

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import onnx_compat  # noqa: F401  must come before skl2onnx
import numpy as np
import pandas as pd
from onnx import TensorProto, helper
from pandas.api.types import is_integer_dtype, is_numeric_dtype
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support, roc_auc_score
from sklearn.model_selection import train_test_split

SEED = 42
GOLDEN_ROWS = 200
REFERENCE_ROWS = 5000
OPSET = {"": 17, "ai.onnx.ml": 3}
LIBRARIES = {
    "numpy": "numpy",
    "onnx": "onnx",
    "onnxmltools": "onnxmltools",
    "pandas": "pandas",
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "skl2onnx": "skl2onnx",
    "xgboost": "xgboost",
}


@dataclass
class Trained:
    """A fitted model with what it was made from."""

    name: str
    description: str
    model: object
    classes: list  # in the order of predict_proba's columns
    target: str
    features: dict  # each name with its description
    train: pd.DataFrame
    test: pd.DataFrame
    column: str = None  # for a model that takes one column of texts rather than a data frame

    def predict(self, rows):
        """Returns the model's own labels and probabilities."""
        rows = rows[self.column or [*self.features]]
        labels = np.searchsorted(self.model.classes_, self.model.predict(rows))
        return [self.classes[label] for label in labels], self.model.predict_proba(rows).astype(float)


# Arguments and data


def fail(message):
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def parse_arguments(name, purpose, data, data_required=True):
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--data", required=data_required, help=data)
    parser.add_argument("--out", type=Path, default=Path("out", name), help="folder for the files (default: %(default)s)")
    parser.add_argument("--models", help="folder of models in which to make a bundle with 'modelapi pack'")
    parser.add_argument("--version", help="version of that bundle (default: the next one that is free)")
    return parser.parse_args()


def read_csv(path, **options):
    try:
        return pd.read_csv(path, **options)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    except ValueError as error:
        fail(f"{path} is no CSV file: {str(error).strip()}")


def select(rows, path, texts, numbers):
    """Returns the columns that a model needs, or says which of them are not as they should be."""
    missing = [column for column in [*texts, *numbers] if column not in rows]
    if missing:
        fail(f"{path} lacks the columns {', '.join(missing)}; its first are {', '.join(map(str, rows.columns))[:100]}")
    if rows.empty:
        fail(f"{path} has no rows")
    wrong = [column for column in numbers if not is_numeric_dtype(rows[column])]
    if wrong:
        fail(f"{path} has texts in columns that must hold numbers: {', '.join(wrong)}")
    rows = rows[[*texts, *numbers]]
    if rows.isna().any(axis=None):
        fail(f"{path} has empty cells")
    return rows


def split(rows, target, test_size=0.2):
    if rows[target].nunique() < 2:
        fail(f"All {len(rows)} rows have the same {target}")
    try:
        return train_test_split(rows, test_size=test_size, stratify=rows[target], random_state=SEED)
    except ValueError as error:
        fail(f"The {len(rows)} rows cannot be split by {target}: {error}")


# Export to ONNX


def columns_as_inputs(rows):
    """One graph input [N, 1] per column; integers are floats too."""
    return [
        (name, FloatTensorType([None, 1]) if is_numeric_dtype(dtype) else StringTensorType([None, 1]))
        for name, dtype in rows.dtypes.items()
    ]


def export_encoder(encoder, rows, name):
    return finish(convert_sklearn(encoder, name, columns_as_inputs(rows), target_opset=OPSET), ["encoded"])


def export_classifier(model, name, inputs, options=None):
    """Without zipmap the probabilities are one tensor [N, classes] rather than a sequence of maps."""
    classifier = model.steps[-1][1] if hasattr(model, "steps") else model
    options = {id(classifier): {"zipmap": False}, **(options or {})}
    graph = convert_sklearn(model, name, inputs, target_opset=OPSET, options=options)
    return finish(graph, ["label", "probabilities"])


def finish(model, outputs):
    """Names the outputs and the batch dimension, and sorts the opsets, whose order would differ from run to run."""
    names = dict(zip([output.name for output in model.graph.output], outputs))
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for output in model.graph.output:
        output.name = names[output.name]
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = "N"

    opsets = sorted({(opset.domain, opset.version) for opset in model.opset_import})
    del model.opset_import[:]
    for domain, version in opsets:
        model.opset_import.add(domain=domain, version=version)
    return model


def name_classes(model, classes):
    """Makes a tree ensemble that knows its classes as 0, 1, … answer with their names."""
    ensemble = next(node for node in model.graph.node if node.op_type == "TreeEnsembleClassifier")
    position = [attribute.name for attribute in ensemble.attribute].index("classlabels_int64s")
    del ensemble.attribute[position]
    ensemble.attribute.append(helper.make_attribute("classlabels_strings", classes))
    label = next(output for output in model.graph.output if output.name == "label")
    label.type.tensor_type.elem_type = TensorProto.STRING
    return model


# The files


def golden_rows(trained, unknown=None, nullable=()):
    """Held-out rows with the trainer's own answers. In the last of them, categories are unknown or cells are empty:
    each column by itself, then the first two, three, … columns together."""
    made_up = [("unknown-category", {column: unknown[column] for column in some}) for some in subsets(unknown or {})]
    made_up += [("null", dict.fromkeys(some, np.nan)) for some in subsets(nullable)]

    rows = trained.test.sample(min(GOLDEN_ROWS, len(trained.test)), random_state=SEED)
    made_up = made_up[: len(rows)]
    kinds = ["heldout"] * len(rows)
    for position, (kind, values) in enumerate(made_up, start=len(rows) - len(made_up)):
        kinds[position] = kind
        rows.loc[rows.index[position], [*values]] = [*values.values()]

    labels, probabilities = trained.predict(rows)
    inputs = rows[[*trained.features]].astype(object)
    inputs = inputs.where(inputs.notna(), None).to_dict("records")
    for row, label, shares, actual, kind in zip(inputs, labels, probabilities, rows[trained.target].tolist(), kinds):
        yield {"input": row, "label": label, "probabilities": by_class(trained, shares), "actual": actual, "kind": kind}


def subsets(columns):
    columns = list(columns)
    return [[column] for column in columns] + [columns[:count] for count in range(2, len(columns) + 1)]


def by_class(trained, values):
    return dict(zip(map(str, trained.classes), values.tolist()))


def reference(trained):
    """Training rows with predictions, from which the packer takes types, categories and the baseline for drift."""
    rows = trained.train[[*trained.features, trained.target]]
    rows = rows.sample(min(REFERENCE_ROWS, len(rows)), random_state=SEED)
    labels, probabilities = trained.predict(rows)
    shares = {f"p_{name}": probabilities[:, column] for column, name in enumerate(trained.classes)}
    return rows.assign(prediction=labels, **shares)


def describe_features(trained, examples):
    """What the packer cannot find out from the graphs and a sample: descriptions, and ranges over all training rows."""
    features = {}
    for name, description in trained.features.items():
        column = trained.train[name]
        feature = features[name] = {"description": description}
        if is_numeric_dtype(column):
            number = int if is_integer_dtype(column) else float
            feature |= {"minimum": number(column.min()), "maximum": number(column.max())}
        if name in examples:
            feature["example"] = examples[name]
    return features


def performance(trained, slices, positive=None):
    """Metrics on the held-out rows: overall, per class, and per value of each slice."""
    classes = trained.classes
    actual = trained.test[trained.target].to_numpy()
    labels, probabilities = trained.predict(trained.test)
    labels = np.array(labels, dtype=actual.dtype)

    def measure(chosen):
        return metrics(trained, actual[chosen], labels[chosen], probabilities[chosen], positive)

    precision, recall, f1, support = precision_recall_fscore_support(actual, labels, labels=classes, zero_division=0)
    return {
        "dataset": "held-out",
        "overall": measure(slice(None)),
        "per_class": {
            str(name): {"precision": precision[i], "recall": recall[i], "f1": f1[i], "support": int(support[i])}
            for i, name in enumerate(classes)
        },
        "confusion_matrix": {
            "labels": classes,
            "rows_are": "actual",
            "values": confusion_matrix(actual, labels, labels=classes).tolist(),
        },
        "slices": [
            {"slice": name, "value": value, **measure((values == value).to_numpy())}
            for name, values in slices.items()
            for value in sorted(values.unique())
        ],
    }


def metrics(trained, actual, labels, probabilities, positive):
    def scores(suffix="", **options):
        values = precision_recall_fscore_support(actual, labels, zero_division=0, **options)
        return dict(zip([f"precision{suffix}", f"recall{suffix}", f"f1{suffix}"], values))

    result = {"n": len(actual), "accuracy": accuracy_score(actual, labels)}
    if positive is None:
        result |= {**scores(average="macro"), "averaging": "macro", **scores("_weighted", average="weighted")}
    else:
        result |= {**scores(average="binary", pos_label=positive), "averaging": f"positive class '{positive}'"}
        if len(set(actual)) == 2:
            result["roc_auc"] = roc_auc_score(actual == positive, probabilities[:, trained.classes.index(positive)])
    result["log_loss"] = log_loss(actual, probabilities, labels=trained.classes)
    result["mean_probability"] = by_class(trained, probabilities.mean(axis=0))
    return result


def banded(values, edges, labels):
    """Cuts numbers into named bands, each with its upper edge, for use as a slice."""
    return pd.cut(values, [-np.inf, *edges, np.inf], labels=labels).astype(object).fillna("missing")


def training_arguments(trained, arguments):
    modules = {library: sys.modules.get(module) for library, module in LIBRARIES.items()}
    balance = trained.train[trained.target].value_counts(normalize=True).sort_index()
    return {
        **arguments,
        "seed": SEED,
        "split": {**arguments["split"], "seed": SEED, "train_rows": len(trained.train), "test_rows": len(trained.test)},
        "class_balance_train": {str(name): round(share, 6) for name, share in balance.items()},
        "versions": {
            "python": platform.python_version(),
            **{library: module.__version__ for library, module in modules.items() if module},
        },
    }


def write(args, trained, graphs, golden, performance, arguments, examples=None, instances_key=None):
    """Writes the files and, with --models, has `modelapi pack` make a bundle of them."""
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for file, graph in graphs.items():
            (args.out / file).write_bytes(graph.SerializeToString())
        with open(args.out / "golden.jsonl", "w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in golden)
        reference(trained).to_csv(args.out / "reference.csv", index=False)
        write_json(args.out / "performance.json", performance)
        write_json(args.out / "args.json", training_arguments(trained, arguments))
        write_json(args.out / "features.json", describe_features(trained, examples or {}))
    except OSError as error:
        fail(f"{error.filename} cannot be written: {error.strerror}")

    overall = performance["overall"]
    figures = f"accuracy {overall['accuracy']:.4f}, log loss {overall['log_loss']:.4f}"
    print(f"{trained.name}: {figures} on {overall['n']} held-out rows")
    print(f"The files are in {args.out}", flush=True)
    if args.models:
        pack(args, trained, graphs, instances_key)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def pack(args, trained, graphs, instances_key):
    command = shlex.split(os.environ.get("MODELAPI", "modelapi")) + ["pack", *(str(args.out / file) for file in graphs)]
    command += ["--name", trained.name, "--description", trained.description, "--output", args.models]
    command += ["--version", args.version] if args.version else []
    command += ["--reference", str(args.out / "reference.csv"), "--golden", str(args.out / "golden.jsonl")]
    for option in ("performance", "args", "features"):
        command += [f"--{option}", str(args.out / f"{option}.json")]
    command += ["--instances-key", instances_key] if instances_key else []
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        fail(f"{command[0]} cannot be run: {error.strerror}. Install ModelApi's command line, or name it in MODELAPI")
    if code:
        fail(f"'modelapi pack' made no bundle (exit code {code})")
