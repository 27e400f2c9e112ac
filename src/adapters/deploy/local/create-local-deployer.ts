import { access, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { servingFolder } from '../../../domain/rollout/serving-folder.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import type { Deployer, DesiredDeployment } from '../../../ports/deployer.ts';
import { artifactFolder, materialiseArtifact } from './materialise-artifact.ts';
import { control, ensureProcess, findProcess, stopProcess } from './serving-process.ts';

export type LocalDeployer = Deployer & {
  /** Ends all inference processes below the folder; their state stays, the next `apply` or `status` starts them again. */
  stopAll(): Promise<void>;
};

export type LocalDeployerOptions = {
  /** Root of the serving folders; the drift source reads the logs from the same one. */
  folder: string;
  artifacts: Artifacts;
  /** Argv that starts `sluice serve`; `--folder … --host … --port …` is added. */
  serveCommand: string[];
};

/** Serves on this machine: one inference process a deployment, which outlives us and is found again. */
export function createLocalDeployer({ folder: root, artifacts, serveCommand }: LocalDeployerOptions): LocalDeployer {
  const busy = new Map<string, Promise<unknown>>();

  /** One at a time a deployment. */
  function exclusive<T>(folder: string, task: () => Promise<T>): Promise<T> {
    const run = (busy.get(folder) ?? Promise.resolve()).catch(() => undefined).then(task);
    busy.set(folder, run);
    return run;
  }

  async function apply(desired: DesiredDeployment, folder: string) {
    const versions = path.join(folder, 'versions');
    for (const { artifact } of desired.versions) await materialiseArtifact(artifacts, artifact, versions);
    const serving = await ensureProcess(folder, serveCommand);
    await control(serving, 'PUT', '/control/state', {
      repository: desired.repository,
      deployment: desired.name,
      versions: desired.versions.map(({ version, artifact, model, percent }) => ({
        version,
        percent,
        folder: `versions/${artifactFolder(artifact)}`,
        model,
      })),
    });
    const wanted = new Set(desired.versions.map(({ artifact }) => artifactFolder(artifact)));
    for (const entry of await readdir(versions).catch(() => [])) {
      if (!wanted.has(entry)) await rm(path.join(versions, entry), { recursive: true, force: true });
    }
  }

  return {
    apply(desired) {
      const folder = path.resolve(servingFolder(root, desired.repository, desired.name));
      return exclusive(folder, () => apply(desired, folder));
    },
    status(repository, name) {
      const folder = path.resolve(servingFolder(root, repository, name));
      return exclusive(folder, async () => {
        if (!(await exists(path.join(folder, 'state.json')))) return undefined;
        // What shall be served is written down: a process that died is no reason to serve nothing.
        const serving = (await findProcess(folder)) ?? (await ensureProcess(folder, serveCommand));
        const { ready, versions } = await control(serving, 'GET', '/control/state');
        return { ready, url: serving.url, versions };
      });
    },
    remove(repository, name) {
      const folder = path.resolve(servingFolder(root, repository, name));
      return exclusive(folder, async () => {
        await stopProcess(folder);
        // The logs stay: they say what was answered while it lived.
        for (const entry of ['state.json', 'process.json', 'versions']) {
          await rm(path.join(folder, entry), { recursive: true, force: true });
        }
      });
    },
    async stopAll() {
      const folders = await listFolders(root, 3);
      await Promise.all(folders.map((folder) => exclusive(folder, () => stopProcess(folder))));
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Folders exactly so many levels below: <owner>/<repository>/<deployment>. */
async function listFolders(folder: string, levels: number): Promise<string[]> {
  if (levels === 0) return [path.resolve(folder)];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name));
  return (await Promise.all(below.map((each) => listFolders(each, levels - 1)))).flat();
}
