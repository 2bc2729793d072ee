import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matrixFromRows } from "../../src/matrix.ts";
import { readSklearn } from "../../src/models/interchange/sklearn.ts";
import { largestDifference } from "../fixture.ts";

// The exporter script with the scikit-learn that is there; where there is none, sklearn-export.test.ts still reads what it wrote before.
const tools = new URL("../../tools", import.meta.url).pathname;
const python = ["python3", "/usr/bin/python3"].find((path) => spawnSync(path, ["-c", "import sklearn"]).status === 0);

/** Runs a script in a folder of its own, then the exporter on the `model.pkl` that it left. */
function exported(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "emovox-sklearn-"));
  try {
    const start = "import json, pickle, numpy as np\nX = np.float32([[0, 1], [1, 3], [2, 2], [3, 0.5]])\n";
    const end = '\npickle.dump(model, open("model.pkl", "wb"))';
    const { stdout, stderr } = spawnSync(python!, ["-W", "ignore", "-c", start + script + end], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const command = [join(tools, "export_sklearn.py"), "model.pkl", "model.json"];
    const run = spawnSync(python!, command, { cwd: folder, encoding: "utf8" });
    return {
      stdout,
      stderr: run.stderr,
      status: run.status,
      json: run.status === 0 ? JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) : null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.skipIf(!python)("a pickled pipeline goes through the script and gives the same probabilities", async () => {
  const { stdout, json } = exported(`
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X.astype(float), [True, True, False, False])
print(json.dumps(model.predict_proba(X.astype(float)).tolist()))`);
  const { classifier } = readSklearn(json);
  expect(classifier.classes).toEqual(["False", "True"]);
  const said = await classifier.predictProba(
    matrixFromRows([
      [0, 1],
      [1, 3],
      [2, 2],
      [3, 0.5],
    ]),
  );
  expect(largestDifference(said.data, JSON.parse(stdout).flat())).toBeLessThan(1e-12);
});

test.skipIf(!python).each([
  [
    "a regressor",
    "from sklearn.ensemble import RandomForestRegressor as M; model = M(2).fit(X, [1, 2, 3, 4])",
    "RandomForestRegressor is not written",
  ],
  [
    "a model that was not fitted",
    "from sklearn.linear_model import LogisticRegression as M; model = M()",
    "not fitted yet",
  ],
  [
    "several outputs",
    "from sklearn.ensemble import RandomForestClassifier as M; model = M(2).fit(X, [[1, 0], [2, 1], [1, 1], [2, 0]])",
    "2 outputs",
  ],
  [
    "other tokens",
    'from sklearn.feature_extraction.text import TfidfVectorizer as M; model = M(token_pattern="x.").fit(["xa", "xb"])',
    "token_pattern 'x.'",
  ],
])("%s is refused in one line", (_, script, message) => {
  const { status, stderr } = exported(script);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
