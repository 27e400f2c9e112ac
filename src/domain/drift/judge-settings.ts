import type { Monitor } from '../spec/valid-monitor.ts';
import type { JudgeSettings } from './judge-window.ts';
import type { ReferenceColumn, ReferenceProfile } from './profile.ts';

/** What a monitor says of judging; what it does not watch is ignored by name, besides what it says to ignore. */
export function judgeSettings(monitor: Monitor, reference: ReferenceProfile): JudgeSettings {
  const { effect, columns, minRows, falseDiscoveryRate, seasonality } = monitor;
  const unwatched = reference.columns.filter((column) => !isWatched(column, monitor)).map(({ column }) => column);
  return { effect, ignore: [...columns.ignore, ...unwatched], minRows, falseDiscoveryRate, seasonality };
}

/** Only files keep tensors: the log of the server and what is posted hold scalars. */
function isWatched({ measure }: ReferenceColumn, { multivariate, source }: Monitor): boolean {
  if (measure.of === 'reconstruction') return multivariate;
  return source.kind === 'files' || (measure.of !== 'norm' && measure.of !== 'component');
}
