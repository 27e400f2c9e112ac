import type { RepositoryRef } from '../ports/github.ts';
import type { Records } from './records.ts';

/** How to reach a repository as its installation; undefined when the app is not installed there (any more). */
export async function repositoryRef(records: Records, repository: string): Promise<RepositoryRef | undefined> {
  const record = await records.repositories.get(repository);
  if (!record || record.removed) return undefined;
  const [owner, name] = repository.split('/') as [string, string];
  return { owner, name, installationId: record.installationId };
}
