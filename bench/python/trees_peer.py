"""scikit-learn's random forest on the tables that bench/tree-tables.mjs wrote, one thread; see bench/peers/child.mjs for the lines it reads."""
import os
import pickle
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier

folder, trees = sys.argv[1], int(sys.argv[2])
tables, forests = {}, {}
for name in ("narrow", "wide", "words", "digits"):
    if not os.path.exists(f"{folder}/{name}.table"):
        continue
    data = open(f"{folder}/{name}.table", "rb").read()
    rows, columns, classes = np.frombuffer(data, np.int32, 3)
    x = np.frombuffer(data, np.float32, rows * columns, 12).reshape(rows, columns)
    tables[name] = x, np.frombuffer(data, np.int32, rows, 12 + x.nbytes)


def fit(name):
    x, y = tables[name]
    start = time.perf_counter()
    forests[name] = RandomForestClassifier(trees, n_jobs=1, random_state=1).fit(x, y)
    return time.perf_counter() - start


def forest(name):
    if name not in forests:
        fit(name)
    return forests[name]


def train(name, count):
    return sum(fit(name) for _ in range(count))


def row(name, count):
    x, model = tables[name][0], forest(name)
    start = time.perf_counter()
    for i in range(count):
        at = i % len(x)
        model.predict_proba(x[at : at + 1])
    return time.perf_counter() - start


def batch(name, count):
    x, model = tables[name][0], forest(name)
    start = time.perf_counter()
    for _ in range(count):
        model.predict_proba(x)
    return time.perf_counter() - start


def load(name, count):
    data = pickle.dumps(forest(name))
    start = time.perf_counter()
    for _ in range(count):
        pickle.loads(data)
    return time.perf_counter() - start


def first(name, count):
    data, x = pickle.dumps(forest(name)), tables[name][0]
    start = time.perf_counter()
    for _ in range(count):
        pickle.loads(data).predict_proba(x[:1])
    return time.perf_counter() - start


works = {"train": train, "row": row, "batch": batch, "load": load, "first": first}
print(sklearn.__version__, *(f"{work}-{name}" for name in tables for work in works), flush=True)
for line in sys.stdin:
    verb, work, count = line.split()
    kind, name = work.split("-")
    # What can be compared of a training is the size of what was trained.
    print(works[kind](name, int(count)) if verb == "run" else len(pickle.dumps(forest(name))), flush=True)
