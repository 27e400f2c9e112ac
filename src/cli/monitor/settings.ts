import { AppError } from '../../domain/errors.ts';
import { parseDuration } from '../../domain/spec/units.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';

type Setting = (monitor: Monitor, text: string) => Monitor | undefined;

const SEASONALITIES: readonly string[] = ['none', 'hour', 'weekday', 'hour-of-week'];

/** By the names that the spec has. */
const SETTINGS: Record<string, Setting> = {
  effect: (monitor, text) => within(text, 0, 1, (effect) => ({ ...monitor, effect })),
  minRows: (monitor, text) => whole(text, (minRows) => ({ ...monitor, minRows })),
  falseDiscoveryRate: (monitor, text) =>
    within(text, 0, 1, (falseDiscoveryRate) => ({ ...monitor, falseDiscoveryRate })),
  window: (monitor, text) => {
    const ms = parseDuration(text);
    return ms === undefined || ms < 1000 ? undefined : { ...monitor, windowSeconds: Math.round(ms / 1000) };
  },
  seasonality: (monitor, text) =>
    SEASONALITIES.includes(text) ? { ...monitor, seasonality: text as Monitor['seasonality'] } : undefined,
  multivariate: (monitor, text) =>
    text === 'true' || text === 'false' ? { ...monitor, multivariate: text === 'true' } : undefined,
  'open.after': (monitor, text) => whole(text, (after) => ({ ...monitor, open: { ...monitor.open, after } })),
  'open.grace': (monitor, text) => {
    const ms = parseDuration(text);
    return ms === undefined ? undefined : { ...monitor, open: { ...monitor.open, graceSeconds: ms / 1000 } };
  },
  'close.after': (monitor, text) => whole(text, (after) => ({ ...monitor, close: { after } })),
};

/** The monitor with other settings: `effect=.15`, `window=1d`, `open.after=3`. */
export function withSettings(monitor: Monitor, pairs: readonly string[]): Monitor {
  return pairs.reduce((current, pair) => {
    const [, name = '', value = ''] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
    const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (!setting) throw invalid(`--set ${pair}: there are ${Object.keys(SETTINGS).join(', ')}, such as effect=0.15`);
    const next = setting(current, value);
    if (!next) throw invalid(`--set ${pair}: "${value}" is no ${name}`);
    return next;
  }, monitor);
}

function within(text: string, low: number, high: number, make: (value: number) => Monitor): Monitor | undefined {
  const value = Number(text);
  return value > low && value < high ? make(value) : undefined;
}

function whole(text: string, make: (value: number) => Monitor): Monitor | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 ? make(value) : undefined;
}

function invalid(message: string): AppError {
  return new AppError('config/invalid-input', message);
}
