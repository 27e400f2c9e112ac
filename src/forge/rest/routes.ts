import type { Route } from '../http/route.ts';
import { appRoutes } from './apps.ts';
import { artifactRoutes } from './artifacts.ts';
import { checkRoutes } from './checks.ts';
import { commentRoutes } from './comments.ts';
import { commitPullRoutes } from './commit-pulls.ts';
import { commitRoute, commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { deploymentRoutes } from './deployments.ts';
import { gitObjectRoutes } from './git-objects.ts';
import { gitRefRoutes } from './git-refs.ts';
import { hookRoutes } from './hook-deliveries.ts';
import { issueRoutes } from './issues.ts';
import { labelRoutes } from './labels.ts';
import { peopleRoutes } from './people.ts';
import { pullRoutes } from './pulls.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import { statusRoutes } from './statuses.ts';
import { workflowJobRoutes } from './workflow-jobs.ts';
import { workflowRunRoutes } from './workflow-runs.ts';
import { workflowRoutes } from './workflows.ts';

/** All of the REST API; the first route that fits answers. */
export const restRoutes: Route[] = [
  ...appRoutes,
  ...hookRoutes,
  ...repositoryRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...issueRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...commitPullRoutes,
  ...commitRoutes,
  commitRoute,
  ...contentRoutes,
  ...gitRefRoutes,
  ...gitObjectRoutes,
  ...releaseRoutes,
  ...deploymentRoutes,
  ...workflowRoutes,
  ...workflowRunRoutes,
  ...workflowJobRoutes,
  ...artifactRoutes,
  ...peopleRoutes,
];
