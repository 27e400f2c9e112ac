import { createGitHubContract, type GitHubContract } from './github-contract.ts';

type Exchange = {
  method: string;
  /** Below the API's root. */
  path: string;
  query: string;
  requestBody: unknown;
  status: number;
  headers: Record<string, string>;
  body: unknown;
};

type Delivery = { event: string; request: { payload: Record<string, unknown> } };

export type ContractWatch = {
  onExchange: (exchange: Exchange) => void;
  onDelivery: (delivery: Delivery) => void;
  /** What was wrong so far, each once. */
  findings: () => string[];
  /** What was judged, so that a test can say that it was not nothing: webhooks by `pull_request.opened`. */
  seen: { exchanges: number; webhooks: Set<string> };
};

/** Judges all traffic of a local forge in a test: `onExchange` and `onDelivery` are its hooks. */
export const watchContract = (contract: GitHubContract = createGitHubContract()): ContractWatch => {
  const found = new Set<string>();
  const seen = { exchanges: 0, webhooks: new Set<string>() };
  return {
    onExchange({ method, path, query, requestBody, status, headers, body }) {
      seen.exchanges += 1;
      const request = { method, path: query ? `${path}?${query.replace(/^\?/, '')}` : path, body: requestBody };
      // What was refused as malformed need not be well formed, and what was refused unread has no body to look at.
      const isReadable = status < 400 || (requestBody !== undefined && ![400, 415, 422].includes(status));
      if (isReadable) for (const error of contract.checkRequest(request)) found.add(error);
      const contentType = headers['content-type'] ?? '';
      const errors = contract.checkResponse({ method, path, status, body, contentType });
      for (const error of errors) found.add(error);
    },
    onDelivery({ event, request: { payload } }) {
      seen.webhooks.add(payload.action ? `${event}.${payload.action}` : event);
      // As it goes over the wire: what is undefined is absent.
      const errors = contract.checkWebhook(event, JSON.parse(JSON.stringify(payload)));
      for (const error of errors) found.add(error);
    },
    findings: () => [...found],
    seen,
  };
};
