import type { PageRequest } from '../page-request.ts';
import type { ForgeState, Repository } from '../state.ts';
import type { World } from '../world.ts';

export type PageContext = { world: World; state: ForgeState; request: PageRequest; now: Date };

export type RepositoryContext = PageContext & {
  repository: Repository;
  /** Address of the repository's page, `/owner/name`. */
  base: string;
};
