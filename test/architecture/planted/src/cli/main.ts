import { forge } from '../forge/forge.ts';
import { missing } from './missing.ts';
export const main = [forge, missing];
