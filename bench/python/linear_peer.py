"""Fits scikit-learn's linear models on the table that bench/linear.mjs wrote, one thread; prints {model: seconds} as JSON, the best of the runs."""
import json
import sys
import time
import warnings

import numpy as np
import sklearn
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

folder, runs = sys.argv[1], int(sys.argv[2])
warnings.simplefilter("ignore")


def table(name):
    shape = json.load(open(f"{folder}/{name}.json"))
    read = lambda part, dtype: np.fromfile(f"{folder}/{name}.{part}", dtype)
    values = read("values", np.float32).astype(np.float64)
    y = read("y", np.int32)
    if shape["kind"] == "dense":
        return values.reshape(shape["rows"], shape["columns"]), y
    return csr_matrix((values, read("indices", np.int32), read("indptr", np.int32)), (shape["rows"], shape["columns"])), y


sparse, dense = table("sparse"), table("dense")
works = {
    "lr-l2-dense": (dense, LogisticRegression(max_iter=1000)),
    "lr-l2-sparse": (sparse, LogisticRegression(max_iter=1000)),
    "lr-l1-sparse": (sparse, LogisticRegression(penalty="l1", solver="saga", max_iter=1000)),
    "lr-l1-sparse-liblinear": (sparse, LogisticRegression(penalty="l1", solver="liblinear")),
    "svc-sparse": (sparse, LinearSVC(random_state=0)),
    "mnb-sparse": (sparse, MultinomialNB()),
}
seconds = {}
for name, ((x, y), model) in works.items():
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        model.fit(x, y)
        best = min(best, time.perf_counter() - start)
    seconds[name] = best
print(json.dumps({"version": sklearn.__version__, "seconds": seconds}))
