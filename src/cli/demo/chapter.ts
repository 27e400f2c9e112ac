import type { ForgeView } from './forge-view.ts';
import type { Narrator } from './narrate.ts';
import type { World } from './world.ts';

/** What the chapters share: the world, how to look at the forge, who tells it, and what earlier chapters made. */
export type Tale = {
  world: World;
  view: ForgeView;
  narrator: Narrator;
  /** Address of the inference server, from the deployment's status on the forge. */
  servingUrl?: string;
  /** Versions of flight-delay in the order of their release. */
  versions: string[];
  /** Days that the monitor has seen, for the table at the end. */
  calendar: { day: string; rows: number; late: number }[];
};

export const MODEL = 'flight-delay';
export const DEPLOYMENT = 'flight-delay-production';
export const MONITOR = 'flight-delay-live';

/** What a step needs must be there; else the step says which earlier one failed. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing: an earlier step failed`);
  return value;
}
