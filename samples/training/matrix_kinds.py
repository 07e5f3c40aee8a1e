"""The kinds of models that matrix.py trains."""

import re
from dataclasses import dataclass

import onnx_compat  # noqa: F401  must come before skl2onnx
import numpy as np
import pandas as pd
from sklearn import (
    calibration, cluster, datasets, decomposition, discriminant_analysis, ensemble, feature_extraction, feature_selection, gaussian_process,
    linear_model, mixture, multiclass, multioutput, naive_bayes, neighbors, neural_network, preprocessing, svm, tree)
from sklearn.compose import ColumnTransformer
from sklearn.cross_decomposition import PLSRegression
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

import matrix_networks
import modelapi_pack

SEED = 0
QUICK = ["--force", "--isolation", "none"]


@dataclass
class Kind:
    """A model that is trained, exported and packed."""

    name: str
    exporter: str
    run: callable  # packs into the folder that it is given, under the name that it is given

    @property
    def slug(self):
        return re.sub("[^a-z0-9]+", "-", self.name.lower()).strip("-")

    def pack(self, folder):
        self.run(folder, self.slug)


def all_kinds():
    for name, (data, model, *more) in {**classifiers(), **regressors(), **pipelines(), **others(), **boosters()}.items():
        settings = more[0] if more else {}
        exporter = "skl2onnx" + (" float64" if settings.get("double") else "")
        exporter = "onnxmltools" if "XGB" in name else exporter
        yield Kind(name, exporter, scikit_learn(data, model, settings))
    for name, run in matrix_networks.networks().items():
        yield Kind(name, "onnx.helper", run)


def scikit_learn(data, model, settings):
    def run(folder, slug):
        X, y = data()
        fitted = model.fit(X) if y is None else model.fit(X, y)
        return modelapi_pack.pack(
            fitted, X, y, name=slug, models=folder, X_golden=nearby(X), arguments=QUICK, **settings)
    return run


def nearby(X):
    """Rows like those of the training, but others: numbers are moved by a tenth of their spread."""
    random = np.random.default_rng(SEED)
    if not hasattr(X, "columns"):
        if isinstance(X[0], str):
            return X
        X = np.asarray(X)
        moved = X + random.normal(size=X.shape) * X.std(axis=0) * 0.1
        return np.round(np.clip(moved, X.min(axis=0), X.max(axis=0))) if np.all(X == np.round(X)) else moved
    rows = X.copy()
    for column in rows.columns:
        if rows[column].dtype.kind == "f":
            rows[column] += random.normal(size=len(rows)) * rows[column].std() * 0.1
    return rows


# Data


def iris():
    return datasets.load_iris(return_X_y=True)


def wine():
    loaded = datasets.load_wine(as_frame=True)
    return loaded.data, np.array(["barolo", "grignolino", "barbera"])[loaded.target]


def cancer():
    return datasets.load_breast_cancer(return_X_y=True)


def digits():
    return datasets.load_digits(return_X_y=True)


def diabetes():
    return datasets.load_diabetes(return_X_y=True, scaled=False)


def positive():
    X, y = diabetes()
    return X, y / 100


def two_targets():
    X, y = diabetes()
    return X, np.column_stack([y, 2 * y + 3])


def two_labels():
    X, y = wine()
    return X.to_numpy(), np.column_stack([y == "barolo", y != "barbera"]).astype(int)


def rows_alone():
    return cancer()[0], None


def mixed():
    """Texts and numbers, some of them missing."""
    random = np.random.default_rng(SEED)
    rows = pd.DataFrame({
        "age": random.integers(18, 80, 600).astype(float),
        "income": np.round(random.lognormal(10, 0.5, 600), 2),
        "job": random.choice(["clerk", "cook", "nurse", "pilot"], 600),
        "city": random.choice(["Bonn", "Oslo", "Rome"], 600),
    })
    risk = 0.04 * rows.age + (rows.job == "pilot") * 2 + (rows.city == "Rome") + random.normal(size=600)
    return rows, np.where(risk > 3, "yes", "no")


def with_gaps():
    rows, y = mixed()
    rows.loc[::17, "age"] = np.nan
    return rows[["age", "income"]], y


