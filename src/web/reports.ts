import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/errors.ts';
import type { Evaluation } from '../domain/evaluate/evaluation.ts';
import { readJson } from '../flows/blobs.ts';
import type { Records } from '../flows/records.ts';
import type { Artifacts } from '../ports/artifacts.ts';
import { renderEvaluationPage } from '../render/evaluation-page.ts';
import { isFromHere } from './loopback.ts';

const ADDRESS = /^\/(?:evaluations\/([0-9a-f]{64})\.html|predictions\/([0-9a-f]{64})\.parquet)$/;

// What is shown is of private data: nobody keeps it on the way, and no other site shows it as its own.
const PRIVATE = {
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-downloads";

export type ReportsOptions = {
  artifacts: Artifacts;
  records: Pick<Records, 'reports' | 'predictions'>;
  /** `everyone`: whoever reaches the server and knows the address; `loopback`: who sits at its machine. */
  to: 'everyone' | 'loopback';
};

/**
 * `/evaluations/<sha256>.html`, the report of the evaluation with that digest, and `/predictions/<sha256>.parquet`. Only
 * digests that were noted for it are answered: models and data lie in the same place.
 */
export function createReportsHandler({ artifacts, records, to }: ReportsOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (!/^\/(?:evaluations|predictions)\//.test(path)) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const [, evaluation, predictions] = to === 'everyone' || isFromHere(request) ? (ADDRESS.exec(path) ?? []) : [];
    const withBody = request.method === 'GET';
    const answered =
      (evaluation !== undefined && (await sendPage(evaluation, response, withBody).catch(isGone))) ||
      (predictions !== undefined && (await sendPredictions(predictions, response, withBody).catch(isGone)));
    if (!answered) response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    return true;
  };

  async function sendPage(hex: string, response: ServerResponse, withBody: boolean): Promise<boolean> {
    const report = await records.reports.get(hex);
    if (!report) return false;
    const { predictions, ...facts } = report;
    const evaluation = await readJson<Evaluation>(artifacts, `sha256:${hex}`);
    const links = predictions && {
      links: { predictions: `/predictions/${predictions.replace('sha256:', '')}.parquet` },
    };
    const page = Buffer.from(renderEvaluationPage({ evaluation, ...facts, ...links }));
    response.writeHead(200, {
      ...PRIVATE,
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'content-security-policy': PAGE_POLICY,
    });
    response.end(withBody ? page : undefined);
    return true;
  }

  async function sendPredictions(hex: string, response: ServerResponse, withBody: boolean): Promise<boolean> {
    const known = await records.predictions.get(hex);
    if (!known) return false;
    const digest = `sha256:${hex}`;
    const size = await artifacts.size(digest);
    response.writeHead(200, {
      ...PRIVATE,
      'content-type': 'application/vnd.apache.parquet',
      'content-length': size,
      'content-disposition': `attachment; filename="${known.model}-predictions.parquet"`,
    });
    if (!withBody) response.end();
    else await pipeline(await artifacts.read(digest), response).catch(ifStillThere(response));
    return true;
  }
}

/** Noted, but taken away from the store since. */
function isGone(error: unknown): false {
  if (error instanceof AppError && error.code === 'conflict/not-found') return false;
  throw error;
}

/** Whoever breaks off a download is no trouble of ours. */
const ifStillThere = (response: ServerResponse) => (error: unknown) => {
  if (!response.destroyed) throw error;
};
