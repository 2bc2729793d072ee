import type { TensorInfo } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";
import { replaceKernel } from "./replace.ts";

interface MatMul {
  a: TensorInfo;
  b: TensorInfo;
  transposeA: boolean;
  transposeB: boolean;
  bias?: TensorInfo;
  relu?: boolean;
}

/** op(A) op(B), batch by batch (one of the two may be the same for all), and where asked + bias, then relu. */
function multiply(tf: Tfjs, backend: WasmBackend, { a, b, transposeA, transposeB, bias, relu }: MatMul): TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [n, depth] = transposeB ? [bRows, bColumns] : [bColumns, bRows];
  tf.util.assert(k === depth, () => `matMul: inner shapes ${k} and ${depth} of ${a.shape} and ${b.shape} must match`);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = tf.util.sizeFromShape(outer);
  const batchA = tf.util.sizeFromShape(a.shape.slice(0, -2));
  const batchB = tf.util.sizeFromShape(b.shape.slice(0, -2));
  // Rows under one another that meet the same B are one product.
  const joined = batchB === 1 && batchA === batch && !transposeA;
  const [times, rows] = joined ? [1, m * batch] : [batch, m];
  const out = backend.makeOutput([...outer, m, n], "float32");
  const inputs = bias ? [a, b, bias] : [a, b];
  compute(
    backend,
    inputs,
    [out],
    (nn) => nn.gemmWorkBytes(n),
    (nn, [aAt, bAt, biasAt], [outAt], work) => {
      if (bias) nn.fillRows(outAt, biasAt, times * rows, n);
      for (let i = 0; i < times; i++) {
        const aNow = aAt + 4 * (i % batchA) * m * k;
        const bNow = bAt + 4 * (i % batchB) * n * k;
        const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
        const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
        const to = outAt + 4 * i * rows * n;
        nn.gemm(rows, n, k, aNow, aRow, aColumn, bNow, bRow, bColumn, to, bias !== undefined, work);
      }
      if (relu) nn.clampNegative(outAt, times * rows * n);
    },
  );
  return out;
}

/** Replaces the matrix products of tfjs: its own are slow where one side is transposed, as in every gradient. */
export function replaceMatMul(tf: Tfjs): void {
  replaceKernel(tf, "BatchMatMul", (stock) => (call) => {
    const { a, b } = call.inputs as Record<"a" | "b", TensorInfo>;
    if (a.dtype !== "float32" || b.dtype !== "float32") return stock(call);
    const { transposeA, transposeB } = call.attrs as unknown as MatMul;
    return multiply(tf, call.backend as unknown as WasmBackend, { a, b, transposeA, transposeB });
  });
  replaceKernel(tf, "_FusedMatMul", (stock) => (call) => {
    const { a, b, bias } = call.inputs as Record<"a" | "b" | "bias", TensorInfo>;
    const { transposeA, transposeB, activation } = call.attrs as unknown as MatMul & { activation: string };
    const known = activation === "linear" || activation === "relu";
    const n = b.shape[b.shape.length - (transposeB ? 2 : 1)];
    const rowBias = !bias || (bias.dtype === "float32" && tf.util.sizeFromShape(bias.shape) === n);
    if (a.dtype !== "float32" || b.dtype !== "float32" || !known || !rowBias) return stock(call);
    const relu = activation === "relu";
    return multiply(tf, call.backend as unknown as WasmBackend, { a, b, bias, transposeA, transposeB, relu });
  });
}
