"""Accuracies of scikit-learn's forests and XGBoost on the splits that bench/accuracy.mjs made, and the tables that scikit-learn brings along.

usage: accuracy_peer.py tables             prints digits and wine as JSON
       accuracy_peer.py fit FILE           FILE holds tables, splits and seeds as JSON; prints accuracies by table, model and seed
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.datasets import load_digits, load_wine
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier


def tables():
    for name, load in (("digits", load_digits), ("wine", load_wine)):
        data = load()
        yield {"name": name, "x": data.data.tolist(), "y": [str(y) for y in data.target]}


def models(table, seed):
    trees = table["trees"]
    yield "forest", RandomForestClassifier(trees, random_state=seed)
    yield "extra-trees", ExtraTreesClassifier(trees, random_state=seed)
    # Boosting draws nothing: on a table with one split all seeds are alike.
    if seed < table["boostingSeeds"]:
        import xgboost

        yield "boosting", xgboost.XGBClassifier(n_estimators=100, tree_method="hist", random_state=seed, n_jobs=1)


def matrix(table):
    if "x" in table:
        return np.asarray(table["x"], np.float32)
    from scipy.sparse import csr_matrix

    csr = table["csr"]
    return csr_matrix((np.asarray(csr["values"], np.float32), csr["indices"], csr["indptr"]), (csr["rows"], csr["columns"]))


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def fit(path):
    versions = {"scikit-learn": sklearn.__version__}
    accuracies = {}
    for table in json.load(open(path)):
        x, names = matrix(table), sorted(set(table["y"]))
        y = np.asarray([names.index(label) for label in table["y"]])
        own = accuracies[table["name"]] = {}
        for seed, (train, test) in enumerate(table["splits"]):
            for name, model in models(table, seed):
                progress(f"{table['name']}: {name} of the peers, seed {seed + 1} of {len(table['splits'])}")
                model.fit(x[train], y[train])
                own.setdefault(name, []).append(float((model.predict(x[test]) == y[test]).mean()))
    progress("")
    if "xgboost" in sys.modules:
        versions["XGBoost"] = sys.modules["xgboost"].__version__
    print(json.dumps({"versions": versions, "accuracies": accuracies}))


if sys.argv[1] == "tables":
    print(json.dumps(list(tables())))
else:
    fit(sys.argv[2])
