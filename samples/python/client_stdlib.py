#!/usr/bin/env python3
"""Calls ModelApi with nothing but Python's standard library: python3 samples/python/client_stdlib.py"""

import json
import os
import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = os.environ.get("MODELAPI_URL", "http://localhost:8900").rstrip("/")
KEY = os.environ.get("MODELAPI_KEY", "abc123")

FEATURES = {
    "age": 41,
    "job": "management",
    "marital": "married",
    "education": "tertiary",
    "balance": 1506,
    "housing": "yes",
    "duration": 261,
    "campaign": 1,
}


def send(request):
    """Returns the status and the JSON of the answer, whether it is a success or a problem."""
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def predict(features, key):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    return send(Request(f"{URL}/predict", json.dumps(features).encode(), headers))


def explain(status, problem):
    """Puts problem details (RFC 9457) into one line; errors names each invalid feature by JSON pointer."""
    errors = [f"{pointer}: {' '.join(messages)}" for pointer, messages in problem.get("errors", {}).items()]
    return " | ".join([f"{status} {problem.get('title')}. {problem.get('detail')}", *errors])


def main():
    status, alive = send(Request(f"{URL}/"))
    if status != 200:
        sys.exit(f"{URL} is not alive: {explain(status, alive)}")
    print(f"{alive['message']} ({alive['name']} {alive['version']})")

    status, answer = predict(FEATURES, KEY)
    if status != 200:
        sys.exit(f"The prediction was refused: {explain(status, answer)}")
    probabilities = ", ".join(f"{label} {share:.4f}" for label, share in answer["probabilities"].items())
    print(f"Prediction: {answer['prediction']} ({probabilities})")
    print(f"Answered by: {answer['model']} {answer['version']}, for {answer['username']}")

    status, problem = predict(FEATURES, "not-a-key")
    if status != 401:
        sys.exit(f"An invalid key was answered with {status}, not with 401")
    print(f"Invalid key: {explain(status, problem)}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, HTTPException) as error:
        sys.exit(f"{URL} cannot be reached: {error}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"{URL} does not answer as ModelApi does: {error!r}")
