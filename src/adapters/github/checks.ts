import type { Annotation, Checks, RepositoryRef } from '../../ports/github.ts';
import { cutText } from './cut-text.ts';
import { type GitHubAccess, type Octokit, once } from './octokit.ts';
import { doing, unless } from './translate-error.ts';

type Wanted = Parameters<Checks['publish']>[1];
type Run = { id: number; annotations: number };
type Wire = { id: number; output: { annotations_count: number } };
type WireAnnotation = {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: Annotation['level'];
  message: string;
  title?: string;
};

const longestText = 65_535;
const annotationsPerRequest = 50;
const cutMark = '\n\n…';

const runOf = (wire: Wire): Run => ({ id: wire.id, annotations: wire.output.annotations_count });

const outputOf = (check: Wanted, annotations: WireAnnotation[]) => ({
  title: cutText(check.title, 255),
  summary: cutText(check.summary, longestText, cutMark),
  ...(check.text ? { text: cutText(check.text, longestText, cutMark) } : {}),
  ...(check.images.length > 0 ? { images: check.images.map(({ alt, url }) => ({ alt, image_url: url })) } : {}),
  ...(annotations.length > 0 ? { annotations } : {}),
});

const contentOf = (check: Wanted, annotations: WireAnnotation[]) => ({
  status: check.status,
  ...(check.status === 'completed' ? { conclusion: check.conclusion ?? ('neutral' as const) } : {}),
  ...(check.detailsUrl ? { details_url: check.detailsUrl } : {}),
  external_id: check.key,
  output: outputOf(check, annotations),
  actions: check.actions.slice(0, 3).map(({ label, description, identifier }) => ({
    label: cutText(label, 20),
    description: cutText(description, 40),
    identifier: identifier.slice(0, 20),
  })),
});

const annotationOf = (annotation: Annotation): WireAnnotation => ({
  path: annotation.path,
  start_line: annotation.startLine,
  end_line: Math.max(annotation.startLine, annotation.endLine),
  annotation_level: annotation.level,
  message: cutText(annotation.message, 32_000),
  ...(annotation.title ? { title: cutText(annotation.title, 255) } : {}),
});

const sameAs = (one: WireAnnotation): string =>
  JSON.stringify([one.path, one.start_line, one.end_line, one.annotation_level, one.message]);

async function findRun(octokit: Octokit, repository: RepositoryRef, check: Wanted, appId: number) {
  const pages = octokit.paginate.iterator(octokit.rest.checks.listForRef, {
    owner: repository.owner,
    repo: repository.name,
    ref: check.sha,
    check_name: check.name,
    app_id: appId,
    filter: 'all',
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data.find((run) => run.external_id === check.key);
    if (found) return runOf(found as Wire);
  }
  return undefined;
}

/** Updates append annotations, so only those that are not there yet may be sent. */
async function missing(octokit: Octokit, repository: RepositoryRef, run: Run, wanted: WireAnnotation[]) {
  if (wanted.length === 0 || run.annotations === 0) return wanted;
  const there = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    owner: repository.owner,
    repo: repository.name,
    check_run_id: run.id,
    per_page: 100,
  });
  const known = new Set(there.map((each) => sameAs(each as WireAnnotation)));
  return wanted.filter((each) => !known.has(sameAs(each)));
}

export function createChecks(access: GitHubAccess): Checks {
  const publish = async (repository: RepositoryRef, check: Wanted): Promise<{ id: number }> => {
    const octokit = await access.octokitFor(repository.installationId);
    const { rest } = octokit;
    const at = { owner: repository.owner, repo: repository.name };
    const wanted = check.annotations.map(annotationOf);

    const update = (id: number, annotations: WireAnnotation[]): Promise<Run> =>
      rest.checks
        .update({ ...at, check_run_id: id, ...contentOf(check, annotations), ...once })
        .then(({ data }) => runOf(data));
    const sendRest = async (id: number, annotations: WireAnnotation[]): Promise<{ id: number }> => {
      for (let start = 0; start < annotations.length; start += annotationsPerRequest) {
        await update(id, annotations.slice(start, start + annotationsPerRequest));
      }
      return { id };
    };
    const renew = async (id: number): Promise<{ id: number }> => {
      const run = await update(id, []);
      return sendRest(id, await missing(octokit, repository, run, wanted));
    };

    if (check.knownId !== undefined) {
      const known = check.knownId;
      const renewed = await unless(404, undefined, () => renew(known));
      if (renewed) return renewed;
    }
    const found = check.fresh ? undefined : await findRun(octokit, repository, check, access.appId);
    if (found) return renew(found.id);
    const first = wanted.slice(0, annotationsPerRequest);
    const { data } = await rest.checks.create({
      ...at,
      name: check.name,
      head_sha: check.sha,
      ...contentOf(check, first),
      ...once,
    });
    return sendRest(data.id, wanted.slice(annotationsPerRequest));
  };

  return {
    publish: (repository, check) => doing(`publishing the check ${check.name}`, () => publish(repository, check)),
  };
}
