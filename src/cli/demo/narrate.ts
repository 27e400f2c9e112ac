/** Progress of the demo: in a terminal a line that moves, elsewhere one line a step. */
import { performance } from 'node:perf_hooks';

export type StepResult = { id: string; title: string; ok: boolean; evidence: string; ms: number };

export type Narrator = {
  chapter(title: string): void;
  /**
   * Runs one step; a thrown error makes it not ok, with the error's message as evidence. After that no step is run:
   * each builds on those before.
   */
  step(id: string, title: string, work: (say: (doing: string) => void) => Promise<string>): Promise<boolean>;
  results(): StepResult[];
};

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function createNarrator(out: NodeJS.WriteStream, startedAt: number): Narrator {
  const results: StepResult[] = [];
  const colour = (code: number, text: string) => (out.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const elapsed = () => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  async function step(
    id: string,
    title: string,
    work: (say: (doing: string) => void) => Promise<string>,
  ): Promise<boolean> {
    const from = performance.now();
    if (results.some((earlier) => !earlier.ok)) {
      results.push({ id, title, ok: false, evidence: 'not reached: an earlier step went wrong', ms: 0 });
      return false;
    }
    const moving = movingLine(out, () => `${elapsed()} ${title}`);
    let result: StepResult;
    try {
      const evidence = await work(moving.say);
      result = { id, title, ok: true, evidence, ms: Math.round(performance.now() - from) };
    } catch (error) {
      const evidence = error instanceof Error ? error.message : String(error);
      result = { id, title, ok: false, evidence, ms: Math.round(performance.now() - from) };
    } finally {
      moving.stop();
    }
    results.push(result);
    const mark = result.ok ? colour(32, '✓') : colour(31, '✗');
    out.write(
      `${colour(90, elapsed().padStart(5))} ${mark} ${title} ${colour(90, `${(result.ms / 1000).toFixed(1)} s`)}\n`,
    );
    for (const line of result.evidence.split('\n')) out.write(`        ${colour(result.ok ? 90 : 31, line)}\n`);
    return result.ok;
  }
  return {
    chapter: (title) => void out.write(`\n${colour(1, title)}\n`),
    step,
    results: () => results,
  };
}

function movingLine(out: NodeJS.WriteStream, label: () => string): { say(doing: string): void; stop(): void } {
  if (!out.isTTY) return { say: () => {}, stop: () => {} };
  let doing = '';
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % SPINNER.length;
    const text = `${SPINNER[frame]} ${label()}${doing ? `: ${doing}` : ''}`;
    out.write(`\r\u001b[2K${text.slice(0, (out.columns ?? 100) - 1)}`);
  };
  const timer = setInterval(draw, 100);
  timer.unref();
  return {
    say: (text) => {
      doing = text;
    },
    stop: () => {
      clearInterval(timer);
      out.write('\r\u001b[2K');
    },
  };
}
