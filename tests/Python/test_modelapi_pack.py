"""What samples/python/modelapi_pack.py takes for a model's answers. Needs numpy alone: the models are stubs of scikit-learn's."""

import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "samples" / "python"))
import modelapi_pack  # noqa: E402

ROWS = np.zeros((2, 3))


class Classifier:
    _estimator_type = "classifier"

    def __init__(self, labels, classes=(0, 1), scores=None, probabilities=None):
        self.labels = labels
        self.classes_ = np.array(classes)
        if scores is not None:
            self.decision_function = lambda X: np.array(scores)
        if probabilities is not None:
            self.predict_proba = lambda X: probabilities

    def predict(self, X):
        return np.array(self.labels)


class OneVsRestClassifier(Classifier):
    pass


class MLPClassifier(Classifier):
    pass


class AnswersTest(unittest.TestCase):
    def answers(self, model):
        return list(modelapi_pack.answers_of(model, ROWS))

    def test_the_one_decision_value_of_two_classes_is_that_of_the_second(self):
        answers = self.answers(Classifier(["yes", "no"], ["no", "yes"], scores=[1.5, -2]))
        self.assertEqual(
            answers,
            [{"label": "yes", "scores": {"no": -1.5, "yes": 1.5}}, {"label": "no", "scores": {"no": 2.0, "yes": -2.0}}])

    def test_each_of_three_classes_has_its_decision_value(self):
        answers = self.answers(Classifier([2, 0], [0, 1, 2], scores=[[-1, 0, 3], [4, 0, 1]]))
        self.assertEqual(answers[0], {"label": 2, "scores": {"0": -1.0, "1": 0.0, "2": 3.0}})

    def test_decision_values_of_pairs_of_classes_are_left_out(self):
        answers = self.answers(Classifier([3, 0], [0, 1, 2, 3], scores=np.ones((2, 6))))
        self.assertEqual(answers, [{"label": 3}, {"label": 0}])

    def test_decision_values_that_the_converter_changes_are_left_out(self):
        self.assertEqual(self.answers(OneVsRestClassifier([1, 0], scores=[1, -1])), [{"label": 1}, {"label": 0}])

    def test_probabilities_come_before_decision_values(self):
        model = Classifier([1, 0], scores=[1, -1], probabilities=np.array([[0.25, 0.75], [0.5, 0.5]]))
        self.assertEqual(self.answers(model)[0], {"label": 1, "probabilities": {"0": 0.25, "1": 0.75}})

    def test_several_labels_have_the_probability_of_each(self):
        model = OneVsRestClassifier([[1, 0], [0, 0]], probabilities=np.array([[0.75, 0.25], [0.125, 0.5]]))
        self.assertEqual(self.answers(model)[0], {"label": [1, 0], "probabilities": [0.75, 0.25]})

    def test_of_a_table_for_each_label_the_second_class_counts(self):
        tables = [np.array([[0.25, 0.75], [1, 0]]), np.array([[0.5, 0.5], [0.125, 0.875]])]
        answers = self.answers(Classifier([[1, 0], [0, 1]], probabilities=tables))
        self.assertEqual([answer["probabilities"] for answer in answers], [[0.75, 0.5], [0.0, 0.875]])

    def test_labels_of_three_classes_have_no_single_probability(self):
        tables = [np.ones((2, 3)) / 3, np.ones((2, 3)) / 3]
        self.assertEqual(self.answers(Classifier([[1, 2], [0, 1]], probabilities=tables)), [{"label": [1, 2]}, {"label": [0, 1]}])

    def test_a_network_of_several_labels_is_converted_without_their_probabilities(self):
        model = MLPClassifier([[1, 0], [0, 1]], probabilities=np.ones((2, 2)) / 2)
        self.assertEqual(self.answers(model)[0], {"label": [1, 0]})


if __name__ == "__main__":
    unittest.main()
