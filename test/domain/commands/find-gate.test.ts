import { expect, test } from 'vitest';
import { findGate } from '../../../src/domain/commands/gate-reference.ts';

const shown = ['roc_auc ≥ 0.6', 'roc_auc ≥ 0.6 in origin=ATL', 'latency p99 ≤ 5 ms', 'size ≤ 1 MB'];

test.each([
  [{ number: 1 }, 0],
  [{ number: 4 }, 3],
  [{ number: 5 }, 'none'],
  [{ number: 0 }, 'none'],
  [{ text: 'latency' }, 2],
  [{ text: 'SIZE  ≤' }, 3],
  // The whole text of one gate means that one, though another one begins with it.
  [{ text: 'roc_auc ≥ 0.6' }, 0],
  [{ text: 'roc_auc' }, 'several'],
  [{ text: 'log_loss' }, 'none'],
])('%j', (reference, expected) => {
  const found = findGate(reference, shown);
  expect(found.ok ? found.index : found.why).toBe(expected);
});
