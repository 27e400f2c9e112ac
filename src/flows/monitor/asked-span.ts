import type { MonitorRecord } from '../records.ts';
import type { MonitorScene } from './scene.ts';

export type Days = { from: string; to: string };

const DAY_MS = 86_400_000;
const KEPT = 20;

/** The span of the first try of this request: an interrupted one must not be made for the next window. */
export async function askedSpan({ records, id }: MonitorScene, asked: string, span: Days): Promise<Days> {
  const saved = await records.monitors.update(id, (stored) =>
    !stored || spanOf(stored, asked)
      ? undefined
      : { ...stored, asked: [...(stored.asked ?? []), { id: asked, ...span }].slice(-KEPT) },
  );
  const { from, to } = (saved && spanOf(saved, asked)) ?? span;
  return { from, to };
}

export function dayOf(epochMs: number, round: (days: number) => number = Math.round): string {
  return new Date(round(epochMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

function spanOf({ asked = [] }: MonitorRecord, id: string) {
  return asked.find((one) => one.id === id);
}
