"""Writes metrics.json: predictions with weights, and what scikit-learn, scipy and numpy say about them.

Run once, by hand:  python metrics.py > metrics.json  (needs numpy, scipy, scikit-learn)
`by` names the function that gave a figure. Where there is none, the figure is computed from the definition in another
way than the code under test does: ties by all permutations, lift from scikit-learn's ROC curve, the calibration slope
from the equations that scipy solves.
"""

import itertools
import json
import sys
import warnings

import numpy as np
import scipy
import sklearn
from scipy import optimize, special
from sklearn import linear_model, metrics


def cases(figures, weights):
    """[{metric, weighted, value, by}] of figures {metric: (by, function of weights or None)}."""
    result = []
    for metric, (by, function) in figures.items():
        for weighted in (False, True):
            value = float(function(weights if weighted else None))
            assert np.isfinite(value), metric
            result.append({"metric": metric, "weighted": weighted, "value": value, "by": by})
    return result


def library(name, *arguments, **options):
    """A function of sklearn.metrics that takes sample_weight."""
    function = getattr(metrics, name)
    return f"sklearn.metrics.{name}", lambda w: function(*arguments, sample_weight=w, **options)


def ece(came, p, bins):
    def value(w):
        w = np.ones(len(p)) if w is None else w
        place = np.minimum((p * bins).astype(int), bins - 1)
        return sum(abs((w * (p - came))[place == b].sum()) for b in range(bins)) / w.sum()

    return "definition", value


def calibration_slope(labels, p):
    x = np.column_stack([np.ones(len(p)), special.logit(p)])

    def value(w):
        w = np.ones(len(p)) if w is None else w
        score = lambda b: x.T @ (w * (labels - special.expit(x @ b)))
        slope = optimize.root(score, [0, 1], tol=1e-14).x[1]
        # The library's own, which stops earlier.
        other = linear_model.LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky", max_iter=1000)
        assert abs(slope - other.fit(x[:, 1:], labels, sample_weight=w).coef_[0, 0]) < 1e-6
        return slope

    return "scipy.optimize.root", value


def lift(labels, p, share):
    def value(w):
        fpr, tpr, _ = metrics.roc_curve(labels, p, sample_weight=w, drop_intermediate=False)
        base = np.average(labels, weights=w)
        return np.interp(share, fpr * (1 - base) + tpr * base, tpr) / share

    return "sklearn.metrics.roc_curve", value


def expected_cost(labels, decided, costs):
    def value(w):
        confusion = metrics.confusion_matrix(labels, decided, labels=range(len(costs)), sample_weight=w)
        return (confusion * np.array(costs)).sum() / confusion.sum()

    return "sklearn.metrics.confusion_matrix", value


def binary(rng):
    rows, threshold, costs = 300, 0.45, [[0, 1], [7.5, -0.5]]
    logit = rng.normal(-0.4, 1.2, rows)
    labels = (rng.random(rows) < special.expit(logit)).astype(int)
    # Rounded, so that there are ties.
    p = np.round(special.expit(1.4 * logit + rng.normal(0, 0.8, rows)), 2).clip(0.01, 0.99)
    weights = rng.choice([0, 0.25, 1, 2.5, 3.125], rows)
    d = (p >= threshold).astype(int)
    figures = {
        "roc_auc": library("roc_auc_score", labels, p),
        "pr_auc": library("average_precision_score", labels, p),
        "log_loss": library("log_loss", labels, p),
        "brier": library("brier_score_loss", labels, p),
        "accuracy": library("accuracy_score", labels, d),
        "balanced_accuracy": library("balanced_accuracy_score", labels, d),
        "precision": library("precision_score", labels, d),
        "recall": library("recall_score", labels, d),
        "specificity": library("recall_score", labels, d, pos_label=0),
        "f1": library("f1_score", labels, d),
        "f_beta@0.5": library("fbeta_score", labels, d, beta=0.5),
        "f_beta@2": library("fbeta_score", labels, d, beta=2),
        "mcc": library("matthews_corrcoef", labels, d),
        "cohen_kappa": library("cohen_kappa_score", labels, d),
        "ece": ece(labels, p, 10),
        "ece@15": ece(labels, p, 15),
        "calibration_slope": calibration_slope(labels, p),
        "lift": lift(labels, p, 0.1),
        "lift@0.25": lift(labels, p, 0.25),
        "expected_cost": expected_cost(labels, d, costs),
    }
    return {
        "task": "binary-classification",
        "width": 1,
        "threshold": threshold,
        "costs": costs,
        "labels": labels.tolist(),
        "values": p.tolist(),
        "weights": weights.tolist(),
        "cases": cases(figures, weights),
    }


