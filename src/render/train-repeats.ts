import { plural } from './format.ts';
import { escapeText } from './markdown.ts';

export type RepeatView = { seed: number; state: 'waiting' | 'done' | 'failed'; why?: string };

/** The trainings with other seeds, the first one counted. `first`: whether it is done. */
export function repeatsLine(first: boolean, others: RepeatView[]): string {
  const done = others.filter(({ state }) => state === 'done').length + (first ? 1 : 0);
  const failed = others.filter(({ state }) => state === 'failed');
  const without = failed.map(({ seed, why }) => `seed ${seed}: ${escapeText(why ?? 'ended', 200)}`);
  const left = failed.length > 0 ? `; ${plural(failed.length, 'training')} left out (${without.join('; ')})` : '';
  return `Repeats: ${done} of ${others.length + 1} done${left}. The first is the candidate; the others show how much of it is the luck of a seed.`;
}
