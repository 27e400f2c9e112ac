/** A piece of HTML that is safe to put into a page. Only this file and the Markdown sanitiser make one from a string. */
export type Html = { readonly html: string };

export type HtmlValue = Html | string | number | undefined | null | false | readonly HtmlValue[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);

const toText = (value: HtmlValue): string => {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if ('html' in value) return value.html;
  return value.map(toText).join('');
};

/** Template of a page: whatever is put in is escaped unless it is `Html` itself. Attributes must be in double quotes. */
export const html = (strings: TemplateStringsArray, ...values: HtmlValue[]): Html => ({
  html: strings.reduce((text, part, index) => text + toText(values[index - 1]) + part),
});

export const trusted = (text: string): Html => ({ html: text });
