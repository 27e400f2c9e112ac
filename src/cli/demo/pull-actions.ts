/** What a person does with a pull request: over REST with their own token, as anywhere on GitHub. */
import type { Tale } from './chapter.ts';
import { NAME, OWNER } from './world.ts';

const REPO = { owner: OWNER, repo: NAME };
const FULL = `${OWNER}/${NAME}`;

export async function openPull(
  tale: Tale,
  change: { branch: string; title: string; body: string; files: Record<string, string> },
) {
  await tale.world.forge.importFiles(FULL, change.branch, change.files, change.title, 'author');
  const { rest } = tale.world.people.author;
  return (
    await rest.pulls.create({ ...REPO, head: change.branch, base: 'main', title: change.title, body: change.body })
  ).data;
}

/** Another commit on the branch; answers the new head. */
export function pushTo(
  tale: Tale,
  branch: string,
  files: Record<string, string>,
  message: string,
  by = 'author',
): Promise<string> {
  return tale.world.forge.importFiles(FULL, branch, files, message, by);
}

export async function mergePull(tale: Tale, number: number): Promise<string> {
  const { rest } = tale.world.people.owner;
  return (await rest.pulls.merge({ ...REPO, pull_number: number, merge_method: 'merge' })).data.sha;
}

export async function closePull(tale: Tale, number: number): Promise<void> {
  await tale.world.people.author.rest.pulls.update({ ...REPO, pull_number: number, state: 'closed' });
}
