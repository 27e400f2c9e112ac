import { addPath, error, info, notice, setOutput, summary, warning } from '@actions/core';

/** Where an annotation points; `file` relative to the repository. */
export type Place = { title?: string; file?: string; startLine?: number; startColumn?: number };

/** What an action may do to the step that it is: everything else it gets as arguments. */
export type Io = {
  env: Record<string, string | undefined>;
  info(line: string): void;
  notice(message: string, place?: Place): void;
  warning(message: string, place?: Place): void;
  error(message: string, place?: Place): void;
  output(name: string, value: string): void;
  /** Markdown that is shown on the page of the run. */
  summary(markdown: string): Promise<void>;
  /** For the steps after this one. */
  addPath(folder: string): void;
};

/** GitHub takes at most 1 MiB of summary a step, and drops all of a longer one. */
const MAX_SUMMARY = 1_000_000;

export function githubIo(env: Io['env']): Io {
  return {
    env,
    info,
    notice,
    warning,
    error,
    output: setOutput,
    addPath,
    async summary(markdown) {
      // Absent on servers that know no summaries, and where somebody tries an action by hand.
      if (env.GITHUB_STEP_SUMMARY === undefined) return;
      const bytes = Buffer.from(markdown);
      const cut = `${bytes.subarray(0, MAX_SUMMARY).toString('utf8')}\n\n… cut here: GitHub shows 1 MiB.`;
      await summary.addRaw(bytes.length > MAX_SUMMARY ? cut : markdown, true).write();
    },
  };
}
