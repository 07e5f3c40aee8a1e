#!/usr/bin/env python3
"""Trains `project-tags`, a logistic regression over TF-IDF: what is a machine learning project about?"""

from pathlib import Path

import common
import pandas as pd
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

TARGET = "tag"
FEATURES = {"text": "Title of the project, a space, and its description"}
EXAMPLES = {"text": "Object detection in videos A PyTorch implementation of a convolutional network that finds cars and people."}
# ASCII words of any length: the default pattern becomes one in the graph that also keeps single letters.
TOKEN = r"[a-zA-Z0-9_]+"
VECTORIZER = {"lowercase": True, "token_pattern": TOKEN, "ngram_range": (1, 2), "min_df": 2, "norm": "l2"}
HYPERPARAMETERS = {
    "C": 10.0,
    "class_weight": "balanced",
    "solver": "lbfgs",
    "max_iter": 2000,
    "random_state": common.SEED,
}


def read(path):
    rows = common.select(common.read_csv(path), path, texts=["title", "description", TARGET], numbers=[])
    return pd.DataFrame({"text": rows["title"].str.strip() + " " + rows["description"].str.strip(), TARGET: rows[TARGET]})


def main():
    args = common.parse_arguments("project-tags", __doc__, "folder with dataset.csv and holdout.csv of Made-With-ML")
    rows = pd.concat([read(Path(args.data, file)) for file in ("dataset.csv", "holdout.csv")], ignore_index=True)
    train, test = common.split(rows.drop_duplicates("text"), TARGET, test_size=0.3)

    # sublinear_tf is left off, as it is converted wrongly: the graph computes log(1 + tf), scikit-learn 1 + log(tf).
    vectorizer = TfidfVectorizer(**VECTORIZER)
    model = Pipeline([("vectorizer", vectorizer), ("model", LogisticRegression(**HYPERPARAMETERS))])
    model.fit(train["text"], train[TARGET])

    trained = common.Trained(
        name="project-tags",
        description="What is a machine learning project about? Logistic regression over TF-IDF on the projects of Made With ML.",
        model=model,
        classes=model.classes_.tolist(),
        target=TARGET,
        features=FEATURES,
        train=train,
        test=test,
        column="text",
    )
    # Any other locale than C must be installed where the graph runs.
    options = {id(vectorizer): {"tokenexp": TOKEN, "locale": "C"}}
    inputs = [("text", StringTensorType([None, 1]))]
    frameworks = test["text"].str.contains("pytorch|tensorflow|keras", case=False)
    slices = {
        "text_length": common.banded(test["text"].str.len(), [100, 200], ["<=100 chars", "101-200 chars", ">200 chars"]),
        "mentions_framework": frameworks.map({True: "yes", False: "no"}),
    }
    common.write(
        args,
        trained,
        graphs={"pipeline.onnx": common.export_classifier(model, "project_tags_pipeline", inputs, options)},
        golden=common.golden_rows(trained),
        performance=common.performance(trained, slices),
        arguments={
            "algorithm": "sklearn.pipeline.Pipeline(TfidfVectorizer, LogisticRegression)",
            "text": "title and description, each stripped, with a space between them",
            "vectorizer": {**VECTORIZER, "vocabulary_size": len(vectorizer.vocabulary_)},
            **HYPERPARAMETERS,
            "split": {
                "method": "dataset.csv and holdout.csv joined, equal texts removed, then train_test_split, stratified by target",
                "test_size": 0.3,
            },
        },
        examples=EXAMPLES,
        instances_key="texts",
    )


if __name__ == "__main__":
    main()
