/** Of a source's files: which may have rows of a window, and what tells one state of them from another. */
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Span } from '../../ports/drift-source.ts';
import type { KnownSpans } from './cache/known-spans.ts';
import type { Place } from './files/open-place.ts';
import type { SourceFile } from './files/walk.ts';
import { isYoung } from './profile-files.ts';

export const keyOf = ({ uri, stamp }: SourceFile): string => `${stamp} ${uri}`;

/** Of a file that was read it is known; of others their path may say something. */
export function reaches(window: Span, spans: KnownSpans): (file: SourceFile) => boolean {
  return (file) => {
    const edges = spans.get(file);
    return edges === undefined || edges === null || (edges.first < window.to && edges.last >= window.from);
  };
}

/** A file that is left out because it is being written comes in by growing older. */
export function stampOf(
  place: Place,
  files: SourceFile[],
  labels: SourceFile[],
  spans: KnownSpans,
  again: (file: SourceFile) => number | false,
): string {
  const describe = ({ uri, stamp }: SourceFile) => [uri, stamp];
  const waiting = [...files, ...labels].filter(
    (file) => !place.files.exact && isYoung(file) && spans.get(file) === undefined,
  );
  const retried = files.map(again).filter((hour) => hour !== false);
  return digestOf([files.map(describe), labels.map(describe), waiting.map(describe), ...retried]);
}
