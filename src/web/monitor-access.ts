import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { MonitorIdentity, MonitorTokens } from '../domain/monitor/monitor-token.ts';
import { lowestEpoch, type TokenEpochs } from '../domain/monitor/token-epochs.ts';
import type { Model } from '../domain/spec/valid.ts';
import type { Monitor } from '../domain/spec/valid-monitor.ts';
import type { Records } from '../flows/records.ts';
import { type JsonAnswer, refusal } from './json-answer.ts';

/** A monitor as the default branch declares it, and what its deployment answers with. */
export type DeclaredMonitor = { monitor: Monitor; model?: Model };

export type MonitorAccess = {
  /** Of the bearer token: which monitor of that name is meant, or why the request gets no further. */
  enter(request: IncomingMessage, name: string): Promise<Entered | JsonAnswer>;
};
export type Entered = MonitorIdentity & { declared: DeclaredMonitor };

/** Specs are read again after that: what is merged takes as long to be known here. */
const KNOWN_MS = 5_000;
const MOST_KNOWN = 1_000;

export function createMonitorAccess(options: {
  records: Pick<Records, 'repositories' | 'bases'>;
  tokens: Pick<MonitorTokens, 'verify'>;
  epochs: TokenEpochs;
}): MonitorAccess {
  const { records, tokens, epochs } = options;
  const known = new LRUCache<string, { found: DeclaredMonitor | undefined }>({ max: MOST_KNOWN, ttl: KNOWN_MS });

  async function find({ repository, monitor: name }: MonitorIdentity): Promise<DeclaredMonitor | undefined> {
    const key = `${repository}/${name}`;
    const before = known.get(key);
    if (before) return before.found;
    const [installed, base] = await Promise.all([records.repositories.get(repository), records.bases.get(repository)]);
    const declared = installed && !installed.removed ? base?.repository : undefined;
    const monitor = declared?.monitors.find((one) => one.name === name);
    const deployment = declared?.deployments.find((one) => one.name === monitor?.deployment);
    const model = declared?.models.find((one) => one.name === deployment?.model);
    const found = monitor && { monitor, ...(model && { model }) };
    known.set(key, { found });
    return found;
  }

  return {
    async enter(request, name) {
      const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const identity = token === undefined ? undefined : tokens.verify(token);
      if (!identity || identity.epoch < lowestEpoch(epochs, identity)) {
        return refusal(401, 'the token is missing or not valid', 'Make one with: sluice monitor token', {
          'www-authenticate': 'Bearer realm="sluice"',
        });
      }
      const { repository, monitor } = identity;
      if (monitor !== name) return refusal(403, 'the token is of another monitor', `It may post to ${monitor} only`);
      const declared = await find({ repository, monitor });
      if (declared) return { repository, monitor, declared };
      return refusal(404, `${repository} declares no monitor ${monitor}`, 'Merge its spec to the default branch first');
    },
  };
}
