"""Models of scikit-learn's digits (1,797 x 64, with noise, so that thresholds are odd numbers) through tools/export_sklearn.py and emovox predict
--table: the largest difference of a probability, and the labels that differ.

    npm run build && python3 bench/sklearn-exchange.py     # needs scikit-learn
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(root, "tools"))
from export_sklearn import export

digits, y = load_digits(return_X_y=True)
rng = np.random.default_rng(0)
learnt = (digits + rng.normal(size=digits.shape)).astype(np.float32).astype(np.float64)
asked = (digits + rng.normal(size=digits.shape)).astype(np.float32).astype(np.float64)
models = [
    RandomForestClassifier(100, random_state=0),
    ExtraTreesClassifier(100, random_state=0),
    make_pipeline(MinMaxScaler(), ExtraTreesClassifier(100, random_state=0)),
    make_pipeline(StandardScaler(), RandomForestClassifier(100, random_state=0)),
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    LogisticRegression(solver="liblinear", max_iter=1000),
]
print("scikit-learn %s, %d rows asked" % (sklearn.__version__, len(asked)))
with tempfile.TemporaryDirectory() as folder:
    table, file = os.path.join(folder, "rows.csv"), os.path.join(folder, "model.json")
    with open(table, "w") as out:
        csv.writer(out).writerows([["c%d" % i for i in range(64)], *[[repr(float(v)) for v in row] for row in asked]])
    for model in models:
        export(model.fit(learnt, y), file)
        command = ["node", os.path.join(root, "dist/cli/main.js"), "predict", "--table", table, "--model", file, "--json"]
        lines = [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True).stdout.splitlines()]
        said = np.array([[line["probabilities"][str(c)] for c in model.classes_] for line in lines])
        differ = sum(line["emotion"] != str(label) for line, label in zip(lines, model.predict(asked)))
        steps = model.steps if hasattr(model, "steps") else [("", model)]
        name = ", ".join(type(step).__name__ for _, step in steps)
        print("%-45s %8.1e  %d labels differ, file %.1f MB" % (name, np.abs(said - model.predict_proba(asked)).max(), differ, os.path.getsize(file) / 1e6))