def texts():
    random = np.random.default_rng(SEED)
    words = {
        "sport": "goal match team win coach league",
        "food": "bread soup pepper taste oven salt",
        "news": "vote law court city news tax",
    }
    topics = random.choice([*words], 400)
    rows = [" ".join(random.choice(words[topic].split() + ["the", "a", "of", "today"], 8)) for topic in topics]
    return pd.Series(rows, name="text"), topics


# Kinds: a name, the data, a model, and settings of modelapi_pack.pack


def classifiers():
    lda, bayes = discriminant_analysis, naive_bayes
    return {
        "LogisticRegression": (cancer, linear_model.LogisticRegression(max_iter=3000)),
        "LogisticRegression, 3 classes": (wine, linear_model.LogisticRegression(max_iter=3000)),
        "LogisticRegression, float64": (wine, linear_model.LogisticRegression(max_iter=3000), {"double": True}),
        "LogisticRegressionCV": (iris, linear_model.LogisticRegressionCV(max_iter=3000)),
        "SGDClassifier, log": (cancer, scaled(linear_model.SGDClassifier(loss="log_loss"))),
        "SGDClassifier, hinge": (wine, scaled(linear_model.SGDClassifier())),
        "RidgeClassifier": (wine, linear_model.RidgeClassifier()),
        "Perceptron": (iris, linear_model.Perceptron()),
        "PassiveAggressiveClassifier": (iris, linear_model.PassiveAggressiveClassifier()),
        "LinearSVC": (iris, svm.LinearSVC(max_iter=10000)),
        "SVC": (iris, svm.SVC()),
        "SVC, probability": (cancer, svm.SVC(probability=True, random_state=SEED)),
        "NuSVC, probability": (iris, svm.NuSVC(probability=True, random_state=SEED)),
        "LinearDiscriminantAnalysis": (wine, lda.LinearDiscriminantAnalysis()),
        "QuadraticDiscriminantAnalysis": (iris, lda.QuadraticDiscriminantAnalysis()),
        "GaussianNB": (iris, bayes.GaussianNB()),
        "GaussianNB, float64": (iris, bayes.GaussianNB(), {"double": True}),
        "MultinomialNB": (digits, bayes.MultinomialNB()),
        "ComplementNB": (digits, bayes.ComplementNB()),
        "ComplementNB, float64": (digits, bayes.ComplementNB(), {"double": True}),
        "BernoulliNB": (digits, bayes.BernoulliNB(binarize=8)),
        "KNeighborsClassifier": (iris, neighbors.KNeighborsClassifier()),
        "KNeighborsClassifier, by distance": (iris, neighbors.KNeighborsClassifier(weights="distance")),
        "DecisionTreeClassifier": (wine, tree.DecisionTreeClassifier(max_depth=4, random_state=SEED)),
        "RandomForestClassifier": (cancer, ensemble.RandomForestClassifier(30, random_state=SEED)),
        "ExtraTreesClassifier": (wine, ensemble.ExtraTreesClassifier(30, random_state=SEED)),
        "GradientBoostingClassifier": (cancer, ensemble.GradientBoostingClassifier(n_estimators=30)),
        "GradientBoostingClassifier, 3 classes": (iris, ensemble.GradientBoostingClassifier(n_estimators=20)),
        "HistGradientBoostingClassifier": (cancer, ensemble.HistGradientBoostingClassifier(max_iter=30)),
        "AdaBoostClassifier": (iris, ensemble.AdaBoostClassifier(n_estimators=10)),
        "BaggingClassifier": (iris, ensemble.BaggingClassifier(n_estimators=5, random_state=SEED)),
        "VotingClassifier, soft": (iris, voting("soft")),
        "VotingClassifier, hard": (iris, voting("hard")),
        "StackingClassifier": (iris, ensemble.StackingClassifier(voting("soft").estimators)),
        "CalibratedClassifierCV, sigmoid": (cancer, calibration.CalibratedClassifierCV(linear_model.RidgeClassifier(), cv=2)),
        "CalibratedClassifierCV, isotonic": (cancer, calibration.CalibratedClassifierCV(bayes.GaussianNB(), method="isotonic", cv=2)),
        "OneVsRestClassifier": (iris, multiclass.OneVsRestClassifier(linear_model.LogisticRegression(max_iter=1000))),
        "OneVsOneClassifier": (iris, multiclass.OneVsOneClassifier(linear_model.LogisticRegression(max_iter=1000))),
        "MLPClassifier": (wine, scaled(neural_network.MLPClassifier((20,), max_iter=500, random_state=SEED))),
        "GaussianProcessClassifier": (cancer, scaled(gaussian_process.GaussianProcessClassifier())),
        "MultiOutputClassifier": (two_labels, multioutput.MultiOutputClassifier(tree.DecisionTreeClassifier(max_depth=3))),
        "OneVsRestClassifier, several labels": (two_labels, multiclass.OneVsRestClassifier(linear_model.LogisticRegression(max_iter=5000))),
    }


