// Harmonic-percussive separation by median filtering (Fitzgerald 2010) as librosa.decompose.hpss: soft masks of the medians along
// time (harmonic) and along frequency (percussive).

/** Mirrors index i into 0 .. n - 1 with the ends repeated (d c b a | a b c d | d c b a), scipy.ndimage's mode "reflect". */
// @ts-ignore: decorator
@inline
function mirrorIndex(i: i32, n: i32): i32 {
  let j = i % (2 * n);
  if (j < 0) j += 2 * n;
  return j < n ? j : 2 * n - 1 - j;
}

/**
 * Running median of `count` values, `stride` apart, over `width` values around each (an even width reaches one further back, and the
 * upper of the two middle values counts, as in scipy.ndimage.median_filter). `sorted` is work space for `width` values.
 */
export function medianFilter(x: usize, count: i32, stride: i32, width: i32, sorted: usize, out: usize): void {
  const back = width >> 1;
  const step = <usize>stride << 2;
  for (let i = 0; i < width; i++) {
    const value = load<f32>(x + <usize>mirrorIndex(i - back, count) * step);
    let j = i;
    for (; j > 0 && load<f32>(sorted + (<usize>(j - 1) << 2)) > value; j--) {
      store<f32>(sorted + (<usize>j << 2), load<f32>(sorted + (<usize>(j - 1) << 2)));
    }
    store<f32>(sorted + (<usize>j << 2), value);
  }
  const middle = sorted + (<usize>back << 2);
  store<f32>(out, load<f32>(middle));
  for (let t = 1; t < count; t++) {
    const gone = load<f32>(x + <usize>mirrorIndex(t - 1 - back, count) * step);
    const come = load<f32>(x + <usize>mirrorIndex(t - 1 - back + width, count) * step);
    if (gone !== come) replaceSorted(sorted, width, gone, come);
    store<f32>(out + <usize>t * step, load<f32>(middle));
  }
}

/** Takes `gone` out of an ascending array and puts `come` in, moving only what lies between. */
// @ts-ignore: decorator
@inline
function replaceSorted(sorted: usize, width: i32, gone: f32, come: f32): void {
  let low = 0;
  let high = width - 1;
  while (low < high) {
    const centre = (low + high) >> 1;
    if (load<f32>(sorted + (<usize>centre << 2)) < gone) low = centre + 1;
    else high = centre;
  }
  let at = sorted + (<usize>low << 2);
  if (come > gone) {
    const end = sorted + (<usize>(width - 1) << 2);
    for (; at < end && load<f32>(at, 4) < come; at += 4) store<f32>(at, load<f32>(at, 4));
  } else {
    for (; at > sorted && load<f32>(at - 4) > come; at -= 4) store<f32>(at, load<f32>(at - 4));
  }
  store<f32>(at, come);
}

/**
 * Soft mask of a against b with the given power: a^p / (a^p + b^p); where both are (nearly) zero, one half.
 * As librosa.util.softmask with split_zeros.
 */
// @ts-ignore: decorator
@inline
export function softMask(a: f32, b: f32, power: f64): f32 {
  const z = a > b ? a : b;
  if (z < <f32>1.17549435e-38) return 0.5;
  let x = a / z;
  let y = b / z;
  if (power === 2.0) {
    x *= x;
    y *= y;
  } else {
    x = <f32>Math.pow(x, power);
    y = <f32>Math.pow(y, power);
  }
  return x / (x + y);
}

/**
 * Masks of `frames` x `bins` magnitudes (row-major): the median over `timeWidth` frames is the harmonic part, the median over
 * `frequencyWidth` bins the percussive one. Writes the harmonic mask, or the percussive one.
 */
export function hpssMask(
  m: usize, frames: i32, bins: i32, timeWidth: i32, frequencyWidth: i32, power: f64, percussive: bool, out: usize,
): void {
  const bytes = <usize>(frames * bins) << 2;
  const across = heap.alloc(bytes);
  const sorted = heap.alloc(<usize>max(timeWidth, frequencyWidth) << 2);
  for (let k = 0; k < bins; k++) {
    medianFilter(m + (<usize>k << 2), frames, bins, timeWidth, sorted, out + (<usize>k << 2));
  }
  for (let t = 0; t < frames; t++) {
    const row = <usize>(t * bins) << 2;
    medianFilter(m + row, bins, 1, frequencyWidth, sorted, across + row);
  }
  for (let i: usize = 0; i < bytes; i += 4) {
    const harmonic = load<f32>(out + i);
    const transient = load<f32>(across + i);
    store<f32>(out + i, percussive ? softMask(transient, harmonic, power) : softMask(harmonic, transient, power));
  }
  heap.free(sorted);
  heap.free(across);
}
