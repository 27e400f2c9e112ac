import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Tale } from './chapter.ts';
import { betterModel } from './chapters/better-model.ts';
import { drift } from './chapters/drift.ts';
import { firstVersion } from './chapters/first-version.ts';
import { rollback } from './chapters/rollback.ts';
import { worseSlice } from './chapters/worse-slice.ts';
import { createForgeView } from './forge-view.ts';
import { freePort } from './free-port.ts';
import { createNarrator, type StepResult } from './narrate.ts';
import { createWorld, NAME, OWNER, PROJECT, type World } from './world.ts';

export type DemoOptions = {
  /** Stop at the end instead of serving on. */
  exit: boolean;
  /** File for the steps as JSON. */
  json?: string;
  forgePort: number;
  serverPort: number;
};

export type DemoReport = { steps: StepResult[]; ok: boolean };

/** Plays the whole story on real data; answers whether every step was as it should be. */
export async function runDemo(options: DemoOptions, out: NodeJS.WriteStream): Promise<DemoReport> {
  const startedAt = performance.now();
  const narrator = createNarrator(out, startedAt);
  const interrupted = untilInterrupted();
  out.write('Sluice demo: 3,000,000 real flights of 2001, a local GitHub, models trained here and now.\n');
  const folder = path.join(PROJECT, '.sluice', 'demo');
  const ports = { forge: await freePort(options.forgePort), server: await freePort(options.serverPort) };
  const world = await createWorld(folder, ports);
  out.write(`Forge   ${world.forge.url}/${OWNER}/${NAME}\nSluice  ${world.server.url}\n`);
  const tale: Tale = { world, view: createForgeView(world), narrator, versions: [], calendar: [] };
  try {
    const ended = await Promise.race([tell(tale), interrupted]);
    const steps = narrator.results();
    const report: DemoReport = { steps, ok: ended === 'told' && steps.every((step) => step.ok) };
    if (options.json) {
      await mkdir(path.dirname(path.resolve(options.json)), { recursive: true });
      await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
    out.write(`\n${summary(report, ended, (performance.now() - startedAt) / 1000)}\n`);
    if (!options.exit && ended === 'told') {
      out.write(invitation(world));
      await interrupted;
    }
    return report;
  } finally {
    out.write('Stopping…\n');
    await world.close();
  }
}

async function tell(tale: Tale): Promise<'told'> {
  for (const chapter of [firstVersion, betterModel, worseSlice, drift, rollback]) await chapter(tale);
  return 'told';
}

/**
 * The first Ctrl-C ends the demo in good order. It arrives more than once (from the terminal and from npm), so the
 * handlers stay: a second one must not cut the clean-up short.
 */
function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
  });
}

function summary({ ok, steps }: DemoReport, ended: 'told' | 'interrupted', seconds: number): string {
  if (ended === 'interrupted') return 'Interrupted.';
  const wrong = steps.filter((step) => !step.ok).length;
  const said = ok ? `All ${steps.length} steps are as they should be` : `${wrong} of ${steps.length} steps went wrong`;
  return `${said} (${Math.round(seconds)} s).`;
}

function invitation(world: World): string {
  const base = `${world.forge.url}/${OWNER}/${NAME}`;
  const pages = ['', '/pulls', '/issues', '/releases', '/deployments'].map((page) => `  ${base}${page}`);
  return `\nLook around (Ctrl-C ends it):\n${pages.join('\n')}\n  as somebody who may press buttons: ${world.forge.url}/login?as=owner\n`;
}
