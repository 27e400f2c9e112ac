import { MAX_EPOCH, type MonitorIdentity } from './monitor-token.ts';

/** Which tokens count: those of this epoch and later ones. By `owner/name/monitor`; `otherwise` for all others. */
export type TokenEpochs = { otherwise: number; of: ReadonlyMap<string, number> };

const ENTRY = /^(?:([^\s,=]+)=)?([1-9]\d*)$/;

/** `2`, or `2, acme/flights/live=3`; '' is 1. Answers the entry that is none of it. */
export function parseTokenEpochs(text: string): TokenEpochs | { wrong: string } {
  const of = new Map<string, number>();
  let otherwise = 1;
  for (const entry of text.split(/[\s,]+/).filter((word) => word !== '')) {
    const [, name, digits] = ENTRY.exec(entry) ?? [];
    const epoch = Number(digits);
    if (digits === undefined || epoch > MAX_EPOCH) return { wrong: entry };
    if (name === undefined) otherwise = epoch;
    else if (name.split('/').length === 3) of.set(name.toLowerCase(), epoch);
    else return { wrong: entry };
  }
  return { otherwise, of };
}

export function lowestEpoch(epochs: TokenEpochs, { repository, monitor }: MonitorIdentity): number {
  return epochs.of.get(`${repository}/${monitor}`.toLowerCase()) ?? epochs.otherwise;
}
