import type { Report } from './report.ts';
import type { RawPolicy } from './schema-types.ts';
import { show } from './show.ts';
import { parseDuration } from './units.ts';
import type { RunnerSpec } from './valid.ts';

type Raw = NonNullable<RawPolicy['runners']>[string];
type Part = RunnerSpec extends infer Spec
  ? Spec extends RunnerSpec
    ? Omit<Spec, 'name' | 'pricePerHour' | 'maxHours' | 'maxConcurrent'>
    : never
  : never;

const DEFAULT_START_WITHIN = '10m';
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** What only this type of runner has, with its defaults. */
export function toRunnerPart(name: string, raw: Raw, report: Report): Part {
  switch (raw.type) {
    case 'local':
      return { type: 'local' };
    case 'actions': {
      const startWithin = raw.startWithin ?? DEFAULT_START_WITHIN;
      const startWithinMs = parseDuration(startWithin);
      if (startWithinMs === undefined) {
        report.error(['runners', name, 'startWithin'], `${show(startWithin)} is no duration such as 10m or 1h`);
      }
      return {
        type: 'actions',
        workflow: raw.workflow,
        runsOn: raw.runsOn ?? ['ubuntu-latest'],
        startWithinMs: startWithinMs ?? 0,
      };
    }
    case 'kubernetes': {
      const { namespace, image, queue, gpu = 0, nodeSelector = {}, tolerations = [], serviceAccount, dataRoot } = raw;
      if (!DIGEST.test(image)) {
        const tagged = image.replace(/@.*$/, '');
        report.error(
          ['runners', name, 'image'],
          `${show(image)} is not named by its digest, so that it could change under a trained model: write ` +
            `<image>@sha256:<64 hex digits>, which \`docker buildx imagetools inspect ${tagged}\` says (or \`crane digest ${tagged}\`)`,
        );
      }
      return {
        type: 'kubernetes',
        namespace,
        image,
        ...(queue === undefined ? {} : { queue }),
        gpu,
        nodeSelector,
        tolerations,
        volumes: (raw.volumes ?? []).map((volume) => ({ readOnly: true, ...volume })),
        ...(serviceAccount === undefined ? {} : { serviceAccount }),
        ...(dataRoot === undefined ? {} : { dataRoot }),
      };
    }
    case 'ray': {
      const { address, image, agent = ['sluice', 'agent'], cpus = 1, dataRoot } = raw;
      return {
        type: 'ray',
        address: address.replace(/\/+$/, ''),
        ...(image === undefined ? {} : { image }),
        agent,
        cpus,
        ...(dataRoot === undefined ? {} : { dataRoot }),
      };
    }
  }
}
