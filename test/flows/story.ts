import type { Job } from '../../src/domain/jobs/job.ts';
import { createFlowWorld, type FlowWorld, type JobOutcome, REPOSITORY, tinyFiles } from './world.ts';

export const BOUGHT = 'models/bought/model.yaml';

/** Gates of slices need figures of their own; these stories are about the flow. */
export function shopFiles(): Record<string, string> {
  const all = tinyFiles();
  return { ...all, [BOUGHT]: all[BOUGHT]!.replace(/^ {2}- \{ metric: log_loss, slice.*\n/m, '') };
}

/** Only what `bought` needs: quicker where a story is played a hundred times. */
export function smallShop(): Record<string, string> {
  return Object.fromEntries(Object.entries(shopFiles()).filter(([path]) => !/amount|grade/.test(path)));
}

export const moreEpochs = (text: string): string => text.replace(/epochs: \d+/, 'epochs: 80');

/** A pull request that changes the model `bought`; nobody has looked at it yet. */
export async function openBetter(
  change: (text: string) => string = moreEpochs,
  given: { files?: Record<string, string>; author?: string; fromFork?: boolean } = {},
): Promise<{ world: FlowWorld; number: number; key: string }> {
  const { files = shopFiles(), ...who } = given;
  const world = await createFlowWorld(files);
  world.github.push('better', { [BOUGHT]: change(files[BOUGHT]!) });
  const number = world.github.openPull('better', who);
  const key = `pull:${REPOSITORY}#${number}`;
  await world.look(key);
  return { world, number, key };
}

/** The same, evaluated and approved. */
export async function approvedBetter(outcome?: (job: Job) => JobOutcome) {
  const story = await openBetter(moreEpochs, { files: smallShop() });
  await story.world.finish(outcome);
  await story.world.say(story.number, 'owner', '/approve');
  await story.world.finish(outcome);
  return story;
}

/** Another change, evaluated, approved and merged; the merge is not looked at yet. */
export async function mergeNext(world: FlowWorld, branch: string, epochs: number): Promise<number> {
  const main = world.github.commits.resolve('refs/heads/main')!;
  world.github.commits.branches.set(branch, main.sha);
  world.github.push(branch, { [BOUGHT]: main.files.get(BOUGHT)!.replace(/epochs: \d+/, `epochs: ${epochs}`) });
  const number = world.github.openPull(branch);
  await world.look(`pull:${REPOSITORY}#${number}`);
  await world.finish();
  await world.say(number, 'owner', '/approve');
  await world.finish();
  world.github.mergePull(number);
  await world.look(`pull:${REPOSITORY}#${number}`);
  return number;
}

/** Everything of ours that people can see, as text. */
export function shown(world: FlowWorld): string {
  const checks = world.github.checkRuns.map((run) =>
    [
      `=== ${run.name} (${run.status}${run.conclusion ? `, ${run.conclusion}` : ''})`,
      `# ${run.title}`,
      run.summary,
      ...(run.text ? ['--- text', run.text] : []),
      ...run.annotations.map((one) => `! ${one.path}:${one.startLine} ${one.level} ${one.message}`),
      ...run.actions.map((one) => `[${one.label}] ${one.identifier}`),
    ].join('\n'),
  );
  const comments = world.github.commentList.map((one) => `=== comment ${one.marker} on #${one.number}\n${one.body}`);
  return `${[...checks, ...comments].join('\n\n')}\n`;
}

export const gateOf = ({ github }: FlowWorld) => {
  const { conclusion, status, title } = github.checkRuns.findLast(({ name }) => name === 'sluice/gate')!;
  return `${conclusion ?? status}: ${title}`;
};
