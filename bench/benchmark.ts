/** What every benchmark is: a question with an aim, answered by figures. */
export type Benchmark = {
  /** One line for --help. */
  about: string;
  run(options: BenchmarkOptions): Promise<BenchmarkResult>;
};

export type BenchmarkOptions = {
  /** Repetitions; each benchmark has its own default. */
  runs?: number;
  /** For people; goes to standard error. */
  say(line: string): void;
};

/** `ratio`: what was measured, as a multiple of its floor in the same run. */
export type BenchmarkResult = { ratio: number; aim: number; ok: boolean } & Record<string, number | boolean | string>;
