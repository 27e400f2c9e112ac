import { Job } from 'kubernetes-models/batch/v1/Job';
import { Event } from 'kubernetes-models/v1/Event';
import { Pod } from 'kubernetes-models/v1/Pod';
import { Secret } from 'kubernetes-models/v1/Secret';
import type { KubeObject } from './object-store.ts';

type Checked = { validate(): void };
const KINDS: Record<string, new (data: never) => Checked> = { Job, Pod, Secret, Event };

/** Kubernetes' OpenAPI schema of the kind, then the rules of the API server that a schema cannot say; undefined: right. */
export function wrongWith(kind: string, object: unknown): string | undefined {
  if (kind === 'Status' || kind === 'DeleteOptions') return wrongWithMeta(kind, object as KubeObject);
  const Kind = KINDS[kind];
  if (!Kind) return `no schema for ${kind}`;
  try {
    new Kind(object as never).validate();
  } catch (error) {
    return `${kind}: ${(error as Error).message}`;
  }
  return kind === 'Job' ? wrongWithJob(object as KubeObject) : undefined;
}

/** Fields of meta/v1, which the package of the schemas has no kinds for. */
const META: Record<string, string[]> = {
  Status: ['apiVersion', 'kind', 'metadata', 'status', 'message', 'reason', 'details', 'code'],
  DeleteOptions: ['apiVersion', 'kind', 'dryRun', 'gracePeriodSeconds', 'preconditions', 'propagationPolicy'],
};
const POLICIES = ['Orphan', 'Background', 'Foreground', undefined];

function wrongWithMeta(kind: string, object: KubeObject): string | undefined {
  const unknown = Object.keys(object).find((field) => !META[kind]!.includes(field));
  if (unknown) return `${kind}: unknown field ${unknown}`;
  return POLICIES.includes(object.propagationPolicy) ? undefined : 'DeleteOptions: propagationPolicy';
}

const LABEL = /^$|^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi)?$/;

/** From pkg/apis/batch/validation and pkg/apis/core/validation of Kubernetes, as far as our Jobs can meet them. */
function wrongWithJob({ metadata, spec }: KubeObject): string | undefined {
  const pod = spec.template.spec;
  const indexed = spec.completionMode === 'Indexed';
  const suffix = indexed ? `-${spec.completions - 1}`.length : 0;
  if (!DNS_LABEL.test(metadata.name)) return 'metadata.name: must be a DNS label';
  if (metadata.name.length + suffix > 63) return 'metadata.name: too long for its pods';
  for (const labels of [metadata.labels, spec.template.metadata?.labels]) {
    for (const value of Object.values<string>(labels ?? {})) if (!LABEL.test(value)) return `label value ${value}`;
  }
  if (!/^(Never|OnFailure)$/.test(pod.restartPolicy)) return 'restartPolicy: Required';
  if (spec.podFailurePolicy && pod.restartPolicy !== 'Never') return 'podFailurePolicy: only with restartPolicy Never';
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    if (rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) return 'FailIndex: no limit per index';
    if (rule.onExitCodes?.operator === 'In' && rule.onExitCodes.values.includes(0)) return 'onExitCodes: 0 with In';
    if (rule.onExitCodes && rule.onPodConditions?.length) return 'a rule has one requirement';
  }
  if (indexed && spec.completions === undefined) return 'completions: Required when Indexed';
  if (spec.backoffLimitPerIndex !== undefined && !indexed) return 'backoffLimitPerIndex: only when Indexed';
  if (spec.maxFailedIndexes > spec.completions) return 'maxFailedIndexes: more than completions';
  const volumes = new Set<string>(pod.volumes?.map(({ name }: { name: string }) => name));
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    const paths = new Set<string>();
    for (const mount of container.volumeMounts ?? []) {
      if (!volumes.has(mount.name)) return `volumeMounts: Not found: ${mount.name}`;
      if (paths.has(mount.mountPath))
        return `volumeMounts.mountPath: Invalid value: "${mount.mountPath}": must be unique`;
      paths.add(mount.mountPath);
      if (/^\/|\.\./.test(mount.subPathExpr ?? '')) return 'subPathExpr: must be a relative path';
    }
    for (const amounts of [container.resources?.limits, container.resources?.requests]) {
      for (const amount of Object.values<string>(amounts ?? {}))
        if (!QUANTITY.test(amount)) return `quantity ${amount}`;
    }
  }
  return undefined;
}
