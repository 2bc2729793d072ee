// What this device computes, and how fast.
import { client, complain } from "./app.ts";
import { byId, fillFacts } from "./dom.ts";

declare const __NODE__: { readonly emovox: string; readonly node: string; readonly digest: string };

byId("node-name").textContent = `Node ${__NODE__.node}`;
byId("digest-node").textContent = __NODE__.digest;
byId("version").textContent = __NODE__.emovox;

async function working(button: HTMLButtonElement, text: string, work: () => Promise<void>): Promise<void> {
  const before = button.textContent;
  button.disabled = true;
  button.textContent = text;
  try {
    await work();
  } catch (error) {
    complain(error);
  } finally {
    button.disabled = false;
    button.textContent = before;
  }
}
byId<HTMLButtonElement>("digest-button").addEventListener("click", ({ currentTarget }) =>
  working(currentTarget as HTMLButtonElement, "Computing …", async () => {
    const here = await client.digest();
    const equal = here === __NODE__.digest;
    byId("digest").textContent = here;
    const verdict = byId("digest-verdict");
    verdict.textContent = equal
      ? "Equal: the same bits as Node."
      : "Not equal. This browser computes something else; please report it.";
    verdict.className = equal ? "good" : "wrong";
  }),
);
byId<HTMLButtonElement>("benchmark").addEventListener("click", ({ currentTarget }) =>
  working(currentTarget as HTMLButtonElement, "Measuring …", async () => {
    const { digestMilliseconds, mfccSpeed, featureMilliseconds, modelMilliseconds, simd } = await client.benchmark();
    const milliseconds = (value: number) => (Number.isFinite(value) ? `${value.toFixed(1)} ms` : "no sound model");
    fillFacts(byId("benchmark-facts"), [
      ["MFCC", `${Math.round(mfccSpeed).toLocaleString("en")} times real time`],
      ["Features of a 3 s window", milliseconds(featureMilliseconds)],
      ["Model of a window", milliseconds(modelMilliseconds)],
      [
        "Live, four windows a second",
        Number.isFinite(featureMilliseconds)
          ? `${((featureMilliseconds + modelMilliseconds) * 0.4).toFixed(1)} % of one core`
          : "–",
      ],
      ["Fingerprint", `${(digestMilliseconds / 1000).toFixed(2)} s`],
      ["SIMD", simd ? "yes" : "no"],
    ]);
  }),
);
