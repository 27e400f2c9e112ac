import { appendFile, mkdir } from 'node:fs/promises';
import { git } from './run-git.ts';

/** Makes a bare repository that serves any commit by its SHA, as GitHub does. */
export const createBare = async (gitDir: string, defaultBranch: string): Promise<void> => {
  await mkdir(gitDir, { recursive: true });
  await git(gitDir, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, gitDir]);
  const settings = {
    'http.receivepack': 'true',
    'uploadpack.allowAnySHA1InWant': 'true',
    'uploadpack.allowFilter': 'true',
    'receive.hideRefs': 'refs/pull',
    'transfer.hideRefs': 'refs/forge',
    'gc.auto': '0',
    'receive.autogc': 'false',
  };
  const text = Object.entries(settings).map(([key, value]) => {
    const [section, name] = key.split('.');
    return `[${section}]\n\t${name} = ${value}\n`;
  });
  await appendFile(`${gitDir}/config`, text.join(''));
};
