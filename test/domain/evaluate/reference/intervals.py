"""Writes intervals.json: predictions, and what scikit-learn, scipy and numpy say about their metrics and intervals.

Run once, by hand:  python intervals.py > intervals.json  (needs numpy, scipy, scikit-learn; takes some minutes)
Everything that has no library function is computed from its definition, without the shortcuts of the code under test:
DeLong over all pairs, Tango by maximising the likelihood numerically, standard errors by leaving out row after row.
"""

import json
import sys

import numpy as np
import scipy
import sklearn
from scipy import optimize, stats
from sklearn import metrics

RESAMPLES = 20_000


def delong(labels, models):
    """DeLong, DeLong & Clarke-Pearson 1988, equations 3 to 6, by the kernel over all pairs."""
    components = []
    for scores in models:
        x, y = scores[labels == 1], scores[labels == 0]
        psi = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
        components.append((psi.mean(), psi.mean(axis=1), psi.mean(axis=0)))
    v10 = np.cov(np.array([c[1] for c in components]))
    v01 = np.cov(np.array([c[2] for c in components]))
    covariance = np.atleast_2d(v10 / (labels == 1).sum() + v01 / (labels == 0).sum())
    return [float(c[0]) for c in components], covariance.tolist()


def delong_intervals(labels, candidate, champion, confidence):
    areas, covariance = delong(labels, [candidate, champion])
    z = stats.norm.ppf((1 + confidence) / 2)
    spread = lambda v: z * np.sqrt(v)
    interval = lambda value, v: [float(value - spread(v)), float(value + spread(v))]
    return {
        "areas": areas,
        "covariance": covariance,
        "candidate": interval(areas[0], covariance[0][0]),
        "champion": interval(areas[1], covariance[1][1]),
        "difference": interval(areas[0] - areas[1], covariance[0][0] + covariance[1][1] - 2 * covariance[0][1]),
    }


def tango(gained, lost, rows, confidence):
    """Inverts the score test; the restricted likelihood is maximised numerically."""

    def score(delta):
        rest = rows - gained - lost

        def minus_log_likelihood(q):
            terms = ((gained, q + delta), (lost, q), (rest, 1 - 2 * q - delta))
            return -sum(count * np.log(share) for count, share in terms if count > 0)

        low, high = max(0.0, -delta), (1 - delta) / 2
        q = optimize.minimize_scalar(
            minus_log_likelihood, bounds=(low + 1e-14, high - 1e-14), method="bounded", options={"xatol": 1e-14}
        ).x
        return (gained - lost - rows * delta) / np.sqrt(rows * (2 * q + delta * (1 - delta)))

    z = stats.norm.ppf((1 + confidence) / 2)
    value = (gained - lost) / rows
    lower = optimize.brentq(lambda d: score(d) - z, -1 + 1e-9, value, xtol=1e-13)
    upper = optimize.brentq(lambda d: score(d) + z, value, 1 - 1e-9, xtol=1e-13)
    return [float(lower), float(upper)]


def wilson(successes, rows, confidence):
    interval = stats.binomtest(successes, rows).proportion_ci(confidence, method="wilson")
    return [float(interval.low), float(interval.high)]


def ece(labels, p):
    bins = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs((p - labels)[bins == b].sum()) for b in range(10)) / len(p))


def expanded(confidence, units):
    """Hesterberg 2015: the confidence of percentiles whose interval of a mean is Student's."""
    z = stats.t.ppf((1 + confidence) / 2, units - 1) * np.sqrt(units / (units - 1))
    return 2 * stats.norm.cdf(z) - 1


def bootstrap(functions, rows, units, confidence, methods):
    """scipy's intervals of candidate and difference, with the standard error by the bootstrap and by the jackknife."""
    result = {}
    for name, function in functions.items():
        three = {
            "candidate": lambda r: function(r)[0],
            "champion": lambda r: function(r)[1],
            "difference": lambda r: function(r)[0] - function(r)[1],
        }
        result[name] = {}
        for which, statistic in three.items():
            found = stats.bootstrap(
                (np.arange(rows),),
                statistic,
                vectorized=False,
                n_resamples=RESAMPLES,
                confidence_level=expanded(confidence, units[name]),
                method=methods.get(name, "BCa"),
                rng=np.random.default_rng(5),
            )
            without = np.array([statistic(np.delete(np.arange(rows), row)) for row in range(rows)])
            result[name][which] = {
                "interval": [float(found.confidence_interval.low), float(found.confidence_interval.high)],
                "deviation": float(found.standard_error),
                "jackknife": float(np.sqrt((rows - 1) / rows * ((without - without.mean()) ** 2).sum())),
            }
    return result


