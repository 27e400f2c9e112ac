import type { QualityFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import type { DriftIssueView } from '../drift-view.ts';
import { lossesOf } from './metric-change.ts';
import { lastBad } from './shown-window.ts';
import { decisiveTest, type Judged, movedIn, percent, plainName, shortName, signed, time } from './words.ts';

/** GitHub takes 256 characters. */
const LIMIT = 250;
const NAME = 40;

const CHECKS: Record<QualityFinding['check'], string> = {
  schema: 'the schema changed',
  volume: 'volume is off',
  freshness: 'the data is stale',
  latency: 'answers are slow',
  errors: 'requests fail',
  malformed: 'files cannot be read',
  duplicates: 'rows are there twice',
  timeless: 'rows have no proper time',
  late: 'rows come late',
};

/** Plain text: titles are not rendered, but mentions in them are. */
export function driftTitle({ monitor, windows, since, alerts }: DriftIssueView): string {
  const shown = lastBad(windows.filter((window) => window.to > since));
  const firing = alerts.filter(({ status }) => status === 'firing');
  const what = [
    ...(shown ? [qualityPhrase(shown.verdict), movedPhrase(shown.verdict), performancePhrase(shown.verdict)] : []),
    firing.length === 0 ? '' : `${list(firing.map(({ name }) => shortName(name, NAME)))} firing`,
  ].filter((part) => part !== '');
  const head = `${monitor.name}: ${what.length > 0 ? what.join(', ') : 'production differs from training'}`;
  const tail = `, since ${time(since)}`;
  return `${shortName(plain(head), LIMIT - tail.length)}${tail}`;
}

/** What moved and how bad it is, without a name and a date; empty when nothing did. */
export function driftHeadline(verdict: WindowVerdict): string {
  return plain(
    [qualityPhrase(verdict), movedPhrase(verdict), performancePhrase(verdict)].filter((part) => part !== '').join(', '),
  );
}

function qualityPhrase({ quality }: WindowVerdict): string {
  const bad = quality.filter(({ level }) => level !== 'note');
  const worst = bad.filter(({ level }) => level === 'severe');
  return [...new Set((worst.length > 0 ? worst : bad).map(({ check }) => CHECKS[check]))].slice(0, 2).join(', ');
}

function movedPhrase(verdict: WindowVerdict): string {
  const [first, ...others] = movedIn(verdict);
  if (first === undefined) return '';
  return `${phrase(first)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

function phrase(judged: Judged): string {
  const { finding } = judged;
  const name = shortName(plainName(judged), NAME);
  if (finding.broken !== undefined) return `${name}: ${shortName(finding.broken, NAME)}`;
  const { of, test } = decisiveTest(finding);
  if (of === 'missing') return `${name} ${percent(finding.missing.window)} missing`;
  return `${name} moved by ${test.effect.toFixed(2)}${test.measure === 'psi' ? ' PSI' : ''}`;
}

function performancePhrase(verdict: WindowVerdict): string {
  return lossesOf(verdict)
    .slice(0, 2)
    .map(({ metric, how, change }) => `${metric} ${signed(change, 2)}${how === 'estimated' ? ' estimated' : ''}`)
    .join(', ');
}

function list(names: string[]): string {
  return names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
}

function plain(text: string): string {
  return text.replace(/[@#`<>]/g, '');
}
