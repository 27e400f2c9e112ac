import type { Monitor } from '../spec/valid-monitor.ts';

/** Where windows begin to be compared with the reference: those before a span that was accepted are another world's. */
export function referenceBegins({ reference }: Pick<Monitor, 'reference'>): number {
  return reference === 'training' ? Number.NEGATIVE_INFINITY : Date.parse(reference.from);
}

/** Of the windows that are compared with the reference, all in the order given. */
export function sinceReference<W extends { from: number }>(
  windows: readonly W[],
  monitor: Pick<Monitor, 'reference'>,
): W[] {
  const begins = referenceBegins(monitor);
  return windows.filter(({ from }) => from >= begins);
}
