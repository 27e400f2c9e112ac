"""peer.py REFERENCE CURRENT ROWS: Evidently's data-drift preset on the first ROWS rows of each; seconds without reading."""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import evidently
import pyarrow.parquet as pq
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

reference_file, current_file, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])


def head(path):
    batches = pq.ParquetFile(path).iter_batches(batch_size=rows)
    return next(batches).to_pandas()


reference, current = head(reference_file), head(current_file)
started = time.perf_counter()
report = Report([DataDriftPreset()])
snapshot = report.run(Dataset.from_pandas(current), Dataset.from_pandas(reference))
snapshot.dict()
print(json.dumps({"seconds": time.perf_counter() - started, "rows": len(current), "version": evidently.__version__}))
