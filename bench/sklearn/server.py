"""The bank model behind FastAPI and scikit-learn, as people write it: the yardstick of bench/http.sh.

Environment: BENCH_FOREST (the file that forest.py keeps its model in) and BENCH_KEY_SHA256 (of the key that callers send).
"""
import hashlib
import hmac
import os

import joblib
import pandas as pd
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel


class Row(BaseModel):
    age: int
    job: str
    marital: str
    education: str
    balance: int
    housing: str
    duration: int
    campaign: int


class Prediction(BaseModel):
    prediction: str
    probabilities: dict[str, float]


app = FastAPI()
bearer = HTTPBearer()
model = joblib.load(os.environ["BENCH_FOREST"])["pipeline"]


def authorize(credentials: HTTPAuthorizationCredentials = Depends(bearer)):
    key = hashlib.sha256(credentials.credentials.encode()).hexdigest()
    if not hmac.compare_digest(key, os.environ["BENCH_KEY_SHA256"]):
        raise HTTPException(401, "Unknown key")


@app.post("/predict", dependencies=[Depends(authorize)])
def predict(row: Row) -> Prediction:
    probabilities = model.predict_proba(pd.DataFrame([row.dict()]))[0]
    return Prediction(
        prediction=model.classes_[probabilities.argmax()],
        probabilities=dict(zip(model.classes_, probabilities)),
    )
