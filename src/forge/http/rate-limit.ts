import { HttpError } from '../http-error.ts';
import type { Actor, World } from '../world.ts';

const hour = 3600;

const keyOf = (actor: Actor): string => {
  if (actor.kind === 'installation') return `installation ${actor.installation.id}`;
  return actor.kind === 'user' ? `user ${actor.login}` : actor.kind;
};

export type Rate = { limit: number; used: number; remaining: number; reset: number };

const entryOf = (world: World, actor: Actor): { used: number; resetAt: number } => {
  const seconds = Math.floor(Date.now() / 1000);
  const known = world.rates.get(keyOf(actor));
  if (known && known.resetAt > seconds) return known;
  const fresh = { used: 0, resetAt: seconds + hour };
  world.rates.set(keyOf(actor), fresh);
  return fresh;
};

export const rateOf = (world: World, actor: Actor): Rate => {
  const { used, resetAt } = entryOf(world, actor);
  const limit = world.limits.requestsPerHour;
  return { limit, used, remaining: Math.max(limit - used, 0), reset: resetAt };
};

export const rateHeaders = (world: World, actor: Actor): Record<string, string> => {
  const rate = rateOf(world, actor);
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-resource': 'core',
  };
};

export const countRequest = (world: World, actor: Actor): void => {
  entryOf(world, actor).used += 1;
};

export const refuseWhenExhausted = (world: World, actor: Actor): void => {
  if (rateOf(world, actor).remaining > 0) return;
  throw new HttpError(403, `API rate limit exceeded for ${keyOf(actor)}.`);
};

/** GitHub's second limit: so many new things a minute, whatever the hourly budget says. */
export const refuseHastyCreation = (world: World, actor: Actor): void => {
  const now = Date.now();
  const recent = (world.creations.get(keyOf(actor)) ?? []).filter((at) => now - at < 60_000);
  if (recent.length >= world.limits.contentPerMinute) {
    throw new HttpError(
      403,
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    );
  }
  world.creations.set(keyOf(actor), [...recent, now]);
};
