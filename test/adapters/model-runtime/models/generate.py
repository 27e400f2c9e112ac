"""Writes the small ONNX models of the tests and expected.json: what scikit-learn itself predicts.

Run once, by hand, in this folder:  python generate.py  (needs numpy, onnx, scikit-learn, skl2onnx)
"""

import json

import numpy as np
import onnx
import skl2onnx
import sklearn
from onnx import TensorProto, helper, numpy_helper
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

OPSET = 17
rng = np.random.default_rng(4)
rows = 200
hour = rng.integers(0, 24, rows)
distance = np.round(rng.uniform(20, 3000, rows), 1).astype(np.float32)
origin = rng.choice(["ATL", "ORD", "SFO"], rows)
late = (hour / 24 + (origin == "ORD") * 0.3 + rng.normal(0, 0.3, rows) > 0.7).astype(int)
kind = np.digitize(distance + rng.normal(0, 300, rows), [800, 1800])
minutes = 3 * hour + 0.01 * distance + rng.normal(0, 2, rows)
matrix = np.column_stack([hour, distance]).astype(np.float32)
few = 8
expected = {
    "versions": {"onnx": onnx.__version__, "sklearn": sklearn.__version__, "skl2onnx": skl2onnx.__version__},
    "rows": {"hour": hour[:few].tolist(), "distance": [float(d) for d in distance[:few]], "origin": origin[:few].tolist()},
}


def save(name, model, **options):
    converted = skl2onnx.convert_sklearn(model, target_opset={"": OPSET, "ai.onnx.ml": 3}, **options)
    converted.doc_string = ""
    onnx.save(converted, f"{name}.onnx")


single = Pipeline([("scale", StandardScaler()), ("fit", LogisticRegression())]).fit(matrix, late)
save("matrix", single, initial_types=[("features", FloatTensorType([None, 2]))], options={id(single): {"zipmap": False}})
save("zipmap", single, initial_types=[("features", FloatTensorType([None, 2]))])
expected["matrix"] = single.predict_proba(matrix[:few])[:, 1].tolist()

import pandas

frame = pandas.DataFrame({"hour": hour, "distance": distance, "origin": origin})
steps = ColumnTransformer([("n", StandardScaler(), ["hour", "distance"]), ("c", OneHotEncoder(handle_unknown="ignore"), ["origin"])])
columns = Pipeline([("encode", steps), ("fit", LogisticRegression())]).fit(frame, late)
types = [("hour", Int64TensorType([None, 1])), ("distance", FloatTensorType([None, 1])), ("origin", StringTensorType([None, 1]))]
save("columns", columns, initial_types=types, options={id(columns): {"zipmap": False}})
expected["columns"] = columns.predict_proba(frame[:few])[:, 1].tolist()

three = Pipeline([("scale", StandardScaler()), ("fit", LogisticRegression())]).fit(matrix, kind)
save("classes", three, initial_types=[("features", FloatTensorType([None, 2]))], options={id(three): {"zipmap": False}})
expected["classes"] = three.predict_proba(matrix[:few]).tolist()

line = LinearRegression().fit(matrix, minutes)
save("regression", line, initial_types=[("features", FloatTensorType([None, 2]))])
expected["regression"] = line.predict(matrix[:few]).tolist()


def weights_elsewhere(name, location):
    """x + w with w kept in another file."""
    w = numpy_helper.from_array(np.array([[0.25]], dtype=np.float32), "w")
    w.ClearField("raw_data")
    w.data_location = TensorProto.EXTERNAL
    w.external_data.add(key="location", value=location)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [x], [y], [w])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    with open(f"{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())


np.array([[0.25]], dtype=np.float32).tofile("weights.bin")
weights_elsewhere("external", "weights.bin")
weights_elsewhere("escaping", "../weights.bin")
weights_elsewhere("absolute", "/etc/hostname")
json.dump(expected, open("expected.json", "w"), indent=1)
