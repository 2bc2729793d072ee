// The stages of fft.ts: sub-transforms of length n, s of them side by side, from (xr, xi) to (yr, yi). Sums and differences follow the
// textbook butterflies of each radix; `tw` are the stage's twiddles.
import { add, mul, splat, sub } from "./lanes";

/** Stores (r, i) times the twiddle at `w` (cos, sin), the same for all lanes. */
// @ts-ignore: decorator
@inline
function storeTurned<T>(outR: usize, outI: usize, at: usize, r: T, i: T, w: usize): void {
  const wr = splat<T>(load<f32>(w));
  const wi = splat<T>(load<f32>(w, 4));
  store<T>(outR + at, sub<T>(mul<T>(r, wr), mul<T>(i, wi)));
  store<T>(outI + at, add<T>(mul<T>(r, wi), mul<T>(i, wr)));
}

export function radix2<T>(n: i32, s: i32, tw: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const size = sizeof<T>();
  const half = <usize>(s * (n >> 1)) * size;
  const row = <usize>s * size;
  for (let p = 0, w = tw; p < n >> 1; p++, w += 8) {
    const from = <usize>p * row;
    const to = from << 1;
    for (let q: usize = 0; q < row; q += size) {
      const i = from + q;
      const ar = load<T>(xr + i);
      const ai = load<T>(xi + i);
      const br = load<T>(xr + i + half);
      const bi = load<T>(xi + i + half);
      store<T>(yr + to + q, add<T>(ar, br));
      store<T>(yi + to + q, add<T>(ai, bi));
      storeTurned<T>(yr, yi, to + row + q, sub<T>(ar, br), sub<T>(ai, bi), w);
    }
  }
}

export function radix3<T>(n: i32, s: i32, tw: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const size = sizeof<T>();
  const third = <usize>(s * (n / 3)) * size;
  const row = <usize>s * size;
  const half = splat<T>(0.5);
  const sin60 = splat<T>(0.8660254037844386);
  for (let p = 0, w = tw; p < n / 3; p++, w += 16) {
    const from = <usize>p * row;
    const to = from * 3;
    for (let q: usize = 0; q < row; q += size) {
      const i = from + q;
      const ar = load<T>(xr + i);
      const ai = load<T>(xi + i);
      const br = load<T>(xr + i + third);
      const bi = load<T>(xi + i + third);
      const cr = load<T>(xr + i + 2 * third);
      const ci = load<T>(xi + i + 2 * third);
      const sumR = add<T>(br, cr);
      const sumI = add<T>(bi, ci);
      const midR = sub<T>(ar, mul<T>(half, sumR));
      const midI = sub<T>(ai, mul<T>(half, sumI));
      const turnR = mul<T>(sin60, sub<T>(bi, ci));
      const turnI = mul<T>(sin60, sub<T>(cr, br));
      store<T>(yr + to + q, add<T>(ar, sumR));
      store<T>(yi + to + q, add<T>(ai, sumI));
      storeTurned<T>(yr, yi, to + row + q, add<T>(midR, turnR), add<T>(midI, turnI), w);
      storeTurned<T>(yr, yi, to + 2 * row + q, sub<T>(midR, turnR), sub<T>(midI, turnI), w + 8);
    }
  }
}

export function radix4<T>(n: i32, s: i32, tw: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const row = <usize>s * sizeof<T>();
  const quarter = row * <usize>(n >> 2);
  // The twiddles of p = 0 are 1; in the last stage there is no other p.
  radix4Row<T>(false, row, quarter, tw, xr, xi, yr, yi);
  for (let p = 1, w = tw + 24; p < n >> 2; p++, w += 24) {
    const from = <usize>p * row;
    radix4Row<T>(true, row, quarter, w, xr + from, xi + from, yr + (from << 2), yi + (from << 2));
  }
}

// @ts-ignore: decorator
@inline
function radix4Row<T>(
  turn: bool, row: usize, quarter: usize, w: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  for (let q: usize = 0; q < row; q += sizeof<T>()) {
    const ar = load<T>(xr + q);
    const ai = load<T>(xi + q);
    const br = load<T>(xr + q + quarter);
    const bi = load<T>(xi + q + quarter);
    const cr = load<T>(xr + q + 2 * quarter);
    const ci = load<T>(xi + q + 2 * quarter);
    const dr = load<T>(xr + q + 3 * quarter);
    const di = load<T>(xi + q + 3 * quarter);
    const acR = add<T>(ar, cr);
    const acI = add<T>(ai, ci);
    const bdR = add<T>(br, dr);
    const bdI = add<T>(bi, di);
    const apartR = sub<T>(ar, cr);
    const apartI = sub<T>(ai, ci);
    const turnR = sub<T>(bi, di);
    const turnI = sub<T>(dr, br);
    store<T>(yr + q, add<T>(acR, bdR));
    store<T>(yi + q, add<T>(acI, bdI));
    if (turn) {
      storeTurned<T>(yr, yi, row + q, add<T>(apartR, turnR), add<T>(apartI, turnI), w);
      storeTurned<T>(yr, yi, 2 * row + q, sub<T>(acR, bdR), sub<T>(acI, bdI), w + 8);
      storeTurned<T>(yr, yi, 3 * row + q, sub<T>(apartR, turnR), sub<T>(apartI, turnI), w + 16);
    } else {
      store<T>(yr + row + q, add<T>(apartR, turnR));
      store<T>(yi + row + q, add<T>(apartI, turnI));
      store<T>(yr + 2 * row + q, sub<T>(acR, bdR));
      store<T>(yi + 2 * row + q, sub<T>(acI, bdI));
      store<T>(yr + 3 * row + q, sub<T>(apartR, turnR));
      store<T>(yi + 3 * row + q, sub<T>(apartI, turnI));
    }
  }
}

