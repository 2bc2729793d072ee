import { expect, test } from "vitest";
import * as backend from "../../src/deep/backend.ts";
import { startBackend } from "./start.ts";

test("the backend comes up once, on one thread without shared memory, and computes", async () => {
  const tf = await startBackend();
  expect(tf.getBackend()).toBe("wasm");
  expect(await backend.deepBackend()).toBe(tf);
  expect(backend.tf).toBe(tf);
  const { getThreadsCount } = await import("@tensorflow/tfjs-backend-wasm");
  expect(getThreadsCount()).toBe(1);
  expect(tf.env().getBool("WASM_HAS_SIMD_SUPPORT")).toBe(true);
  expect(tf.env().getBool("WASM_HAS_MULTITHREAD_SUPPORT")).toBe(false);
  const product = tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync());
  expect([...product]).toEqual([11]);
});
