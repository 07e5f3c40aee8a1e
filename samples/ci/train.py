"""Trains a model and writes what `modelapi pack` takes: model.onnx, reference.csv and golden.jsonl.

The data are made up: who may ride the roller coaster? Put your own training in their place.
"""

import sys
from pathlib import Path

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

sys.path.insert(0, str(Path(__file__).parent.parent / "python"))
from modelapi_pack import Rows, export, write_golden, write_reference

frame = pd.DataFrame({"height_cm": range(90, 200), "ticket": ["child", "adult"] * 55})
may_ride = ["yes" if height >= 130 and ticket == "adult" else "no" for height, ticket in zip(frame.height_cm, frame.ticket)]

tickets = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
model = make_pipeline(
    ColumnTransformer([("ticket", tickets, ["ticket"])], remainder="passthrough", sparse_threshold=0),
    RandomForestClassifier(n_estimators=20, random_state=42))
model.fit(frame, may_ride)

rows = Rows(frame, model)
Path("model.onnx").write_bytes(export(model, rows, False, None))
write_reference(Path("reference.csv"), rows, may_ride, "may_ride")
write_golden(Path("golden.jsonl"), model, rows, 110)
