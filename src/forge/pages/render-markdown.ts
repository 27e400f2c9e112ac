import MarkdownIt from 'markdown-it';
import { escapeHtml, type Html } from './html.ts';
import { sanitizeHtml } from './sanitize-html.ts';

export type MarkdownOptions = {
  /** `owner/name`, for `#12` and commits. */
  repository?: string;
  /** A single line break is one, as in comments and unlike in files. */
  breaks?: boolean;
  /** Folder address that relative links of a file start from, `/owner/name/blob/main/docs/`. */
  base?: string;
  /** The same for images. */
  imageBase?: string;
};

const emoji: Record<string, string> = {
  white_check_mark: '✅',
  x: '❌',
  warning: '⚠️',
  rocket: '🚀',
  tada: '🎉',
  eyes: '👀',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  chart_with_upwards_trend: '📈',
  chart_with_downwards_trend: '📉',
  bell: '🔔',
  lock: '🔒',
  red_circle: '🔴',
  green_circle: '🟢',
  yellow_circle: '🟡',
  large_blue_circle: '🔵',
  thumbsup: '👍',
  heart: '❤️',
  information_source: 'ℹ️',
  bulb: '💡',
  bar_chart: '📊',
  package: '📦',
  no_entry: '⛔',
  stopwatch: '⏱️',
  fire: '🔥',
};

const highlightDiff = (code: string): string =>
  code
    .split('\n')
    .map((line) => {
      const kind = line.startsWith('+')
        ? 'add'
        : line.startsWith('-')
          ? 'del'
          : line.startsWith('@@')
            ? 'hunk'
            : undefined;
      return kind ? `<span class="line-${kind}">${escapeHtml(line)}</span>` : escapeHtml(line);
    })
    .join('\n');

const createParser = (breaks: boolean) => {
  const parser = new MarkdownIt({
    html: true,
    linkify: true,
    breaks,
    highlight: (code, language) => (language === 'diff' ? highlightDiff(code) : ''),
  });
  // `README.md` and `flight-delay.yaml` are files and not places in Moldova.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  return parser;
};

const parsers = { lines: createParser(true), paragraphs: createParser(false) };

/** GitHub's Markdown as safe HTML: tables, task lists, alerts, mentions, references; its HTML tags and no other. */
export const renderMarkdown = (text: string, options: MarkdownOptions = {}): Html => {
  const parser = options.breaks ? parsers.lines : parsers.paragraphs;
  const rendered = parser.render(text);
  return sanitizeHtml(rebaseLinks(addReferences(addAlerts(addTaskLists(rendered)), options.repository), options));
};

const addTaskLists = (rendered: string): string =>
  rendered.replace(/<li>(\s*(?:<p>)?)\[([ xX])\]\s/g, (_, before, mark) => {
    const checked = mark === ' ' ? '' : ' checked';
    return `<li class="task-list-item">${before}<input type="checkbox"${checked}> `;
  });

const addAlerts = (rendered: string): string =>
  rendered.replace(
    /<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br>\s*)?([\s\S]*?)<\/blockquote>/g,
    (_, kind: string, rest) => {
      const title = kind[0] + kind.slice(1).toLowerCase();
      return `<div class="alert alert-${kind.toLowerCase()}"><p class="alert-title">${title}</p><p>${rest}</div>`;
    },
  );

const referencePattern =
  /(^|[\s(>])(?:@([a-z\d](?:[a-z\d-]{0,38})(?:\[bot\])?)|#(\d+)|([0-9a-f]{40})|:([a-z_]+):)(?![\w/-])/gi;

/** Puts links on `@login`, `#12` and full SHAs, and pictures for `:names:`, in text that is neither code nor a link. */
const addReferences = (rendered: string, repository: string | undefined): string => {
  let silent = 0;
  return rendered
    .split(/(<(?:[^>"']|"[^"]*"|'[^']*')*>)/)
    .map((part) => {
      if (part.startsWith('<')) {
        if (/^<(a|code|pre)[\s>]/i.test(part)) silent += 1;
        else if (/^<\/(a|code|pre)>/i.test(part)) silent = Math.max(0, silent - 1);
        return part;
      }
      if (silent > 0) return part;
      return part.replace(referencePattern, (whole, before, login, number, sha, name) => {
        if (login) return `${before}<a class="mention" href="/${login}">@${login}</a>`;
        if (name) return emoji[name] ? before + emoji[name] : whole;
        if (!repository) return whole;
        if (number) return `${before}<a href="/${repository}/issues/${number}">#${number}</a>`;
        return `${before}<a href="/${repository}/commit/${sha}"><code>${sha.slice(0, 7)}</code></a>`;
      });
    })
    .join('');
};

const rebaseLinks = (rendered: string, { base, imageBase }: MarkdownOptions): string => {
  if (!base) return rendered;
  return rendered.replace(/(<(?:a|img)\s[^>]*?\b(href|src)=")([^"]*)"/g, (whole, before, kind, url) => {
    if (/^([a-z][a-z\d+.-]*:|\/|#|&)/i.test(url)) return whole;
    return `${before}${kind === 'src' ? (imageBase ?? base) : base}${url.replace(/^\.\//, '')}"`;
  });
};
