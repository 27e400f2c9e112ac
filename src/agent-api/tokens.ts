import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export type AgentIdentity = { jobId: string; attempt: number };

export type AgentTokens = {
  /** `<job>.<attempt>.<expiry, epoch s>.<hmac>`: good for one attempt of one job. */
  issue(identity: AgentIdentity, expiresAt: number): string;
  /** Undefined when malformed, forged or expired; nothing says which. */
  verify(token: string, now: number): AgentIdentity | undefined;
};

const FORM = /^([A-Za-z0-9_-]{1,64})\.([1-9]\d{0,3})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/;

/** Signs with a key of its own derived from the server's secret, so that the secret's other uses stay apart. */
export function createAgentTokens(secret: string): AgentTokens {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'sluice agent token v1', 32));
  const sign = (body: string) => createHmac('sha256', key).update(body).digest();
  return {
    issue({ jobId, attempt }, expiresAt) {
      const body = `${jobId}.${attempt}.${Math.floor(expiresAt / 1000)}`;
      return `${body}.${sign(body).toString('base64url')}`;
    },
    verify(token, now) {
      const parts = FORM.exec(token);
      if (!parts) return undefined;
      const [, jobId, attempt, expires, signature] = parts as unknown as [string, string, string, string, string];
      // as text: the last character of base64url has bits to spare, and several would decode to the same
      const given = Buffer.from(signature);
      const expected = Buffer.from(sign(`${jobId}.${attempt}.${expires}`).toString('base64url'));
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      if (Number(expires) * 1000 <= now) return undefined;
      return { jobId, attempt: Number(attempt) };
    },
  };
}
