import { show } from './show.ts';
import type { RunnerSpec } from './valid.ts';

/** Why jobs of a runner cannot run in this version of Sluice; undefined: they can. */
export function runnerTrouble({ name, type }: Pick<RunnerSpec, 'name' | 'type'>): string | undefined {
  if (type === 'local') return undefined;
  return `this version has no runner of type ${type}: jobs of the runner ${show(name)} will fail`;
}
