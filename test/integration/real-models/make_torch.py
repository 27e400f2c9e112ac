"""Networks of PyTorch as ONNX that take tensors, with what PyTorch itself predicts.

python make_torch.py FOLDER  writes FOLDER/<name>/{model.onnx, rows.parquet, case.json}.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import nn

ROWS = 2_000
folder = Path(sys.argv[1])
random = np.random.default_rng(5)
torch.manual_seed(5)


class Picture(nn.Module):
    """Channels first, three classes."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(6 * 3 * 3, 3), nn.Softmax(1)
        )

    def forward(self, picture):
        return self.layers(picture)


class Sequence(nn.Module):
    """A recurrent network over twelve steps of four measurements, and one number beside them."""

    def __init__(self):
        super().__init__()
        self.recurrent = nn.GRU(4, 10, batch_first=True)
        self.last = nn.Linear(11, 1)

    def forward(self, steps, age):
        _, state = self.recurrent(steps)
        return torch.sigmoid(self.last(torch.cat([state[0], age], 1)))


def write(name, network, inputs, label, task, output):
    place = folder / name
    place.mkdir(parents=True)
    network.eval()
    tensors = tuple(torch.from_numpy(values) for values in inputs.values())
    torch.onnx.export(
        network,
        tuple(tensor[:2] for tensor in tensors),
        str(place / "model.onnx"),
        input_names=list(inputs),
        output_names=[output],
        dynamic_axes={one: {0: "rows"} for one in [*inputs, output]},
        opset_version=17,
        dynamo=False,
    )
    with torch.no_grad():
        expected = network(*tensors).double().numpy().reshape(ROWS, -1)
    columns = {one: pa.array(values.reshape(ROWS, -1).tolist(), pa.list_(pa.float32())) for one, values in inputs.items()}
    for one, values in inputs.items():
        if values[0].size == 1:
            columns[one] = values.reshape(ROWS)
    answers = {f"expected_{i}": expected[:, i] for i in range(expected.shape[1])}
    pq.write_table(pa.table({**columns, "label": label, **answers}), place / "rows.parquet")
    shapes = [
        {"name": one, "type": "float", **({"shape": list(values.shape[1:])} if values[0].size > 1 else {})}
        for one, values in inputs.items()
    ]
    case = {"task": task, "inputs": shapes, "output": output, "width": expected.shape[1]}
    (place / "case.json").write_text(json.dumps(case))


pictures = random.normal(size=(ROWS, 3, 8, 8)).astype(np.float32)
classes = random.integers(0, 3, ROWS).astype(str)
write("torch-picture", Picture(), {"picture": pictures}, classes, "multiclass-classification", "probabilities")

steps = random.normal(size=(ROWS, 12, 4)).astype(np.float32)
age = random.normal(size=(ROWS, 1)).astype(np.float32)
outcome = random.integers(0, 2, ROWS)
write("torch-sequence", Sequence(), {"steps": steps, "age": age}, outcome, "binary-classification", "probability")
