"""Small networks, written as PyTorch and Keras export them: one named input, one output, weights inside."""

import csv
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import modelapi_pack

SEED = 0


def networks():
    return {
        "network, softmax": lambda folder, slug: pack(folder, slug, dense(3, "Softmax"), labels=["low", "mid", "high"]),
        "network, sigmoid": lambda folder, slug: pack(folder, slug, dense(1, "Sigmoid"), labels=[0, 1]),
        "network, a number": lambda folder, slug: pack(folder, slug, dense(1, None)),
        "network, logits": lambda folder, slug: pack(folder, slug, dense(3, None), labels=["low", "mid", "high"], key="scores"),
        "network, batch fixed at 1": lambda folder, slug: pack(folder, slug, dense(3, "Softmax", batch=1), labels=[0, 1, 2]),
        "network of images (Conv)": lambda folder, slug: pack(folder, slug, images(), labels=[*range(4)], shape=(1, 8, 8)),
        "network of sequences (LSTM)": lambda folder, slug: pack(folder, slug, sequences(), labels=[0, 1, 2], shape=(6, 3)),
    }


class Graph:
    """Nodes and weights of a graph."""

    def __init__(self):
        self.nodes, self.weights, self.random = [], [], np.random.default_rng(SEED)

    def weight(self, *shape):
        name = f"w{len(self.weights)}"
        values = self.random.normal(size=shape) / np.sqrt(shape[-1])
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def add(self, kind, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output] if isinstance(output, str) else output, **attributes))
        return output if isinstance(output, str) else output[-1]

    def model(self, output, columns, shape, batch="N"):
        graph = helper.make_graph(
            [*self.nodes, helper.make_node("Identity", [output], ["output"])], "network",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, *shape])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, [batch, columns])], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def dense(columns, activation, batch="N"):
    graph = Graph()
    hidden = graph.add("Relu", graph.add("Gemm", "input", graph.weight(10, 16), graph.weight(16)))
    output = graph.add("Gemm", hidden, graph.weight(16, columns), graph.weight(columns))
    return graph.model(graph.add(activation, output) if activation else output, columns, [10], batch)


def images():
    graph = Graph()
    seen = graph.add("Relu", graph.add("Conv", "input", graph.weight(4, 1, 3, 3), graph.weight(4), kernel_shape=[3, 3]))
    flat = graph.add("Flatten", graph.add("MaxPool", seen, kernel_shape=[2, 2], strides=[2, 2]), axis=1)
    return graph.model(graph.add("Softmax", graph.add("Gemm", flat, graph.weight(36, 4), graph.weight(4)), axis=1), 4, [1, 8, 8])


def sequences():
    graph = Graph()
    steps = graph.add("Transpose", "input", perm=[1, 0, 2])
    last = graph.add(
        "LSTM", steps, graph.weight(1, 20, 3), graph.weight(1, 20, 5), graph.weight(1, 40), output=["steps", "last"], hidden_size=5)
    axis = numpy_helper.from_array(np.array([0], dtype=np.int64), "axis")
    graph.weights.append(axis)
    state = graph.add("Squeeze", last, "axis")
    return graph.model(graph.add("Softmax", graph.add("Gemm", state, graph.weight(5, 3), graph.weight(3)), axis=1), 3, [6, 3])


def pack(folder, slug, model, labels=None, key="probabilities", shape=None):
    """Packs a network with the answers that onnx's own reference gives, where it is installed, or numpy."""
    random = np.random.default_rng(SEED + 1)
    rows = random.normal(size=(250, *(shape or (10,)))).astype(np.float32)
    answers = run(model, rows)
    names = ["input"] if shape else [f"x{i}" for i in range(10)]
    with tempfile.TemporaryDirectory() as temporary:
        files = Path(temporary)
        (files / "model.onnx").write_bytes(model.SerializeToString())
        with open(files / "reference.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows([json.dumps(row.tolist())] if shape else row.tolist() for row in rows)
        with open(files / "golden.jsonl", "w", encoding="utf-8") as file:
            for row, answer in zip(rows, answers):
                values = {"input": row.tolist()} if shape else dict(zip(names, row.tolist()))
                file.write(json.dumps({"input": values, **as_golden(answer, labels, key)}) + "\n")
        command = [
            *modelapi_pack.shlex.split(modelapi_pack.os.environ.get("MODELAPI", "modelapi")), "pack", str(files / "model.onnx"),
            "--name", slug, "--reference", str(files / "reference.csv"), "--golden", str(files / "golden.jsonl"),
            "--output", str(folder), "--force", "--isolation", "none"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if done.returncode != 0:
            raise RuntimeError(done.stderr)


def as_golden(answer, labels, key):
    if labels is None:
        return {"value": float(answer[0])}
    if len(answer) == 1:
        answer = [1 - answer[0], answer[0]]
    return {"label": labels[int(np.argmax(answer))], key: {str(label): float(number) for label, number in zip(labels, answer)}}


# The network in numpy, in 64-bit floats


def run(model, rows):
    weights = {weight.name: numpy_helper.to_array(weight).astype(np.float64) for weight in model.graph.initializer}
    weights["input"] = rows.astype(np.float64)
    for node in model.graph.node:
        inputs = [weights[name] for name in node.input]
        settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        weights[node.output[-1]] = OPERATORS[node.op_type](settings, *inputs)
    return weights["output"]


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def conv(settings, x, kernel, bias):
    windows = np.lib.stride_tricks.sliding_window_view(x, settings["kernel_shape"], axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, kernel) + bias[None, :, None, None]


def max_pool(settings, x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def lstm(settings, x, w, r, b):
    size = settings["hidden_size"]
    h = c = np.zeros((x.shape[1], size))
    for step in x:
        gates = step @ w[0].T + h @ r[0].T + b[0][:4 * size] + b[0][4 * size:]
        i, o, f, g = (gates[:, k * size:(k + 1) * size] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h[None]


OPERATORS = {
    "Gemm": lambda settings, x, w, b: x @ w + b,
    "Relu": lambda settings, x: np.maximum(x, 0),
    "Softmax": lambda settings, x: softmax(x),
    "Sigmoid": lambda settings, x: sigmoid(x),
    "Identity": lambda settings, x: x,
    "Flatten": lambda settings, x: x.reshape(len(x), -1),
    "Transpose": lambda settings, x: x.transpose(settings["perm"]),
    "Squeeze": lambda settings, x, axis: x[0],
    "Conv": conv,
    "MaxPool": max_pool,
    "LSTM": lstm,
}
