import { createHash } from 'node:crypto';

export type Picture = { alt: string; url: string };

/**
 * Collects pictures while texts are rendered: the address is known at once because it is the digest of the content,
 * the content is stored by whoever publishes the text.
 */
export type Pictures = { show(alt: string, svg: string): Picture; all(): { svg: string }[] };

export function createPictures(publicUrl: string): Pictures {
  const shown = new Map<string, { svg: string }>();
  return {
    show(alt, svg) {
      const hex = createHash('sha256').update(svg).digest('hex');
      shown.set(hex, { svg });
      return { alt, url: `${publicUrl}/plots/${hex}.svg` };
    },
    all: () => [...shown.values()],
  };
}
