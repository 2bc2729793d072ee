// The page of bench/network-latency.mjs: opened with `?start` it times the way to the first answer of the model that the server has.
const start = performance.now();
const post = (report) => fetch("/report", { method: "POST", body: JSON.stringify(report) });

try {
  if (location.search === "?start") {
    const { loadClassifier, loadModel, denseMatrix } = await import("../dist/index.js");
    const { deepBackend } = await import("../dist/deep.js");
    await deepBackend({ wasmPaths: "/wasm/" });
    const classifier = loadClassifier(loadModel(new Uint8Array(await (await fetch("/model")).arrayBuffer())));
    await classifier.predictProba([{ text: "w1", frames: denseMatrix(50, 40) }]);
    await post({ start: performance.now() - start });
  } else {
    const { measure } = await import("./network-latency-report.mjs");
    const { rows, tensors } = await measure(Number(new URLSearchParams(location.search).get("rounds")), "/wasm/");
    await post({ tensors, rows: rows.map(({ name, median }) => ({ name, median })), agent: navigator.userAgent });
  }
} catch (error) {
  await post({ error: String(error?.stack ?? error) });
}
