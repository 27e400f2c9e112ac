export { impure } from '../domain/impure.ts';
import { forge } from '../forge/forge.ts';
export const port = forge;
