#!/usr/bin/env python3
"""Trains `credit-risk`, an XGBoost ensemble: is a loan a risk?"""

import common
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import update_registered_converter
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from xgboost import XGBClassifier

TARGET = "Risk"
CLASSES = ["No Risk", "Risk"]
FEATURES = {
    "CheckingStatus": "Balance of the checking account",
    "LoanDuration": "Duration of the loan, in months",
    "CreditHistory": "How earlier credits were paid back",
    "LoanPurpose": "What the loan is for",
    "LoanAmount": "Amount of the loan",
    "ExistingSavings": "Savings, in accounts or bonds",
    "EmploymentDuration": "Years in the present employment",
    "InstallmentPercent": "Installment as a percentage of the disposable income",
    "Sex": "Sex of the applicant",
    "OthersOnLoan": "Other debtors or guarantors of the loan",
    "CurrentResidenceDuration": "Years in the present residence",
    "OwnsProperty": "The most valuable property owned",
    "Age": "Age of the applicant, in years",
    "InstallmentPlans": "Other installment plans, and with whom",
    "Housing": "Whether the applicant rents, owns or lives for free",
    "ExistingCreditsCount": "Number of credits at this bank, this one included",
    "Job": "Kind of job",
    "Dependents": "Number of people the applicant provides for",
    "Telephone": "Whether a telephone is registered in the applicant's name",
    "ForeignWorker": "Whether the applicant is a foreign worker",
}
NUMBERS = [
    "LoanDuration",
    "LoanAmount",
    "InstallmentPercent",
    "CurrentResidenceDuration",
    "Age",
    "ExistingCreditsCount",
    "Dependents",
]
CATEGORIES = [name for name in FEATURES if name not in NUMBERS]
HYPERPARAMETERS = {
    "n_estimators": 150,
    "max_depth": 4,
    "learning_rate": 0.08,
    "subsample": 0.9,
    "colsample_bytree": 0.8,
    "min_child_weight": 3,
    "objective": "binary:logistic",
    "tree_method": "hist",
    "random_state": common.SEED,
}

update_registered_converter(
    XGBClassifier,
    "XGBoostXGBClassifier",
    calculate_linear_classifier_output_shapes,
    convert_xgboost,
    options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
)


def main():
    args = common.parse_arguments("credit-risk", __doc__, "german_credit_data_biased_training.csv")
    rows = common.read_csv(args.data, keep_default_na=False)
    rows = common.select(rows, args.data, texts=[*CATEGORIES, TARGET], numbers=NUMBERS)
    if strange := set(rows[TARGET]) - set(CLASSES):
        common.fail(f"{args.data}: {TARGET} must be one of {CLASSES}, not {sorted(strange)}")
    # Half of the file repeats other rows: without this, most held-out rows would also be training rows.
    train, test = common.split(rows.drop_duplicates(), TARGET)

    # Dense output: XGBoost reads an absent cell of a sparse matrix as missing, ONNX as 0.
    encoder = ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORIES),
            ("numbers", "passthrough", NUMBERS),
        ],
        sparse_threshold=0,
    )
    # XGBoost wants the classes as 0, 1, …; the names go into the graph after its conversion.
    booster = XGBClassifier(**HYPERPARAMETERS, n_jobs=1)
    model = Pipeline([("encoder", encoder), ("model", booster)])
    model.fit(train[[*FEATURES]], train[TARGET].map(CLASSES.index))

    trained = common.Trained(
        name="credit-risk",
        description="Is a loan a risk? XGBoost on the German credit risk data in IBM's workshop variant.",
        model=model,
        classes=CLASSES,
        target=TARGET,
        features=FEATURES,
        train=train,
        test=test,
    )
    encoded = [("features", FloatTensorType([None, booster.n_features_in_]))]
    classifier = common.export_classifier(booster, "credit_risk_model", encoded)
    slices = {
        "Sex": test["Sex"],
        "age_band": common.banded(test["Age"], [25, 35, 45], ["<=25", "26-35", "36-45", "46+"]),
        "CheckingStatus": test["CheckingStatus"],
    }
    common.write(
        args,
        trained,
        graphs={
            "encoder.onnx": common.export_encoder(encoder, train[[*FEATURES]], "credit_risk_encoder"),
            "model.onnx": common.name_classes(classifier, CLASSES),
        },
        golden=common.golden_rows(trained, unknown=dict.fromkeys(CATEGORIES, "never_seen")),
        performance=common.performance(trained, slices, positive="Risk"),
        arguments={
            "algorithm": "xgboost.XGBClassifier",
            **HYPERPARAMETERS,
            "encoder": "OneHotEncoder(handle_unknown='ignore') on the categories; the numbers as they are",
            "split": {"method": "equal rows removed, then train_test_split, stratified by target", "test_size": 0.2},
        },
    )


if __name__ == "__main__":
    main()
