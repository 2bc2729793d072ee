import { scalarBytes, scalarCopies, scalarLiterals, scalarLiteralsBytes } from "./binary-learn-scalar.ts";
import { type LearnExports, learnBytes, learnDeflated } from "./binary-learn.ts";
import { hasSimd } from "./info.ts";
import { instantiate } from "./instance.ts";
import { memoryOf } from "./memory.ts";

const binary = {
  bytes: learnBytes,
  deflated: learnDeflated,
  scalarBytes,
  scalarCopies,
  scalarLiteralsBytes,
  scalarLiterals,
};

let instance: LearnExports | undefined;

/** The compiled module of trees and linear models, with a memory of its own; instantiated when first asked for, as features do not need it. */
export function learn(): LearnExports {
  instance ??= instantiate<LearnExports>(binary, hasSimd);
  return instance;
}

/** As `withCore` of module.ts. */
export function withLearn<T>(other: LearnExports, body: () => T): T {
  const usual = instance;
  instance = other;
  try {
    return body();
  } finally {
    instance = usual;
  }
}

/** As `withScalarCore` of module.ts. */
export const withScalarLearn = <T>(body: () => T): T => withLearn(instantiate(binary, false), body);

export const { f32, f64, i32, u32, u8, scratch } = memoryOf(learn);
