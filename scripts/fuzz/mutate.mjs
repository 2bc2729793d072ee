// Mutations of model files: of bytes, of JSON by its structure, of lines, of safetensors and of protocol buffers by their messages.

const NUMBERS = [
  0, -0, 1, -1, 2, 0.5, 1e-45, 1e-320, 3e38, -3e38, 1e39, 1e300, -1e300, 1e308, 255, 256, 32767, 65535, 65536, 16777216,
];
const HUGE = [2147483647, -2147483648, 4294967295, 4294967296, 9007199254740991, 1e15];
const TEXTS = [
  "",
  "0",
  "-1",
  "1e400",
  "NaN",
  "Infinity",
  "a",
  "toString",
  "__proto__",
  "constructor",
  "\u0000",
  "\ud800",
  "x".repeat(3000),
];
const WORDS = [
  [0],
  [0xff],
  [0x7f],
  [0x80],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0x80],
  [0, 0, 0xc0, 0x7f],
  [0, 0, 0x80, 0x7f],
];

const pick = (random, list) => list[random.integer(list.length)];
const below = (random, count) => random.integer(Math.max(1, count));
/** 1 mostly, now and then more. */
const some = (random) => 1 + (random.integer(3) === 0 ? random.integer(8) : 0);

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bits turned, bytes and words replaced, spans cut, doubled, moved or put in from another file. */
export function mutateBytes(bytes, other, random) {
  let out = bytes.slice();
  for (let left = some(random); left > 0; left--) {
    const at = below(random, out.length);
    const length = 1 + below(random, random.integer(4) === 0 ? out.length : 16);
    switch (random.integer(8)) {
      case 0:
      case 1:
        if (out.length > 0) out[at] ^= 1 << random.integer(8);
        break;
      case 2:
        if (out.length > 0) out[at] = random.integer(256);
        break;
      case 3:
        out.set(pick(random, WORDS).slice(0, out.length - at), at);
        break;
      case 4:
        out = join(out.subarray(0, at), out.subarray(at + length));
        break;
      case 5:
        out = join(out.subarray(0, at), out.subarray(at, at + length), out.subarray(at));
        break;
      case 6: {
        const from = below(random, other.length);
        out = join(out.subarray(0, at), other.subarray(from, from + length), out.subarray(at));
        break;
      }
      default:
        out = random.integer(2) === 0 ? out.slice(0, at) : join(out, out.subarray(at, at + length));
    }
  }
  return out;
}

/** A number that stands somewhere in place of this one. */
function otherNumber(value, random) {
  switch (random.integer(6)) {
    case 0:
      return value + pick(random, [1, -1]);
    case 1:
      return -value;
    case 2:
      return value * pick(random, [2, 0.5, 1e10, 1e-10]);
    case 3:
      return pick(random, HUGE);
    default:
      return pick(random, NUMBERS);
  }
}

function otherValue(value, root, random) {
  if (typeof value === "number" && random.integer(4) > 0) return otherNumber(value, random);
  switch (random.integer(9)) {
    case 0:
      return null;
    case 1:
      return pick(random, [true, false]);
    case 2:
      return pick(random, TEXTS);
    case 3:
      return pick(random, NUMBERS);
    case 4:
      return pick(random, HUGE);
    case 5:
      return [];
    case 6:
      return {};
    case 7:
      return new Array(1 + random.integer(2000)).fill(typeof value === "object" ? 0 : value);
    default: {
      const found = holderOf(root, random);
      return found ? found.holder[found.key] : root;
    }
  }
}

/** An object or list of the tree and one of its keys; deeper with every step that the draw allows. */
function holderOf(root, random) {
  let holder = root;
  for (;;) {
    const keys = typeof holder === "object" && holder !== null ? Object.keys(holder) : [];
    if (keys.length === 0) return null;
    const key = pick(random, keys);
    const value = holder[key];
    const isHolder = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    if (!isHolder || random.integer(8) === 0) return { holder, key };
    holder = value;
  }
}

