#!/usr/bin/env python3
"""Writes a fitted classifier of scikit-learn, or a Pipeline that ends in one, as JSON that emovox reads.

    python3 export_sklearn.py model.pkl model.json     # a file that pickle or joblib wrote
    emovox predict --table rows.csv --model model.json

or from Python, with the model at hand:

    from export_sklearn import export
    export(model, "model.json")

Read: RandomForestClassifier, ExtraTreesClassifier, DecisionTreeClassifier, ExtraTreeClassifier, LogisticRegression; before them
StandardScaler and MinMaxScaler, or one TfidfVectorizer. Anything else is refused with a sentence that names it. Needs scikit-learn 1.0
or later and nothing besides. Unpickling runs code of whoever wrote the file: export only models that you trust.
"""
import argparse
import json
import sys

import numpy
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from sklearn.utils.validation import check_is_fitted

FORMAT = "emovox-sklearn"
VERSION = 1


class ExportError(ValueError):
    """A model that cannot be written; the message says why."""


def tree_of(tree):
    """The arrays of a Tree. Inner nodes go without class weights: leaves say everything."""
    is_leaf = tree.children_left == -1
    return {
        "children_left": tree.children_left.tolist(),
        "children_right": tree.children_right.tolist(),
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "value": [row.tolist() if leaf else None for row, leaf in zip(tree.value[:, 0, :], is_leaf)],
        "weighted_n_node_samples": tree.weighted_n_node_samples.tolist(),
    }


def labels_of(model):
    """Class names that JSON can hold: texts and whole numbers as they are."""
    return [c if isinstance(c, (str, int)) and not isinstance(c, bool) else str(c) for c in model.classes_.tolist()]


def forest_step(model, trees):
    if model.n_outputs_ != 1:
        raise ExportError("the trees have %d outputs; a classifier of one is written" % model.n_outputs_)
    return {"classes": labels_of(model), "n_features": int(model.n_features_in_), "trees": trees}


def logistic_step(model):
    coef, intercept = model.coef_, numpy.broadcast_to(model.intercept_, len(model.coef_))
    # As LogisticRegression.predict_proba decides it; the parameter is gone since scikit-learn 1.8, newton-cholesky multinomial since 1.6.
    multi_class = getattr(model, "multi_class", "auto")
    version = tuple(map(int, sklearn.__version__.split(".")[:2]))
    by_class = model.solver == "liblinear" or (model.solver == "newton-cholesky" and version < (1, 6))
    ovr = multi_class == "ovr" or (multi_class != "multinomial" and (len(model.classes_) == 2 or by_class))
    if len(coef) == 1:
        # The logistic function of d is the softmax of 0 and d; that of -d and d is what "multinomial" takes.
        low = numpy.zeros_like(coef) if ovr else -coef
        coef, intercept = numpy.vstack([low, coef]), numpy.concatenate([[0.0] if ovr else -intercept, intercept])
        ovr = False
    return {
        "classes": labels_of(model),
        "n_features": int(coef.shape[1]),
        "coef": coef.tolist(),
        "intercept": intercept.tolist(),
        "link": "ovr" if ovr else "softmax",
        "iterations": int(numpy.max(model.n_iter_)),
        "converged": bool(numpy.max(model.n_iter_) < model.max_iter),
    }


def standard_step(model):
    columns = int(model.n_features_in_)
    mean = model.mean_ if model.with_mean else numpy.zeros(columns)
    scale = model.scale_ if model.with_std else numpy.ones(columns)
    return {"mean": mean.tolist(), "scale": scale.tolist()}


def min_max_step(model):
    clip = list(map(float, model.feature_range)) if getattr(model, "clip", False) else None
    return {"scale": model.scale_.tolist(), "min": model.min_.tolist(), "clip": clip}


def tfidf_step(model):
    given = {"analyzer": "word", "token_pattern": r"(?u)\b\w\w+\b", "tokenizer": None, "preprocessor": None}
    for name, value in given.items():
        if getattr(model, name) != value:
            raise ExportError("TfidfVectorizer has the %s %r; %r is written" % (name, getattr(model, name), value))
    if model.strip_accents not in (None, "ascii", "unicode"):
        raise ExportError("TfidfVectorizer strips accents by a function")
    terms = sorted(model.vocabulary_, key=model.vocabulary_.get)
    return {
        "terms": terms,
        "idf": model.idf_.tolist() if model.use_idf else [1.0] * len(terms),
        "options": {
            "lowercase": bool(model.lowercase),
            "stripAccents": model.strip_accents,
            "stopWords": model.stop_words if model.stop_words in (None, "english") else sorted(model.stop_words),
            "ngramRange": list(map(int, model.ngram_range)),
            "binary": bool(model.binary),
            "sublinearTf": bool(model.sublinear_tf),
            "useIdf": bool(model.use_idf),
            "smoothIdf": bool(model.smooth_idf),
            "norm": model.norm,
        },
    }


# By exact type: a subclass may compute something else.
STEPS = {
    RandomForestClassifier: lambda model: forest_step(model, [tree_of(e.tree_) for e in model.estimators_]),
    ExtraTreesClassifier: lambda model: forest_step(model, [tree_of(e.tree_) for e in model.estimators_]),
    DecisionTreeClassifier: lambda model: forest_step(model, [tree_of(model.tree_)]),
    ExtraTreeClassifier: lambda model: forest_step(model, [tree_of(model.tree_)]),
    LogisticRegression: logistic_step,
    StandardScaler: standard_step,
    MinMaxScaler: min_max_step,
    TfidfVectorizer: tfidf_step,
}


def flat(model):
    """The steps of a pipeline, and of pipelines in it."""
    if not isinstance(model, Pipeline):
        return [] if model is None or isinstance(model, str) and model == "passthrough" else [model]
    return [inner for _, step in model.steps for inner in flat(step)]


def document(model):
    """What `export` writes, as plain Python objects. Raises ExportError."""
    steps = []
    for step in flat(model):
        if type(step) not in STEPS:
            names = ", ".join(known.__name__ for known in STEPS)
            raise ExportError("%s is not written; %s are" % (type(step).__name__, names))
        check_is_fitted(step)
        steps.append({"type": type(step).__name__, **STEPS[type(step)](step)})
    names = getattr(flat(model)[0], "feature_names_in_", None) if steps else None
    return {
        "format": FORMAT,
        "version": VERSION,
        "sklearn": sklearn.__version__,
        "feature_names": None if names is None else [str(name) for name in names],
        "steps": steps,
    }


def export(model, path):
    """Writes the model to `path` as JSON. Raises ExportError for a model that emovox could not give the answers of."""
    text = json.dumps(document(model), allow_nan=False, separators=(",", ":"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def load(path):
    import joblib  # comes with scikit-learn; reads plain pickles, too

    return joblib.load(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a file of pickle or joblib")
    parser.add_argument("out", help="the JSON file to write")
    arguments = parser.parse_args()
    try:
        export(load(arguments.model), arguments.out)
    except (ExportError, OSError, ValueError, sklearn.exceptions.NotFittedError) as error:
        sys.exit("%s: %s" % (arguments.model, error))


if __name__ == "__main__":
    main()
