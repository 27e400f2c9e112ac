import { isAncestor } from '../git/commits.ts';
import { readObject } from '../git/read-objects.ts';
import { deleteRef, isValidRefName, moveRef, noSha, type Ref, readRef } from '../git/refs.ts';
import { HttpError } from '../http-error.ts';
import type { Repository } from '../state.ts';
import { exclusively, type World } from '../world.ts';
import { refsMoved } from './refs-moved.ts';

const unprocessable = (message: string): HttpError => new HttpError(422, message);

const inOrder = <T>(world: World, repository: Repository, work: () => Promise<T>): Promise<T> =>
  exclusively(world, `refs ${repository.id}`, work);

/** Creates a ref, once: of several who try, all but one get 422 `Reference already exists`. */
export const createRef = async (
  world: World,
  repository: Repository,
  name: string,
  sha: string,
  login: string,
): Promise<Ref> => {
  if (!/^refs\/.+\/?.+/.test(name) || !(await isValidRefName(repository.gitDir, name))) {
    throw unprocessable('Reference name is invalid');
  }
  return inOrder(world, repository, async () => {
    const object = await readObject(repository.gitDir, sha);
    if (!object) throw unprocessable('Object does not exist');
    if (await readRef(repository.gitDir, name)) throw unprocessable('Reference already exists');
    if (name.startsWith('refs/heads/') && object.type !== 'commit') throw unprocessable('Object is not a commit');
    if (!(await moveRef(repository.gitDir, name, sha, noSha))) throw unprocessable('Reference already exists');
    await refsMoved(world, repository, [{ ref: name, before: noSha, after: sha }], login);
    return { name, sha, type: object.type };
  });
};

export const updateRef = (
  world: World,
  repository: Repository,
  name: string,
  sha: string,
  force: boolean,
  login: string,
): Promise<Ref> =>
  inOrder(world, repository, async () => {
    const object = await readObject(repository.gitDir, sha);
    const current = await readRef(repository.gitDir, name);
    if (!current) throw unprocessable('Reference does not exist');
    if (!object) throw unprocessable('Object does not exist');
    if (!force && object.type === 'commit' && !(await isAncestor(repository.gitDir, current.sha, sha))) {
      throw unprocessable('Update is not a fast forward');
    }
    if (!(await moveRef(repository.gitDir, name, sha, current.sha))) throw unprocessable('Reference cannot be updated');
    if (current.sha !== sha) {
      await refsMoved(world, repository, [{ ref: name, before: current.sha, after: sha }], login);
    }
    return { name, sha, type: object.type };
  });

export const removeRef = (world: World, repository: Repository, name: string, login: string): Promise<void> =>
  inOrder(world, repository, async () => {
    const current = await readRef(repository.gitDir, name);
    if (!current || !(await deleteRef(repository.gitDir, name, current.sha))) {
      throw unprocessable('Reference does not exist');
    }
    await refsMoved(world, repository, [{ ref: name, before: current.sha, after: noSha }], login);
  });
