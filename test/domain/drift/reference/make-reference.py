"""Figures of scipy and numpy for the drift tests.

Run once: python test/domain/drift/reference/make-reference.py > test/domain/drift/reference/scipy.json
"""
import json
import sys

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(20010701)


def ncx2():
    rows = []
    for k in (1, 2, 5, 23, 99):
        for lam in (0.5, 3.0, 40.0, 900.0, 10_000.0, 250_000.0):
            for factor in (0.5, 0.9, 1.0, 1.05, 1.3, 2.0):
                x = factor * (k + lam)
                sf = float(stats.ncx2.sf(x, k, lam))
                # scipy's own series gives up at some corners; those figures would be no reference.
                if np.isfinite(sf) and 1e-250 < sf <= 1:
                    rows.append({"x": x, "degrees": k, "noncentrality": lam, "sf": sf})
    return rows


def chi2():
    return [
        {"x": x, "degrees": k, "sf": float(stats.chi2.sf(x, k))}
        for k in (1, 2, 3, 10, 57, 400)
        for x in (0.01, 0.7, 3.84, 12.0, 60.0, 410.0, 1000.0)
        if stats.chi2.sf(x, k) > 1e-300
    ]


def samples():
    """Values in the middles of bins of width .25 from −10, so that the grid loses nothing."""
    cases = []
    for shift, scale, n, m in ((0.0, 1.0, 400, 300), (0.5, 1.0, 1000, 350), (0.0, 2.0, 200, 200), (3.0, 1.0, 50, 60)):
        a = np.floor(rng.normal(0, 1, n) * 4) / 4 + 0.125
        b = np.floor(rng.normal(shift, scale, m) * 4) / 4 + 0.125
        edges = np.arange(-10, 10.01, 0.25)
        p, q = np.histogram(a, edges)[0], np.histogram(b, edges)[0]
        smooth_p = (p + 0.5) / (p + 0.5).sum()
        smooth_q = (q + 0.5) / (q + 0.5).sum()
        cases.append({
            "a": a.tolist(),
            "b": b.tolist(),
            "ks": float(stats.ks_2samp(a, b).statistic),
            "wasserstein": float(stats.wasserstein_distance(a, b)),
            "jensenShannon": float(jensenshannon(p, q, base=2)),
            "psi": float(((smooth_p - smooth_q) * np.log(smooth_p / smooth_q)).sum()),
        })
    return cases


def fdr():
    cases = [rng.uniform(0, 1, 12) ** 3, np.array([0.01, 0.01, 0.01]), np.array([0.04]), np.array([0.9, 0.001, 0.03, 0.02])]
    return [{"p": p.tolist(), "adjusted": stats.false_discovery_control(p, method="bh").tolist()} for p in cases]


json.dump(
    {
        "made": {"scipy": scipy.__version__, "numpy": np.__version__, "python": sys.version.split()[0]},
        "chi2": chi2(),
        "ncx2": ncx2(),
        "samples": samples(),
        "fdr": fdr(),
    },
    sys.stdout,
)
