"""Models of scikit-learn and LightGBM as ONNX, with what the frameworks themselves predict.

python make.py FOLDER  writes FOLDER/<name>/{model.onnx, rows.parquet, case.json}. Numbers are of single precision from the
start: a tree may cut between a number and its nearest float32.
"""

import json
import sys
from pathlib import Path

import lightgbm
import numpy as np
import onnxmltools
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS, NUMBERS = 3_000, 8
folder = Path(sys.argv[1])
random = np.random.default_rng(11)
numbers = random.normal(size=(ROWS, NUMBERS)).astype(np.float32)
names = [f"n{index}" for index in range(NUMBERS)]
carrier = random.choice(["AA", "DL", "Ünïted", "", "WN 1"], size=ROWS)
hour = random.integers(0, 24, size=ROWS)
signal = numbers[:, 0] - numbers[:, 1] * numbers[:, 2] + (carrier == "DL") + np.sin(hour / 4)
late = (signal + random.normal(size=ROWS) > 0).astype(int)
kind = np.digitize(signal, [-1, 0, 1])


def write(name, model, columns, inputs, label, task, output, predictions):
    place = folder / name
    place.mkdir(parents=True)
    (place / "model.onnx").write_bytes(model.SerializeToString())
    shape = np.asarray(predictions, dtype=np.float64).reshape(ROWS, -1)
    table = dict(columns, label=label, **{f"expected_{i}": shape[:, i] for i in range(shape.shape[1])})
    pq.write_table(pa.table(table), place / "rows.parquet")
    case = {"task": task, "inputs": inputs, "output": output, "width": shape.shape[1]}
    (place / "case.json").write_text(json.dumps(case))


matrix = [("features", FloatTensorType([None, NUMBERS]))]
plain = dict(zip(names, numbers.T))
as_floats = [{"name": name, "type": "float"} for name in names]

boosted = GradientBoostingClassifier(n_estimators=60, max_depth=4, random_state=0).fit(numbers, late)
converted = convert_sklearn(boosted, initial_types=matrix, options={"zipmap": False}, target_opset=17)
chance = boosted.predict_proba(numbers)[:, 1]
write("sklearn-gradient-boosting", converted, plain, as_floats, late, "binary-classification", "probabilities", chance)

forest = RandomForestClassifier(n_estimators=40, max_depth=8, random_state=0).fit(numbers, kind)
converted = convert_sklearn(forest, initial_types=matrix, options={"zipmap": False}, target_opset=15)
write(
    "sklearn-random-forest",
    converted,
    plain,
    as_floats,
    kind.astype(str),
    "multiclass-classification",
    "probabilities",
    forest.predict_proba(numbers),
)

frame = pd.DataFrame({"carrier": carrier, "hour": hour, **plain})
pipeline = make_pipeline(
    ColumnTransformer(
        [("text", OneHotEncoder(handle_unknown="ignore"), ["carrier"]), ("number", StandardScaler(), ["hour", *names])]
    ),
    LogisticRegression(C=3.0),
).fit(frame, late)
types = [
    ("carrier", StringTensorType([None, 1])),
    ("hour", Int64TensorType([None, 1])),
    *((name, FloatTensorType([None, 1])) for name in names),
]
converted = convert_sklearn(pipeline, initial_types=types, options={"zipmap": False}, target_opset=18)
write(
    "sklearn-text-pipeline",
    converted,
    dict(plain, carrier=carrier, hour=hour),
    [{"name": "carrier", "type": "string"}, {"name": "hour", "type": "integer"}, *as_floats],
    late,
    "binary-classification",
    "probabilities",
    pipeline.predict_proba(frame)[:, 1],
)

network = MLPRegressor(hidden_layer_sizes=(16, 8), max_iter=30, random_state=0).fit(numbers, signal.astype(np.float32))
converted = convert_sklearn(network, initial_types=matrix, target_opset=13)
write("sklearn-network", converted, plain, as_floats, signal, "regression", "variable", network.predict(numbers))

settings = {"n_estimators": 80, "max_depth": 6, "random_state": 0, "verbose": -1, "n_jobs": 1}
light = lightgbm.LGBMClassifier(**settings).fit(numbers, late)
converted = onnxmltools.convert_lightgbm(
    light, initial_types=[("features", ToolsFloat([None, NUMBERS]))], zipmap=False, target_opset=15
)
chance = light.predict_proba(numbers)[:, 1]
write("lightgbm-classifier", converted, plain, as_floats, late, "binary-classification", "probabilities", chance)

light = lightgbm.LGBMRegressor(**settings).fit(numbers, signal)
converted = onnxmltools.convert_lightgbm(
    light, initial_types=[("features", ToolsFloat([None, NUMBERS]))], target_opset=15
)
write("lightgbm-regressor", converted, plain, as_floats, signal, "regression", "variable", light.predict(numbers))
