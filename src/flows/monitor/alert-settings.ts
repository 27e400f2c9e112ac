import type { AlertSettings } from '../../domain/drift/alert.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';

export function alertSettings({ open, close }: Monitor): AlertSettings {
  return { openAfter: open.after, closeAfter: close.after, graceMs: open.graceSeconds * 1000 };
}
