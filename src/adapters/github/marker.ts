/** A marker is an HTML comment, which GitHub keeps and does not show. It stands first, so that a cut never loses it. */
export function withMarker(name: string, body: string): { marker: string; text: string } {
  const marker = name.startsWith('<!--') ? name : `<!-- sluice:${name} -->`;
  return { marker, text: body.includes(marker) ? body : `${marker}\n${body}` };
}
