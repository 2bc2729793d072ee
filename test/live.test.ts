import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Resampler } from "../src/core/resample.ts";
import { saveModel } from "../src/models/model-file.ts";
import { Capture, type CapturedSamples } from "../src/live/capture.ts";
import {
  liveColumns,
  type LiveHop,
  LiveSession,
  type LiveSessionOptions,
  liveSampleRate,
} from "../src/live/live-session.ts";
import type { LiveReply, LiveRequest } from "../src/live/messages.ts";
import { serveLive } from "../src/live/serve-live.ts";
import { trimToSpeech } from "../src/live/trim-to-speech.ts";
import { VoiceActivity } from "../src/live/voice-activity.ts";
import { Random } from "../src/random.ts";
import { Recognizer } from "../src/recognizer.ts";

const random = new Random(7);
const noise = (seconds: number, rate: number, level: number) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, () => level * random.normal());
/** A buzz with a pitch of 140 Hz, as periodic as a vowel. */
const vowel = (seconds: number, rate: number) =>
  noise(seconds, rate, 0.002).map((v, i) => v + 0.3 * (((140 * i) / rate) % 1) - 0.15);

function join(...parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function run(samples: Float32Array, rate: number, size: number, options: Partial<LiveSessionOptions> = {}) {
  const session = new LiveSession(rate, options);
  const hops = [];
  for (let at = 0; at < samples.length; at += size) hops.push(...session.push(samples.subarray(at, at + size)));
  return hops;
}

/** FNV-1a over the bits: vitest takes seconds to compare arrays of this size. */
const bitsOf = (data: Float32Array) =>
  new Uint32Array(data.buffer, data.byteOffset, data.length).reduce((h, v) => Math.imul(h ^ v, 0x01000193), 0x811c9dc5);
const summary = ({ seconds, speech, window, whole, frames }: LiveHop) => ({
  seconds,
  speech,
  whole,
  frames: bitsOf(frames.data),
  window: window && bitsOf(window),
});

test("speech is loud and periodic, and outlasts its last voiced frame", () => {
  const activity = new VoiceActivity({ hangover: 3 });
  expect(activity.push(0.0001, 0.9)).toBe(false);
  expect(activity.push(0.1, 0.9)).toBe(false); // loud, not periodic
  expect(activity.push(0.0001, 0.05)).toBe(false); // periodic, not loud
  expect(activity.push(0.1, 0.05)).toBe(true);
  expect([1, 2, 3, 4].map(() => activity.push(0.1, 0.9))).toEqual([true, true, true, false]);
});

test("a hum that does not end becomes noise", () => {
  const activity = new VoiceActivity({ hangover: 0 });
  const heard = Array.from({ length: 3000 }, () => activity.push(0.005, 0.05));
  expect(heard[0]).toBe(true);
  expect(heard.at(-1)).toBe(false);
  expect(activity.push(0.1, 0.05)).toBe(true);
});

test.each([16000, 44100, 48000])("judges what was said since the pause, at %i Hz", (rate) => {
  const hops = run(join(noise(1, rate, 0.001), vowel(4, rate), noise(1.5, rate, 0.001)), rate, 2048);
  const said = hops.filter((hop) => hop.window !== null && !hop.whole);
  expect(hops.map((hop) => hop.seconds)).toEqual(hops.map((_, i) => (i + 1) / 4));
  expect(hops.filter((hop) => hop.seconds < 1).some((hop) => hop.speech)).toBe(false);
  expect(said[0].seconds).toBeGreaterThanOrEqual(1.75);
  expect(said[0].seconds).toBeLessThanOrEqual(2.25);
  const lengths = said.map((hop) => (hop.window?.length ?? 0) / liveSampleRate);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...lengths)).toBe(3);
  expect(hops.at(-1)).toMatchObject({ speech: false, window: null });
  expect(hops[0].frames).toMatchObject({ rows: 25, columns: liveColumns.length });
});

test.each([16000, 48000])("in the pause the whole utterance is judged, as it was said, at %i Hz", (rate) => {
  const word = vowel(4.3, rate);
  const hops = run(join(noise(1.013, rate, 0.0002), word, noise(2, rate, 0.0002)), rate, 2048);
  const whole = hops.filter((hop) => hop.whole);
  expect(whole).toHaveLength(1);
  expect(whole[0]).toMatchObject({ speech: false });
  // The pause is known after 0.2 s of hangover and 0.6 s more.
  expect(whole[0].seconds).toBeGreaterThan(5.313 + 0.75);
  expect(whole[0].seconds).toBeLessThanOrEqual(5.313 + 1.25);
  // Edges to 5 ms, one block before and two behind.
  expect(Math.abs((whole[0].window?.length ?? 0) / liveSampleRate - 4.315)).toBeLessThan(0.011);
});

