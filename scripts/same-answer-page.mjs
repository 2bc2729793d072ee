// What scripts/same-answer.mjs computes in Node and, bundled, in a page: probabilities of every file, by sound and by sound and words.
import { decodeWav, mixToMono, Recognizer } from "../dist/index.js";
import { deepBackend } from "../dist/deep.js";

/** The bits of every probability, in hexadecimal: one text a file with, and one without its transcript. */
export async function answersOf(recognizer, files) {
  const answers = [];
  for (const { bytes, text } of files) {
    const { sampleRate, channels } = decodeWav(bytes);
    const samples = mixToMono(channels);
    answers.push(bitsOf(await recognizer.predict({ samples, sampleRate })));
    if (recognizer.text) answers.push(bitsOf(await recognizer.predict({ samples, sampleRate, text })));
  }
  return answers;
}

function bitsOf({ probabilities }) {
  const view = new DataView(new ArrayBuffer(8));
  let hex = "";
  for (const p of Object.values(probabilities)) {
    view.setFloat64(0, p);
    hex += view.getBigUint64(0).toString(16).padStart(16, "0");
  }
  return hex;
}

const get = async (path) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

/** In the page. */
export async function run() {
  const report = (result) => fetch("/report", { method: "POST", body: JSON.stringify(result) });
  try {
    await deepBackend({ wasmPaths: "/wasm/" });
    const list = await (await fetch("/list")).json();
    const files = [];
    for (const [i, text] of list.files.entries()) files.push({ bytes: await get(`/files/${i}`), text });
    const answers = [];
    for (let i = 0; i < list.models; i++)
      answers.push(await answersOf(Recognizer.load(await get(`/models/${i}`)), files));
    await report({ answers });
  } catch (error) {
    await report({ error: String(error?.stack ?? error) });
  }
}
