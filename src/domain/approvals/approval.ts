/** Given for exactly this state; `at` in epoch milliseconds. */
export type Approval = { by: string; at: number; headSha: string; planDigest: string; evidenceDigest: string };

/** What an approval is bound to. */
export type ApprovedState = Pick<Approval, 'headSha' | 'planDigest' | 'evidenceDigest'>;

/** Logins are the same whatever their case. */
export function isSameLogin(a: string, b: string): boolean {
  return a.replace(/^@/, '').toLowerCase() === b.replace(/^@/, '').toLowerCase();
}
