import { dropArtifact, readArtifact } from '../ci/artifacts.ts';
import { findRun } from '../ci/find-run.ts';
import type { Artifact } from '../ci/records.ts';
import { integer } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { artifactObject } from '../objects/artifact.ts';
import { sendOn } from './send-on.ts';

const show = (call: RepositoryCall, artifact: Artifact) => {
  const run = call.repository.actions.workflowRuns.find((each) => each.id === artifact.runId);
  return artifactObject(call.world.state, call.repository, artifact, run);
};

const artifactOf = (call: RepositoryCall): Artifact => {
  const found = call.repository.actions.artifacts.find((each) => each.id === integer(call.params.id, 0));
  if (!found) throw notFound();
  return found;
};

const list = (call: RepositoryCall, all: Artifact[]): Promise<Reply> => {
  const name = call.query.get('name');
  const selected = [...all].reverse().filter((artifact) => !name || artifact.name === name);
  return listReply(
    call,
    selected,
    (artifact) => show(call, artifact),
    (artifacts) => ({ total_count: selected.length, artifacts }),
  );
};

const ofRun = (call: RepositoryCall): Promise<Reply> => {
  const run = findRun(call.repository, integer(call.params.id, 0));
  return list(
    call,
    call.repository.actions.artifacts.filter((artifact) => artifact.runId === run.id),
  );
};

const download = (call: RepositoryCall): Reply => {
  const artifact = artifactOf(call);
  if (Date.parse(artifact.expiresAt) <= Date.now()) throw new HttpError(410, 'Artifact has expired');
  const read = (): Promise<Buffer> => readArtifact(call.world, artifact);
  return sendOn(call, { contentType: 'application/zip', fileName: `${artifact.name}.zip`, read });
};

const many = '/repos/:owner/:repo/actions/artifacts';
const read = reads('actions');

export const artifactRoutes: Route[] = [
  { method: 'GET', pattern: many, access: read, handle: (call) => list(call, call.repository.actions.artifacts) },
  { method: 'GET', pattern: '/repos/:owner/:repo/actions/runs/:id/artifacts', access: read, handle: ofRun },
  { method: 'GET', pattern: `${many}/:id`, access: read, handle: (call) => ok(show(call, artifactOf(call))) },
  { method: 'GET', pattern: `${many}/:id/zip`, access: read, handle: download },
  {
    method: 'DELETE',
    pattern: `${many}/:id`,
    access: writes('write', 'actions'),
    handle: async (call) => {
      await dropArtifact(call.world, call.repository, artifactOf(call));
      return noContent();
    },
  },
];
