/** A change that looks harmless overall and is not: the gate says where. */
import { MODEL, needed, type Tale } from '../chapter.ts';
import { closePull, openPull } from '../pull-actions.ts';
import { until } from '../until.ts';
import { RETRAIN_EPOCHS, worseFiles } from '../variants.ts';
import { NAME, OWNER } from '../world.ts';
import { completed, digestIn, expectConclusion } from './first-version.ts';

export async function worseSlice(tale: Tale): Promise<void> {
  const { view, narrator } = tale;
  narrator.chapter('A pull request that makes the model worse on a slice');
  let number: number | undefined;
  let head: string | undefined;
  let artifact: string | undefined;

  await narrator.step(
    'slice-gate',
    'Overall it holds; on a slice it does not: the gate fails and says where',
    async (say) => {
      const change = await worseFiles();
      const pull = await openPull(tale, { branch: 'simpler-features', ...change });
      number = pull.number;
      head = pull.head.sha;
      const gate = await view.waitCheck(head, 'sluice/gate', 120, completed, say);
      expectConclusion(gate, 'failure');
      artifact = digestIn(needed(await view.check(head, `sluice/train: ${MODEL}`), 'the training check'));
      const failedOn = (gate.output.summary ?? '').split('\n').filter((line) => line.includes('❌'));
      if (!failedOn.some((line) => line.includes('slice') || line.includes('=')))
        throw new Error(`no slice is named:\n${gate.output.summary}`);
      return `${gate.output.title}\n${failedOn.join('\n')}\n${gate.html_url}`;
    },
  );

  await narrator.step(
    'retrain-command',
    `/retrain ${MODEL} epochs=${RETRAIN_EPOCHS} from a comment: committed, trained, judged again`,
    async (say) => {
      const pull = needed(number, 'the pull request');
      const before = needed(head, 'the head');
      await view.say('author', pull, `/retrain ${MODEL} epochs=${RETRAIN_EPOCHS}`);
      const after = await until('the commit of the parameters', 30, async () => {
        const now = (await view.pull(pull)).head.sha;
        return now === before ? undefined : now;
      });
      const commit = (await view.api.repos.getCommit({ owner: OWNER, repo: NAME, ref: after })).data;
      const gate = await view.waitCheck(after, 'sluice/gate', 120, completed, say);
      const trained = digestIn(needed(await view.check(after, `sluice/train: ${MODEL}`), 'the training check'));
      if (trained === artifact) throw new Error('the artifact is the same as before');
      return `${after.slice(0, 12)} “${commit.commit.message.split('\n')[0]}”; artifact ${trained}\nsluice/gate: ${gate.conclusion}: ${gate.output.title}`;
    },
  );

  await narrator.step('given-up', 'The author closes it; nothing was released', async () => {
    const pull = needed(number, 'the pull request');
    await closePull(tale, pull);
    if (await view.tagCommit(`${MODEL}@v2.1.0`)) throw new Error('a version was released');
    return `#${pull} is ${(await view.pull(pull)).state}; newest version is v${tale.versions.at(-1)}`;
  });
}
