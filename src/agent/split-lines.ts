import { StringDecoder } from 'node:string_decoder';

export type LineSplitter = { write(chunk: Buffer): void; end(): void };

/**
 * Calls back with each line of a byte stream. A carriage return ends a line too (progress bars). Of a line longer than
 * `keep` characters only the beginning is held in memory and given out, once the line ends.
 */
export function createLineSplitter(keep: number, onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let held = '';

  function accept(text: string): void {
    const pieces = text.split(/\r\n|\n|\r/);
    pieces.forEach((piece, index) => {
      held = (held + piece.slice(0, keep)).slice(0, keep);
      const last = index === pieces.length - 1;
      if (last) return;
      if (held !== '') onLine(held);
      held = '';
    });
  }

  return {
    write: (chunk) => accept(decoder.write(chunk)),
    end() {
      accept(decoder.end());
      if (held !== '') onLine(held);
      held = '';
    },
  };
}
