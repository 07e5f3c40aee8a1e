#!/usr/bin/env python3
"""Calls ModelApi with requests (pip install requests): python3 samples/python/client_requests.py"""

import os
import sys

import requests

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


def predict(session, features, key):
    return session.post(f"{URL}/predict", json=features, headers={"Authorization": f"Bearer {key}"}, timeout=10)


def explain(response):
    """Puts problem details (RFC 9457) into one line; errors names each invalid feature by JSON pointer."""
    problem = response.json()
    errors = [f"{pointer}: {' '.join(messages)}" for pointer, messages in problem.get("errors", {}).items()]
    return " | ".join([f"{response.status_code} {problem.get('title')}. {problem.get('detail')}", *errors])


def main():
    # A session keeps the connection open between calls.
    with requests.Session() as session:
        response = session.get(f"{URL}/", timeout=10)
        if response.status_code != 200:
            sys.exit(f"{URL} is not alive: {explain(response)}")
        alive = response.json()
        print(f"{alive['message']} ({alive['name']} {alive['version']})")

        response = predict(session, FEATURES, KEY)
        if response.status_code != 200:
            sys.exit(f"The prediction was refused: {explain(response)}")
        answer = response.json()
        probabilities = ", ".join(f"{label} {share:.4f}" for label, share in answer["probabilities"].items())
        print(f"Prediction: {answer['prediction']} ({probabilities})")
        print(f"Answered by: {answer['model']} {answer['version']}, for {answer['username']}")

        response = predict(session, FEATURES, "not-a-key")
        if response.status_code != 401:
            sys.exit(f"An invalid key was answered with {response.status_code}, not with 401")
        print(f"Invalid key: {explain(response)}")


if __name__ == "__main__":
    try:
        main()
    except (requests.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"{URL} does not answer as ModelApi does: {error!r}")
    except requests.RequestException as error:
        sys.exit(f"{URL} cannot be reached: {error}")
