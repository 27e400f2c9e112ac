import { encodePath } from '../objects/urls.ts';
import type { CheckAnnotation } from '../state.ts';
import { type Html, html } from './html.ts';

type Extras = {
  checkName?: string;
  /** Address of the blobs at the annotated commit; makes the place a link. */
  blobBase?: string;
  /** The annotated lines themselves. */
  code?: string;
};

/** One annotation: plain text, as GitHub renders no Markdown in it. */
export const annotationBox = (annotation: CheckAnnotation, { checkName, blobBase, code }: Extras): Html => {
  const { path, start_line: from, end_line: to, start_column: column } = annotation;
  const where = `${path}:${from}${to === from ? '' : `-${to}`}${column ? `:${column}` : ''}`;
  const place = blobBase
    ? html`<a class="mono" href="${blobBase}/${encodePath(path)}#L${from}">${where}</a>`
    : html`<span class="mono">${where}</span>`;
  return html`<div class="annotation ${annotation.annotation_level}"><div class="where">${place} · ${annotation.annotation_level}${checkName && ` · ${checkName}`}</div>
${annotation.title && html`<p class="strong">${annotation.title}</p>`}<p>${annotation.message}</p>
${code && html`<pre>${code}</pre>`}${annotation.raw_details && html`<details><summary>Details</summary><pre>${annotation.raw_details}</pre></details>`}</div>`;
};
