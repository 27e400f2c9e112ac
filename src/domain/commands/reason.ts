const LONGEST_REASON = 200;

/** Why, in a person's words: printable and on one line; `''` where nothing was said. */
export function takeReason(text: string): { ok: true; reason: string } | { ok: false; error: string } {
  const reason = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').trim();
  if (reason.length <= LONGEST_REASON) return { ok: true, reason };
  return { ok: false, error: `a reason has at most ${LONGEST_REASON} characters` };
}
