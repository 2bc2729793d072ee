import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { forestFromSklearn } from "../src/models/interchange/sklearn-forest.ts";
import { largestDifference } from "./fixture.ts";
import { table, tables } from "./random-table.ts";

test("growing on gives the forest that is grown at once", () => {
  fc.assert(
    fc.property(tables, fc.boolean(), fc.integer({ min: 1, max: 9 }), (shape, extra, first) => {
      const { x, y } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const Model = extra ? ExtraTreesClassifier : RandomForestClassifier;
      const options = { seed: shape.seed, bootstrap: true, oobScore: true };
      const start = new Model({ ...options, nEstimators: first });
      const grownOn = new Model({ ...options, nEstimators: 9 });
      const atOnce = new Model({ ...options, nEstimators: 9 });
      start.fit(x, y);
      grownOn.fit(x, y, { warmStart: Model.load(start.save()) });
      atOnce.fit(x, y);
      expect(grownOn.predictProba(x)).toEqual(atOnce.predictProba(x));
      expect(grownOn.forest?.cover).toEqual(atOnce.forest?.cover);
      expect(grownOn.outOfBag).toEqual(atOnce.outOfBag);
      const [mine, whole] = [grownOn, atOnce].map((model) => model.featureImportances ?? []);
      expect(largestDifference(mine, whole)).toBeLessThan(1e-12); // the same means, summed in another order
    }),
    { numRuns: 40 },
  );
});

test("the first trees may have learnt from other examples", () => {
  const before = table(1, 60, 3, 3, 0);
  const after = table(2, 80, 3, 3, 0);
  const start = new RandomForestClassifier({ nEstimators: 3 });
  const model = new RandomForestClassifier({ nEstimators: 5 });
  start.fit(before.x, before.y);
  model.fit(after.x, after.y, { warmStart: start });
  const nodes = start.forest?.feature.length ?? 0;
  expect(model.forest?.feature.slice(0, nodes)).toEqual(start.forest?.feature);
  expect(model.forest?.threshold.slice(0, nodes)).toEqual(start.forest?.threshold);
  expect(model.forest?.offsets.length).toBe(6);
});

test("a forest that does not fit is refused; trees from elsewhere bring no importances", () => {
  const { x, y } = table(3, 60, 2, 2, 0);
  const start = new RandomForestClassifier({ nEstimators: 3 });
  const model = new RandomForestClassifier({ nEstimators: 5 });
  expect(() => model.fit(x, y, { warmStart: start })).toThrow("no trees");
  start.fit(x, y);
  expect(() => new RandomForestClassifier({ nEstimators: 2 }).fit(x, y, { warmStart: start })).toThrow("has 3 trees");
  expect(() => new RandomForestClassifier({ seed: 1 }).fit(x, y, { warmStart: start })).toThrow(DataError);
  expect(() => new ExtraTreesClassifier().fit(x, y, { warmStart: start })).toThrow("another kind");
  const other = table(3, 60, 3, 2, 0);
  expect(() => model.fit(other.x, other.y, { warmStart: start })).toThrow("columns");
  const named = y.map((name) => `${name}!`);
  expect(() => model.fit(x, named, { warmStart: start })).toThrow("classes");
  const tree = {
    children_left: [1, -1, -1],
    children_right: [2, -1, -1],
    feature: [0, -2, -2],
    threshold: [0.1, -2, -2],
    value: [[3, 1], [3, 0], [0, 1]], // biome-ignore format: a row a node
  };
  model.fit(x, y, { warmStart: forestFromSklearn({ classes: ["c0", "c1"], n_features: 2, trees: [tree] }) });
  expect(model.featureImportances).toBeNull();
  expect(model.forest?.offsets.length).toBe(6);
});
