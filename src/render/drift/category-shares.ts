import type { CategoricalProfile } from '../../domain/drift/profile.ts';
import { categoricalCells } from '../../domain/drift/profile-cells.ts';

export type CategoryShares = { category: string; before: number; now: number }[];

const MAX_BARS = 12;
/** A category with fewer rows than this, in training or in production, is not named: it could name a person. */
const MIN_CATEGORY_ROWS = 10;

/** The categories whose shares changed most, then the rest, what the reference never had, and what is missing. */
export function categoryShares(before: CategoricalProfile, now: CategoricalProfile): CategoryShares {
  const names = before.counts.map(([category]) => category);
  const counts = categoricalCells(now, names);
  const a = [...categoricalCells(before, names), before.nulls];
  const b = [...counts, now.nulls];
  const [p, q] = [shares(a), shares(b)];
  const order = names
    .map((category, at) => ({ category, at, before: p[at] as number, now: q[at] as number }))
    .filter(({ at }) => isNameable(a[at] as number, counts[at] as number))
    .sort((x, y) => Math.abs(y.now - y.before) - Math.abs(x.now - x.before))
    .slice(0, MAX_BARS);
  const chosen = new Set(order.map(({ at }) => at));
  const rest = (values: number[]) =>
    names.reduce((sum, _, at) => (chosen.has(at) ? sum : sum + (values[at] as number)), values[names.length] as number);
  const others = [
    { category: 'other', before: rest(p), now: rest(q) },
    { category: 'never seen before', before: p[names.length + 1] as number, now: q[names.length + 1] as number },
    { category: 'missing', before: p.at(-1) as number, now: q.at(-1) as number },
  ].filter((one) => one.before > 0 || one.now > 0);
  return [
    ...order.map(({ category, before: share, now: present }) => ({ category, before: share, now: present })),
    ...others,
  ];
}

function isNameable(before: number, now: number): boolean {
  const few = (count: number) => count > 0 && count < MIN_CATEGORY_ROWS;
  return Math.max(before, now) >= MIN_CATEGORY_ROWS && !few(before) && !few(now);
}

function shares(counts: number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / Math.max(1, total));
}
