import { describe, expect, it } from 'vitest';
import { rowsForPower, standardErrorOf } from '../../../src/domain/evaluate/power.ts';
import reference from './reference/intervals.json' with { type: 'json' };

describe('rowsForPower', () => {
  it.each(reference.power)('σ $sigma, distance $distance, confidence $confidence, power $power', (figures) => {
    const { sigma, distance, confidence, power, rows } = figures;
    // What 500 rows would have shown.
    const seen = { standardError: sigma / Math.sqrt(500), rows: 500 };
    expect(rowsForPower({ ...seen, distance, confidence, power })).toBe(Math.ceil(rows));
  });

  it('asks for a power of .8 when none is given', () => {
    // Cohen 1988, table 2.4.1: 393 a group for d = .2 of two samples; one sample of differences needs half.
    expect(rowsForPower({ standardError: 0.1, rows: 100, distance: 0.2, confidence: 0.95 })).toBe(197);
  });

  it('says nothing where no number of rows would do', () => {
    const question = { standardError: 0.1, rows: 100, confidence: 0.95 };
    expect(rowsForPower({ ...question, distance: 0 })).toBeUndefined();
    expect(rowsForPower({ ...question, distance: -0.1 })).toBeUndefined();
    expect(rowsForPower({ ...question, standardError: 0, distance: 0.1 })).toBeUndefined();
    expect(rowsForPower({ ...question, distance: 1e-12 })).toBeUndefined();
  });
});

describe('standardErrorOf', () => {
  it('is the half width over the normal quantile', () => {
    expect(standardErrorOf({ value: 0, lower: -1.959963984540054, upper: 1.959963984540054 }, 0.95)).toBeCloseTo(1, 12);
    expect(standardErrorOf({ value: 0, lower: null, upper: null }, 0.95)).toBeUndefined();
  });
});
