/** At most `limit` UTF-16 units, never half a character; `mark` at the end says that something is missing. */
export function cutText(text: string, limit: number, mark = '…'): string {
  if (text.length <= limit) return text;
  const end = limit - mark.length;
  const splitsPair = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '');
  return text.slice(0, splitsPair ? end - 1 : end) + mark;
}
