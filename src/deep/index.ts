// emovox/deep: deep models on TensorFlow.js, which is loaded when the first of them is made.
export { type BackendOptions, deepBackend, type Tfjs } from "./backend.ts";
