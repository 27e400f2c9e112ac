import { drawn } from '../render/impure.ts';
import { Octokit } from '@octokit/rest';
export const forge = [drawn, Octokit];
