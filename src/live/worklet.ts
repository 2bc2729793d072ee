/**
 * The capture from the microphone by itself, for pages that have a use of their own for the samples.
 *
 * @example
 * import { processorName, workletUrl } from "emovox/worklet";
 *
 * const context = new AudioContext();
 * await context.audioWorklet.addModule(workletUrl());
 * const node = new AudioWorkletNode(context, processorName, { numberOfOutputs: 0 });
 *
 * @module emovox/worklet
 */
import { workletSource } from "./worklet-source.ts";

/** What the processor is registered as: `new AudioWorkletNode(context, processorName)`. */
export const processorName = "emovox-capture";

export { workletSource };

let url: string | undefined;

/**
 * An address for `audioWorklet.addModule`, made of {@link workletSource}, so that no bundler need know of the file. Where a Content-Security-Policy
 * forbids `blob:`, serve the package's `dist/processor.js` and give its address instead.
 *
 * The processor waits for a `MessagePort` on its own port and posts `{ samples, dropped }` to it, mono samples at the context's rate; it
 * wants an answer (any message) to each. `null` on its own port ends it.
 *
 * @example
 * await context.audioWorklet.addModule(workletUrl());
 * const node = new AudioWorkletNode(context, processorName, { numberOfOutputs: 0 });
 * const { port1, port2 } = new MessageChannel();
 * node.port.postMessage(port1, [port1]);
 * port2.onmessage = ({ data: { samples, dropped } }) => {
 *   port2.postMessage(null);
 *   use(samples, dropped);
 * };
 */
export function workletUrl(): string {
  url ??= URL.createObjectURL(new Blob([workletSource], { type: "text/javascript" }));
  return url;
}
