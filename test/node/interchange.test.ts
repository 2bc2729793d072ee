import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { belowFloat32 } from "../../src/core/float32.ts";
import type { Forest } from "../../src/core/forest.ts";
import { type DenseMatrix, denseMatrix, matrixFromRows } from "../../src/matrix.ts";
import type { Classifier } from "../../src/models/classifier.ts";
import { GradientBoostingClassifier } from "../../src/models/gradient-boosting.ts";
import { modelFromOnnx } from "../../src/models/interchange/onnx.ts";
import { readOnnxModel, writeOnnxModel } from "../../src/models/interchange/onnx-proto.ts";
import type { Message } from "../../src/models/interchange/protobuf.ts";
import { modelToOnnx } from "../../src/models/interchange/onnx-export.ts";
import { modelFromXgboost } from "../../src/models/interchange/xgboost.ts";
import { LogisticRegression } from "../../src/models/logistic-regression.ts";
import { Pipeline } from "../../src/models/pipeline.ts";
import { RandomForestClassifier } from "../../src/models/random-forest.ts";
import { MinMaxScaler, StandardScaler } from "../../src/models/scaler.ts";
import { ModelFileError } from "../../src/errors.ts";
import { fixtureJson } from "../fixture.ts";
import { table } from "../random-table.ts";

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), Number(a.length !== b.length));

/** Rows of zeros but for one value: a threshold, the float32 below it, or the one above. */
function atThresholds({ feature, threshold, columns }: Forest): DenseMatrix {
  const inner = [...feature.keys()].filter((node) => feature[node] >= 0);
  const x = denseMatrix(3 * inner.length, columns);
  inner.forEach((node, i) => {
    const at = Math.fround(threshold[node]);
    const below = belowFloat32(at);
    for (const [k, value] of [at, below, -belowFloat32(-at)].entries()) {
      x.data[(3 * i + k) * columns + feature[node]] = value;
    }
  });
  return x;
}

test("an exported model runs in ONNX Runtime and comes back, with its answers", async () => {
  for (const classes of [2, 4]) {
    const { x, y } = table(5, 80, 5, classes, 0);
    const models: Classifier[] = [
      new RandomForestClassifier({ nEstimators: 8, seed: 1 }),
      new GradientBoostingClassifier({ nEstimators: 5 }),
      new LogisticRegression(),
      new Pipeline({ scalers: [new StandardScaler()], classifier: new LogisticRegression() }),
      new Pipeline({ scalers: [new MinMaxScaler()], classifier: new RandomForestClassifier({ nEstimators: 8 }) }),
    ];
    for (const model of models) {
      await model.fit(x, y);
      const said = await model.predictProba(x);
      const bytes = modelToOnnx(model);
      const session = await ort.InferenceSession.create(bytes);
      const { probabilities, label } = await session.run({
        float_input: new ort.Tensor("float32", x.data, [x.rows, x.columns]),
      });
      expect(furthest(probabilities.data as Float32Array, said.data)).toBeLessThan(2e-6); // it computes in float32
      expect((label.data as string[]).length).toBe(x.rows);
      const back = modelFromOnnx(bytes);
      expect(furthest((await back.classifier.predictProba(x)).data, said.data)).toBeLessThan(1e-6);
      expect(back.columns).toBe(5);
      if (back.classifier instanceof RandomForestClassifier || back.classifier instanceof GradientBoostingClassifier) {
        const rows = atThresholds(back.classifier.forest as Forest);
        const there = await session.run({ float_input: new ort.Tensor("float32", rows.data, [rows.rows, 5]) });
        const here = (await model.predictProba(rows)).data;
        expect(furthest(there.probabilities.data as Float32Array, here)).toBeLessThan(2e-6);
      }
      for (let length = 0; length < bytes.length; length += 97) {
        expect(() => modelFromOnnx(bytes.slice(0, length))).toThrow(ModelFileError);
      }
    }
  }
});

interface Case {
  readonly model: unknown;
  readonly x: number[][];
  readonly probabilities: number[] | number[][];
}

// test/fixtures/ml/xgboost_models.py, XGBoost 1.7.4
test("models of XGBoost give its probabilities, at thresholds and at the float32 beside them, too", async () => {
  for (const { model, x, probabilities } of (await fixtureJson("ml/xgboost_models.json")) as Case[]) {
    const { classifier } = modelFromXgboost(model);
    const said = await classifier.predictProba(matrixFromRows(x));
    const wanted = probabilities.flatMap((row) => (typeof row === "number" ? [1 - row, row] : row));
    expect(furthest(said.data, wanted)).toBeLessThan(1e-6);
  }
});

test("a graph of very many nodes is refused at once", () => {
  const { x, y } = table(5, 20, 2, 2, 0);
  const forest = new RandomForestClassifier({ nEstimators: 1 });
  forest.fit(x, y);
  const model = readOnnxModel(modelToOnnx(forest));
  const [node] = model.graph.nodes;
  const chain = Array.from({ length: 20_000 }, (_, i) => ({
    op: "Identity",
    inputs: [i === 0 ? "float_input" : `t${i - 1}`],
    outputs: [`t${i}`],
    attributes: [],
  }));
  const withChain = (length: number) => {
    const nodes = [...chain.slice(0, length).reverse(), { ...node, inputs: [`t${length - 1}`] }];
    return writeOnnxModel({ ...model, graph: { ...model.graph, nodes } } as unknown as Message);
  };
  expect(modelFromOnnx(withChain(5)).columns).toBe(2);
  expect(() => modelFromOnnx(withChain(20_000))).toThrow("20001 nodes; models of up to 64 are read");
  expect(() => modelFromOnnx(withChain(20_000))).toThrow(ModelFileError);
});