def binary(rng):
    rows = 600
    logit = rng.normal(-0.4, 1.2, rows)
    labels = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    # Rounded, so that there are ties.
    candidate = np.round(1 / (1 + np.exp(-(logit + rng.normal(0, 0.8, rows)))), 2).clip(0.01, 0.99)
    champion = np.round(1 / (1 + np.exp(-(logit * 0.7 + rng.normal(0, 0.9, rows)))), 2).clip(0.01, 0.99)
    threshold = 0.45

    def values(p, r=slice(None)):
        y, q = labels[r], p[r]
        d = (q >= threshold).astype(int)
        return {
            "roc_auc": metrics.roc_auc_score(y, q),
            "pr_auc": metrics.average_precision_score(y, q),
            "log_loss": metrics.log_loss(y, q),
            "brier": metrics.brier_score_loss(y, q),
            "accuracy": metrics.accuracy_score(y, d),
            "balanced_accuracy": metrics.balanced_accuracy_score(y, d),
            "precision": metrics.precision_score(y, d),
            "recall": metrics.recall_score(y, d),
            "f1": metrics.f1_score(y, d),
            "mcc": metrics.matthews_corrcoef(y, d),
            "ece": ece(y, q),
        }

    def fast(r):
        """The same from counts and sums (scikit-learn is too slow for this many resamples)."""
        y = labels[r]
        out = {}
        for which, p in enumerate((candidate, champion)):
            q = p[r]
            d = q >= threshold
            tp, fp, fn = (d & (y == 1)).sum(), (d & (y == 0)).sum(), (~d & (y == 1)).sum()
            tn = len(y) - tp - fp - fn
            order = np.argsort(-q, kind="stable")
            qs, ys = q[order], y[order]
            ends = np.append(np.flatnonzero(np.diff(qs)), len(qs) - 1)
            hits = np.cumsum(ys)[ends]
            steps = np.diff(np.append(0, hits))
            out[which] = {
                "pr_auc": (steps * hits / (ends + 1)).sum() / hits[-1],
                "log_loss": -np.where(y == 1, np.log(q), np.log(1 - q)).mean(),
                "brier": ((q - y) ** 2).mean(),
                "balanced_accuracy": (tp / (tp + fn) + tn / (tn + fp)) / 2,
                "precision": tp / (tp + fp),
                "recall": tp / (tp + fn),
                "f1": 2 * tp / (2 * tp + fp + fn),
                "mcc": (tp * tn - fp * fn) / np.sqrt(float((tp + fp) * (tp + fn)) * float((tn + fp) * (tn + fn))),
            }
        return out

    names = ["pr_auc", "log_loss", "brier", "balanced_accuracy", "precision", "recall", "f1", "mcc"]
    everything = np.arange(rows)
    for which, p in enumerate((candidate, champion)):
        slow = values(p)
        for name in names:
            assert abs(fast(everything)[which][name] - slow[name]) < 1e-12, name
    cache = {}

    def of(name):
        def function(r):
            key = r.tobytes()
            if cache.get("key") != key:
                cache["key"], cache["value"] = key, fast(r)
            return cache["value"][0][name], cache["value"][1][name]

        return function

    d, e = (candidate >= threshold) == labels, (champion >= threshold) == labels
    confidence = 0.95
    return {
        "threshold": threshold,
        "confidence": confidence,
        "labels": labels.tolist(),
        "candidate": candidate.tolist(),
        "champion": champion.tolist(),
        "values": {"candidate": values(candidate), "champion": values(champion)},
        "delong": delong_intervals(labels, candidate, champion, confidence),
        "accuracy": {
            "candidate": wilson(int(d.sum()), rows, confidence),
            "champion": wilson(int(e.sum()), rows, confidence),
            "difference": tango(int((d & ~e).sum()), int((e & ~d).sum()), rows, confidence),
        },
        "bootstrap": bootstrap(
            {name: of(name) for name in names},
            rows,
            {name: rows if name in ("log_loss", "brier") else min(labels.sum(), (1 - labels).sum()) for name in names},
            confidence,
            {"pr_auc": "percentile"},
        ),
    }


