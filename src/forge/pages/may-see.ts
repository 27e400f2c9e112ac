import { effectiveRole } from '../find.ts';
import type { ForgeState, Repository } from '../state.ts';

/** Public repositories are for everyone, private ones for who was given a role. */
export const maySee = (state: ForgeState, repository: Repository, viewer: string | undefined): boolean =>
  !repository.private || (viewer !== undefined && effectiveRole(state, repository, viewer) !== undefined);
