import type { Monitor } from '../../src/domain/spec/valid-monitor.ts';

/** A monitor of hourly windows that nobody is assigned to and nothing is declared of, but for what is given. */
export function sampleMonitor(given: Pick<Monitor, 'name' | 'source'> & Partial<Monitor>): Monitor {
  return {
    kind: 'Monitor',
    path: `monitors/${given.name}.yaml`,
    deployment: 'production',
    scheduleSeconds: 3_600,
    windowSeconds: 3_600,
    settleSeconds: 0,
    reference: 'training',
    seasonality: 'none',
    columns: { ignore: [] },
    effect: 0.1,
    minRows: 350,
    falseDiscoveryRate: 0.05,
    multivariate: false,
    checks: {},
    performance: [],
    open: { after: 2, graceSeconds: 0 },
    close: { after: 3 },
    issue: { labels: [], assign: 'nobody' },
    retrain: 'suggest',
    ...given,
  };
}
