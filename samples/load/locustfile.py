"""Puts load on ModelApi: locust -f samples/load/locustfile.py --headless --host http://localhost:8900 -u 20 -r 20 -t 15s

The features come from the server's own OpenAPI document, so this fits whatever model is the default one. A valid row
must be scored and an invalid one refused with 422; any other answer counts as a failure.
"""

import math
import os
import random

import requests
from locust import FastHttpUser, between, events, task

HEADERS = {
    "Authorization": f"Bearer {os.environ.get('MODELAPI_KEY', 'abc123')}",
    "Content-Type": "application/json",
}


class Signature:
    """What POST /predict takes and answers; read when the test starts."""

    features = {}
    required = []
    has_probabilities = True

    @classmethod
    def read(cls, document):
        def resolve(item):
            while "$ref" in item:
                _, *path = item["$ref"].split("/")
                item = document
                for name in path:
                    item = item[name]
            return item

        def schema(message):
            return resolve(resolve(message)["content"]["application/json"]["schema"])

        predict = document["paths"]["/predict"]["post"]
        row = schema(predict["requestBody"])
        cls.features = row["properties"]
        cls.required = row.get("required", [])
        cls.has_probabilities = "probabilities" in schema(predict["responses"]["200"])["properties"]


def types(schema):
    return schema["type"] if isinstance(schema["type"], list) else [schema["type"]]


def random_value(schema):
    """A value within the range, or one of the categories, that the model was trained on."""
    if "enum" in schema:
        return random.choice(schema["enum"])
    low = schema.get("minimum", 0)
    high = schema.get("maximum", low + 100)
    if "integer" in types(schema):
        return random.randint(math.ceil(low), math.floor(high))
    if "number" in types(schema):
        return random.uniform(low, high)
    if "boolean" in types(schema):
        return random.choice([False, True])
    return random.choice(schema["examples"])


def random_row():
    return {name: random_value(schema) for name, schema in Signature.features.items()}


def invalid_rows():
    """One row for each kind of fault that these features allow."""
    row = random_row()
    name = random.choice(list(row))
    rows = {
        "a wrong type": row | {name: 1 if "string" in types(Signature.features[name]) else "text"},
        "a misspelt name": {key + key[-1] if key == name else key: value for key, value in row.items()},
    }
    if Signature.required:
        name = random.choice(Signature.required)
        rows["a missing feature"] = {key: value for key, value in row.items() if key != name}
        rows["null"] = row | {name: None}
    integers = [key for key, schema in Signature.features.items() if "integer" in types(schema)]
    if integers:
        name = random.choice(integers)
        rows["a fraction"] = row | {name: row[name] + 0.5}
    return rows


@events.test_start.add_listener
def read_signature(environment, **_):
    host = environment.host or Caller.host
    try:
        response = requests.get(f"{host}/openapi/v1.json", headers=HEADERS, timeout=10)
        response.raise_for_status()
        Signature.read(response.json())
    except (requests.RequestException, KeyError, TypeError) as error:
        raise SystemExit(f"{host} documents no POST /predict: {error}") from None


def is_answered_with(status, response):
    # A connection that fails has no status; locust reports it with its reason.
    if response.status_code not in (0, status):
        response.failure(f"Answered with {response.status_code}, not with {status}")
    return response.status_code == status


class Caller(FastHttpUser):
    host = os.environ.get("MODELAPI_URL", "http://localhost:8900")
    wait_time = between(0.02, 0.1)

    @task(1)
    def alive(self):
        self.client.get("/")

    @task(8)
    def predict(self):
        with self.client.post("/predict", json=random_row(), headers=HEADERS, catch_response=True) as response:
            if not is_answered_with(200, response):
                return
            answer = response.json()
            if "prediction" not in answer:
                response.failure("No prediction in the answer")
            elif Signature.has_probabilities and abs(sum(answer["probabilities"].values()) - 1) > 1e-5:
                response.failure("The probabilities do not sum to 1")

    @task(2)
    def predict_invalid(self):
        fault, row = random.choice(list(invalid_rows().items()))
        name = f"/predict with {fault}"
        with self.client.post("/predict", json=row, name=name, headers=HEADERS, catch_response=True) as response:
            if is_answered_with(422, response):
                response.success()
