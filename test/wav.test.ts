import * as fc from "fast-check";
import { expect, test } from "vitest";
import { encodeWav } from "../src/audio/encode-wav.ts";
import { mixToMono } from "../src/audio/mix.ts";
import { decodeWav } from "../src/audio/wav.ts";
import { AudioError } from "../src/errors.ts";
import { fixtureBytes } from "./fixture.ts";

type Chunk = readonly [id: string, payload: readonly number[], claimedSize?: number];

const le = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
const ascii = (text: string) => [...text].map((c) => c.charCodeAt(0));
const floatBytes = (values: number[], bytes: 4 | 8) => [
  ...new Uint8Array((bytes === 4 ? new Float32Array(values) : new Float64Array(values)).buffer),
];

// A RIFF file of the given chunks, each padded to an even length; a claimed size may lie.
function riff(chunks: readonly Chunk[], id = "RIFF"): Uint8Array {
  const body = chunks.flatMap(([name, payload, size]) => [
    ...ascii(name),
    ...le(size ?? payload.length, 4),
    ...payload,
    ...(payload.length % 2 ? [0] : []),
  ]);
  return new Uint8Array([...ascii(id), ...le(body.length + 4, 4), ...ascii("WAVE"), ...body]);
}

function fmt(tag: number, bits: number, channels = 1, sampleRate = 16000, extension: readonly number[] = []): Chunk {
  const blockAlign = channels * Math.ceil(bits / 8);
  return [
    "fmt ",
    [
      ...le(tag, 2),
      ...le(channels, 2),
      ...le(sampleRate, 4),
      ...le(sampleRate * blockAlign, 4),
      ...le(blockAlign, 2),
      ...le(bits, 2),
      ...extension,
    ],
  ];
}

