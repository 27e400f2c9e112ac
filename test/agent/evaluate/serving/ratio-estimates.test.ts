import { describe, expect, it } from 'vitest';
import { quantileRatios, rangeRatio } from '../../../../src/agent/evaluate/serving/ratio-estimates.ts';
import { seededRandom } from '../../../../src/domain/statistics/seeded-random.ts';

const options = { seed: 7, confidence: 0.95 };

/** Times of about one millisecond with a few slow requests, `factor` times as long for the candidate. */
function times(factor: number, requests: number, seed: number) {
  const random = seededRandom(seed);
  const one = () => 1 + random() * 0.2 + (random() < 0.03 ? 3 : 0);
  return {
    candidate: Float64Array.from({ length: requests }, () => factor * one()),
    champion: Float64Array.from({ length: requests }, one),
  };
}

describe('ratios of quantiles', () => {
  it('are found again, within intervals that mean something', () => {
    const [p50, p95, p99] = quantileRatios(times(1.5, 1_000, 1), [0.5, 0.95, 0.99], options);
    for (const ratio of [p50, p95]) {
      expect(ratio?.lower).toBeLessThanOrEqual(1.5);
      expect(ratio?.upper).toBeGreaterThanOrEqual(1.5);
    }
    expect(p50?.value).toBeCloseTo(1.5, 1);
    const width = (one: typeof p50) => (one?.upper as number) - (one?.lower as number);
    expect(width(p50)).toBeLessThan(0.1);
    expect(width(p99)).toBeGreaterThan(width(p50));
  });

  it('hold 1 at about the stated confidence when both models are alike', () => {
    const runs = Array.from({ length: 60 }, (_, run) => quantileRatios(times(1, 200, run), [0.5], options)[0]);
    const held = runs.filter((one) => (one?.lower as number) <= 1 && (one?.upper as number) >= 1).length;
    expect(held).toBeGreaterThanOrEqual(53);
  });

  it.each([
    [0.5, 15],
    [0.5, 30],
    [0.95, 80],
    [0.99, 400],
  ])('of quantile %f hold the truth about as often after no more than %i requests', (share, requests) => {
    // Load that comes and goes is the machine's, so that both have it: of 100 runs, 95 ± 2.2 are to hold it.
    const held = Array.from({ length: 100 }, (_, run) => {
      const random = seededRandom(31 * run + requests);
      const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const [candidate, champion] = [new Float64Array(requests), new Float64Array(requests)];
      let load = normal();
      for (let request = 0; request < requests; request += 1) {
        load = 0.8 * load + 0.6 * normal();
        candidate[request] = 1.2 * Math.exp(0.3 * load + 0.2 * normal());
        champion[request] = Math.exp(0.3 * load + 0.2 * normal());
      }
      const [one] = quantileRatios({ candidate, champion }, [share], { seed: run, confidence: 0.95 });
      return (one?.lower as number) <= 1.2 && (one?.upper as number) >= 1.2;
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(89);
  });

  it('have no bounds where the requests cannot tell of the quantile', () => {
    const bounded = (requests: number) =>
      quantileRatios(times(1.5, requests, 5), [0.5, 0.95, 0.99], options).map((one) => one.lower !== null);
    expect(bounded(3)).toEqual([false, false, false]);
    expect(bounded(14)).toEqual([false, false, false]);
    expect(bounded(15)).toEqual([true, false, false]);
    // 0.95 ^ 72 and 0.99 ^ 368 are the first below 0.025
    expect(bounded(71)).toEqual([true, false, false]);
    expect(bounded(72)).toEqual([true, true, false]);
    expect(bounded(368)).toEqual([true, true, true]);
  });

  it('follow from the times and the seed alone', () => {
    const again = () => quantileRatios(times(1.1, 300, 3), [0.5, 0.99], options);
    expect(again()).toEqual(again());
  });
});

describe('ratios of a few runs', () => {
  it('reach from the lowest to the highest of any two', () => {
    expect(rangeRatio([10, 14, 12], [5, 6, 4])).toEqual({ value: 12 / 5, lower: 10 / 6, upper: 14 / 4 });
    expect(rangeRatio([10], [5])).toEqual({ value: 2, lower: null, upper: null });
  });
});
