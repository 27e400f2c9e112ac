"""Makes lz4.feather and zstd.feather beside it. Run with pyarrow 26.0.1."""
import pathlib

import pyarrow as pa
from pyarrow import feather

COUNT = 300
MAY = 988_675_200_000

table = pa.table(
    {
        "id": [f"r{i}" for i in range(COUNT)],
        "ts": pa.array([MAY + i * 1000 for i in range(COUNT)], pa.timestamp("ms", "UTC")),
        "distance": pa.array([float(i % 5) for i in range(COUNT)]),
        "origin": pa.array([["ATL", "ORD", "SFO"][i % 3] for i in range(COUNT)]).dictionary_encode(),
        "p": pa.array([(i % 10) / 10 for i in range(COUNT)]),
    }
)
for codec in ("lz4", "zstd"):
    feather.write_feather(table, pathlib.Path(__file__).parent / f"{codec}.feather", compression=codec)
