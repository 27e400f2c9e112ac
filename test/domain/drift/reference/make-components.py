"""Figures of principal-components.test.ts; run: python make-components.py > components.json"""
import json

import numpy as np

rng = np.random.default_rng(5)
a = rng.normal(size=(40, 5)) @ rng.normal(size=(5, 5)) + rng.normal(size=5)
a = np.round(a, 6)
c = np.cov(a, rowvar=False)
values, vectors = np.linalg.eigh(c)
order = np.argsort(-values)
vectors = vectors[:, order].T
vectors = [(v if v[np.argmax(np.abs(v))] > 0 else -v).tolist() for v in vectors]
print(
    json.dumps(
        {
            "versions": {"numpy": np.__version__},
            "columns": a.T.tolist(),
            "mean": a.mean(axis=0).tolist(),
            "covariance": c.tolist(),
            "values": values[order].tolist(),
            "vectors": vectors,
        }
    )
)
