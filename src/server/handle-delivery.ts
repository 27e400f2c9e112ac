import { actionAsked, commentAsked } from '../domain/events/asked.ts';
import { factsOf } from '../domain/events/facts.ts';
import { keysOf } from '../domain/events/keys.ts';
import { openCollection } from '../flows/collection.ts';
import { formatKey } from '../flows/keys.ts';
import { openRecords } from '../flows/records.ts';
import type { Delivery, Store } from '../ports/store.ts';
import type { InboxHandlers } from './inbox-handlers.ts';
import { jobOfRun } from './job-of-run.ts';

/** Id: `owner/name@sha`. A commit can be the head of several pull requests. */
export type HeadRecord = { pulls: number[] };

/** Stores everything that the delivery says; only then may it count as handled. Answers the keys asked for. */
export async function handleDelivery(store: Store, handlers: InboxHandlers, delivery: Delivery): Promise<string[]> {
  const { event, payload, guid } = delivery;
  const { repositories } = openRecords(store.documents);
  const heads = openCollection<HeadRecord>(store.documents, 'head');
  const pullsOf = async (repository: string, sha: string): Promise<number[]> =>
    (await heads.get(`${repository}@${sha}`))?.pulls ?? [];

  const { repository, head, installationsChanged } = factsOf(event, payload);
  if (repository) {
    const { id, installationId, defaultBranch } = repository;
    await repositories.update(id, (known) =>
      known?.installationId === installationId && known.defaultBranch === defaultBranch && !known.removed
        ? undefined
        : { installationId, defaultBranch },
    );
  }
  if (head) {
    await heads.update(`${head.repository}@${head.sha}`, (known) =>
      known?.pulls.includes(head.pull) ? undefined : { pulls: [...(known?.pulls ?? []), head.pull] },
    );
  }
  if (installationsChanged) await handlers.onInstallationsChanged();

  const comment = commentAsked(event, payload);
  if (comment) await handlers.onComment(comment);
  const action = actionAsked(event, payload);
  if (action) {
    const pulls = [...new Set([...action.pulls, ...(await pullsOf(action.repository, action.sha))])];
    await handlers.onAction({ ...action, pulls, delivery: guid });
  }

  const keys = new Set<string>();
  for (const key of keysOf(event, payload)) {
    if (key.kind === 'run') {
      const id = await jobOfRun(store, key, delivery.receivedAt);
      if (id !== undefined) keys.add(formatKey({ kind: 'job', id }));
    } else if (key.kind !== 'head') {
      keys.add(formatKey(key));
    } else {
      const { repository } = key;
      const pulls = await pullsOf(repository, key.sha);
      for (const number of pulls) keys.add(formatKey({ kind: 'pull', repository, number }));
    }
  }
  for (const key of keys) await store.queue.request(key);
  return [...keys];
}
