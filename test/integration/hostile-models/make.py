"""Writes endless.onnx: a valid binary classifier of two numbers whose loop never ends. Needs onnx and numpy (made with onnx 1.23.2)."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rows = [None, 2]
body = helper.make_graph(
    [
        helper.make_node("Identity", ["go_in"], ["go_out"]),
        helper.make_node("Identity", ["x_in"], ["x_out"]),
    ],
    "body",
    [
        helper.make_tensor_value_info("turn", TensorProto.INT64, []),
        helper.make_tensor_value_info("go_in", TensorProto.BOOL, []),
        helper.make_tensor_value_info("x_in", TensorProto.FLOAT, rows),
    ],
    [
        helper.make_tensor_value_info("go_out", TensorProto.BOOL, []),
        helper.make_tensor_value_info("x_out", TensorProto.FLOAT, rows),
    ],
)
graph = helper.make_graph(
    [
        helper.make_node("Loop", ["", "go", "features"], ["x"], body=body),
        helper.make_node("ReduceMean", ["x"], ["probabilities"], axes=[1], keepdims=1),
    ],
    "endless",
    [helper.make_tensor_value_info("features", TensorProto.FLOAT, rows)],
    [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 1])],
    [numpy_helper.from_array(np.array(True), "go")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, "endless.onnx")
