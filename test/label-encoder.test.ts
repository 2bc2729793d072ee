import { expect, test } from "vitest";
import { DataError, OptionError } from "../src/errors.ts";
import { checkClassWeight, classWeights, exampleWeights } from "../src/models/class-weight.ts";
import { encodeLabels } from "../src/models/label-encoder.ts";

test("classes ascend by code unit, whatever the language", () => {
  const { classes, codes, counts } = encodeLabels(["b", "ä", "Z", "a", "b", "ä", "Z", "a", "a"]);
  expect(classes).toEqual(["Z", "a", "b", "ä"]);
  expect([...codes]).toEqual([2, 3, 0, 1, 2, 3, 0, 1, 1]);
  expect(counts).toEqual([2, 3, 2, 2]);
});

test.each([
  [[], "no examples"],
  [["a", "a"], "two classes or more"],
  [["a", "b", "c"], "3 examples for 3 classes"],
  [["a", "a", "b"], 'the class "b" has one example'],
  [["a", "a", "c", "b"], 'the classes "b", "c" have one example'],
])("%j cannot be learnt from", (y, message) => {
  expect(() => encodeLabels(y)).toThrow(message);
  expect(() => encodeLabels(y)).toThrow(DataError);
});

// scikit-learn 1.2.1: compute_class_weight("balanced", classes=["a", "b"], y=["a", "a", "a", "b", "b"]) is [0.8333..., 1.25]
test("balanced weights are scikit-learn's", () => {
  const labels = encodeLabels(["a", "a", "a", "b", "b"]);
  expect(classWeights(labels, "balanced")).toEqual([5 / 6, 1.25]);
  expect(classWeights(labels, { b: 3 })).toEqual([1, 3]);
  expect([...exampleWeights(labels, { b: 3 }, [1, 2, 1, 2, 1])]).toEqual([1, 2, 1, 6, 3]);
  expect(() => classWeights(labels, { c: 1 })).toThrow('classWeight names "c", but the classes are a, b');
});

test("class weights that are none are refused", () => {
  for (const value of ["none", 3, [1], { a: 0 }, { a: Infinity }, { a: "1" }, undefined]) {
    expect(() => checkClassWeight(value as never, ["balanced"])).toThrow(OptionError);
  }
  for (const value of [null, "balanced", { a: 2 }]) checkClassWeight(value, ["balanced"]);
});
