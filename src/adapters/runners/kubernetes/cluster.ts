import {
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  type KubeConfig,
  type RequestContext,
  type ResponseContext,
  ServerConfiguration,
} from '@kubernetes/client-node';
import { AppError } from '../../../domain/errors.ts';

const TIMEOUT_MS = 30_000;
/** What the client takes when it finds neither a kubeconfig nor the account of a pod. */
const GUESSED = 'http://localhost:8080';

export type Cluster = { batch: BatchV1Api; core: CoreV1Api };

/** The parts of the API that we use; a server that does not answer is an error after half a minute. */
export function openCluster(kubeConfig: KubeConfig): Cluster {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined || server === GUESSED) {
    throw new AppError(
      'config/environment',
      'no Kubernetes cluster is known: set KUBECONFIG to a file with a current context, or run in a pod with an account',
    );
  }
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: kubeConfig },
    promiseMiddleware: [
      {
        pre: async (request: RequestContext) => {
          request.setSignal(AbortSignal.timeout(TIMEOUT_MS));
          return request;
        },
        post: async (response: ResponseContext) => response,
      },
    ],
  });
  return { batch: new BatchV1Api(configuration), core: new CoreV1Api(configuration) };
}