const GUID_END = [0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
const subFormat = (tag: number, validBits: number) => [
  ...le(22, 2),
  ...le(validBits, 2),
  ...le(4, 4),
  ...le(tag, 2),
  ...GUID_END,
];

const mono = (bytes: Uint8Array) => [...decodeWav(bytes).channels[0]];
const pcm16 = (...values: number[]) => values.flatMap((v) => le(v < 0 ? v + 65536 : v, 2));

test.each([
  ["8-bit PCM", 8, [0, 128, 255], [-1, 0, 127 / 128]],
  ["16-bit PCM", 16, pcm16(-32768, 0, 1, 32767), [-1, 0, 1 / 32768, 32767 / 32768]],
  ["20-bit PCM in 3 bytes", 20, [0, 0, 0x80, 0x10, 0, 0], [-1, 16 / 8388608]],
  ["24-bit PCM", 24, [0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0x7f], [-1, 1 / 8388608, 8388607 / 8388608]],
  ["32-bit PCM", 32, [0, 0, 0, 0x80, 0, 0, 1, 0], [-1, 65536 / 2147483648]],
])("%s", (_, bits, data, expected) => {
  expect(mono(riff([fmt(1, bits), ["data", data]]))).toEqual(expected);
  expect(mono(riff([fmt(0xfffe, bits, 1, 16000, subFormat(1, bits)), ["data", data]]))).toEqual(expected);
});

test("float samples are kept as they are, above full scale too", () => {
  const values = [0, -0.5, 0.1, 1.75];
  const expected = [...new Float32Array(values)];
  expect(mono(riff([fmt(3, 32), ["data", floatBytes(values, 4)]]))).toEqual(expected);
  expect(mono(riff([fmt(3, 64), ["data", floatBytes(values, 8)]]))).toEqual(expected);
});

// sox -D -t al -r 8000 -c 1 bytes0to255.raw -t s16 a-law.s16, and -t ul for mu-law.s16 (sox 14.4.2)
test.each([
  ["A-law", 6, "a-law"],
  ["mu-law", 7, "mu-law"],
])("%s equals sox on all 256 codes", async (_, tag, file) => {
  const expected = new Int16Array((await fixtureBytes(`audio/${file}.s16`)).buffer);
  const codes = Array.from({ length: 256 }, (__, i) => i);
  expect(mono(riff([fmt(tag, 8), ["data", codes]]))).toEqual([...expected].map((x) => x / 32768));
});

// sox -D -R -n -r 16000 -b 16 -c 1 tone.wav synth 0.2 sine 220-1760 vol 0.5
// sox -D -R tone.wav -b 24 tone-24-extensible.wav trim 0 0.03
test("files written by sox, 16-bit plain and 24-bit extensible, agree", async () => {
  const tone = decodeWav(await fixtureBytes("audio/tone.wav"));
  const extensible = decodeWav(await fixtureBytes("audio/tone-24-extensible.wav"));
  expect(tone.sampleRate).toBe(16000);
  expect(tone.channels[0].length).toBe(3200);
  expect(extensible.channels[0].length).toBe(480);
  expect(extensible.channels[0]).toEqual(tone.channels[0].subarray(0, 480));
});

test("channels are taken apart, any number of them", () => {
  const { channels, sampleRate } = decodeWav(riff([fmt(1, 8, 3, 192000), ["data", [0, 128, 192, 128, 0, 64]]]));
  expect(sampleRate).toBe(192000);
  expect(channels.map((c) => [...c])).toEqual([
    [-1, 0],
    [0, -1],
    [0.5, -0.5],
  ]);
});

test("unknown chunks before and after the data, of odd size, are passed over", () => {
  const list: Chunk = ["LIST", ascii("INFOodd")];
  expect(mono(riff([list, fmt(1, 16), ["JUNK", [1]], ["data", pcm16(5)], list]))).toEqual([5 / 32768]);
  expect(mono(riff([fmt(1, 8), ["data", [0]], list]))).toEqual([-1]);
});

test.each([0, 0xffffffff, 0x7ffff000])("a streamed data chunk of size %d runs to the end of the file", (size) => {
  const bytes = riff([fmt(1, 16), ["data", pcm16(1, -1, 2), size]]);
  expect(mono(bytes)).toEqual([1 / 32768, -1 / 32768, 2 / 32768]);
  // A last frame that is cut is left out.
  expect(mono(bytes.subarray(0, bytes.length - 1))).toEqual([1 / 32768, -1 / 32768]);
});

test("RF64 takes its size from ds64", () => {
  const ds64: Chunk = ["ds64", [...le(100, 8), ...le(4, 8), ...le(2, 8), ...le(0, 4)]];
  const chunks: Chunk[] = [ds64, fmt(1, 16), ["data", pcm16(1, 2), 0xffffffff], ["LIST", ascii("INFO")]];
  expect(mono(riff(chunks, "RF64"))).toEqual([1 / 32768, 2 / 32768]);
});

test("a view into a larger buffer is decoded", () => {
  const bytes = riff([fmt(1, 16), ["data", pcm16(1, 2)]]);
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 3);
  expect(mono(larger.subarray(3, 3 + bytes.length))).toEqual([1 / 32768, 2 / 32768]);
});

const data: Chunk = ["data", pcm16(1, 2, 3)];
test.each<[string, Uint8Array, RegExp]>([
  ["an empty file", new Uint8Array(0), /the file is empty/],
  ["text", new Uint8Array(ascii("hello, this is no sound")), /not a WAV file/],
  ["RIFF of another kind", new Uint8Array([...ascii("RIFF"), 4, 0, 0, 0, ...ascii("AVI ")]), /not a WAV file/],
  ["a cut header", riff([fmt(1, 16), data]).subarray(0, 30), /truncated header/],
  ["a header without data", riff([fmt(1, 16)]), /truncated header: .* without a data chunk/],
  ["a short fmt chunk", riff([["fmt ", [1, 0, 1, 0]], data]), /truncated header: a fmt chunk/],
  ["data before fmt", riff([data, fmt(1, 16)]), /no fmt chunk before its data/],
  ["an absurd chunk", riff([fmt(1, 16), ["LIST", [1, 2], 0xfffffff0], data]), /chunk "LIST" claims 4294967280 bytes/],
  ["cut data", riff([fmt(1, 16), ["data", pcm16(1, 2), 3200]]), /truncated data: .* 3200 bytes of samples, 4 are/],
  ["no data", riff([fmt(1, 16), ["data", []]]), /0 samples/],
  ["no data, then a list", riff([fmt(1, 16), ["data", []], ["LIST", ascii("INFO")]]), /0 samples/],
  ["0 channels", riff([fmt(1, 16, 0), data]), /0 channels/],
  ["a rate too low", riff([fmt(1, 16, 1, 3999), data]), /3999 Hz/],
  ["a rate too high", riff([fmt(1, 16, 1, 192001), data]), /192001 Hz/],
  ["NaN", riff([fmt(3, 32), ["data", floatBytes([0, Number.NaN], 4)]]), /sample 1 of channel 0 is NaN/],
  ["infinity", riff([fmt(3, 64), ["data", floatBytes([Number.NEGATIVE_INFINITY], 8)]]), /sample 0 .* is -Infinity/],
  ["ADPCM", riff([fmt(17, 4), data]), /tag 0x0011 \(IMA ADPCM\)/],
  ["an unknown tag", riff([fmt(0x1234, 16), data]), /tag 0x1234/],
  [
    "an unknown sub-format",
    riff([fmt(0xfffe, 16, 1, 8000, [22, 0, 0, 0, ...Array.from({ length: 20 }, () => 1)]), data]),
    /sub-format 0101/,
  ],
  ["a short extensible chunk", riff([fmt(0xfffe, 16), data]), /extensible fmt chunk has 40 bytes/],
  ["valid bits", riff([fmt(0xfffe, 16, 1, 8000, subFormat(1, 24)), data]), /24 valid bits/],
  ["64-bit PCM", riff([fmt(1, 64), data]), /no samples of 64 bits/],
  ["16-bit A-law", riff([fmt(6, 16), data]), /no samples of 16 bits/],
])("%s is refused", (_, bytes, message) => {
  expect(() => decodeWav(bytes)).toThrow(AudioError);
  expect(() => decodeWav(bytes)).toThrow(message);
});

