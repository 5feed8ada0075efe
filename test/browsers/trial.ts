/** All scenarios in one engine, on every platform, and what the pages and the servers saw. */
import type { Engine, Tab, Task } from './engines/engine.js';
import { comparableStep, type Observation } from './observation.js';
import { ALL_SCENARIOS } from './scenarios/all-scenarios.js';
import { PAGE_NAMES } from './scenarios/page-name.js';
import { nameOf, type Scenario, type Step } from './scenarios/scenario.js';
import { type Platform, PLATFORMS } from './stage/scenario-app.js';
import type { Stage } from './stage/stage.js';

export class Trial {
  private constructor(private readonly observations: ReadonlyMap<string, Observation>) {}

  static async run(engine: Engine, stage: Stage): Promise<Trial> {
    for (const url of stage.visits) {
      await engine.visit(url);
    }
    const observations = new Map<string, Observation>();
    const runs = new Runs();
    for (const tab of tabs(runs, stage)) {
      for (const [key, steps] of Object.entries(await engine.run(tab))) {
        const run = runs.of(key);
        const seen = steps.map((step) => withoutRun(comparableStep(step), run));
        observations.set(key, { steps: seen, requests: stage.journal.of(run) });
      }
    }
    return new Trial(observations);
  }

  of(platform: Platform, scenario: Scenario): Observation {
    const observation = this.observations.get(keyOf(platform, scenario));
    if (observation === undefined) {
      throw new Error(`${nameOf(scenario)} has not been run on ${platform}`);
    }
    return observation;
  }
}

/** A name for the requests of each scenario, that no other trial has, and as long as every other: a 404 says the URL. */
class Runs {
  private static made = 10_000;
  private readonly names = new Map<string, string>();

  of(key: string): string {
    const name = this.names.get(key) ?? String((Runs.made += 1));
    this.names.set(key, name);
    return name;
  }
}

function withoutRun<T extends { readonly text?: string }>(step: T, run: string): T {
  return step.text === undefined ? step : { ...step, text: step.text.replaceAll(run, 'run') };
}

/** As few pages as there are origins: a page does all its scenarios at once. */
function tabs(runs: Runs, stage: Stage): readonly Tab[] {
  const byPage = new Map<string, Tab>();
  for (const page of PAGE_NAMES) {
    const frame = page === 'sandboxed' || page === 'data' ? page : undefined;
    for (const platform of PLATFORMS) {
      for (const scenario of ALL_SCENARIOS.filter((other) => other.page === page)) {
        const url = stage.pageUrl(page, platform, scenario.debug ?? false);
        const key = `${frame} ${url}`;
        const tasks = byPage.get(key)?.tasks ?? [];
        byPage.set(key, { url, frame, tasks: [...tasks, taskOf(runs, stage, platform, scenario)] });
      }
    }
  }
  return [...byPage.values()];
}

function taskOf(runs: Runs, stage: Stage, platform: Platform, scenario: Scenario): Task {
  const key = keyOf(platform, scenario);
  const steps = scenario.steps.map((step: Step) => {
    const { call = 'fetch', body, method, headers, credentials, mode, redirect, protocols } = step;
    const init = { method, headers, credentials, mode, redirect, protocols };
    const url = stage.urlOf(step, platform, scenario, runs.of(key));
    return { call, url, init: JSON.parse(JSON.stringify(init)), body };
  });
  return { key, steps };
}

function keyOf(platform: Platform, scenario: Scenario): string {
  return `${platform} ${nameOf(scenario)}`;
}
