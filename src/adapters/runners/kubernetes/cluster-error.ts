import { ApiException } from '@kubernetes/client-node';
import { AppError } from '../../../domain/errors.ts';

/** What was asked of the API server, in the words of a Role's rule. */
export type Request = { verb: string; resource: string; namespace: string };

const GROUPS: Record<string, string> = { jobs: 'batch' };

export const statusCode = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

/** Says who must act: 401 and 403 an administrator, a namespace or a value that is wrong the operator, the rest nobody. */
export function clusterError(error: unknown, { verb, resource, namespace }: Request, now: number): AppError {
  if (error instanceof AppError) return error;
  const doing = `asking Kubernetes to ${verb} ${resource} in namespace ${namespace}`;
  if (!(error instanceof ApiException)) {
    const message = error instanceof Error ? error.message : String(error);
    return new AppError('external/runner', `${doing}: ${message}`, { cause: error });
  }
  const said = messageOf(error);
  const fail = (code: AppError['code'], message: string, retryAt?: number) =>
    new AppError(code, `${doing}: ${message}`, { cause: error, ...(retryAt !== undefined && { retryAt }) });
  switch (error.code) {
    case 401:
      return fail(
        'permission/unauthenticated',
        'the API server does not accept the credentials of Sluice: renew its service account token or kubeconfig',
      );
    case 403: {
      if (/exceeded quota/.test(said)) return fail('external/runner', said);
      if (/being terminated/.test(said)) return fail('config/environment', said);
      const rule = `{apiGroups: ["${GROUPS[resource] ?? ''}"], resources: ["${resource}"], verbs: ["${verb}"]}`;
      return fail(
        'permission/forbidden',
        `Sluice may not. Its Role in ${namespace} needs the rule ${rule} (docs/kubernetes.md): ${said}`,
      );
    }
    case 404:
      return fail('config/environment', `${said}: does the namespace ${namespace} exist?`);
    case 400:
    case 422:
      return fail('config/environment', `the cluster refuses it: ${said}`);
    default: {
      const seconds = Number(error.headers['retry-after']);
      return fail('external/runner', `${error.code} ${said}`, seconds > 0 ? now + seconds * 1000 : undefined);
    }
  }
}

/** Kubernetes answers with a Status; a proxy in between with whatever it has. */
function messageOf(error: ApiException<unknown>): string {
  let body = error.body;
  if (typeof body === 'string') {
    try {
      body = JSON.parse(body);
    } catch {
      return String(error.body).slice(0, 300);
    }
  }
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message.slice(0, 1_000) : '';
}
