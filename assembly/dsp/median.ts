// Running median of any width, one value after the other, by a window that is kept sorted.

/** Mirrors index i into 0 .. n - 1 with the ends repeated (d c b a | a b c d | d c b a), scipy.ndimage's mode "reflect". */
// @ts-ignore: decorator
@inline
export function mirrorIndex(i: i32, n: i32): i32 {
  let j = i % (2 * n);
  if (j < 0) j += 2 * n;
  return j < n ? j : 2 * n - 1 - j;
}

/**
 * Running median of `count` values, `step` bytes apart, over `width` values around each (an even width reaches one further back, and the
 * upper of the two middle values counts, as in scipy.ndimage.median_filter). `sorted` is work space for `width` values.
 */
export function runningMedian(x: usize, step: usize, count: i32, width: i32, sorted: usize, out: usize): void {
  const back = width >> 1;
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

