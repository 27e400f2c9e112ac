import { plainLine } from '../markdown.ts';
import type { Block, Section, Span, Table, Text } from './document.ts';

/** `pictures`: SVG by name. Data is escaped here, whatever it holds. */
export function sectionsToHtml(sections: readonly Section[], pictures: ReadonlyMap<string, string>): string {
  return sections
    .filter((section) => section.blocks.length > 0)
    .map((section) => {
      const body = blocksToHtml(section.blocks, pictures);
      if (section.title === '') return `<section id="${section.id}">\n${body}\n</section>`;
      return `<section id="${section.id}" aria-labelledby="${section.id}-title">\n<h2 id="${section.id}-title"><a href="#${section.id}">${textToHtml(section.title)}</a></h2>\n${body}\n</section>`;
    })
    .join('\n');
}

/** Text of one line, without what is not printed or turns the direction of reading. */
export function html(text: string): string {
  return plainLine(text, MOST)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** Longer than anything that is meant to be read. */
const MOST = 20_000;

function blocksToHtml(blocks: readonly Block[], pictures: ReadonlyMap<string, string>): string {
  const written: string[] = [];
  let figures: string[] = [];
  const flush = () => {
    if (figures.length > 0) written.push(`<div class="figures">\n${figures.join('\n')}\n</div>`);
    figures = [];
  };
  for (const block of blocks) {
    if (block.kind === 'picture') {
      const svg = pictures.get(block.name);
      if (svg !== undefined) figures.push(figureToHtml(block.alt, svg));
      continue;
    }
    flush();
    written.push(blockToHtml(block, pictures));
  }
  flush();
  return written.join('\n');
}

function blockToHtml(block: Exclude<Block, { kind: 'picture' }>, pictures: ReadonlyMap<string, string>): string {
  switch (block.kind) {
    case 'text':
      return `<p>${textToHtml(block.text)}</p>`;
    case 'note':
      return `<p class="note">${textToHtml(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${textToHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return tableToHtml(block);
    case 'lines':
      return `<pre>${block.lines.map(html).join('\n')}</pre>`;
    case 'fold':
      return `<details>\n<summary>${html(block.summary)}</summary>\n${blocksToHtml(block.blocks, pictures)}\n</details>`;
  }
}

function figureToHtml(alt: string, svg: string): string {
  return `<figure>${svg.trim()}<figcaption>${html(alt)}</figcaption></figure>`;
}

/** Scrolls by itself where it is wider than the screen; with the keyboard too, hence the tabindex. */
function tableToHtml({ caption, columns, rows }: Table): string {
  const kind = (at: number) => (columns[at]?.align === 'right' ? ' class="n"' : '');
  const head = columns.map((column, at) => {
    const name = textToHtml(column.name);
    return name === '' ? `<td${kind(at)}></td>` : `<th scope="col"${kind(at)}>${name}</th>`;
  });
  const body = rows.map((row) => {
    const cells = row.map((cell, at) =>
      at === 0 ? `<th scope="row"${kind(at)}>${textToHtml(cell)}</th>` : `<td${kind(at)}>${textToHtml(cell)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" role="region" aria-label="${html(caption)}" tabindex="0"><table>\n<caption>${html(caption)}</caption>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table></div>`;
}

export function textToHtml(text: Text): string {
  return Array.isArray(text) ? text.map((span) => spanToHtml(span)).join('') : spanToHtml(text as Span);
}

function spanToHtml(span: Span): string {
  if (typeof span === 'string') return html(span);
  if ('code' in span) return `<code>${html(span.code)}</code>`;
  if ('strong' in span) return `<strong>${html(span.strong)}</strong>`;
  if ('figure' in span) return `<span class="f">${html(span.figure)}</span>`;
  if ('text' in span) return html(span.text);
  return `<a href="${html(address(span.to))}">${html(span.link)}</a>`;
}

/** An address of the web or a relative one; anything else (a script, say) leads nowhere. */
function address(url: string): string {
  return /^https?:\/\//i.test(url) || !/^[^/?#]*:/.test(url) ? url : '#';
}
