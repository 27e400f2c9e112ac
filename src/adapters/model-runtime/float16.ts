/** Half precision (IEEE 754 binary16) as the 16 bits of it: Node has no such array yet. */

const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/** To the nearest, ties to even; beyond 65,520 infinite. */
export function toFloat16(value: number): number {
  scratch[0] = value;
  const all = bits[0] as number;
  const sign = (all >>> 16) & 0x8000;
  const rest = all & 0x7fffffff;
  if (rest > 0x7f800000) return sign | 0x7e00;
  if (rest >= 0x477ff000) return sign | 0x7c00;
  // Below the smallest normal half: in steps of 2^-24, which adding rounds to.
  if (rest < 0x38800000) return sign | roundToEven(Math.abs(scratch[0] as number) * 2 ** 24);
  const odd = (rest >>> 13) & 1;
  return sign | ((rest - 0x38000000 + 0xfff + odd) >>> 13);
}

export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const over = value - floor;
  return over > 0.5 || (over === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