test("of what goes on for long the last wholeSeconds are judged at its end; a word shorter than a window is judged too", () => {
  const rate = 16000;
  const pause = noise(2, rate, 0.0002);
  const sound = join(pause, vowel(20, rate), pause, vowel(0.6, rate), pause, vowel(0.3, rate), pause);
  const lengths = (options: Partial<LiveSessionOptions>) =>
    run(sound, rate, 4096, options)
      .filter(({ whole }) => whole)
      .map(({ window }) => Math.round((10 * (window?.length ?? 0)) / rate));
  expect(lengths({})).toEqual([150, 6]);
  expect(lengths({ wholeSeconds: 5, hopSeconds: 2 })).toEqual([50, 6]);
});

test("trimmed is what is quieter than the threshold, at the edges only", () => {
  const loud = new Float32Array(1600).fill(0.1);
  const quiet = new Float32Array(800).fill(0.0005);
  const sound = join(quiet, loud, quiet, loud, quiet);
  expect(trimToSpeech(sound, -60)).toEqual(sound.subarray(720, 4960));
  expect(trimToSpeech(sound, -80)).toEqual(sound);
  expect(trimToSpeech(quiet, -60)).toHaveLength(0);
  expect(trimToSpeech(new Float32Array(0), -60)).toHaveLength(0);
});

test("noise and silence give nothing to judge", () => {
  for (const samples of [noise(4, 16000, 0.1), new Float32Array(64000)]) {
    expect(run(samples, 16000, 2048).every((hop) => !hop.speech && hop.window === null)).toBe(true);
  }
});

test("windows are the very samples of the resampled whole, in any pieces", () => {
  const rate = 44100;
  const samples = join(noise(0.3, rate, 0.001), vowel(3.2, rate), noise(1.4, rate, 0.001));
  const all = new Resampler(rate, liveSampleRate).process(samples);
  const expected = run(samples, rate, samples.length);
  for (const { window, whole, seconds } of expected) {
    if (!window || whole) continue;
    const end = Math.round(seconds * liveSampleRate);
    expect(bitsOf(window)).toBe(bitsOf(all.slice(end - window.length, end)));
  }
  expect(expected.filter(({ whole }) => whole)).toHaveLength(1);
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 40000 }), (size) => {
      expect(run(samples, rate, size).map(summary)).toEqual(expected.map(summary));
    }),
    { numRuns: 6 },
  );
});

test("options out of range and broken samples are refused", () => {
  expect(() => new LiveSession(48000, { windowSeconds: 9 })).toThrow(
    "windowSeconds must be from 2 to 4 seconds, not 9",
  );
  expect(() => new LiveSession(48000, { minimumSeconds: 3.5 })).toThrow("minimumSeconds must be from 0.5 to 3 seconds");
  expect(() => new LiveSession(48000, { wholeSeconds: 31 })).toThrow("wholeSeconds must be from 3 to 30 seconds");
  expect(() => new LiveSession(0)).toThrow("sample rate");
  expect(() => new LiveSession(48000).push(Float32Array.of(Number.NaN))).toThrow("NaN");
});

function captured(receive: (message: CapturedSamples, capture: Capture) => void) {
  const capture: Capture = new Capture((message) => receive(message, capture));
  return capture;
}

test("the audio thread mixes to mono and loses nothing while the receiver keeps up", () => {
  const messages: CapturedSamples[] = [];
  const capture = captured((message, self) => {
    messages.push(message);
    self.acknowledge();
  });
  for (let i = 0; i < 2048; i++) {
    capture.push([new Float32Array(128).fill(0.5), new Float32Array(128).fill(i % 2)], i * 128);
  }
  expect(messages).toHaveLength(128);
  expect(messages.every(({ dropped }) => dropped === 0)).toBe(true);
  expect(messages[0].samples.subarray(127, 129)).toEqual(Float32Array.of(0.25, 0.75));
});

test("what a slow receiver does not take is dropped and counted", () => {
  const messages: CapturedSamples[] = [];
  const capture = captured((message) => messages.push(message));
  const quantum = [new Float32Array(128)];
  for (let i = 0; i < 16 * 100; i++) capture.push(quantum, i * 128);
  expect(messages).toHaveLength(64);
  for (let i = 0; i < 64; i++) capture.acknowledge();
  for (let i = 1600; i < 1616; i++) capture.push(quantum, i * 128);
  expect(messages.at(-1)?.dropped).toBe(36 * 2048);
});