def scaled(model):
    return make_pipeline(preprocessing.StandardScaler(), model)


def voting(how):
    return ensemble.VotingClassifier(
        [("tree", tree.DecisionTreeClassifier(max_depth=3)), ("linear", linear_model.LogisticRegression(max_iter=1000))], voting=how)


def regressors():
    return {
        "LinearRegression": (diabetes, linear_model.LinearRegression()),
        "LinearRegression, float64": (diabetes, linear_model.LinearRegression(), {"double": True}),
        "LinearRegression, 2 targets": (two_targets, linear_model.LinearRegression()),
        "Ridge": (diabetes, linear_model.Ridge()),
        "Lasso": (diabetes, linear_model.Lasso()),
        "ElasticNet": (diabetes, linear_model.ElasticNet()),
        "BayesianRidge": (diabetes, linear_model.BayesianRidge()),
        "HuberRegressor": (diabetes, linear_model.HuberRegressor(max_iter=1000)),
        "SGDRegressor": (diabetes, scaled(linear_model.SGDRegressor())),
        "PoissonRegressor": (positive, linear_model.PoissonRegressor(max_iter=1000)),
        "GammaRegressor": (positive, linear_model.GammaRegressor(max_iter=1000)),
        "TweedieRegressor": (positive, linear_model.TweedieRegressor(power=1.5, max_iter=1000)),
        "QuantileRegressor": (diabetes, linear_model.QuantileRegressor(solver="highs")),
        "SVR": (diabetes, svm.SVR()),
        "NuSVR": (diabetes, svm.NuSVR()),
        "LinearSVR": (diabetes, svm.LinearSVR(max_iter=5000)),
        "KNeighborsRegressor": (diabetes, neighbors.KNeighborsRegressor()),
        "DecisionTreeRegressor": (diabetes, tree.DecisionTreeRegressor(max_depth=5)),
        "RandomForestRegressor": (diabetes, ensemble.RandomForestRegressor(20, random_state=SEED)),
        "RandomForestRegressor, 2 targets": (two_targets, ensemble.RandomForestRegressor(10, random_state=SEED)),
        "ExtraTreesRegressor": (diabetes, ensemble.ExtraTreesRegressor(20, random_state=SEED)),
        "GradientBoostingRegressor": (diabetes, ensemble.GradientBoostingRegressor(n_estimators=50)),
        "HistGradientBoostingRegressor": (diabetes, ensemble.HistGradientBoostingRegressor(max_iter=50)),
        "AdaBoostRegressor": (diabetes, ensemble.AdaBoostRegressor(n_estimators=10)),
        "BaggingRegressor": (diabetes, ensemble.BaggingRegressor(n_estimators=5)),
        "VotingRegressor": (diabetes, ensemble.VotingRegressor([
            ("tree", tree.DecisionTreeRegressor(max_depth=3)), ("linear", linear_model.LinearRegression())])),
        "StackingRegressor": (diabetes, ensemble.StackingRegressor([
            ("tree", tree.DecisionTreeRegressor(max_depth=3)), ("linear", linear_model.LinearRegression())])),
        "MLPRegressor": (diabetes, scaled(neural_network.MLPRegressor((20,), max_iter=800, random_state=SEED))),
        "GaussianProcessRegressor": (positive, scaled(gaussian_process.GaussianProcessRegressor(alpha=1.0))),
        "PLSRegression": (diabetes, PLSRegression(2)),
        "MultiOutputRegressor": (two_targets, multioutput.MultiOutputRegressor(linear_model.Ridge())),
    }


