import { port } from '../ports/port.ts';
export const drawn = port;
