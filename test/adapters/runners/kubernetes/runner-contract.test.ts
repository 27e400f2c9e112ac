import { runnerContract } from '../../../contract/runner.ts';
import { ACCESS, openCluster, PLACE } from './open-cluster.ts';

runnerContract('The Kubernetes runner', async () => {
  const cluster = await openCluster();
  return {
    runner: cluster.runner,
    place: PLACE,
    access: ACCESS,
    count: async () => cluster.kubelet.count(),
    async crash(job) {
      cluster.kubelet.kill(cluster.podOf(job.handle));
    },
    close: cluster.close,
  };
});
