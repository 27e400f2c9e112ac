/**
 * A GET for a page, as the page renderer gets it. The buttons of the pages are plain forms that POST to:
 *
 *   /login                                     as=<login>, return_to=<path>    (also GET /login?as=<login>)
 *   /:owner/:repo/issues/:number/comments      body=<Markdown>                 issues and pull requests alike
 *   /:owner/:repo/issues/:number/state         state=open|closed
 *   /:owner/:repo/pull/:number/merge           merge_method=merge|squash|rebase
 *   /:owner/:repo/runs/:checkRunId/actions     identifier=<identifier of the action>
 *   /:owner/:repo/runs/:checkRunId/rerequest
 *   /:owner/:repo/actions/workflows/:id/dispatch   ref=<branch or tag>, inputs.<name>=<value>
 *   /:owner/:repo/actions/runs/:id/cancel|rerun|rerun-failed-jobs
 *   /settings/apps/:slug/deliveries/:id/redeliver
 *
 * Each answers 303 to the form's optional `return_to` field, or to the page that the form was on; a refusal answers with
 * a status and a plain text. Git contents are read with the functions in `git/` and `Repository.gitDir`.
 */
export type PageRequest = {
  /** Decoded path without the query, `/owner/repo/pull/3`. */
  path: string;
  query: URLSearchParams;
  /** Login from the cookie `forge_user`; undefined for who is not logged in. */
  viewer: string | undefined;
};

export type Page = { status: number; html: string };
