#!/usr/bin/env python3
"""Trains `bank`, a random forest: will a client of a bank subscribe a term deposit?"""

import common
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from skl2onnx.common.data_types import FloatTensorType

TARGET = "y"
FEATURES = {
    "age": "Age of the client, in years",
    "job": "Kind of job",
    "marital": "Marital status; divorced includes widowed",
    "education": "Highest level of education",
    "balance": "Average yearly balance of the account, in euros",
    "housing": "Whether the client has a housing loan",
    "duration": "Length of the last call, in seconds; known only after the call",
    "campaign": "Number of calls to this client in this campaign, the last one included",
}
EXAMPLES = {
    "age": 41,
    "job": "management",
    "marital": "married",
    "education": "tertiary",
    "balance": 1506,
    "housing": "yes",
    "duration": 261,
    "campaign": 1,
}
CATEGORIES = ["job", "marital", "education", "housing"]
NUMBERS = ["age", "balance", "duration", "campaign"]
UNKNOWN = {"job": "astronaut", "marital": "civil-union", "education": "doctorate", "housing": "maybe"}
HYPERPARAMETERS = {"n_estimators": 100, "max_depth": 12, "min_samples_leaf": 5, "random_state": common.SEED}


def main():
    args = common.parse_arguments("bank", __doc__, "bank-full.csv of UCI's Bank Marketing data set")
    rows = common.read_csv(args.data, sep=";", keep_default_na=False)
    rows = common.select(rows, args.data, texts=[*CATEGORIES, TARGET], numbers=NUMBERS)
    train, test = common.split(rows, TARGET)

    encoder = ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORIES),
            ("numbers", "passthrough", NUMBERS),
        ],
        sparse_threshold=0,
    )
    # One thread: several would add up the trees' probabilities in any order, and their last digits would differ.
    forest = RandomForestClassifier(**HYPERPARAMETERS, n_jobs=1)
    model = Pipeline([("encoder", encoder), ("model", forest)]).fit(train[[*FEATURES]], train[TARGET])

    trained = common.Trained(
        name="bank",
        description="Will a client of a bank subscribe a term deposit? Random forest on the UCI Bank Marketing data "
        "(Moro, Cortez, Rita 2014).",
        model=model,
        classes=forest.classes_.tolist(),
        target=TARGET,
        features=FEATURES,
        train=train,
        test=test,
    )
    encoded = [("features", FloatTensorType([None, forest.n_features_in_]))]
    slices = {
        "age_band": common.banded(test["age"], [29, 39, 49, 59], ["18-29", "30-39", "40-49", "50-59", "60+"]),
        "housing": test["housing"],
        "education": test["education"],
    }
    common.write(
        args,
        trained,
        graphs={
            "encoder.onnx": common.export_encoder(encoder, train[[*FEATURES]], "bank_encoder"),
            "model.onnx": common.export_classifier(forest, "bank_model", encoded),
        },
        golden=common.golden_rows(trained, unknown=UNKNOWN),
        performance=common.performance(trained, slices, positive="yes"),
        arguments={
            "algorithm": "sklearn.ensemble.RandomForestClassifier",
            **HYPERPARAMETERS,
            "encoder": "OneHotEncoder(handle_unknown='ignore') on the categories; the numbers as they are",
            "split": {"method": "train_test_split, stratified by target", "test_size": 0.2},
        },
        examples=EXAMPLES,
    )


if __name__ == "__main__":
    main()
