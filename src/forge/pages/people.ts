import { type Html, html } from './html.ts';

/** Round initial in one of eight colours, the same for a login wherever it appears. */
export const avatar = (login: string): Html => {
  const hue = [...login].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 8, 7);
  return html`<span class="avatar hue-${hue}" aria-hidden="true">${(login[0] ?? '?').toUpperCase()}</span>`;
};

export const loginLink = (login: string): Html => {
  const plain = login.replace(/\[bot\]$/, '');
  const bot = plain !== login && html` <span class="pill">app</span>`;
  return html`<a class="login" href="${plain === login ? `/${login}` : `/apps/${plain}`}">${plain}</a>${bot}`;
};
