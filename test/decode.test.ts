import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { decodeAudio, decodeMono } from "../src/audio/decode.ts";
import { decodeWav } from "../src/audio/wav.ts";
import { AudioError } from "../src/errors.ts";
import { fixtureBytes } from "./fixture.ts";

// All made from tone.wav (see wav.test.ts):
// flac -8 --no-padding --no-seektable -b 1024 -o tone.flac tone.wav
// flac --ogg --serial-number=1 -8 --no-padding -b 1024 -o tone-flac.oga tone.wav
// lame -V 9 -m m tone.wav tone.mp3
// sox -D -R tone.wav -c 2 st.wav trim 0 0.06 && lame -V 9 -m j --add-id3v2 --tt tone st.wav stereo.mp3
// oggenc -q 0 -s 1 -o tone.ogg tone.wav
// opusenc --bitrate 24 --serial 1 tone.wav tone.opus
const tone = await fixtureBytes("audio/tone.wav").then((bytes) => decodeWav(bytes).channels[0]);

function correlation(a: Float32Array, b: Float32Array, lag: number): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 20; i < 3000; i++) {
    ab += a[i + lag] * b[i];
    aa += a[i + lag] * a[i + lag];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

// A lossy codec changes a lone sweep little (0.96 and more here) and must not shift it.
function expectLike(decoded: Float32Array, original: Float32Array, tolerance: number): void {
  const lags = Array.from({ length: 41 }, (_, i) => i - 20);
  const correlations = lags.map((lag) => correlation(decoded, original, lag));
  expect(Math.max(...correlations)).toBeGreaterThan(0.95);
  expect(Math.abs(lags[correlations.indexOf(Math.max(...correlations))])).toBeLessThanOrEqual(tolerance);
}

test.each(["tone.wav", "tone.flac", "tone-flac.oga"])("%s has the very samples", async (file) => {
  const { sampleRate, channels } = await decodeAudio(await fixtureBytes(`audio/${file}`));
  expect(sampleRate).toBe(16000);
  expect(channels).toEqual([tone]);
});

// At every width, with both ends of the range in it (that is why it clips), for b in 8, 16, 24, 32:
// sox -D -R -n -r 16000 -c 2 -b $b noise-$b.wav synth 0.01 whitenoise vol 4
// flac -8 --no-padding --no-seektable -b 64 -o noise-$b.flac noise-$b.wav
test.each([8, 16, 24, 32])("FLAC of %i bits has the very samples of WAV", async (bits) => {
  const flac = await decodeAudio(await fixtureBytes(`audio/noise-${bits}.flac`));
  expect(flac).toEqual(decodeWav(await fixtureBytes(`audio/noise-${bits}.wav`)));
  expect(flac.channels.length).toBe(2);
  expect(Math.min(...flac.channels[0])).toBe(-1);
});

// The decoder package divides samples of other widths by zero.
test("FLAC of 20 bits is refused", async () => {
  const bytes = await fixtureBytes("audio/noise-20.flac");
  await expect(decodeAudio(bytes)).rejects.toThrow(AudioError);
  await expect(decodeAudio(bytes, { lenient: true })).rejects.toThrow("FLAC of 20 bits is not supported");
});

test.each(["tone.mp3", "tone.ogg"])("%s has the tone, of its length, not shifted", async (file) => {
  const { sampleRate, channels } = await decodeAudio(await fixtureBytes(`audio/${file}`));
  expect(sampleRate).toBe(16000);
  expect(channels.length).toBe(1);
  expect(channels[0].length).toBe(3200);
  expectLike(channels[0], tone, 0);
});

test("Opus comes at 48 kHz, its lead-in and padding cut", async () => {
  const { sampleRate, channels } = await decodeAudio(await fixtureBytes("audio/tone.opus"));
  expect(sampleRate).toBe(48000);
  expect(channels.map((c) => c.length)).toEqual([9600]);
  // opusenc's own resampler shifts by up to one sample of 16 kHz.
  expectLike(
    channels[0].filter((_, i) => i % 3 === 0),
    tone,
    1,
  );
});

test("stereo stays stereo, and an ID3 tag is passed over", async () => {
  const bytes = await fixtureBytes("audio/stereo.mp3");
  const { channels } = await decodeAudio(bytes);
  expect(channels.map((c) => c.length)).toEqual([960, 960]);
  expect((await decodeMono(bytes)).samples.length).toBe(960);
});

test("several files are decoded at the same time", async () => {
  const files = ["tone.flac", "tone.mp3", "tone.ogg", "tone.flac", "tone.mp3"];
  const decoded = await Promise.all(files.map(async (f) => decodeMono(await fixtureBytes(`audio/${f}`))));
  expect(decoded[3]).toEqual(decoded[0]);
  expect(decoded[4]).toEqual(decoded[1]);
});

test.each([
  ["tone.flac", /truncated or damaged data: the FLAC file has 2048 good samples of the 3200/],
  ["tone.ogg", /cut or damaged/],
  ["tone.opus", /cut or damaged/],
])("%s, cut, is refused unless lenient", async (file, message) => {
  const bytes = await fixtureBytes(`audio/${file}`);
  // Ogg needs a page that is whole: the first audio page of the fixture is its last, so that lenient has none.
  const cut = bytes.subarray(0, bytes.length - 200);
  await expect(decodeAudio(cut)).rejects.toThrow(AudioError);
  await expect(decodeAudio(cut)).rejects.toThrow(message);
  if (file === "tone.flac") {
    const { channels } = await decodeAudio(cut, { lenient: true });
    expect(channels[0]).toEqual(tone.subarray(0, channels[0].length));
  }
});

// RFC 9639, section 8.2: bytes 21 to 25 of the file hold the total number of samples, below four bits of something else.
async function flacWithTotal(total: number): Promise<Uint8Array> {
  const bytes = await fixtureBytes("audio/tone.flac");
  bytes[21] &= 0xf0;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(22, total);
  return bytes;
}

test("FLAC with a damaged frame is refused, or lenient up to there", async () => {
  const bytes = await fixtureBytes("audio/tone.flac");
  bytes[bytes.length >> 1] ^= 1;
  await expect(decodeAudio(bytes)).rejects.toThrow(AudioError);
  const { channels } = await decodeAudio(bytes, { lenient: true });
  // The fixture's blocks are of 1024 samples.
  expect(channels).toEqual([tone.subarray(0, 1024)]);
});

test.each([3199, 3201])("FLAC of 3200 samples that promises %i is refused unless lenient", async (total) => {
  const bytes = await flacWithTotal(total);
  await expect(decodeAudio(bytes)).rejects.toThrow(`3200 good samples of the ${total} that it promises`);
  expect((await decodeAudio(bytes, { lenient: true })).channels).toEqual([tone]);
});

test("FLAC may leave the number of samples open, and may have a tag behind, but not both", async () => {
  const tag = ascii(`TAG${" ".repeat(125)}`);
  const tagged = (bytes: Uint8Array) => new Uint8Array([...bytes, ...tag]);
  for (const bytes of [await flacWithTotal(0), tagged(await flacWithTotal(3200))]) {
    expect((await decodeAudio(bytes)).channels).toEqual([tone]);
  }
  const both = tagged(await flacWithTotal(0));
  await expect(decodeAudio(both)).rejects.toThrow(AudioError);
  expect((await decodeAudio(both, { lenient: true })).channels).toEqual([tone]);
  const cut = await flacWithTotal(0);
  await expect(decodeAudio(cut.subarray(0, cut.length - 200))).rejects.toThrow("the FLAC file has 2048 good samples (");
});

const ascii = (text: string) => new Uint8Array([...text].map((c) => c.charCodeAt(0)));
test.each([
  ["nothing", new Uint8Array(0), "the file is empty"],
  ["M4A", ascii("\0\0\0 ftypM4A "), "MP4 or M4A is not supported"],
  ["AIFF", ascii("FORM\0\0\0\0AIFF"), "AIFF is not supported"],
  ["text", ascii("plain text"), "it begins with 70 6c 61 69"],
  ["one byte", ascii("\xff"), "it begins with ff"],
  ["an ID3 tag alone", ascii("ID3\x04\0\0\0\0\0\0"), "MP3 file: no sample could be decoded"],
  ["a FLAC marker alone", ascii("fLaC"), "truncated FLAC file: it ends within its metadata"],
  ["an Ogg marker alone", ascii("OggS"), "Ogg page 0 at byte 0 is cut"],
])("%s is refused by name", async (_, bytes, message) => {
  await expect(decodeAudio(bytes)).rejects.toThrow(AudioError);
  await expect(decodeAudio(bytes)).rejects.toThrow(message);
});

test.each(["tone.flac", "tone.mp3", "tone.ogg", "tone.opus", "tone-flac.oga"])(
  "any cut or damage of %s decodes or is refused with AudioError, without a word on the console",
  async (file) => {
    const noise = [vi.spyOn(console, "error"), vi.spyOn(console, "warn"), vi.spyOn(console, "log")];
    const valid = await fixtureBytes(`audio/${file}`);
    const at = fc.oneof(fc.nat(valid.length - 1), fc.nat(100));
    const damage = fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: valid.length }),
        damage,
        fc.boolean(),
        async (length, changes, lenient) => {
          const bytes = valid.slice(0, changes.length % 2 ? valid.length : length);
          for (const [i, value] of changes) if (i < bytes.length) bytes[i] = value;
          try {
            const { channels } = await decodeAudio(bytes, { lenient });
            expect(channels[0].length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(AudioError);
          }
        },
      ),
      { numRuns: 60 },
    );
    for (const spy of noise) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  },
);
