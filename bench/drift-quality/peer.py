"""Runs Evidently's and NannyML's own code, with their defaults, on streams that check-peers.ts drew as counts.

argv: a JSON file of cases {columns: [{name, kind, values?}], reference: [[{counts, nulls, unseen}]] by window and
column, window: the same of one window}. Prints one JSON line a case: scores and verdicts by column.
"""

import json
import os
import sys
import warnings

os.environ["DO_NOT_TRACK"] = "1"
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import logging

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from nannyml import UnivariateDriftCalculator

logging.disable(logging.WARNING)


def frame(columns, windows, first_day):
    parts = []
    for day, window in enumerate(windows):
        data = {}
        for column, drawn in zip(columns, window):
            if column["kind"] == "numeric":
                data[column["name"]] = np.concatenate([np.repeat(column["values"], drawn["counts"]), np.full(drawn["nulls"], np.nan)])
            else:
                seen = np.repeat([f"{i:04}" for i in range(len(drawn["counts"]))], drawn["counts"])
                values = list(seen) + ["new"] * drawn["unseen"] + [None] * drawn["nulls"]
                data[column["name"]] = pd.Series(values, dtype=object)
        part = pd.DataFrame(data)
        part["at"] = pd.Timestamp("2001-01-01") + pd.Timedelta(days=first_day + day)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def evidently(reference, current, columns):
    names = [column["name"] for column in columns]
    of_kind = lambda kind: [column["name"] for column in columns if column["kind"] == kind]
    definition = DataDefinition(numerical_columns=of_kind("numeric"), categorical_columns=of_kind("categorical"))
    datasets = [Dataset.from_pandas(one[names], data_definition=definition) for one in (current, reference)]
    result = Report([DataDriftPreset()]).run(datasets[0], datasets[1]).dict()
    scores = {}
    for metric in result["metrics"]:
        config = metric.get("config", {})
        if "column" in config:
            scores[config["column"]] = float(metric["value"])
    return [scores[name] for name in names]


def nannyml(reference, current, columns):
    names = [column["name"] for column in columns]
    calculator = UnivariateDriftCalculator(column_names=names, timestamp_column_name="at", chunk_period="D")
    calculator.fit(reference)
    result = calculator.calculate(current).filter(period="analysis").to_df()
    cell = lambda name, what: result[(name, "jensen_shannon", what)].iloc[0]
    return [
        {
            "distance": float(cell(name, "value")),
            "threshold": float(cell(name, "upper_threshold")),
            "alert": bool(cell(name, "alert")),
        }
        for name in names
    ]


for case in json.load(open(sys.argv[1])):
    columns = case["columns"]
    reference = frame(columns, case["reference"], 0)
    current = frame(columns, [case["window"]], len(case["reference"]))
    small = frame(columns, [case["sample"]], 0)
    print(
        json.dumps(
            {
                "evidently": evidently(reference, current, columns),
                "sample": evidently(small, current, columns),
                "nannyml": nannyml(reference, current, columns),
            }
        )
    )