def certain(rng):
    """Probabilities of 0 and 1, some of them wrong."""
    labels = np.array([0, 1, 1, 0, 1, 0, 1, 0, 0, 1])
    p = np.array([0, 1, 0, 1, 1, 0, 0.5, 0.5, 1e-20, 1 - 2**-53])
    weights = rng.choice([0.25, 1, 2.5], len(p))
    figures = {
        "log_loss": library("log_loss", labels, p),
        "brier": library("brier_score_loss", labels, p),
        "roc_auc": library("roc_auc_score", labels, p),
        "pr_auc": library("average_precision_score", labels, p),
        "ece": ece(labels, p, 10),
    }
    return {
        "task": "binary-classification",
        "width": 1,
        "threshold": 0.5,
        "labels": labels.tolist(),
        "values": p.tolist(),
        "weights": weights.tolist(),
        "cases": cases(figures, weights),
    }


def averages(labels, d):
    names = {"precision": "precision_score", "recall": "recall_score", "f1": "f1_score"}
    return {
        f"{average}_{name}": library(function, labels, d, average=average)
        for average in ("macro", "micro", "weighted")
        for name, function in names.items()
    }


def multiclass(rng):
    rows, classes = 250, 4
    costs = rng.integers(0, 9, (classes, classes)).tolist()
    truth = rng.normal(0, 1.3, (rows, classes)) + np.array([0.8, 0.2, 0, -0.5])
    labels = np.array([rng.choice(classes, p=special.softmax(t)) for t in truth])
    p = np.round(special.softmax(truth + rng.normal(0, 0.7, truth.shape), axis=1), 4).clip(0.001)
    p[:, 0] = np.round(1 - p[:, 1:].sum(axis=1), 4)
    weights = rng.choice([0, 0.25, 1, 2.5, 3.125], rows)
    d = p.argmax(axis=1)
    hit = (d == labels).astype(int)
    figures = {
        "log_loss": library("log_loss", labels, p),
        "brier": library("brier_score_loss", labels, p),
        "accuracy": library("accuracy_score", labels, d),
        "balanced_accuracy": library("balanced_accuracy_score", labels, d),
        "mcc": library("matthews_corrcoef", labels, d),
        "cohen_kappa": library("cohen_kappa_score", labels, d),
        "ece": ece(hit, p.max(axis=1), 10),
        "ece@7": ece(hit, p.max(axis=1), 7),
        "expected_cost": expected_cost(labels, d, costs),
        "macro_roc_auc": library("roc_auc_score", labels, p, multi_class="ovr", average="macro"),
        "weighted_roc_auc": library("roc_auc_score", labels, p, multi_class="ovr", average="weighted"),
        "top_k_accuracy@1": library("top_k_accuracy_score", labels, p, k=1),
        "top_k_accuracy@2": library("top_k_accuracy_score", labels, p, k=2),
        "top_k_accuracy@3": library("top_k_accuracy_score", labels, p, k=3),
        **averages(labels, d),
    }
    # Of equal probabilities scikit-learn's top k takes the last class, and its argmax the first.
    assert all((row == row[label]).sum() == 1 for row, label in zip(p, labels))
    return {
        "task": "multiclass-classification",
        "width": classes,
        "threshold": 0.5,
        "costs": costs,
        "labels": labels.tolist(),
        "values": p.ravel().tolist(),
        "weights": weights.tolist(),
        "cases": cases(figures, weights),
    }


def sparse(rng):
    """A class that is never decided (2), one that is decided but never there (3), one that is neither (4)."""
    rows, classes = 80, 5
    labels = rng.choice([0, 1, 2], rows)
    d = np.where(rng.random(rows) < 0.6, labels % 2, rng.choice([0, 1, 3], rows))
    p = np.full((rows, classes), 0.1)
    p[np.arange(rows), d] = 0.6
    weights = rng.choice([0.25, 1, 2.5], rows)
    figures = {
        **averages(labels, d),
        "balanced_accuracy": library("balanced_accuracy_score", labels, d),
        "mcc": library("matthews_corrcoef", labels, d),
        "cohen_kappa": library("cohen_kappa_score", labels, d),
    }
    return {
        "task": "multiclass-classification",
        "width": classes,
        "threshold": 0.5,
        "labels": labels.tolist(),
        "values": p.ravel().tolist(),
        "weights": weights.tolist(),
        "cases": cases(figures, weights),
    }


