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

export type Cluster = { batch: BatchV1Api; core: CoreV1Api };

/** The parts of the API that we use; a server that does not answer is an error after half a minute. */
export function openCluster(kubeConfig: KubeConfig): Cluster {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new AppError('config/environment', 'the kubeconfig names no current cluster: set KUBECONFIG');
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
