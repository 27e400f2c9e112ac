"""Writes shares.json: intervals of two independent shares, and prediction drift, as statsmodels and scipy have them.

Koopman's interval comes from its definition, with the restricted likelihood maximised numerically: statsmodels' own
(method="score", correction=False) is the same but where a share is 1, of which it makes 1.6 at any confidence.

Run once, by hand:  python shares.py > shares.json  (needs numpy, scipy, statsmodels)
"""

import json
import sys

import numpy as np
import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

CASES = [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 1, 29), (300, 1000, 310, 900), (40, 45, 800, 1200), (7, 7, 3, 9)]


def koopman(x1, n1, x2, n2, confidence):
    def score(ratio):
        def minus_log_likelihood(q):
            terms = ((x1, ratio * q), (n1 - x1, 1 - ratio * q), (x2, q), (n2 - x2, 1 - q))
            return -sum(count * np.log(share) for count, share in terms if count > 0)

        bounds = (1e-13, min(1, 1 / ratio) - 1e-13)
        q = optimize.minimize_scalar(minus_log_likelihood, bounds=bounds, method="bounded", options={"xatol": 1e-14}).x
        p = ratio * q
        return (x1 / n1 - ratio * x2 / n2) / np.sqrt(p * (1 - p) / n1 + ratio**2 * q * (1 - q) / n2)

    z = stats.norm.ppf((1 + confidence) / 2)
    value = (x1 / n1) / (x2 / n2)
    inner = lambda sign, low, high: float(optimize.brentq(lambda r: score(r) - sign * z, low, high, xtol=1e-12))
    told = [inner(1, value / 1e3, value - 1e-9), inner(-1, value + 1e-9, value * 1e3)]
    if x1 < n1 and x2 < n2:
        library = confint_proportions_2indep(
            x1, n1, x2, n2, method="score", compare="ratio", alpha=1 - confidence, correction=False
        )
        assert np.allclose(told, library, rtol=1e-5), (told, library)
    return told


def intervals(confidence):
    for x1, n1, x2, n2 in CASES:
        newcombe = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff", alpha=1 - confidence)
        yield {
            "one": {"successes": x1, "rows": n1},
            "other": {"successes": x2, "rows": n2},
            "confidence": confidence,
            "wilson": list(proportion_confint(x1, n1, alpha=1 - confidence, method="wilson")),
            "newcombe": list(newcombe),
            "koopman": koopman(x1, n1, x2, n2, confidence),
        }


def drift():
    random = np.random.default_rng(5)
    candidate = np.round(random.beta(2, 5, 400), 2)
    champion = np.round(random.beta(2.4, 5, 400), 2)
    weights = random.integers(0, 4, 400)
    repeated = lambda values: np.repeat(values, weights)
    distance = lambda one, other: float(stats.ks_2samp(one, other).statistic)
    return {
        "candidate": candidate.tolist(),
        "champion": champion.tolist(),
        "weights": weights.tolist(),
        "distance": distance(candidate, champion),
        "weightedDistance": distance(repeated(candidate), repeated(champion)),
        "meanChange": float(np.abs(candidate - champion).mean()),
        "weightedMeanChange": float(np.abs(repeated(candidate) - repeated(champion)).mean()),
        "decidedOtherwise": float(((candidate >= 0.3) != (champion >= 0.3)).mean()),
        "weightedDecidedOtherwise": float((repeated(candidate >= 0.3) != repeated(champion >= 0.3)).mean()),
    }


json.dump(
    {
        "versions": {m.__name__: m.__version__ for m in (np, scipy, statsmodels)},
        "intervals": [case for confidence in (0.9, 0.95, 0.999) for case in intervals(confidence)],
        "drift": drift(),
    },
    sys.stdout,
    indent=1,
)
