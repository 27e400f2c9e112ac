import type { Doer } from '../actions/issues.ts';
import { loginOf } from '../http/authorize.ts';
import type { Call } from '../http/route.ts';

export const doerOf = (call: Call): Doer => ({
  login: loginOf(call.world, call.actor),
  byApp: call.actor.kind === 'installation' && call.actor.bot === undefined,
});
