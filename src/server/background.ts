/** Something that goes on until told to stop; `stop` resolves when what was under way is done. */
export type Background = {
  /** Does it now, or once more when it is being done. */
  wake(): void;
  stop(): Promise<void>;
};

/** Repeats `action` every `everyMs` and on `wake`, never twice at a time. `action` must not throw. */
export function repeat(everyMs: number, action: () => Promise<void>): Background {
  let running: Promise<void> | undefined;
  let wanted = false;
  let stopped = false;
  const wake = (): void => {
    wanted = true;
    running ??= work().finally(() => {
      running = undefined;
      if (wanted && !stopped) wake();
    });
  };
  const work = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      await action();
    }
  };
  const timer = setInterval(wake, everyMs);
  return {
    wake: () => {
      if (!stopped) wake();
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
