import { type SeenWindow, seenWindow } from '../../domain/drift/seen-window.ts';
import type { PerformanceFinding } from '../../domain/drift/verdict.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { WindowObservation } from '../../ports/drift-source.ts';
import { readJson } from '../blobs.ts';
import type { WindowRecord } from './monitor-record.ts';

export async function keepWindow(
  artifacts: Artifacts,
  { labelled, ...observed }: WindowObservation,
  performance: PerformanceFinding[],
  minRows: number,
): Promise<string> {
  // JSON has no typed arrays.
  const rows = { predictions: [...labelled.predictions], labels: [...labelled.labels] };
  return artifacts.put(JSON.stringify(seenWindow({ ...observed, labelled: rows }, performance, minRows)));
}

export function readKept(artifacts: Artifacts, window: Pick<WindowRecord, 'profile'>): Promise<SeenWindow> {
  return readJson<SeenWindow>(artifacts, window.profile);
}