export function radix5<T>(n: i32, s: i32, tw: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const size = sizeof<T>();
  const fifth = <usize>(s * (n / 5)) * size;
  const row = <usize>s * size;
  const cos72 = splat<T>(0.30901699437494745);
  const cos144 = splat<T>(-0.8090169943749475);
  const sin72 = splat<T>(0.9510565162951535);
  const sin144 = splat<T>(0.5877852522924731);
  for (let p = 0, w = tw; p < n / 5; p++, w += 32) {
    const from = <usize>p * row;
    const to = from * 5;
    for (let q: usize = 0; q < row; q += size) {
      const i = from + q;
      const ar = load<T>(xr + i);
      const ai = load<T>(xi + i);
      const br = load<T>(xr + i + fifth);
      const bi = load<T>(xi + i + fifth);
      const cr = load<T>(xr + i + 2 * fifth);
      const ci = load<T>(xi + i + 2 * fifth);
      const dr = load<T>(xr + i + 3 * fifth);
      const di = load<T>(xi + i + 3 * fifth);
      const er = load<T>(xr + i + 4 * fifth);
      const ei = load<T>(xi + i + 4 * fifth);
      const beR = add<T>(br, er);
      const beI = add<T>(bi, ei);
      const cdR = add<T>(cr, dr);
      const cdI = add<T>(ci, di);
      const be_R = sub<T>(br, er);
      const be_I = sub<T>(bi, ei);
      const cd_R = sub<T>(cr, dr);
      const cd_I = sub<T>(ci, di);
      const nearR = add<T>(ar, add<T>(mul<T>(cos72, beR), mul<T>(cos144, cdR)));
      const nearI = add<T>(ai, add<T>(mul<T>(cos72, beI), mul<T>(cos144, cdI)));
      const farR = add<T>(ar, add<T>(mul<T>(cos144, beR), mul<T>(cos72, cdR)));
      const farI = add<T>(ai, add<T>(mul<T>(cos144, beI), mul<T>(cos72, cdI)));
      // -i times the odd part
      const nearTurnR = add<T>(mul<T>(sin72, be_I), mul<T>(sin144, cd_I));
      const nearTurnI = sub<T>(splat<T>(0), add<T>(mul<T>(sin72, be_R), mul<T>(sin144, cd_R)));
      const farTurnR = sub<T>(mul<T>(sin144, be_I), mul<T>(sin72, cd_I));
      const farTurnI = sub<T>(mul<T>(sin72, cd_R), mul<T>(sin144, be_R));
      store<T>(yr + to + q, add<T>(ar, add<T>(beR, cdR)));
      store<T>(yi + to + q, add<T>(ai, add<T>(beI, cdI)));
      storeTurned<T>(yr, yi, to + row + q, add<T>(nearR, nearTurnR), add<T>(nearI, nearTurnI), w);
      storeTurned<T>(yr, yi, to + 2 * row + q, add<T>(farR, farTurnR), add<T>(farI, farTurnI), w + 8);
      storeTurned<T>(yr, yi, to + 3 * row + q, sub<T>(farR, farTurnR), sub<T>(farI, farTurnI), w + 16);
      storeTurned<T>(yr, yi, to + 4 * row + q, sub<T>(nearR, nearTurnR), sub<T>(nearI, nearTurnI), w + 24);
    }
  }
}

export function radixAny<T>(
  radix: i32, n: i32, s: i32, tw: usize, roots: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): void {
  const size = sizeof<T>();
  const part = <usize>(s * (n / radix)) * size;
  const row = <usize>s * size;
  for (let p = 0, w = tw; p < n / radix; p++, w += <usize>(radix - 1) << 3) {
    const from = <usize>p * row;
    const to = from * <usize>radix;
    for (let q: usize = 0; q < row; q += size) {
      for (let k = 0; k < radix; k++) {
        let sumR = load<T>(xr + from + q);
        let sumI = load<T>(xi + from + q);
        for (let j = 1, m = k; j < radix; j++, m += k) {
          if (m >= radix) m -= radix;
          const root = roots + (<usize>m << 3);
          const wr = splat<T>(load<f32>(root));
          const wi = splat<T>(load<f32>(root, 4));
          const r = load<T>(xr + from + q + <usize>j * part);
          const i = load<T>(xi + from + q + <usize>j * part);
          sumR = add<T>(sumR, sub<T>(mul<T>(r, wr), mul<T>(i, wi)));
          sumI = add<T>(sumI, add<T>(mul<T>(r, wi), mul<T>(i, wr)));
        }
        const at = to + <usize>k * row + q;
        if (k === 0) {
          store<T>(yr + at, sumR);
          store<T>(yi + at, sumI);
        } else storeTurned<T>(yr, yi, at, sumR, sumI, w + (<usize>(k - 1) << 3));
      }
    }
  }
}
