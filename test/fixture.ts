// Reads files of test/fixtures in Node and in the browser (where the test server serves the project's folder).
const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;

export async function fixtureBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (inNode) {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(new URL(`./fixtures/${path}`, import.meta.url)));
  }
  const response = await fetch(`/test/fixtures/${path}`);
  if (!response.ok) throw new Error(`no fixture ${path}`);
  return new Uint8Array(await response.arrayBuffer());
}

// biome-ignore lint/suspicious/noExplicitAny: a fixture's shape is known to its test
export async function fixtureJson(path: string): Promise<any> {
  return JSON.parse(new TextDecoder().decode(await fixtureBytes(path)));
}

/** A float32 little-endian .npy in C order. */
export async function fixtureNpy(path: string): Promise<{ shape: number[]; data: Float32Array }> {
  const bytes = await fixtureBytes(path);
  const headerLength = new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + headerLength));
  if (!header.includes("'<f4'") || header.includes("'fortran_order': True")) throw new Error(`${path}: ${header}`);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .filter((s) => s.trim())
    .map(Number);
  return { shape, data: new Float32Array(bytes.slice(10 + headerLength).buffer) };
}
