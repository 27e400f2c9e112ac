import type { Cause } from './verdict.ts';
export function probableCause(_: unknown): Cause | undefined {
  return undefined;
}
