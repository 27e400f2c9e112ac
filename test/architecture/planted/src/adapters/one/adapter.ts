import { other } from '../two/other.ts';
import { flow } from '../../flows/flow.ts';
export const adapter = [other, flow];