def pipelines():
    def first(*steps):
        return make_pipeline(*steps, linear_model.LogisticRegression(max_iter=3000))

    encoded = ColumnTransformer([
        ("texts", preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["job", "city"])],
        remainder="passthrough", sparse_threshold=0)
    ordinal = ColumnTransformer([("texts", preprocessing.OrdinalEncoder(), ["job", "city"])], remainder="passthrough")
    words = r"[a-zA-Z0-9_]+"
    return {
        "one-hot, RandomForestClassifier": (mixed, make_pipeline(encoded, ensemble.RandomForestClassifier(20, random_state=SEED))),
        "one-hot, LogisticRegression": (mixed, make_pipeline(encoded, preprocessing.StandardScaler(), linear_model.LogisticRegression())),
        "ordinal, GradientBoostingClassifier": (mixed, make_pipeline(ordinal, ensemble.GradientBoostingClassifier(n_estimators=20))),
        "means for what is missing, LogisticRegression": (
            with_gaps, first(SimpleImputer(), preprocessing.StandardScaler())),
        "StandardScaler, RandomForestClassifier": (
            cancer, make_pipeline(preprocessing.StandardScaler(), ensemble.RandomForestClassifier(30, random_state=SEED))),
        "MinMaxScaler, LogisticRegression": (wine, first(preprocessing.MinMaxScaler())),
        "RobustScaler, LogisticRegression": (cancer, first(preprocessing.RobustScaler())),
        "PolynomialFeatures, LogisticRegression": (iris, first(preprocessing.PolynomialFeatures(2))),
        "PCA, LogisticRegression": (cancer, first(preprocessing.StandardScaler(), decomposition.PCA(5))),
        "SelectKBest, LogisticRegression": (cancer, first(feature_selection.SelectKBest(k=5))),
        "KBinsDiscretizer, LogisticRegression": (iris, first(preprocessing.KBinsDiscretizer(4, encode="onehot-dense"))),
        "PowerTransformer, LogisticRegression": (iris, first(preprocessing.PowerTransformer())),
        "words counted, MultinomialNB": (
            texts, make_pipeline(feature_extraction.text.CountVectorizer(token_pattern=words), naive_bayes.MultinomialNB())),
        "TF-IDF, LogisticRegression": (texts, first(feature_extraction.text.TfidfVectorizer(token_pattern=words, ngram_range=(1, 2)))),
        "TF-IDF, sublinear": (texts, first(feature_extraction.text.TfidfVectorizer(token_pattern=words, sublinear_tf=True))),
    }


def others():
    return {
        "KMeans": (lambda: (iris()[0], None), cluster.KMeans(3, n_init=3, random_state=SEED)),
        "MiniBatchKMeans": (lambda: (iris()[0], None), cluster.MiniBatchKMeans(3, n_init=3, random_state=SEED)),
        "IsolationForest": (rows_alone, ensemble.IsolationForest(n_estimators=30, random_state=SEED)),
        "LocalOutlierFactor": (rows_alone, neighbors.LocalOutlierFactor(novelty=True)),
        "OneClassSVM": (rows_alone, svm.OneClassSVM(gamma="scale", nu=0.1)),
        "GaussianMixture": (lambda: (iris()[0], None), mixture.GaussianMixture(3, random_state=SEED)),
    }


def boosters():
    import xgboost

    def classes():
        X, y = wine()
        return X.to_numpy(), np.unique(y, return_inverse=True)[1]

    return {
        "XGBClassifier": (cancer, xgboost.XGBClassifier(n_estimators=30)),
        "XGBClassifier, 3 classes": (classes, xgboost.XGBClassifier(n_estimators=20)),
        "XGBRegressor": (diabetes, xgboost.XGBRegressor(n_estimators=30)),
        "XGBRegressor, count:poisson": (positive, xgboost.XGBRegressor(n_estimators=30, objective="count:poisson")),
        "XGBRFClassifier": (cancer, xgboost.XGBRFClassifier(n_estimators=30)),
    }
