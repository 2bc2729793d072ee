import * as tfjs from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { expect, test } from "vitest";
import { deepBackend } from "../../src/deep/backend.ts";
import { BackendError } from "../../src/errors.ts";

// In this order: tfjs starts its backend once in a page.

const failure = async (wasmPaths?: string) => deepBackend({ wasmPaths }).catch((error) => error);

test("an engine without SIMD is told so", async () => {
  tfjs.env().set("WASM_HAS_SIMD_SUPPORT", false);
  const error = await failure();
  expect(error).toBeInstanceOf(BackendError);
  expect(error.message).toContain("need WebAssembly SIMD");
  tfjs.env().set("WASM_HAS_SIMD_SUPPORT", true);
});

test("where the .wasm file is not found the error says so, and so does every later start", async () => {
  for (const words of ["does not start: serve the .wasm files", "has failed to start before"]) {
    const error = await failure("/nowhere/");
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toContain(words);
  }
});
