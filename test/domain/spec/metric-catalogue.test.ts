import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, DEFAULT_METRICS, metricsOfTask, parseMetric } from '../../../src/domain/spec/metric-catalogue.ts';

describe('parseMetric', () => {
  it.each([
    ['rmse', 'rmse', undefined],
    ['f_beta@0.5', 'f_beta', 0.5],
    ['ndcg', 'ndcg', 10],
    ['ndcg@5', 'ndcg', 5],
    ['ece', 'ece', 10],
    ['top_k_accuracy', 'top_k_accuracy', undefined],
  ])('%s is %s with %s', (metric, name, parameter) => {
    const parsed = parseMetric(metric);
    expect(parsed).toMatchObject({ name, facts: CATALOGUE[name] });
    expect(parsed.parameter).toBe(parameter);
  });

  it.each(['f_beta@', 'f_beta@2@3', 'f_beta@0x2', 'f_beta@2e0', 'f_beta@ 2', 'f_beta@2.0', 'f_beta@02', 'f_beta@-1'])(
    '%j has no number: one metric has one name',
    (metric) => {
      expect(parseMetric(metric).parameter).toBeNaN();
    },
  );

  it('knows no facts of what is not in the catalogue', () => {
    for (const metric of ['profit', 'toString', '__proto__', '']) expect(parseMetric(metric).facts).toBeUndefined();
  });
});

describe('the catalogue', () => {
  it('has defaults within its bounds', () => {
    for (const { parameter } of Object.values(CATALOGUE)) {
      if (parameter?.default === undefined) continue;
      expect(parameter.default).toBeGreaterThanOrEqual(parameter.min);
      expect(parameter.default).toBeLessThanOrEqual(parameter.max);
    }
  });

  it('is explained in docs/metrics.md, under each task', () => {
    const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const sections = new Map(page.split(/^## /m).map((section) => [section.split('\n')[0], section]));
    for (const task of ['Binary classification', 'Multiclass classification', 'Regression', 'Ranking']) {
      const name = task.toLowerCase().replace(' ', '-') as keyof typeof DEFAULT_METRICS;
      const told = sections
        .get(task)
        ?.match(/`[a-z_0-9]+[@`]/g)
        ?.map((quoted) => quoted.slice(1, -1));
      for (const metric of metricsOfTask(name)) expect(told, task).toContain(metric);
    }
  });

  it('reports by default only what the task has and what needs no parameter', () => {
    for (const [task, metrics] of Object.entries(DEFAULT_METRICS)) {
      for (const metric of metrics) {
        expect(metricsOfTask(task as keyof typeof DEFAULT_METRICS)).toContain(metric);
        const { facts, parameter } = parseMetric(metric);
        expect(facts?.parameter === undefined || parameter !== undefined).toBe(true);
      }
    }
  });
});
