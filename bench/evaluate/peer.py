"""The same work with onnxruntime, scikit-learn and numpy: python peer.py ROWS.parquet CANDIDATE.onnx CHAMPION.onnx RESAMPLES

Prints one line of JSON: seconds of scoring, of the metrics on all rows, of one resample, and of one resample of the slices.
"""

import json
import sys
import time

import numpy as np
import onnxruntime
import pyarrow.parquet as pq
from sklearn import metrics

file, *models, resamples = sys.argv[1:]
resamples = int(resamples)


def all_metrics(labels, scores):
    decided = scores >= 0.5
    bins = np.minimum(9, (scores * 10).astype(int))
    gaps = np.bincount(bins, scores - labels, 10)
    return {
        "roc_auc": metrics.roc_auc_score(labels, scores),
        "pr_auc": metrics.average_precision_score(labels, scores),
        "log_loss": metrics.log_loss(labels, scores),
        "brier": metrics.brier_score_loss(labels, scores),
        "accuracy": metrics.accuracy_score(labels, decided),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, decided),
        "precision": metrics.precision_score(labels, decided),
        "recall": metrics.recall_score(labels, decided),
        "specificity": metrics.recall_score(labels, decided, pos_label=0),
        "f1": metrics.f1_score(labels, decided),
        "mcc": metrics.matthews_corrcoef(labels, decided),
        "cohen_kappa": metrics.cohen_kappa_score(labels, decided),
        "ece": np.abs(gaps).sum() / len(labels),
    }


def timed(work):
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def score():
    table = pq.read_table(file)
    names = [name for name in table.column_names if name[0] == "n" and name[1:].isdigit()]
    features = np.column_stack([table[name].to_numpy() for name in names]).astype(np.float32)
    answers = [onnxruntime.InferenceSession(one).run(["probability"], {"features": features})[0][:, 0] for one in models]
    return table["came"].to_numpy().astype(int), table["segment"].to_numpy(zero_copy_only=False), answers


(labels, segments, answers), scoring = timed(score)
answers = [answer.astype(np.float64) for answer in answers]
values, whole = timed(lambda: [all_metrics(labels, answer) for answer in answers])
classes = [np.flatnonzero(labels == label) for label in (0, 1)]
slices = [np.flatnonzero(segments == segment) for segment in np.unique(segments)]
random = np.random.default_rng(0)


def resample():
    drawn = np.concatenate([random.choice(rows, len(rows)) for rows in classes])
    return [all_metrics(labels[drawn], answer[drawn]) for answer in answers]


def resample_slices():
    for rows in slices:
        drawn = random.choice(rows, len(rows))
        for answer in answers:
            metrics.roc_auc_score(labels[drawn], answer[drawn])


_, all_rows = timed(lambda: [resample() for _ in range(resamples)])
_, by_slice = timed(lambda: [resample_slices() for _ in range(resamples)])
print(
    json.dumps(
        {
            "scoring": scoring,
            "metrics": whole,
            "resample": all_rows / resamples,
            "sliceResample": by_slice / resamples,
            "values": values,
        }
    )
)
