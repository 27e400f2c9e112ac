import { AppError } from '../errors.ts';

const REPOSITORY = /^(?!\.+\/)[A-Za-z0-9_.-]+\/(?!\.+$)[A-Za-z0-9_.-]+$/;
const NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;

/**
 * Where the local inference process of a deployment keeps everything: state.json (what it serves), process.json (where it
 * answers), versions/ (artifacts), segments/ and log/dt=…/ (predictions), labels/. Deployer and monitor share it.
 */
export function servingFolder(root: string, repository: string, deployment: string): string {
  if (!REPOSITORY.test(repository) || !NAME.test(deployment)) {
    throw new AppError('config/invalid-input', `No name of a deployment: ${repository} ${deployment}`);
  }
  return `${root}/${repository}/${deployment}`;
}