test("a block size that does not match is refused", () => {
  const bytes = riff([fmt(1, 16), data]);
  bytes[32] = 3;
  expect(() => decodeWav(bytes)).toThrow(/inconsistent header: 1 channels of 2 bytes .* blocks of 3 bytes/);
});

test("lenient decodes the whole frames that are there", () => {
  const bytes = riff([fmt(1, 16), ["data", [...pcm16(1, 2), 9], 3200]]).subarray(0, 49);
  expect([...decodeWav(bytes, { lenient: true }).channels[0]]).toEqual([1 / 32768, 2 / 32768]);
});

const sample = fc.float({ min: -1, max: Math.fround(1 - 1 / 32768), noNaN: true });
const audio = fc.integer({ min: 1, max: 5 }).chain((frames) =>
  fc.record({
    sampleRate: fc.integer({ min: 4000, max: 192000 }),
    channels: fc.array(fc.float32Array({ min: -1, max: 1, noNaN: true, minLength: frames, maxLength: frames }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);

test("float files hold exactly what was written", () => {
  fc.assert(
    fc.property(audio, (a) => {
      expect(decodeWav(encodeWav(a, "float32"))).toEqual(a);
    }),
  );
});

test("16-bit files hold it within half a step, and a second trip changes nothing", () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 50 }), (values) => {
      const once = decodeWav(encodeWav({ sampleRate: 8000, channels: [new Float32Array(values)] }, "pcm16"));
      once.channels[0].forEach((x, i) => expect(Math.abs(x - values[i])).toBeLessThanOrEqual(0.5 / 32768));
      expect(decodeWav(encodeWav(once, "pcm16"))).toEqual(once);
    }),
  );
});

test("any cut or damage of a file decodes or is refused with AudioError", () => {
  const valid = riff([
    fmt(0xfffe, 16, 2, 16000, subFormat(1, 16)),
    ["LIST", ascii("INFOx")],
    ["data", pcm16(1, 2, 3, 4, 5, 6)],
  ]);
  const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: valid.length }), damage, fc.boolean(), (length, changes, lenient) => {
      const bytes = valid.slice(0, length);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      try {
        const decoded = decodeWav(bytes, { lenient });
        expect(decoded.channels.length * decoded.channels[0].length).toBeLessThanOrEqual(length);
      } catch (error) {
        expect(error).toBeInstanceOf(AudioError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("the mono mix is the mean of the channels", () => {
  expect([...mixToMono([new Float32Array([1, -1]), new Float32Array([0, -1]), new Float32Array([0.5, -1])])]).toEqual([
    0.5, -1,
  ]);
  const one = new Float32Array([0.25]);
  expect(mixToMono([one])).toBe(one);
});