def regression(rng):
    rows = 251
    labels = np.round(rng.gamma(2, 30, rows), 3) + 0.001
    p = np.round(labels * np.exp(rng.normal(0.02, 0.3, rows)), 3) + 0.001
    lower, upper = np.round(p - rng.gamma(3, 8, rows), 3), np.round(p + rng.gamma(3, 8, rows), 3)
    weights = rng.choice([0, 0.25, 1, 2.5, 3.125], rows)
    mean = lambda x: ("numpy.average", lambda w: np.average(x, weights=w))
    deviance = lambda power: library("mean_tweedie_deviance", labels, p, power=power)
    figures = {
        "rmse": library("root_mean_squared_error", labels, p),
        "mae": library("mean_absolute_error", labels, p),
        "median_ae": library("median_absolute_error", labels, p),
        "r2": library("r2_score", labels, p),
        "mape": library("mean_absolute_percentage_error", labels, p),
        "smape": mean(2 * abs(labels - p) / (labels + p)),
        "rmsle": library("root_mean_squared_log_error", labels, p),
        "pinball@0.1": library("mean_pinball_loss", labels, p, alpha=0.1),
        "pinball@0.5": library("mean_pinball_loss", labels, p, alpha=0.5),
        "pinball@0.9": library("mean_pinball_loss", labels, p, alpha=0.9),
        "poisson_deviance": library("mean_poisson_deviance", labels, p),
        "tweedie_deviance": deviance(1.5),
        "tweedie_deviance@0": deviance(0),
        "tweedie_deviance@1": deviance(1),
        "tweedie_deviance@1.2": deviance(1.2),
        "tweedie_deviance@2": library("mean_gamma_deviance", labels, p),
        "tweedie_deviance@2.5": deviance(2.5),
        "tweedie_deviance@3": deviance(3),
        "interval_coverage": mean((lower <= labels) & (labels <= upper)),
        "interval_width": mean(upper - lower),
    }
    return {
        "task": "regression",
        "width": 3,
        "threshold": 0.5,
        "labels": labels.tolist(),
        "values": np.column_stack([p, lower, upper]).ravel().tolist(),
        "weights": weights.tolist(),
        "cases": cases(figures, weights),
    }


def over_ties(gains, scores, value):
    """Mean of value(gains in order) over all orders of the rows with equal scores."""
    groups = [gains[scores == s] for s in sorted(set(scores), reverse=True)]
    orders = itertools.product(*(itertools.permutations(g) for g in groups))
    return np.mean([value(np.concatenate(order)) for order in orders])


def precision_at(k):
    def value(gains):
        relevant = gains > 0
        precision = np.cumsum(relevant) / np.arange(1, len(gains) + 1)
        return (precision * relevant)[:k].sum() / min(relevant.sum(), k)

    return value


def reciprocal_rank(k):
    def value(gains):
        places = np.flatnonzero(gains[:k] > 0)
        return 1 / (places[0] + 1) if len(places) else 0.0

    return value


def ranking(rng):
    queries, sizes = 40, rng.integers(2, 9, 40)
    groups = np.repeat(np.arange(queries), sizes)
    gains = rng.choice([0, 0, 0, 1, 2, 3.5], len(groups))
    # Few scores, so that there are ties.
    scores = np.round(rng.normal(0.3 * gains, 1, len(groups)) * 2) / 2
    of_query = rng.choice([0, 0.25, 1, 2.5], queries)
    answered = [q for q in range(queries) if (gains[groups == q] > 0).any()]
    assert len(answered) < queries

    def mean(value):
        values = [value(gains[groups == q], scores[groups == q]) for q in answered]
        return lambda w: np.average(values, weights=None if w is None else [of_query[q] for q in answered])

    def ndcg(k):
        return "sklearn.metrics.ndcg_score", mean(lambda g, s: metrics.ndcg_score([g], [s], k=k))

    def permuted(function):
        return "definition, all permutations", mean(lambda g, s: over_ties(g, s, function))

    for q in answered:
        g, s = gains[groups == q], scores[groups == q]
        if len(set(s)) == len(s):
            assert abs(over_ties(g, s, precision_at(99)) - metrics.average_precision_score(g > 0, s)) < 1e-12
    figures = {
        "ndcg": ndcg(10),
        "ndcg@1": ndcg(1),
        "ndcg@3": ndcg(3),
        "map": permuted(precision_at(10)),
        "map@1": permuted(precision_at(1)),
        "map@3": permuted(precision_at(3)),
        "mrr": permuted(reciprocal_rank(10)),
        "mrr@2": permuted(reciprocal_rank(2)),
    }
    # The rows of the queries need not lie together.
    order = rng.permutation(len(groups))
    return {
        "task": "ranking",
        "width": 1,
        "threshold": 0.5,
        "groups": groups[order].tolist(),
        "labels": gains[order].tolist(),
        "values": scores[order].tolist(),
        "weights": of_query[groups][order].tolist(),
        "cases": cases(figures, of_query),
    }


def main():
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(20261121)
    result = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
        "sets": {
            "binary": binary(rng),
            "multiclass": multiclass(rng),
            "sparse multiclass": sparse(rng),
            "regression": regression(rng),
            "ranking": ranking(rng),
            "certain binary": certain(rng),
        },
    }
    json.dump(result, sys.stdout)
    print()


main()
