import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { MAX_NAME_LENGTH, NAME_PATTERN } from '../spec/valid.ts';

/** Names of monitors are unique in their repository only, so the token says which one is meant. */
export type MonitorIdentity = {
  /** `owner/name` */
  repository: string;
  monitor: string;
};

export type MonitorTokens = {
  /** `smt_<base64url of repository/monitor>.<epoch>.<hmac>`. `epoch`: from 1; a higher one replaces those before. */
  issue(identity: MonitorIdentity, epoch: number): string;
  /** Undefined when malformed or forged; nothing says which. */
  verify(token: string): (MonitorIdentity & { epoch: number }) | undefined;
};

const FORM = /^smt_([A-Za-z0-9_-]{1,400})\.([1-9]\d{0,5})\.([A-Za-z0-9_-]{43})$/;
export const MAX_EPOCH = 999_999;
const REPOSITORY = /^(?!\.+\/)[A-Za-z0-9_.-]{1,100}\/(?!\.+$)[A-Za-z0-9_.-]{1,100}$/;

/** Whether these can be names at all. */
export function isMonitorIdentity({ repository, monitor }: MonitorIdentity): boolean {
  return REPOSITORY.test(repository) && monitor.length <= MAX_NAME_LENGTH && NAME_PATTERN.test(monitor);
}

/** Signs with a key of its own derived from the server's secret, so that the secret's other uses stay apart. */
export function createMonitorTokens(secret: string): MonitorTokens {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'sluice monitor token v1', 32));
  const sign = (body: string) => createHmac('sha256', key).update(body).digest('base64url');
  return {
    issue({ repository, monitor }, epoch) {
      const body = `${Buffer.from(`${repository}/${monitor}`).toString('base64url')}.${epoch}`;
      return `smt_${body}.${sign(body)}`;
    },
    verify(token) {
      const [, name, epoch, signature] = FORM.exec(token) ?? [];
      if (name === undefined || epoch === undefined || signature === undefined) return undefined;
      // as text: the last character of base64url has bits to spare, and several would decode to the same
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(sign(`${name}.${epoch}`)))) return undefined;
      const [owner = '', repository = '', monitor = ''] = Buffer.from(name, 'base64url').toString().split('/');
      return { repository: `${owner}/${repository}`, monitor, epoch: Number(epoch) };
    },
  };
}
