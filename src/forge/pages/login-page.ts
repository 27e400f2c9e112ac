import { type Html, html } from './html.ts';
import type { PageContext } from './page-context.ts';
import { avatar } from './people.ts';

/** There are no passwords here: whoever looks at this machine may be anyone on it. */
export const renderLoginPage = ({ state, request }: PageContext): Html => {
  const back = request.query.get('return_to') ?? '/';
  return html`<h1>Act as</h1><div class="card"><ul class="list">${state.accounts
    .filter((account) => account.type === 'User')
    .map(
      (account) =>
        html`<li><form method="post" action="/login"><input type="hidden" name="return_to" value="${back}"><button name="as" value="${account.login}">${avatar(account.login)} ${account.login}</button></form><span class="muted">${account.name}</span></li>`,
    )}</ul></div>`;
};
