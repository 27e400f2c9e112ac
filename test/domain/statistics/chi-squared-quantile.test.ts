import { expect, it } from 'vitest';
import { chiSquaredQuantile } from '../../../src/domain/statistics/chi-squared-quantile.ts';

it.each([
  // scipy 1.17.1: scipy.stats.chi2.ppf(p, degrees).
  [0.025, 1, 0.0009820691171752555],
  [0.975, 1, 5.023886187314888],
  [0.5, 4, 3.3566939800333224],
  [0.0005, 3, 0.015278967243242953],
  [0.9995, 19, 45.97311956390125],
  [1e-6, 7, 0.07852360099036994],
  [0.999999, 2, 27.631021115871036],
])('the χ² quantile of %d with %d degrees of freedom', (p, degrees, expected) => {
  expect(Math.abs(chiSquaredQuantile(p, degrees) / expected - 1)).toBeLessThan(1e-8);
});
