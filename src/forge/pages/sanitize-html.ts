import { escapeHtml, type Html, trusted } from './html.ts';

/** The tags that GitHub leaves in Markdown (its sanitisation filter), which are all without effect on the page around. */
const allowedTags = new Set(
  (
    'a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i ' +
    'img input ins kbd li mark ol p picture pre q s samp small source span strike strong sub summary sup table tbody td ' +
    'tfoot th thead tr tt u ul var wbr'
  ).split(' '),
);

const voidTags = new Set(['br', 'col', 'hr', 'img', 'input', 'source', 'wbr']);

/** What stands between these is code or another language and not text, so that it goes with its tag. */
const droppedWithContent = new Set(
  'script style textarea title xmp iframe noembed noframes noscript plaintext svg math template select object'.split(
    ' ',
  ),
);

const plainAttributes = new Set(
  'abbr align alt colspan datetime height headers open reversed rowspan scope span start title valign width'.split(' '),
);

const ownClasses =
  /^(language-[\w+-]+|contains-task-list|task-list-item|mention|alert|alert-(note|tip|important|warning|caution)|alert-title|line-(add|del|hunk))$/;

const namedEntities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  colon: ':',
  tab: '\t',
};

const decode = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));?/gi, (whole, hex, decimal, name) => {
    if (name) return namedEntities[name.toLowerCase()] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });

/** Absolute http(s) and mail addresses, and relative ones. The value is given back as the browser will resolve it. */
const safeUrl = (value: string, schemes: string[]): string | undefined => {
  // Browsers ignore these inside a scheme: `java\nscript:` is one.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const url = value.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\ufeff]/g, '');
  const scheme = /^([^/?#]*?):/.exec(url)?.[1]?.toLowerCase();
  return scheme === undefined || schemes.includes(scheme) ? url : undefined;
};

const attributePattern = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

const keptAttribute = (tag: string, name: string, value: string): [string, string] | undefined => {
  if (plainAttributes.has(name)) return [name, value];
  if (name === 'href' && tag === 'a') {
    const url = safeUrl(value, ['http', 'https', 'mailto']);
    return url === undefined ? undefined : [name, url];
  }
  if ((name === 'src' && tag === 'img') || (name === 'cite' && (tag === 'q' || tag === 'blockquote'))) {
    const url = safeUrl(value, ['http', 'https']);
    return url === undefined ? undefined : [name, url];
  }
  if (name === 'srcset' && tag === 'source') {
    const url = /[,\s]/.test(value.trim()) ? undefined : safeUrl(value, ['http', 'https']);
    return url === undefined ? undefined : [name, url];
  }
  if (name === 'media' && tag === 'source' && /^[\w\s():-]*$/.test(value)) return [name, value];
  // Names of their own space, so that no text can take the place of an element of the page.
  if (name === 'id' || (name === 'name' && tag === 'a')) return [name, `user-content-${value}`];
  if (name === 'class') {
    const classes = value.split(/\s+/).filter((one) => ownClasses.test(one));
    return classes.length > 0 ? [name, classes.join(' ')] : undefined;
  }
  const alignment = name === 'style' ? /^text-align:\s*(left|right|center)$/.exec(value)?.[1] : undefined;
  return alignment ? ['align', alignment] : undefined;
};

const openTag = (tag: string, source: string): string | undefined => {
  const found = new Map<string, string>();
  for (const match of source.matchAll(attributePattern)) {
    const name = match[1]!.toLowerCase();
    const kept = keptAttribute(tag, name, decode(match[2] ?? match[3] ?? match[4] ?? ''));
    if (kept && !found.has(kept[0])) found.set(...kept);
  }
  if (tag === 'input') {
    if (!/\btype=["']?checkbox/i.test(source)) return undefined;
    found.clear();
    found.set('type', 'checkbox').set('disabled', '');
    if (/\bchecked\b/i.test(source)) found.set('checked', '');
  }
  if (tag === 'a') found.set('rel', 'nofollow noopener');
  if (tag === 'img') found.set('loading', 'lazy');
  const attributes = [...found].map(([name, value]) =>
    value === '' && name !== 'alt' ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`,
  );
  return `<${tag}${attributes.join('')}>`;
};

const tokenPattern = /<!--[\s\S]*?(?:-->|$)|<[!?][^>]*(?:>|$)|<(\/?)([a-z][a-z0-9-]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/gi;

/**
 * Rebuilds HTML from an allow-list: what is not allowed is left out, what is left open is closed, and everything that is
 * written is escaped anew, so that what was judged is what the browser reads.
 */
export const sanitizeHtml = (source: string): Html => {
  const out: string[] = [];
  const open: string[] = [];
  let at = 0;
  const text = (until: number): void => {
    out.push(source.slice(at, until).replace(/</g, '&lt;').replace(/>/g, '&gt;'));
  };
  tokenPattern.lastIndex = 0;
  for (let match = tokenPattern.exec(source); match; match = tokenPattern.exec(source)) {
    text(match.index);
    at = tokenPattern.lastIndex;
    const tag = match[2]?.toLowerCase();
    if (!tag) continue;
    if (match[1]) {
      const depth = open.lastIndexOf(tag);
      if (depth >= 0)
        out.push(
          ...open
            .splice(depth)
            .reverse()
            .map((name) => `</${name}>`),
        );
    } else if (allowedTags.has(tag)) {
      const opened = openTag(tag, match[3] ?? '');
      if (opened === undefined) continue;
      out.push(opened);
      if (!voidTags.has(tag)) open.push(tag);
    } else if (droppedWithContent.has(tag)) {
      const end = new RegExp(`</${tag}[^>]*>`, 'gi');
      end.lastIndex = at;
      at = end.exec(source) ? end.lastIndex : source.length;
      tokenPattern.lastIndex = at;
    }
  }
  text(source.length);
  out.push(...open.reverse().map((name) => `</${name}>`));
  return trusted(out.join(''));
};