/** Parts of a JSON value replaced, left out, doubled or changed with others; the value itself is left alone. */
export function mutateJson(value, random) {
  const root = { value: structuredClone(value) };
  for (let left = some(random); left > 0; left--) {
    const found = holderOf(root, random);
    if (!found) break;
    const { holder, key } = found;
    switch (random.integer(7)) {
      case 0:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else if (holder !== root) delete holder[key];
        break;
      case 1:
        if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(holder[key]));
        break;
      case 2: {
        const again = pick(random, Object.keys(holder));
        [holder[key], holder[again]] = [holder[again], holder[key]];
        break;
      }
      default:
        // A copy, for a part that holds itself would be no JSON.
        holder[key] = structuredClone(otherValue(holder[key], root.value, random));
    }
  }
  return root.value;
}

/** Lines left out, doubled, moved and cut; numbers in them replaced. */
export function mutateLines(text, random) {
  const lines = text.split("\n");
  for (let left = some(random); left > 0; left--) {
    const at = below(random, lines.length);
    switch (random.integer(7)) {
      case 0:
        lines.splice(at, 1 + random.integer(3));
        break;
      case 1:
        lines.splice(at, 0, lines[at] ?? "");
        break;
      case 2:
        lines.splice(at, 0, ...lines.splice(below(random, lines.length), 1 + random.integer(3)));
        break;
      case 3:
        lines[at] = (lines[at] ?? "").slice(0, below(random, (lines[at] ?? "").length));
        break;
      default: {
        const numbers = [...(lines[at] ?? "").matchAll(/-?\d[\d.e+-]*/g)];
        if (numbers.length === 0) break;
        const found = pick(random, numbers);
        const put = random.integer(8) === 0 ? pick(random, TEXTS) : String(otherNumber(Number(found[0]), random));
        lines[at] = lines[at].slice(0, found.index) + put + lines[at].slice(found.index + found[0].length);
      }
    }
  }
  return lines.join("\n");
}

const isBytes = (value) => value instanceof Uint8Array;

/** Leaves of a message replaced by others of their type, lists made shorter, longer or another; so it can be encoded. */
export function mutateMessage(message, random) {
  const leaves = [];
  const visit = (holder) => {
    for (const key of Object.keys(holder)) {
      leaves.push({ holder, key });
      const value = holder[key];
      if (typeof value === "object" && value !== null && !isBytes(value)) visit(value);
    }
  };
  const copy = structuredClone(message);
  visit(copy);
  for (let left = some(random); left > 0; left--) {
    const { holder, key } = pick(random, leaves);
    const value = holder[key];
    if (typeof value === "number") {
      const number = otherNumber(value, random);
      // Whole numbers stay whole and not negative, as the encoder takes them.
      holder[key] = Number.isInteger(value) ? Math.min(2 ** 52, Math.abs(Math.trunc(number))) : number;
    } else if (typeof value === "string")
      holder[key] = pick(random, [...TEXTS, `${value}x`, "BRANCH_LT", "BRANCH_MEMBER", "LOGISTIC", "NONE"]);
    else if (isBytes(value)) holder[key] = mutateBytes(value, value, random);
    else if (Array.isArray(value) && value.length > 0) {
      const at = random.integer(value.length);
      if (random.integer(2) === 0) value.splice(at, 1 + random.integer(3));
      else value.splice(at, 0, structuredClone(pick(random, value)));
    } else if (!Array.isArray(holder) && random.integer(2) === 0) delete holder[key];
  }
  return copy;
}

/** The header or the config of a safetensors file, or bytes of its tensors. */
export function mutateSafetensors(bytes, other, random) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const data = bytes.subarray(8 + length);
  const withHeader = (changed, rest) => {
    const json = new TextEncoder().encode(JSON.stringify(changed) ?? "null");
    const start = new Uint8Array(8);
    new DataView(start.buffer).setUint32(0, json.length, true);
    return join(start, json, rest);
  };
  switch (random.integer(5)) {
    case 0:
      return withHeader(mutateJson(header, random), data);
    case 1:
    case 2: {
      const config = JSON.stringify(mutateJson(JSON.parse(header.__metadata__.config), random)) ?? "null";
      return withHeader({ ...header, __metadata__: { ...header.__metadata__, config } }, data);
    }
    case 3: {
      // Of the same length, so that the header still fits.
      const changed = mutateBytes(data, data, random);
      const kept = data.slice();
      kept.set(changed.subarray(0, kept.length));
      return withHeader(header, kept);
    }
    default:
      return mutateBytes(bytes, other, random);
  }
}
