import { findAccount, findRepository } from '../find.ts';
import { HttpError } from '../http-error.ts';
import type { Page, PageRequest } from '../page-request.ts';
import type { World } from '../world.ts';
import { renderAppPage } from './app-page.ts';
import { renderDeliveriesPage, renderDeliveryPage } from './deliveries-page.ts';
import { renderHomePage } from './home-page.ts';
import { type Html, html } from './html.ts';
import { renderLayout } from './layout.ts';
import { renderLoginPage } from './login-page.ts';
import { maySee } from './may-see.ts';
import { PageNotFound } from './not-found.ts';
import type { PageContext } from './page-context.ts';
import { renderRepositoryPage } from './repository-pages.ts';

/** The page of an address, or the 404 page. Reads the state and the repositories, and changes nothing. */
export const renderPage = async (world: World, request: PageRequest, now: Date = new Date()): Promise<Page> => {
  const context: PageContext = { world, state: world.state, request, now };
  try {
    return { status: 200, html: await route(context) };
  } catch (error) {
    const isMissing = error instanceof PageNotFound || (error instanceof HttpError && error.status === 404);
    if (!isMissing) throw error;
    const body = html`<h1>Not found</h1><p>There is nothing at <span class="mono">${request.path}</span>, or it is not for you to see.</p><p><a href="/">To the repositories</a></p>`;
    return { status: 404, html: renderLayout(context, { title: 'Not found', body }) };
  }
};

const route = async (context: PageContext): Promise<string> => {
  const { state, request } = context;
  const parts = request.path.split('/').filter(Boolean);
  const [first, second, third, fourth, fifth] = parts;
  const page = (title: string, body: Html): string => renderLayout(context, { title: `${title} · local forge`, body });
  if (!first) return page('Repositories', renderHomePage(context));
  if (first === 'login' && !second) return page('Log in', renderLoginPage(context));
  if (first === 'apps' && second === state.app.slug) return page(state.app.name, renderAppPage(context));
  if (
    first === 'settings' &&
    second === 'apps' &&
    third === state.app.slug &&
    (fourth === 'deliveries' || fourth === 'advanced')
  ) {
    return page('Deliveries', fifth ? renderDeliveryPage(context, Number(fifth)) : renderDeliveriesPage(context));
  }
  if (!second) {
    const account = findAccount(state, first);
    if (!account) throw new PageNotFound();
    return page(account.login, renderHomePage(context, account.login));
  }
  const repository = findRepository(state, first, second);
  if (!repository || !maySee(state, repository, request.viewer)) throw new PageNotFound();
  const shown = await renderRepositoryPage({ ...context, repository, base: `/${repository.fullName}` }, parts.slice(2));
  const title = shown.title === repository.fullName ? shown.title : `${shown.title} · ${repository.fullName}`;
  return renderLayout(context, { ...shown, title, repository });
};
