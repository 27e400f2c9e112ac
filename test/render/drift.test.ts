import { describe, expect, it } from 'vitest';
import { NO_ALERT } from '../../src/domain/drift/alert.ts';
import { renderDriftIssue, renderDriftTransition, renderTroubleIssue } from '../../src/render/drift.ts';
import type { DriftIssueView, TroubleIssueView } from '../../src/render/drift-view.ts';
import {
  BAD,
  DAY,
  day,
  finding,
  firing,
  GOOD,
  MAY,
  measured,
  monitor,
  resolved,
  view,
  windows,
} from './sample-drift.ts';

const body = (more: Partial<DriftIssueView>) => renderDriftIssue({ ...view, ...more }).body;

describe('the issue of a monitor', () => {
  it('while it is open', async () => {
    const { title, body: text } = renderDriftIssue(view);
    expect(title).toBe(
      'flight-delay-live: volume is off, distance moved by 0.28 and 2 more, roc_auc −0.03 estimated, since 2001-05-20',
    );
    await expect(text).toMatchFileSnapshot('golden/drift-issue-open.txt');
  });

  it('when it is over: the title stays, nothing is asked of anyone', async () => {
    const good = [23, 24, 25].map((index) => day(index, GOOD));
    const over = renderDriftIssue({
      ...view,
      alert: NO_ALERT,
      windows: [...windows, ...good],
      pulls: [{ number: 14, outcome: 'merged; v1.2.0 is live since 2001-05-25' }],
    });
    expect(over.title).toBe(renderDriftIssue(view).title);
    await expect(over.body).toMatchFileSnapshot('golden/drift-issue-closed.txt');
  });

  it('with a measured loss, alerts of Prometheus, and snoozed', async () => {
    const broken = { ...BAD, quality: [], cause: undefined, performance: [measured(0.56, 'broken')], estimates: [] };
    const shown = renderDriftIssue({
      ...view,
      windows: [...windows.slice(0, 19), day(19, broken, { revised: 2 })],
      alerts: [resolved, firing],
      snoozed: { until: MAY + 30 * DAY, by: 'owner' },
    });
    expect(shown.title).toBe(
      'flight-delay-live: distance moved by 0.28 and 2 more, roc_auc −0.12, HighErrorRate firing, since 2001-05-20',
    );
    await expect(shown.body).toMatchFileSnapshot('golden/drift-issue-measured.txt');
  });

  it('while jobs of its runner come to nothing', () => {
    const fallback = { since: MAY, runner: 'cluster', why: 'no image [x](https://evil.example)' };
    expect(body({ fallback })).toContain(
      '⚠️ **Jobs on** `cluster` **come to nothing since 2001-05-01**: the server profiles their files itself, which takes longer. The last one: no image',
    );
    expect(body({ fallback })).not.toContain('[x](https');
    expect(body({})).not.toContain('come to nothing');
  });

  it('with nothing but alerts of Prometheus', () => {
    const { title, body: text } = renderDriftIssue({ ...view, alert: NO_ALERT, windows: [], alerts: [firing] });
    expect(title).toBe('flight-delay-live: HighErrorRate firing, since 2001-05-20');
    expect(text).toContain('**has alerts that fire**');
    expect(text).toContain('closes when they are resolved there');
  });

  it('a column that is gone leads the title, and what fails at once comes first', () => {
    const gone = {
      ...BAD,
      severe: true,
      quality: [{ check: 'schema', level: 'severe', column: 'distance', text: 'distance is gone' } as const],
      columns: [finding('distance', 0, { broken: 'the column is missing', drifted: true })],
      estimates: [],
      prediction: undefined,
    };
    const { title, body: text } = renderDriftIssue({ ...view, windows: [day(19, gone)] });
    expect(title).toBe('flight-delay-live: the schema changed, distance: the column is missing, since 2001-05-20');
    expect(text.indexOf('**schema**')).toBeLessThan(text.indexOf('**What changed:**'));
    expect(text).toContain('`distance` (the column is missing)');
  });

  it('calls an estimate estimated, with its past error, and a measured metric none', () => {
    expect(body({})).toMatch(
      /\*\*Estimated:\*\* `roc_auc` about 0\.651.*off by 0\.008 on average and by 0\.021 at most/,
    );
    const both = { ...BAD, performance: [measured(0.56, 'broken')] };
    expect(body({ windows: [day(19, both)] })).not.toContain('**Estimated:**');
  });

  it('shows no value of personal data', () => {
    const shy = body({ privateColumns: new Set(['distance', 'origin']) });
    expect(body({})).toContain('766.2 → 1233');
    expect(shy).not.toContain('766.2');
    expect(shy).not.toContain('1.61 times');
    expect(body({})).toContain('`ATL`');
    expect(shy).not.toContain('ATL');
  });

  it('escapes what comes from data', () => {
    const words = '@owner [x](https://evil.example) <b> #1';
    const hostile = {
      ...BAD,
      columns: [finding(words, 0.4)],
      quality: [{ check: 'schema', level: 'bad', text: words } as const],
      segments: [{ by: words, key: words, column: words, effect: 0.4, rows: 10 }],
      cause: { kind: 'unknown', text: words } as const,
    };
    const { title, body: text } = renderDriftIssue({
      ...view,
      windows: [day(19, hostile)],
      pulls: [{ number: 3, outcome: words }],
      alerts: [{ ...firing, name: words, annotations: { summary: words } }],
    });
    expect(title).not.toMatch(/[@#<>]/);
    const outside = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
    expect(outside).not.toContain('@owner');
    expect(outside).not.toContain('<b>');
    expect(outside).not.toMatch(/(?<!\\)\[x\\?\]\(https/);
  });

  it('stays within what GitHub takes, and what matters is whole', () => {
    const name = (at: number) => `${'`|<@#&*_[]~$'.repeat(20)}${at}`;
    const many = (effect: number) => Array.from({ length: 600 }, (_, at) => finding(name(at), effect + at / 10_000));
    const crowded = {
      ...BAD,
      columns: [...many(0.3), ...many(0)],
      segments: many(0.2).map(({ column }) => ({ by: column, key: column, column, effect: 0.3, rows: 10 })),
      quality: many(0).map(
        ({ column }) => ({ check: 'schema', level: 'bad', column, text: `${column} changed` }) as const,
      ),
    };
    const { title, body: text } = renderDriftIssue({
      ...view,
      windows: Array.from({ length: 60 }, (_, at) => day(at, crowded)),
      alerts: Array.from({ length: 300 }, (_, at) => ({ ...firing, name: name(at), fingerprint: String(at) })),
      pulls: Array.from({ length: 40 }, (_, at) => ({ number: at + 1, outcome: 'closed without merging' })),
      since: MAY,
    });
    expect(title.length).toBeLessThanOrEqual(256);
    expect(text.length).toBeLessThan(65_000);
    expect(text).toContain('`/rollback flight-delay-production`');
    expect(text).toContain('What is simply broken comes first');
    expect(text.split('<details>').length).toBe(text.split('</details>').length);
  });
});

describe('the comments', () => {
  const window = windows.at(-1)!;
  it.each([
    ['opened', { kind: 'opened', window } as const],
    [
      'reopened',
      { kind: 'reopened', window: { ...window, merged: 2, verdict: { ...window.verdict, severe: true } } } as const,
    ],
    ['closed', { kind: 'closed', window: windows[0]! } as const],
    ['revised', { kind: 'revised', window, before: 'good' } as const],
    ['alert-firing', { kind: 'alert-firing', at: MAY, alert: firing } as const],
    ['alert-resolved', { kind: 'alert-resolved', at: MAY + 20 * DAY, alert: resolved } as const],
  ])('say that it was %s', async (kind, transition) => {
    const text = renderDriftTransition(transition, monitor, '1.1.0');
    await expect(text).toMatchFileSnapshot(`golden/drift-${kind}.txt`);
  });
});

describe('the issue about the monitor itself', () => {
  const trouble: TroubleIssueView = {
    monitor,
    kind: 'failing',
    since: MAY,
    text: 'reading s3://bucket/log/*.parquet: access denied\n```@owner',
    over: false,
  };
  it.each([
    ['failing', trouble],
    ['no-data', { ...trouble, kind: 'no-data', text: 'the newest row is of 2001-04-30 23:10 UTC' } as const],
    ['over', { ...trouble, over: true }],
  ])('says what is wrong: %s', async (name, shown) => {
    const { title, body: text } = renderTroubleIssue(shown);
    await expect(`${title}\n\n${text}\n`).toMatchFileSnapshot(`golden/drift-trouble-${name}.txt`);
  });
});
