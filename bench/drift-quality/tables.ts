/** The figures as Markdown, for people. */
import type { LevelAnswer } from './level.ts';
import { AFTER, type Detection } from './power.ts';
import { RULE_NAMES, type RuleName } from './rules.ts';
import { SHIFTS, trueEffect } from './shifts.ts';

export type PowerCell = {
  shift: string;
  rows: number;
  seen: Partial<Record<RuleName, Detection[]>>;
  /** Of what is promised for so many rows, if anything is. */
  kept?: boolean;
};

/** Windows until the alert, of half of the streams; more than there were when fewer than half have seen it. */
export function medianDelay(detections: Detection[]): number {
  const delays = detections.map(({ delay }) => delay ?? AFTER + 1).toSorted((a, b) => a - b);
  return delays[Math.ceil(delays.length / 2) - 1] ?? AFTER + 1;
}

/** Share of the streams with an alert at all, by what the streams are and by rows a window. */
export function levelTable(answers: LevelAnswer[]): string {
  const line = (label: string, of: LevelAnswer[]) =>
    row([
      label,
      String(of.length),
      ...RULE_NAMES.map((name) => percent(of.filter(({ alerts }) => alerts[name] > 0).length / of.length)),
    ]);
  const windows = answers.length * 90;
  const worlds = [...new Set(answers.map(({ world }) => world))];
  const sizes = [...new Set(answers.map(({ rows }) => rows))].sort((a, b) => a - b);
  return [
    'Streams without drift in which an alert is raised (25 columns × 90 windows)',
    '',
    row(['streams', 'number', ...RULE_NAMES]),
    row(['---', '--:', ...RULE_NAMES.map(() => '--:')]),
    ...worlds.map((world) =>
      line(
        world,
        answers.filter((one) => one.world === world),
      ),
    ),
    ...sizes.map((rows) =>
      line(
        `${rows.toLocaleString('en')} rows a window`,
        answers.filter((one) => one.rows === rows),
      ),
    ),
    line('**all**', answers),
    row([
      'alerts per 100 windows',
      '',
      ...RULE_NAMES.map((name) =>
        ((100 * answers.reduce((sum, { alerts }) => sum + alerts[name], 0)) / windows).toFixed(2),
      ),
    ]),
    '',
  ].join('\n');
}

/** By shift and rows: median delay in windows, and the share that was seen within ten. */
export function powerTable(cells: PowerCell[][]): string {
  const peers = RULE_NAMES.filter((name) => name !== 'sluice');
  return [
    `Drift: windows until the alert (half of the streams), share seen within ${AFTER}; in brackets the share with an alert before there was any drift`,
    '',
    row(['drift of one column', 'true effect', 'rows', ...RULE_NAMES]),
    row(['---', '---', '--:', ...RULE_NAMES.map(() => '--:')]),
    ...cells.flatMap((ofShift, i) =>
      ofShift.map(({ shift, rows, seen }) =>
        row([
          shift,
          trueEffect(SHIFTS[i]!),
          rows.toLocaleString('en'),
          ...(['sluice', ...peers] as const).map((name) => seenText(seen[name] ?? [])),
        ]),
      ),
    ),
    '',
  ].join('\n');
}

function seenText(detections: Detection[]): string {
  const median = medianDelay(detections);
  const share = detections.filter(({ delay }) => delay !== null).length / detections.length;
  const early = detections.filter((one) => one.early).length / detections.length;
  const text = share === 0 ? '–' : `${median > AFTER ? `>${AFTER}` : median}, ${percent(share)}`;
  return early > 0 ? `${text} (${percent(early)})` : text;
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}
