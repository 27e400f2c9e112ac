import { CompressionType, compressionRegistry } from 'apache-arrow';
import { decodeLz4Frame } from './lz4-frame.ts';

/** LZ4 is what Feather files are compressed with unless their writer says otherwise. */
export function registerArrowCodecs(): void {
  if (compressionRegistry.get(CompressionType.LZ4_FRAME) === null) {
    compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
  }
}
