import type { Scenario } from '../measure/scenario.js';

/** Loaded by name, so that the process of a contender holds nothing but its own scenario. */
export async function loadScenario(name: string): Promise<Scenario> {
  switch (name) {
    case 'hook':
      return (await import('./hook.scenario.js')).hookScenario;
    case 'packages':
      return (await import('./packages.scenario.js')).packagesScenario;
    case 'decision':
      return (await import('./decision.scenario.js')).decisionScenario;
    case 'origins':
      return (await import('./origins.scenario.js')).originsScenario;
    case 'acrh':
      return (await import('./acrh.scenario.js')).acrhScenario;
    case 'versions':
      return (await import('./versions.scenario.js')).versionsScenario;
    case 'tenants':
      return (await import('./tenants.scenario.js')).tenantsScenario;
    case 'growth':
      return (await import('./growth.scenario.js')).hookGrowth;
    case 'growth-express':
      return (await import('./growth.scenario.js')).nestGrowth('express');
    case 'growth-fastify':
      return (await import('./growth.scenario.js')).nestGrowth('fastify');
    case 'express':
      return (await import('./nest.scenario.js')).nestScenario('express');
    case 'express-called':
      return (await import('./nest.scenario.js')).nestScenario('express', 'called');
    case 'express-serverless':
      return (await import('./nest.scenario.js')).nestScenario('express', 'serverless');
    case 'fastify':
      return (await import('./nest.scenario.js')).nestScenario('fastify');
    default:
      throw new Error(`There is no scenario called ${name}`);
  }
}
