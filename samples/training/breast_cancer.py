#!/usr/bin/env python3
"""Trains `breast-cancer`, a logistic regression: is a tumour malignant or benign?"""

import common
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from skl2onnx.common.data_types import FloatTensorType

TARGET = "diagnosis"
MEASURES = {
    "radius": "Radius: mean distance from the center to points on the perimeter",
    "texture": "Texture: standard deviation of the gray-scale values",
    "perimeter": "Perimeter",
    "area": "Area",
    "smoothness": "Smoothness: local variation in radius lengths",
    "compactness": "Compactness: perimeter² / area - 1",
    "concavity": "Concavity: severity of concave portions of the contour",
    "concave_points": "Concave points: number of concave portions of the contour",
    "symmetry": "Symmetry",
    "fractal_dimension": "Fractal dimension: coastline approximation - 1",
}
FEATURES = {
    **{f"mean_{name}": f"{text}; mean over the cell nuclei" for name, text in MEASURES.items()},
    **{f"{name}_error": f"{text}; standard error over the cell nuclei" for name, text in MEASURES.items()},
    **{f"worst_{name}": f"{text}; mean of the three largest values" for name, text in MEASURES.items()},
}
HYPERPARAMETERS = {"C": 1.0, "penalty": "l2", "solver": "lbfgs", "max_iter": 1000, "random_state": common.SEED}


def read(path):
    if path:
        rows = common.read_csv(path)
    else:
        path, data = "scikit-learn's data set", load_breast_cancer(as_frame=True)
        rows = data.data.assign(diagnosis=data.target_names[data.target])
    rows = rows.rename(columns=lambda name: name.replace(" ", "_"))
    return common.select(rows, path, texts=[TARGET], numbers=[*FEATURES])


def main():
    source = "a CSV file with a diagnosis and the 30 features (default: UCI's data set as it comes with scikit-learn)"
    args = common.parse_arguments("breast-cancer", __doc__, source, data_required=False)
    # 40 %, so that 200 rows can be held out as golden rows.
    train, test = common.split(read(args.data), TARGET, test_size=0.4)

    model = Pipeline([("scaler", StandardScaler()), ("model", LogisticRegression(**HYPERPARAMETERS))])
    model.fit(train[[*FEATURES]], train[TARGET])

    trained = common.Trained(
        name="breast-cancer",
        description="Is a tumour malignant or benign? Logistic regression on the UCI Breast Cancer Wisconsin (diagnostic) data "
        "(Wolberg, Mangasarian, Street 1995).",
        model=model,
        classes=model.classes_.tolist(),
        target=TARGET,
        features=FEATURES,
        train=train,
        test=test,
    )
    inputs = [("features", FloatTensorType([None, len(FEATURES)]))]
    slices = {
        "mean_radius_band": common.banded(test["mean_radius"], [12, 15], ["<=12", "12-15", ">15"]),
        "worst_concave_points_band": common.banded(
            test["worst_concave_points"], [0.08, 0.15], ["<=0.08", "0.08-0.15", ">0.15"]
        ),
    }
    common.write(
        args,
        trained,
        graphs={"model.onnx": common.export_classifier(model, "breast_cancer_model", inputs)},
        golden=common.golden_rows(trained),
        performance=common.performance(trained, slices, positive="malignant"),
        arguments={
            "algorithm": "sklearn.pipeline.Pipeline(StandardScaler, LogisticRegression)",
            **HYPERPARAMETERS,
            "split": {"method": "train_test_split, stratified by target", "test_size": 0.4},
        },
    )


if __name__ == "__main__":
    main()