def multiclass(rng):
    rows, classes = 500, 4
    truth = rng.normal(0, 1.3, (rows, classes)) + np.array([0.8, 0.2, 0, -0.5])
    labels = np.array([rng.choice(classes, p=np.exp(t) / np.exp(t).sum()) for t in truth])

    def softmax(noise):
        z = truth + rng.normal(0, noise, truth.shape)
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    candidate, champion = softmax(0.5), softmax(0.9)

    def values(p):
        d = p.argmax(axis=1)
        q = p / p.sum(axis=1, keepdims=True)
        return {
            "accuracy": metrics.accuracy_score(labels, d),
            "balanced_accuracy": metrics.balanced_accuracy_score(labels, d),
            "log_loss": metrics.log_loss(labels, q),
            "macro_f1": metrics.f1_score(labels, d, average="macro"),
            "brier": metrics.brier_score_loss(labels, q),
            "ece": ece((d == labels).astype(int), p.max(axis=1)),
        }

    return {
        "classes": classes,
        "labels": labels.tolist(),
        "candidate": candidate.tolist(),
        "champion": champion.tolist(),
        "values": {"candidate": values(candidate), "champion": values(champion)},
    }


def regression(rng):
    rows = 501
    labels = 1e4 + rng.gamma(2, 30, rows)
    candidate = labels + rng.normal(1, 12, rows)
    champion = labels + rng.standard_t(3, rows) * 15
    confidence = 0.9

    def values(p, r=slice(None)):
        y, q = labels[r], p[r]
        return {
            "rmse": metrics.root_mean_squared_error(y, q),
            "mae": metrics.mean_absolute_error(y, q),
            "median_ae": metrics.median_absolute_error(y, q),
            "r2": metrics.r2_score(y, q),
        }

    def of(name):
        f = {
            "rmse": lambda y, q: np.sqrt(((q - y) ** 2).mean()),
            "mae": lambda y, q: np.abs(q - y).mean(),
            "median_ae": lambda y, q: np.median(np.abs(q - y)),
            "r2": lambda y, q: 1 - ((q - y) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
        }[name]
        return lambda r: (f(labels[r], candidate[r]), f(labels[r], champion[r]))

    names = ["rmse", "mae", "median_ae", "r2"]
    return {
        "confidence": confidence,
        "labels": labels.tolist(),
        "candidate": candidate.tolist(),
        "champion": champion.tolist(),
        "values": {"candidate": values(candidate), "champion": values(champion)},
        "bootstrap": bootstrap(
            {name: of(name) for name in names}, rows, {name: rows for name in names}, confidence, {"median_ae": "percentile"}
        ),
    }


def main():
    rng = np.random.default_rng(20261120)
    tables = [(12, 2, 50), (40, 31, 700), (0, 0, 40), (5, 0, 30), (0, 9, 100), (300, 280, 115000)]
    result = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
        "resamples": RESAMPLES,
        "binary": binary(rng),
        "multiclass": multiclass(rng),
        "regression": regression(rng),
        "mcnemar": [
            {"table": t, "p": float(stats.binomtest(t[0], t[0] + t[1]).pvalue)}
            for t in [(15, 19), (0, 0), (7, 7), (0, 6), (1, 9), (120, 80), (5_100, 4_800), (250_000, 251_500), (40, 400)]
            if sum(t) > 0
        ],
        "student": [
            {"p": p, "degrees": d, "t": float(stats.t.ppf(p, d))}
            for d in (9, 30, 200, 5_000)
            for p in (0.9, 0.975, 0.995)
        ],
        "power": [
            {"sigma": s, "distance": d, "confidence": c, "power": w, "rows": float(((stats.norm.ppf((1 + c) / 2) + stats.norm.ppf(w)) * s / d) ** 2)}
            for s, d, c, w in ((1, 0.2, 0.95, 0.8), (0.35, 0.004, 0.95, 0.8), (12, 0.5, 0.9, 0.9))
        ],
        "tango": [{"table": t, "interval": tango(*t, 0.95)} for t in tables],
        "normal": [{"p": p, "x": float(stats.norm.ppf(p))} for p in (1e-10, 1e-4, 0.01, 0.05, 0.3, 0.5, 0.9, 0.975, 0.999999)],
    }
    json.dump(result, sys.stdout)
    print()


main()
