import { formatKey } from '../flows/keys.ts';
import { openRecords } from '../flows/records.ts';
import type { Installations } from '../ports/installations.ts';
import type { Store } from '../ports/store.ts';

/** Makes what is remembered of repositories what GitHub says now; new ones get their default branch looked at. */
export async function refreshRepositories(
  store: Pick<Store, 'documents' | 'queue'>,
  installations: Installations,
): Promise<void> {
  const { repositories } = openRecords(store.documents);
  const present = await installations.list();
  const before = new Map((await repositories.list('')).map(({ id, value }) => [id, value]));
  for (const { repository, installationId, defaultBranch } of present) {
    const known = before.get(repository);
    before.delete(repository);
    const isSame = known?.installationId === installationId && known.defaultBranch === defaultBranch;
    if (isSame && !known.removed) continue;
    await repositories.update(repository, () => ({ installationId, defaultBranch }));
    await store.queue.request(formatKey({ kind: 'branch', repository, branch: defaultBranch }));
  }
  for (const id of before.keys()) {
    await repositories.update(id, (known) => (known && !known.removed ? { ...known, removed: true } : undefined));
  }
}
