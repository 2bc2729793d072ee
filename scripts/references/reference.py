"""What the scripts of this folder share: the signals of test/fixtures/oracle, and how cases are written as JSON."""
import json
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]


def signal(name, length):
    """The first samples of a signal, float32."""
    return np.load(ROOT / "test/fixtures/oracle" / name / "y.npy")[:length]


def case(feature, options, values, call=None):
    """One row a frame; `options` are those that emovox is to be given, `call` is what made the values."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 1:
        values = values[:, None]
    flat = [float(f"{v:.8g}") if np.isfinite(v) else None for v in values.ravel()]
    made = {"feature": feature, "options": options, "rows": len(values), "columns": values.shape[1], "values": flat}
    return {**made, "call": call} if call else made


def write(name, tools, about, cases, **more):
    path = ROOT / "test/fixtures/references" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(c, allow_nan=False) for c in cases)
    head = json.dumps({"tools": tools, "about": about, **more}, allow_nan=False)
    path.write_text(f'{head[:-1]}, "cases": [\n{lines}\n]}}\n')
    print(path.relative_to(ROOT), len(cases), "cases", path.stat().st_size, "bytes")