test("frames that the browser skipped are counted; a source without channels is silence, not lost", () => {
  const messages: CapturedSamples[] = [];
  const capture = captured((message) => messages.push(message));
  const quantum = [new Float32Array(128)];
  capture.push([], 0);
  for (let i = 1; i <= 16; i++) capture.push(quantum, (i <= 8 ? i : i + 3) * 128);
  expect(messages[0].dropped).toBe(3 * 128);
  const ones = [new Float32Array(128).fill(1)];
  for (let i = 0; i < 16; i++) capture.push(i === 4 ? [] : ones, (20 + i) * 128);
  expect(messages[1].dropped).toBe(0);
  expect([3, 4, 5].map((i) => messages[1].samples[i * 128])).toEqual([1, 0, 1]);
});

/** A worker's scope without the worker. */
function scope() {
  const replies: LiveReply[] = [];
  let listener: (event: { readonly data: unknown }) => void = () => {};
  serveLive({
    addEventListener: (_, given) => {
      listener = given;
    },
    postMessage: (reply) => replies.push(reply),
  });
  return { replies, send: (request: LiveRequest | { other: string }) => listener({ data: request }) };
}

const updates = (replies: readonly LiveReply[]) => replies.flatMap((reply) => (reply.live === "update" ? [reply] : []));

test("the worker gives the answer that predict gives on the window", async () => {
  const { replies, send } = scope();
  send({ live: "load", model: null });
  const recognizer = new Recognizer();
  expect(replies).toEqual([{ live: "ready", classes: recognizer.classes, hears: true, reads: true }]);
  const { port1, port2 } = new MessageChannel();
  send({ live: "listen", port: port2, sampleRate: 16000, options: {} });
  send({ live: "text", text: "Leave me alone!" });
  const said = vowel(1.8, 16000);
  let taken = 0;
  port1.addEventListener("message", () => taken++);
  port1.start();
  for (let at = 0; at < said.length; at += 2048) {
    port1.postMessage({ samples: said.slice(at, at + 2048), dropped: at === 0 ? 0 : 1 });
  }
  await vi.waitFor(() => expect(updates(replies).length).toBe(7), 5000);
  await vi.waitFor(() => expect(taken).toBe(15), 5000);
  const { update } = updates(replies)[6];
  const hop = run(said, 16000, 2048).at(-1);
  const samples = hop?.window ?? new Float32Array(0);
  const expected = await recognizer.predict({ samples, sampleRate: liveSampleRate, text: "Leave me alone!" });
  expect(update).toMatchObject({ seconds: 1.75, speech: true, prediction: expected, dropped: 13 });
  send({ live: "stop" });
  send({ other: "message" });
  port1.close();
});

test("a worker that falls behind skips windows, and judges the whole utterance", async () => {
  const { replies, send } = scope();
  send({ live: "load", model: null });
  const { port1, port2 } = new MessageChannel();
  send({ live: "listen", port: port2, sampleRate: 16000, options: {} });
  const sound = join(vowel(3, 16000), noise(1.5, 16000, 0.0002));
  // At one go: every window but the first comes while another is judged.
  port1.postMessage({ samples: sound, dropped: 0 });
  await vi.waitFor(() => expect(updates(replies).length).toBe(17), 5000);
  const told = updates(replies).map(({ update }) => update);
  expect(told.at(-1)?.skipped).toBeGreaterThan(0);
  const judged = told.filter(({ prediction }) => prediction !== null);
  expect(judged.map(({ whole }) => whole)).toEqual([false, true]);
  expect(judged[1].windowSeconds).toBeCloseTo(3, 1);
  const hop = run(sound, 16000, sound.length).find(({ whole }) => whole);
  const samples = hop?.window ?? new Float32Array(0);
  expect(judged[1].prediction).toEqual(await new Recognizer().predict({ samples, sampleRate: liveSampleRate }));
  send({ live: "stop" });
  port1.close();
});

test("a model that cannot be used is an error, not the end", () => {
  const { replies, send } = scope();
  send({ live: "load", model: new Uint8Array(100) });
  expect(replies[0]).toMatchObject({ live: "error", name: "ModelFileError" });
  send({ live: "load", model: saveModel({ kind: "scaler", config: {}, tensors: {} }) });
  expect(replies[1]).toMatchObject({ live: "error", name: "ModelFileError" });
  const reads = new Recognizer({ text: new Recognizer().text });
  send({ live: "load", model: reads.save() });
  const { port2 } = new MessageChannel();
  send({ live: "listen", port: port2, sampleRate: 16000, options: {} });
  expect(replies.slice(2)).toMatchObject([
    { live: "ready", hears: false },
    { live: "error", message: "this recogniser takes text only; it cannot listen" },
  ]);
  port2.close();
});
