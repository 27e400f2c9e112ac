import type { ChangedFile } from '../git/diff.ts';
import { encodePath } from '../objects/urls.ts';
import type { CheckAnnotation } from '../state.ts';
import { annotationBox } from './annotation-box.ts';
import { counted } from './counted.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

type Line = { kind: 'add' | 'del' | 'hunk' | 'same'; text: string; old?: number; new?: number };

const parsePatch = (patch: string): Line[] => {
  let old = 0;
  let fresh = 0;
  return patch
    .split('\n')
    .filter((text) => !text.startsWith('\\'))
    .map((text) => {
      const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
      if (hunk) {
        old = Number(hunk[1]);
        fresh = Number(hunk[2]);
        return { kind: 'hunk', text };
      }
      if (text.startsWith('+')) return { kind: 'add', text, new: fresh++ };
      if (text.startsWith('-')) return { kind: 'del', text, old: old++ };
      return { kind: 'same', text, old: old++, new: fresh++ };
    });
};

export type PlacedAnnotation = { annotation: CheckAnnotation; checkName: string };

const lineRow = (line: Line): Html =>
  html`<tr class="${line.kind}"><td class="no">${line.old}</td><td class="no">${line.new}</td><td>${line.text}</td></tr>`;

const noteRow = ({ annotation, checkName }: PlacedAnnotation): Html =>
  html`<tr class="note"><td colspan="3">${annotationBox(annotation, { checkName })}</td></tr>`;

const fileCard = (file: ChangedFile, blobBase: string, notes: PlacedAnnotation[]): Html => {
  const lines = file.patch ? parsePatch(file.patch) : [];
  const shown = new Set<PlacedAnnotation>();
  const rows = lines.map((line) => {
    const here = line.new === undefined ? [] : notes.filter((note) => note.annotation.end_line === line.new);
    for (const note of here) shown.add(note);
    return [lineRow(line), here.map(noteRow)];
  });
  const elsewhere = notes.filter((note) => !shown.has(note));
  const name = file.previousPath ? `${file.previousPath} → ${file.path}` : file.path;
  return html`<section class="card" id="${encodePath(file.path)}"><header>${icon('file')}<a class="mono" href="${blobBase}/${encodePath(file.path)}">${name}</a><span class="pill">${file.status}</span><span class="adds">+${file.additions}</span><span class="dels">−${file.deletions}</span></header>
${elsewhere.length > 0 && html`<div class="body">${elsewhere.map(({ annotation, checkName }) => annotationBox(annotation, { checkName }))}</div>`}
${
  file.patch
    ? html`<div class="scroll"><table class="lines">${rows}</table></div>`
    : html`<p class="empty">No lines to show: the file is binary, very large, or was only moved.</p>`
}</section>`;
};

/** Changed files with their lines; annotations stand below the line that they speak of, as on GitHub. */
export const diffView = (files: ChangedFile[], blobBase: string, annotations: PlacedAnnotation[] = []): Html => {
  const sum = (key: 'additions' | 'deletions'): number => files.reduce((total, file) => total + file[key], 0);
  return html`<p class="muted">${counted(files.length, 'file')} changed, <span class="adds">+${sum('additions')}</span> <span class="dels">−${sum('deletions')}</span></p>
${files.map((file) =>
  fileCard(
    file,
    blobBase,
    annotations.filter((note) => note.annotation.path === file.path),
  ),
)}`;
};
