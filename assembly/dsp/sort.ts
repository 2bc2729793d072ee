/** Sorts n values, f32, in place. Heapsort (Williams 1964): no recursion, no worst case. */
export function sortAscending(x: usize, n: i32): void {
  for (let root = (n >> 1) - 1; root >= 0; root--) siftDown(x, root, n);
  for (let end = n - 1; end > 0; end--) {
    const largest = load<f32>(x);
    store<f32>(x, load<f32>(x + ((<usize>end) << 2)));
    store<f32>(x + ((<usize>end) << 2), largest);
    siftDown(x, 0, end);
  }
}

function siftDown(x: usize, from: i32, n: i32): void {
  const value = load<f32>(x + ((<usize>from) << 2));
  let root = from;
  for (;;) {
    let child = 2 * root + 1;
    if (child >= n) break;
    if (child + 1 < n && load<f32>(x + ((<usize>(child + 1)) << 2)) > load<f32>(x + ((<usize>child) << 2))) child++;
    if (!(load<f32>(x + ((<usize>child) << 2)) > value)) break;
    store<f32>(x + ((<usize>root) << 2), load<f32>(x + ((<usize>child) << 2)));
    root = child;
  }
  store<f32>(x + ((<usize>root) << 2), value);
}
