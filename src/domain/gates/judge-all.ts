import { count, figure } from './figures.ts';
import { holm } from './holm.ts';
import { type Finding, finding } from './verdict.ts';

/** One of several that must all pass; `p`: one-sided, of "it passes". */
export type Part = { name: string; finding: Finding; p: number };

const NAMED = 3;
const SHOWN = 10;

/**
 * All must pass, each at the gate's confidence (an intersection–union test needs no correction). One is said to fail only
 * after Holm's correction, `alpha` for the `family`: these, and what was tried beside them with larger p. `what`: what they
 * are, `slices`.
 */
export function judgeAll(parts: Part[], alpha: number, what: string, family = parts.length): Finding {
  const order = [...parts].sort((a, b) => a.p - b.p);
  const rejected = holm(
    order.map((one) => one.p),
    alpha,
    family,
  );
  // What passes by its own interval is not said to fail.
  const failed = order.filter((one, index) => rejected[index] && one.finding.verdict !== 'pass');
  const working = workingOf(order, alpha, what, family);
  const open = order.filter((one) => one.finding.verdict !== 'pass');
  const change = (failed.length > 0 ? failed : open.length > 0 ? open : order.slice(0, 1))
    .slice(0, NAMED)
    .flatMap((one) => one.finding.change.map((text) => `${one.name}: ${text}`));
  const listed = (some: Part[]) => `${count(some.length)} of ${count(parts.length)} ${what}: ${list(some)}`;
  if (failed.length > 0) return finding('fail', listed(failed), working, change);
  if (open.length > 0) return finding('cannot-tell', listed(open), working, change);
  const [worst] = order as [Part];
  const all = parts.length === 1 ? '' : `all ${count(parts.length)} ${what}, the worst: `;
  return finding('pass', `${all}${worst.name} ${worst.finding.evidence}`, working, change);
}

function list(parts: Part[]): string {
  const names = parts.slice(0, NAMED).map((one) => `${one.name} ${one.finding.evidence}`);
  return `${names.join('; ')}${parts.length > NAMED ? `; and ${count(parts.length - NAMED)} more` : ''}`;
}

function workingOf(order: Part[], alpha: number, what: string, family: number): string[] {
  const shown = order.slice(0, SHOWN).map((one, rank) => {
    const limit = `${figure(alpha)} / ${family - rank} = ${figure(alpha / (family - rank))}`;
    return `${one.name}: ${one.finding.evidence}; p of "it holds" ${figure(one.p)}, Holm's limit ${limit}.`;
  });
  const more = order.length - shown.length;
  return [...shown, ...(more > 0 ? [`${count(more)} more ${what} with larger p.`] : [])];
}
