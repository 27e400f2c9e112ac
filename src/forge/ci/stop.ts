import type { StopReason } from './runtime.ts';

/** Tells the processes of a job that it shall end, and remembers it for those still to come. */
export type Stop = {
  reason: () => StopReason | undefined;
  raise: (reason: StopReason) => void;
  /** Gives the way to stop listening. */
  listen: (listener: (reason: StopReason) => void) => () => void;
};

const weight: Record<StopReason, number> = { cancel: 1, timeout: 1, force: 2, lost: 3 };

export const createStop = (): Stop => {
  let current: StopReason | undefined;
  const listeners = new Set<(reason: StopReason) => void>();
  return {
    reason: () => current,
    raise: (reason) => {
      if (current && weight[reason] <= weight[current]) return;
      current = reason;
      for (const listener of [...listeners]) listener(reason);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
