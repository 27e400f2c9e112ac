"""Writes thresholds.json: the best value of each metric over all thresholds, by brute force over scikit-learn's metrics.

Run once, by hand:  python thresholds.py > thresholds.json  (needs numpy, scikit-learn)
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")
COSTS = [[0, 1], [7, -0.5]]

random = np.random.default_rng(17)
labels = (random.random(300) < 0.3).astype(int)
scores = np.clip(np.round(random.beta(2, 4, 300) + 0.2 * labels * random.random(300), 2), 0, 1)
weights = np.round(random.gamma(2, 1, 300), 3)


def cost(y, decided, sample_weight=None):
    each = np.array(COSTS)[y, decided]
    return np.average(each, weights=sample_weight)


METRICS = {
    "accuracy": (metrics.accuracy_score, "higher"),
    "balanced_accuracy": (metrics.balanced_accuracy_score, "higher"),
    "precision": (lambda *a, **k: metrics.precision_score(*a, zero_division=np.nan, **k), "higher"),
    "recall": (metrics.recall_score, "higher"),
    "specificity": (lambda *a, **k: metrics.recall_score(*a, pos_label=0, **k), "higher"),
    "f1": (metrics.f1_score, "higher"),
    "f_beta@2": (lambda *a, **k: metrics.fbeta_score(*a, beta=2, **k), "higher"),
    "mcc": (metrics.matthews_corrcoef, "higher"),
    "cohen_kappa": (metrics.cohen_kappa_score, "higher"),
    "expected_cost": (cost, "lower"),
}


def best(metric, better, sample_weight):
    distinct = np.unique(scores)
    thresholds = np.concatenate([[0], (distinct[:-1] + distinct[1:]) / 2, [(distinct[-1] + 1) / 2]])
    values = np.array([metric(labels, (scores >= t).astype(int), sample_weight=sample_weight) for t in thresholds])
    found = np.nanmax(values) if better == "higher" else np.nanmin(values)
    good = thresholds[np.abs(values - found) < 1e-12]
    return {"value": float(found), "threshold": float(min(good, key=lambda t: (abs(t - 0.5), t)))}


json.dump(
    {
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "weights": weights.tolist(),
        "costs": COSTS,
        "best": [
            {
                "metric": name,
                "better": better,
                "plain": best(metric, better, None),
                "weighted": best(metric, better, weights),
            }
            for name, (metric, better) in METRICS.items()
        ],
    },
    sys.stdout,
)
