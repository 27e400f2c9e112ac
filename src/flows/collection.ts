import { AppError } from '../domain/errors.ts';
import type { Documents } from '../ports/store.ts';

/** One collection of documents with its type. `update` re-reads and repeats when somebody else was faster. */
export type Collection<T> = {
  get(id: string): Promise<T | undefined>;
  list(idPrefix: string): Promise<{ id: string; value: T }[]>;
  /** `change` gets the newest value; answering `undefined` leaves it. Answers the value after. */
  update(id: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>;
  remove(id: string): Promise<void>;
};

const MAX_TRIES = 8;

export function openCollection<T>(documents: Documents, name: string): Collection<T> {
  async function update(id: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined> {
    for (let tries = 1; ; tries += 1) {
      const stored = await documents.get<T>(name, id);
      const next = change(stored?.value);
      if (next === undefined) return stored?.value;
      try {
        await documents.put(name, id, next, stored?.revision ?? 0);
        return next;
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'conflict/stale') || tries === MAX_TRIES) throw error;
      }
    }
  }
  return {
    get: async (id) => (await documents.get<T>(name, id))?.value,
    list: (idPrefix) => documents.list<T>(name, idPrefix),
    update,
    remove: (id) => documents.remove(name, id),
  };
}
