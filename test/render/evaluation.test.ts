import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import type { Evaluation, GateResult } from '../../src/domain/evaluate/evaluation.ts';
import { type EvaluationView, renderEvaluation } from '../../src/render/evaluation.ts';
import { compared, evaluation, gates, monstrous, regression, serving } from './sample-evaluation.ts';

const GITHUB_LIMIT = 65_535;
const plots = ['roc', 'pr', 'calibration', 'scores', 'seeds'].map((name, at) => ({
  name,
  alt: `Picture of ${name}`,
  url: `https://sluice.example/plots/${at}.svg`,
}));
const links = { page: 'https://sluice.example/evaluations/1', predictions: 'https://sluice.example/predictions/1' };

const whole = (view: EvaluationView) => {
  const { title, summary, text } = renderEvaluation(view);
  return `${title}\n\n---\n\n${summary}\n\n---\n\n${text}\n`;
};

describe('renderEvaluation', () => {
  it('shows a comparison', async () => {
    await expect(
      whole({ evaluation, gates, model: 'flight-delay', plots, evaluations: 23, links }),
    ).toMatchFileSnapshot('golden/evaluation-compared.md');
  });

  it('shows a first version', async () => {
    const { champion: _, seeds: __, discovery: ___, weightedBy: ____, ...first } = evaluation;
    const alone: Evaluation = {
      ...first,
      rows: 25,
      unlabelled: 0,
      threshold: { candidate: 0.5 },
      metrics: [compared('roc_auc', [0.7, null, null], undefined, undefined, { rows: 25, method: 'none' })],
      slices: [],
      slicesLeftOut: 0,
      fairness: [],
      robustness: { behaviour: [], invariances: [] },
      serving: { machine: serving.machine, candidate: serving.candidate },
      curves: {},
    };
    await expect(whole({ evaluation: alone, gates: [], model: 'flight-delay', plots: [] })).toMatchFileSnapshot(
      'golden/evaluation-first.md',
    );
  });

  it('says why a champion was not scored', async () => {
    const failed: GateResult[] = [
      { gate: 'rmse ≤ 12', verdict: 'fail', evidence: '12.35 [12.10, 12.60], wanted ≤ 12', bound: 'sha256:1' },
    ];
    await expect(
      whole({ evaluation: regression(), gates: failed, model: 'flight-delay', plots: [] }),
    ).toMatchFileSnapshot('golden/evaluation-skipped.md');
  });

  it.each([
    [['pass', 'pass'], 'All 2 gates pass', '✅'],
    [['pass', 'waived'], '1 of 2 gates passes, 1 waived', '✅'],
    [['waived'], 'The gate is waived', '✅'],
    [['pass', 'needs-approval'], '1 of 2 gates needs approval', '✋'],
    [['needs-approval', 'cannot-tell', 'fail'], '2 of 3 gates not passed, 1 needs approval', '❌'],
    [['cannot-tell'], 'The gate is not passed', '❌'],
  ] as [GateResult['verdict'][], string, string][])('says in one line what %j comes to', (verdicts, words, sign) => {
    const judged = verdicts.map((verdict) => ({ gate: 'size ≤ 1 MB', verdict, evidence: '2 MB', bound: 'sha256:1' }));
    const { title, summary } = renderEvaluation({ evaluation, gates: judged, model: 'flight-delay', plots: [] });
    expect(title).toMatch(new RegExp(`^${words}: `));
    expect(summary.split('\n')[0]).toContain(`${sign} **${words}.**`);
  });

  it('says of a metric without a value that it has none', () => {
    // As it comes out of a JSON file.
    const none = null as unknown as number;
    const metrics = [compared('r2', [none, null, null], [none, null, null], [none, null, null])];
    const { title, summary } = renderEvaluation({
      evaluation: { ...evaluation, metrics },
      gates: [],
      model: 'flight-delay',
      plots: [],
    });
    expect(title).toBe('No gates: r2 not defined (champion not defined)');
    expect(summary).toContain('| `r2` ↑ | not defined | not defined | not defined | ❔ too few rows |');
  });

  it('tells a difference that may be chance from one that stands after the correction', () => {
    const { text } = renderEvaluation({ evaluation, gates, model: 'flight-delay', plots: [] });
    const lines = text?.split('\n') ?? [];
    expect(lines.find((line) => line.includes('origin=LGA'))).toContain('**▼ worse** | 0.021');
    expect(lines.find((line) => line.includes('origin=JFK'))).toContain('≈ may be chance | 0.094');
  });

  it('keeps whatever comes to GitHub’s limit by leaving out, never by cutting', () => {
    const view = { ...monstrous(), model: 'flight-delay', plots, evaluations: 1, links };
    const { title, summary, text } = renderEvaluation(view);
    expect(title.length).toBeLessThanOrEqual(120);
    for (const part of [summary, text ?? '']) {
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(GITHUB_LIMIT);
      // As much as fits is shown.
      expect(Buffer.byteLength(part)).toBeGreaterThan(GITHUB_LIMIT / 2);
      const lines = (start: string) => part.split('\n').filter((line) => line.startsWith(start));
      expect(lines('<details>')).toHaveLength(lines('</details>').length);
      expect(part).toMatch(/_[\d,]+ more (slice|gate)s? in the \[full report\]\(https:\/\/sluice\.example/);
      for (const line of lines('| ')) expect(line).toMatch(/ \|$/);
    }
    for (const heading of [
      'Slices',
      'Discovered slices',
      'Fairness',
      'Robustness',
      'Cost of serving',
      'How it was done',
    ])
      expect(text).toContain(`### ${heading}\n`);
    expect(summary).toContain('### What could not be told');
  });

  it('lets nothing from the data through', () => {
    const view = { ...monstrous(), model: 'flight-delay', plots, links };
    const { summary, text } = renderEvaluation(view);
    const html = new MarkdownIt({ html: true, linkify: true }).render(`${summary}\n\n${text}`);
    // In code nobody is mentioned and nothing is linked.
    const seen = html.replace(/<code>[^<]*<\/code>/g, '');
    expect(seen).not.toMatch(/@owner|<img src=x|evil\.example"|\u202e|<h1/);
    const tags = new Set([...seen.matchAll(/<([a-z0-9]+)/g)].map((tag) => tag[1]));
    for (const tag of tags) expect(ALLOWED).toContain(tag);
  });
});

const ALLOWED = [
  'p',
  'h3',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'strong',
  'em',
  'code',
  'a',
  'img',
  'ul',
  'li',
  'blockquote',
  'details',
  'summary',
];
