/** Every scenario, by real pages in three engines and by `pageAt()`, on both platforms: all four see the same. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENGINE_DIFFERENCES, expectedOf } from './differences/engine-differences.js';
import type { Engine, EngineName } from './engines/engine.js';
import { ENGINE_OFFERS, ENGINES_ARE_REQUIRED, isMissing } from './engines/installed-engines.js';
import { PageAtEngine } from './engines/page-at.engine.js';
import { type Observation, preflightsOf } from './observation.js';
import { ResultTable } from './result-table.js';
import { ALL_SCENARIOS, GROUPS } from './scenarios/all-scenarios.js';
import { nameOf, type Scenario } from './scenarios/scenario.js';
import { type Platform, PLATFORMS } from './stage/scenario-app.js';
import { Stage } from './stage/stage.js';
import { Trial } from './trial.js';

const stage = new Stage();
const trials = new Map<EngineName | 'pageAt', Trial>();
const table = new ResultTable();

/** Each engine is started once, and all of them do their scenarios at the same time. */
beforeAll(async () => {
  await stage.open();
  const offers = ENGINE_OFFERS.filter((offer) => !isMissing(offer));
  const tried = await Promise.allSettled([
    tryAll('pageAt', async () => new PageAtEngine()),
    ...offers.map(({ name, start }) => tryAll(name, start)),
  ]);
  const failures = tried.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0) {
    throw new AggregateError(failures, failures.map(String).join('\n'));
  }
}, 900_000);

afterAll(() => stage.close());

async function tryAll(name: EngineName | 'pageAt', start: () => Promise<Engine>): Promise<void> {
  const engine = await start();
  try {
    trials.set(name, await Trial.run(engine, stage));
    if (name !== 'pageAt') {
      table.versions.set(name, engine.version);
    }
  } finally {
    await engine.close();
  }
}

function seenBy(name: EngineName | 'pageAt', platform: Platform, scenario: Scenario): Observation {
  const trial = trials.get(name);
  if (trial === undefined) {
    throw new Error(`${name} has not been tried`);
  }
  return trial.of(platform, scenario);
}

function scenariosOf(group: string): readonly Scenario[] {
  return ALL_SCENARIOS.filter((scenario) => scenario.group === group);
}

/** By the name of the scenario, so that a failure shows those that differ and no others. */
function byName<T>(scenarios: readonly Scenario[], look: (scenario: Scenario) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(scenarios.map((scenario) => [nameOf(scenario), look(scenario)]));
}

describe('the scenarios', () => {
  it('are at least 200, each with a name of its own', () => {
    expect(ALL_SCENARIOS.length).toBeGreaterThanOrEqual(200);
    expect(new Set(ALL_SCENARIOS.map(nameOf)).size).toBe(ALL_SCENARIOS.length);
  });

  it('let some in and keep some out in every group', () => {
    for (const group of GROUPS) {
      const verdicts = scenariosOf(group).flatMap(({ steps }) => steps.map(({ expected }) => expected));
      expect([group, verdicts]).toEqual([group, expect.arrayContaining(['readable', 'blocked'])]);
    }
  });
});

describe.each(PLATFORMS)('on %s, pageAt()', (platform) => {
  it.each(GROUPS)('says of every policy what it means: %s', (group) => {
    const scenarios = scenariosOf(group);
    const seen = byName(scenarios, (scenario) => {
      const observation = seenBy('pageAt', platform, scenario);
      const preflights = scenario.preflights === undefined ? {} : { preflights: preflightsOf(observation) };
      return { verdicts: observation.steps.map(({ verdict }) => verdict), ...preflights };
    });
    const wanted = byName(scenarios, ({ steps, preflights }) => {
      return { verdicts: steps.map(({ expected }) => expected), ...(preflights !== undefined && { preflights }) };
    });
    expect(seen).toEqual(wanted);
  });
});

describe.each(ENGINE_OFFERS)('$name', (offer) => {
  const { name, missing } = offer;
  const isHere = missing.length === 0;
  const title = isHere ? 'agrees with pageAt()' : `(skipped: install ${missing.join(', ')})`;

  (isHere || ENGINES_ARE_REQUIRED ? describe : describe.skip)(title, () => {
    it('is installed', () => {
      expect(missing).toEqual([]);
    });

    describe.each(PLATFORMS)('on %s', (platform) => {
      it.each(GROUPS)('in what its pages read and its servers see: %s', (group) => {
        const scenarios = scenariosOf(group);
        const reference = (other: Scenario): Observation => seenBy('pageAt', platform, other);
        const wanted = byName(scenarios, (scenario) => {
          const referenceOf = (title: string): Observation => reference({ ...scenario, title });
          const expected = expectedOf(name, reference(scenario), { scenario, platform, referenceOf });
          table.add(name, group, reference(scenario), expected);
          return expected.observation;
        });
        expect(byName(scenarios, (scenario) => seenBy(name, platform, scenario))).toEqual(wanted);
      });
    });
  });
});

describe('the known differences', () => {
  const tried = ENGINE_DIFFERENCES.flatMap(({ what, engines }, index) =>
    engines.map((engine) => ({ engine, what, number: index + 1 })),
  );

  describe.each(ENGINE_OFFERS)('of $name', (offer) => {
    (isMissing(offer) ? it.skip : it).each(tried.filter(({ engine }) => engine === offer.name))(
      'make one: $what',
      ({ engine, number }) => expect(table.scenariosOf(engine, number)).toBeGreaterThan(0),
    );
  });

  const allAreHere = ENGINE_OFFERS.every((offer) => !isMissing(offer));
  (allAreHere ? it : it.skip)('are in docs/browsers.md, with the results of this run', () => {
    if (process.env['BROWSERS_DOCS'] === 'write') {
      table.write();
    }
    expect(table.written()).toBe(table.text());
  });
});
