/** Reads LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md) without checking their checksums. */
const MAGIC = 0x184d2204;
/** No frame of a record batch is larger than Arrow's own limit of a buffer. */
const MAX_BYTES = 2 ** 31 - 1;

export function decodeLz4Frame(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error('no LZ4 frame');
  const flags = data[4]!;
  const [blockChecksum, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  let out = new Uint8Array(hasSize ? size(view.getBigUint64(6, true)) : data.length * 4);
  let end = 0;
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return out.subarray(0, end);
    const length = word & 0x7fffffff;
    const block = data.subarray(at, at + length);
    at += length + (blockChecksum ? 4 : 0);
    const need = word >>> 31 ? length : decodedLength(block);
    if (end + need > out.length) out = grow(out, end + need);
    if (word >>> 31) out.set(block, end);
    else decodeBlock(block, out, end);
    end += need;
  }
}

function size(bytes: bigint): number {
  if (bytes > BigInt(MAX_BYTES)) throw new Error(`LZ4 frame of ${bytes} bytes`);
  return Number(bytes);
}

function grow(out: Uint8Array, need: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size(BigInt(Math.max(need, out.length * 2))));
  larger.set(out);
  return larger;
}

/** Calls back for each sequence: literals, then a match `offset` back. */
function sequences(block: Uint8Array, each: (from: number, literals: number, offset: number, match: number) => void) {
  let at = 0;
  const more = (nibble: number) => {
    let length = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        if (at >= block.length) throw new Error('LZ4 block ends early');
        byte = block[at++]!;
        length += byte;
      } while (byte === 255);
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = more(token >> 4);
    const from = at;
    at += literals;
    if (at > block.length) throw new Error('LZ4 block ends early');
    if (at === block.length) return each(from, literals, 0, 0);
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    each(from, literals, offset, more(token & 15) + 4);
  }
}

function decodedLength(block: Uint8Array): number {
  let length = 0;
  sequences(block, (_from, literals, _offset, match) => {
    length += literals + match;
  });
  return size(BigInt(length));
}

function decodeBlock(block: Uint8Array, out: Uint8Array, start: number): void {
  let end = start;
  sequences(block, (from, literals, offset, match) => {
    out.set(block.subarray(from, from + literals), end);
    end += literals;
    if (match === 0) return;
    if (offset === 0 || offset > end) throw new Error('LZ4 match before the start');
    // Byte by byte: a match may overlap what it makes.
    for (let i = 0; i < match; i++, end++) out[end] = out[end - offset]!;
  });
}
