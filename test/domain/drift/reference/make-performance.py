"""Figures of scikit-learn and numpy for the tests of calibration and estimated performance.

The estimates follow the idea of NannyML's CBPE (confidence-based performance estimation) row by row: what a metric would be
if each row were positive with its calibrated probability. Nothing of NannyML is called.

Run once: python test/domain/drift/reference/make-performance.py > test/domain/drift/reference/performance.json
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

rng = np.random.default_rng(20240117)
BINS = 1000


def fit(scores, labels):
    return IsotonicRegression(out_of_bounds="clip").fit(scores, labels)


def isotonic_cases():
    cases = []
    for rows, digits in ((1, 3), (2, 3), (40, 2), (300, 1), (400, 3), (600, 4)):
        scores = np.round(rng.uniform(-0.5, 1.5, rows), digits)
        labels = (rng.uniform(size=rows) < 1 / (1 + np.exp(-3 * (scores - 0.5)))).astype(float)
        at = np.round(np.linspace(-0.7, 1.7, 97), 6)
        cases.append({"scores": scores.tolist(), "labels": labels.tolist(), "at": at.tolist(),
                      "values": fit(scores, labels).predict(at).tolist()})
    # Values that are no labels: the fit has more steps than are kept.
    scores = np.round(np.arange(1500) / 1500, 5)
    labels = np.round(scores**2 + rng.normal(0, 0.001, 1500), 5)
    at = np.round(np.linspace(0, 1, 61), 6)
    cases.append({"scores": scores.tolist(), "labels": labels.tolist(), "at": at.tolist(),
                  "values": fit(scores, labels).predict(at).tolist(), "compacted": True})
    return cases


def real(labels, scores, threshold):
    decided = scores >= threshold
    return {
        "roc_auc": roc_auc_score(labels, scores),
        "pr_auc": average_precision_score(labels, scores),
        "log_loss": log_loss(labels, scores),
        "brier": brier_score_loss(labels, scores),
        "accuracy": accuracy_score(labels, decided),
        "balanced_accuracy": balanced_accuracy_score(labels, decided),
        "precision": precision_score(labels, decided),
        "recall": recall_score(labels, decided),
        "f1": f1_score(labels, decided),
    }


def cbpe(scores, probability, threshold):
    """Every row as a positive with weight `probability` and a negative with the rest."""
    order = np.argsort(-scores, kind="stable")
    s, c = scores[order], probability[order]
    ends = np.append(np.nonzero(np.diff(s))[0], len(s) - 1)
    tp, fp = np.cumsum(c)[ends], np.cumsum(1 - c)[ends]
    tpr, fpr = np.append(0, tp / tp[-1]), np.append(0, fp / fp[-1])
    decided = scores >= threshold
    hit, false = probability[decided].sum(), (1 - probability[decided]).sum()
    missed, right = probability[~decided].sum(), (1 - probability[~decided]).sum()
    precision, recall = hit / (hit + false), hit / (hit + missed)
    return {
        "roc_auc": np.trapezoid(tpr, fpr),
        "pr_auc": np.sum(np.diff(tpr) * tp / (tp + fp)),
        "log_loss": np.mean(-probability * np.log(scores) - (1 - probability) * np.log(1 - scores)),
        "brier": np.mean(probability * (1 - scores) ** 2 + (1 - probability) * scores**2),
        "accuracy": (hit + right) / len(scores),
        "balanced_accuracy": (recall + right / (right + false)) / 2,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


def estimate_case(name, rows, window_shape, threshold, binned):
    """Overconfident scores; what is really the case is `truth`, the same on the holdout and in the window."""
    truth = lambda s: 0.1 + 0.7 * s**1.5
    place = (lambda s: (np.minimum(np.floor(s * BINS), BINS - 1) + 0.5) / BINS) if binned else (lambda s: s)
    holdout = place(rng.beta(2, 3, rows))
    labels = (rng.uniform(size=rows) < truth(holdout)).astype(int)
    window = place(rng.beta(*window_shape, rows))
    outcomes = (rng.uniform(size=rows) < truth(window)).astype(int)
    model = fit(holdout, labels)
    now, before = cbpe(window, model.predict(window), threshold), cbpe(holdout, model.predict(holdout), threshold)
    promised, measured = real(labels, holdout, threshold), real(outcomes, window, threshold)
    counts = lambda s: [[int(b), int(n)] for b, n in zip(*np.unique(np.floor(s * BINS).astype(int), return_counts=True))]
    knots = [[float(x), float(y)] for x, y in zip(model.X_thresholds_, model.y_thresholds_)]
    return {
        "name": name, "threshold": threshold, "binned": binned, "rows": rows,
        "reference": counts(holdout), "window": counts(window), "calibration": knots,
        "promised": promised,
        "cbpe": now,
        "estimates": {metric: promised[metric] + now[metric] - before[metric] for metric in promised},
        "measured": measured,
    }


json.dump(
    {
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "python": sys.version.split()[0]},
        "isotonic": isotonic_cases(),
        "estimates": [
            estimate_case("same scores, in the middles of bins", 4000, (2, 3), 0.5, True),
            estimate_case("higher scores, in the middles of bins", 4000, (3, 2), 0.4, True),
            estimate_case("the middle of the scores only, any values", 40000, (6, 6), 0.5, False),
            estimate_case("lower scores, any values", 40000, (1.2, 4), 0.2015, False),
        ],
    },
    sys.stdout,
    default=float,
)
