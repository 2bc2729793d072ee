import { BackendError } from "../errors.ts";
import { registerKernels } from "./kernels/register.ts";
import { setTfjs, type Tfjs } from "./tfjs.ts";

export { tf, type Tfjs } from "./tfjs.ts";

export interface BackendOptions {
  /**
   * Where the files `tfjs-backend-wasm*.wasm` are: the address of their folder, with a slash at its end, or an address for each file.
   * Node finds them by itself, a browser next to the script that holds `@tensorflow/tfjs-backend-wasm`.
   */
  wasmPaths?: string | Record<string, string>;
}

let loading: Promise<Tfjs> | undefined;

/**
 * Loads TensorFlow.js, once, and starts its WASM backend as the deep models need it: one thread, so that two runs and two engines
 * give the same bits, with the kernels that it lacks for training. tfjs's backend is one for the whole page: it is switched to `wasm`.
 *
 * @param options heeded by the first call
 * @throws {BackendError} when `@tensorflow/tfjs` or `@tensorflow/tfjs-backend-wasm` is not installed, the `.wasm` file is not found, or the
 * engine lacks WebAssembly SIMD.
 * @example
 * const tf = await deepBackend();
 * tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()); // Float32Array [11]
 */
export function deepBackend(options: BackendOptions = {}): Promise<Tfjs> {
  loading ??= start(options).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start({ wasmPaths }: BackendOptions): Promise<Tfjs> {
  const tfjs = await load("@tensorflow/tfjs", () => import("@tensorflow/tfjs"));
  const wasm = await load("@tensorflow/tfjs-backend-wasm", () => import("@tensorflow/tfjs-backend-wasm"));
  if (!(await tfjs.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) {
    throw new BackendError(
      "deep models need WebAssembly SIMD, which this engine does not have: the other models run without it",
    );
  }
  if (wasmPaths !== undefined) {
    try {
      wasm.setWasmPaths(wasmPaths);
    } catch (cause) {
      // tfjs takes paths before its first start alone: where that came up they are not needed, where it failed nothing helps.
      if (!tfjs.findBackend("wasm")) {
        throw new BackendError(
          "the WASM backend of TensorFlow.js has failed to start before, and takes wasmPaths in the first call alone: reload, and name them there",
          { cause },
        );
      }
    }
  }
  // The threaded build is left alone even where the page is cross-origin isolated: one build, one thread, one order of summation.
  tfjs.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  wasm.setThreadsCount(1);
  const ready = await tfjs.setBackend("wasm");
  if (!ready) {
    throw new BackendError(
      "the WASM backend of TensorFlow.js does not start: serve the .wasm files of @tensorflow/tfjs-backend-wasm and name their folder with wasmPaths",
    );
  }
  registerKernels(tfjs);
  setTfjs(tfjs);
  return tfjs;
}

async function load<T>(name: string, importPackage: () => Promise<T>): Promise<T> {
  try {
    return await importPackage();
  } catch (cause) {
    throw new BackendError(
      `deep models need TensorFlow.js, and ${name} cannot be loaded: run npm install @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4`,
      { cause },
    );
  }
}
