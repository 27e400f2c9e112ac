import type { Label } from '../state.ts';
import { type Html, html } from './html.ts';

export const labelBadge = ({ name, color }: Pick<Label, 'name' | 'color'>): Html =>
  html`<span class="label"><svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="#${color}" stroke="currentColor" stroke-opacity=".3"/></svg>${name}</span>`;
