/**
 * Text for GitHub's Markdown. Whatever comes from specs, logs, data or models goes through `escapeText` or `code`:
 * it can then neither format, link, mention, nor refer to issues (a mention is made from the rendered HTML, so a
 * backslash does not stop it; a zero-width space does).
 */
const ZERO_WIDTH = '&#8203;';
// Controls, and format characters such as the bidirectional overrides that make text read otherwise than it is.
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}]/gu;

/** Plain text for anywhere in running Markdown or a table cell: one line, at most `limit` characters. */
export function escapeText(text: string, limit = 300): string {
  return plainLine(text, limit)
    .replace(/[\\`*_[\]{}~$|]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/^([-+=]|\d+(?=[.)](?:\s|$)))/, (start) => (/\d/.test(start) ? `${start}${ZERO_WIDTH}` : `\\${start}`))
    .replace(/!(?=\\\[)/g, `!${ZERO_WIDTH}`)
    .replace(/@/g, `@${ZERO_WIDTH}`)
    .replace(/(?<!&)#/g, `#${ZERO_WIDTH}`)
    .replace(/\b(gh)-(?=\d)/gi, `$1-${ZERO_WIDTH}`)
    .replace(/:\/\//g, `:${ZERO_WIDTH}//`)
    .replace(/\b(www)\./gi, `$1.${ZERO_WIDTH}`);
}

/** Inline code that shows `text` as it is, whatever backticks it holds. */
export function code(text: string, limit = 300): string {
  const shown = plainLine(text, limit);
  if (shown.trim() === '') return '` `';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A fenced block that `text` cannot leave; lines stay lines. */
export function codeBlock(text: string, language = ''): string {
  const shown = text.replace(/\r\n?/g, '\n').replace(UNPRINTABLE, '');
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown.replace(/\n$/, '')}\n${fence}`;
}

/** Cells are Markdown already (escape what is data). `align`: one of `l`, `r`, `c` a column, e.g. `lrr`. */
export function table(headers: string[], rows: string[][], align = ''): string {
  const rule = headers.map((_, column) => RULES[align[column] ?? 'l'] ?? ':--');
  return [headers, rule, ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** A folded section. `summary` is plain text and escaped here (Markdown does not apply inside <summary>). */
export function fold(summary: string, body: string): string {
  return `<details><summary>${escapeHtml(plainLine(summary, 300))}</summary>\n\n${body}\n\n</details>`;
}

/**
 * `text` within `limit` characters (GitHub's for a comment, a check's summary and its text). What does not fit is left
 * out from the end, at a paragraph or line, open sections are closed, and the last line says how much is missing.
 */
export function capped(text: string, limit = 65_535): string {
  if (text.length <= limit) return text;
  const room = limit - NOTICE_ROOM;
  const paragraph = text.lastIndexOf('\n\n', room);
  const line = text.lastIndexOf('\n', room);
  const end = paragraph > room * 0.8 ? paragraph : line > room * 0.5 ? line : room;
  const kept = text.slice(0, end).replace(/[\ud800-\udbff]$/, '');
  const left = text.slice(end);
  const notice = `_Cut here: GitHub takes no more. ${left.length.toLocaleString('en-US')} characters (${left.split('\n').length.toLocaleString('en-US')} lines) are left out._`;
  return `${kept}${closing(kept)}\n\n${notice}`;
}

export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
    .replace(/@/g, `@${ZERO_WIDTH}`)
    .replace(/(?<!&)#/g, `#${ZERO_WIDTH}`)
    .replace(/:\/\//g, `:${ZERO_WIDTH}//`);
}

const NOTICE_ROOM = 500;
const RULES: Record<string, string> = { l: ':--', r: '--:', c: ':-:' };

/** One line of at most `limit` characters, without what is not printed. Not escaped. */
export function plainLine(text: string, limit: number): string {
  const line = text.replace(/[\r\n\t\u2028\u2029]+/g, ' ').replace(UNPRINTABLE, '');
  if (line.length <= limit) return line;
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

function cell(text: string): string {
  return text.replace(/\n+/g, ' ').replace(/\\.|\|/g, (part) => (part === '|' ? '\\|' : part));
}

/** What closes the fences and <details> that `kept` leaves open. */
function closing(kept: string): string {
  let fence = '';
  for (const line of kept.split('\n')) {
    const run = /^\s*(`{3,})/.exec(line)?.[1];
    if (run === undefined) continue;
    if (fence === '') fence = run;
    else if (run.length >= fence.length) fence = '';
  }
  const open = kept.split('<details>').length - kept.split('</details>').length;
  return `${fence === '' ? '' : `\n${fence}`}${'\n\n</details>'.repeat(Math.max(0, Math.min(open, 20)))}`;
}
