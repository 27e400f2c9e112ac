import type { Deployer, DeploymentStatus, DesiredDeployment } from '../../src/ports/deployer.ts';

type Counts = { requests: number; errors: number };

/** Serves by noting what shall be served. `ready` and `counts` say how versions do. */
export type FakeDeployer = Deployer & {
  served: Map<string, DesiredDeployment>;
  /** Every split that was new, in order. */
  history: string[];
  unready: Set<string>;
  counts: Map<string, Counts>;
};

export function createFakeDeployer(): FakeDeployer {
  const served = new Map<string, DesiredDeployment>();
  const history: string[] = [];
  const unready = new Set<string>();
  const counts = new Map<string, Counts>();
  const splitOf = ({ versions }: DesiredDeployment) =>
    versions.map(({ version, percent }) => `v${version} ${percent} %`).join(', ');
  return {
    served,
    history,
    unready,
    counts,
    apply: async (desired) => {
      const key = `${desired.repository}/${desired.name}`;
      const before = served.get(key);
      if (!before || splitOf(before) !== splitOf(desired)) history.push(splitOf(desired));
      served.set(key, structuredClone(desired));
    },
    status: async (repository, name): Promise<DeploymentStatus | undefined> => {
      const desired = served.get(`${repository}/${name}`);
      if (!desired) return undefined;
      const versions = desired.versions.map(({ version, percent }) => ({
        version,
        percent,
        ready: !unready.has(version),
        ...(counts.get(version) ?? { requests: 0, errors: 0 }),
      }));
      return { ready: versions.every(({ ready }) => ready), url: `http://serve.example/${name}`, versions };
    },
    remove: async (repository, name) => void served.delete(`${repository}/${name}`),
  };
}
