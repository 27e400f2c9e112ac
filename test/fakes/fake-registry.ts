import { digestOf } from '../../src/domain/fingerprint/digest.ts';
import type { ModelVersion, Registry } from '../../src/ports/registry.ts';

/** Versions in a list. Pushing another content under the same version is an error of the caller. */
export function createFakeRegistry(): Registry & { pushed: ModelVersion[] } {
  const pushed: ModelVersion[] = [];
  const referenceOf = ({ repository, model, version }: ModelVersion) => `registry/${repository}/${model}:v${version}`;
  return {
    pushed,
    push: async (version) => {
      const known = pushed.find((one) => referenceOf(one) === referenceOf(version));
      if (known && digestOf(known) !== digestOf(version))
        throw new Error(`another manifest for ${referenceOf(version)}`);
      if (!known) pushed.push(structuredClone(version));
      return { reference: referenceOf(version), digest: digestOf(version) };
    },
    resolve: async (repository, model, version) => {
      const found = pushed.find(
        (one) => one.repository === repository && one.model === model && one.version === version,
      );
      return found && { reference: referenceOf(found), digest: digestOf(found), layers: found.artifact.files };
    },
    versions: async (repository, model) =>
      pushed.filter((one) => one.repository === repository && one.model === model).map(({ version }) => version),
  };
}
