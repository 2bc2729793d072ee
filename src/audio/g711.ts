/**
 * The sample that an A-law byte stands for, in [-1, 1).
 * Source: ITU-T G.711 (11/88), table 1a, left-justified in 16 bits as libsndfile and sox give it.
 *
 * @param byte 0 to 255
 * @example
 * decodeALaw(0x55); // -0.000244140625, the smallest negative step
 */
export function decodeALaw(byte: number): number {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = ((code & 15) << 4) | 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (code & 0x80 ? magnitude : -magnitude) / 32768;
}

/**
 * The sample that a mu-law byte stands for, in [-1, 1).
 * Source: ITU-T G.711 (11/88), table 2a, left-justified in 16 bits as libsndfile and sox give it.
 *
 * @param byte 0 to 255
 * @example
 * decodeMuLaw(0xff); // 0
 */
export function decodeMuLaw(byte: number): number {
  const code = ~byte;
  const bias = 0x84;
  const biased = (((code & 15) << 3) + bias) << ((code >> 4) & 7);
  return (code & 0x80 ? bias - biased : biased - bias) / 32768;
}
