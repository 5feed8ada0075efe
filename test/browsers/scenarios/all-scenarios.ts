import { answerScenarios, pathScenarios } from './answer.scenarios.js';
import { bodyScenarios } from './body.scenarios.js';
import { cookieScenarios } from './cookie.scenarios.js';
import { methodScenarios } from './method.scenarios.js';
import { originScenarios } from './origin.scenarios.js';
import { preflightCacheScenarios } from './preflight-cache.scenarios.js';
import { redirectScenarios } from './redirect.scenarios.js';
import { requestHeaderScenarios } from './request-header.scenarios.js';
import { debugScenarios, resourceScenarios } from './resource.scenarios.js';
import type { Scenario } from './scenario.js';
import { socketScenarios } from './socket.scenarios.js';

export const ALL_SCENARIOS: readonly Scenario[] = [
  ...originScenarios,
  ...methodScenarios,
  ...requestHeaderScenarios,
  ...preflightCacheScenarios,
  ...cookieScenarios,
  ...redirectScenarios,
  ...answerScenarios,
  ...pathScenarios,
  ...bodyScenarios,
  ...resourceScenarios,
  ...debugScenarios,
  ...socketScenarios,
];

export const GROUPS: readonly string[] = [...new Set(ALL_SCENARIOS.map(({ group }) => group))];
