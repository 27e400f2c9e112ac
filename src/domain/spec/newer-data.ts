import { parseLocation } from './location.ts';
import type { Dataset } from './valid.ts';

/** What of a dataset can be made newer by itself: its window, the file that it pins (below the data root only), or both. */
export type NewerData = 'window' | 'file' | 'both';

export function newerData({ window, source }: Dataset): NewerData | undefined {
  const location = parseLocation(source.uri);
  const isPinned = source.sha256 !== undefined && 'kind' in location && location.kind === 'file';
  if (window) return isPinned ? 'both' : 'window';
  return isPinned ? 'file' : undefined;
}
