/**
 * fast-check as all tests see it: jest maps the package to this file, which decides how often a property runs and from which
 * seed.
 *
 * | | runs | seed |
 * | --- | --- | --- |
 * | `npm test`, CI | as many as the test asks for | always the same |
 * | `npm run fuzz` | for FUZZ_SECONDS, 60 if not set | a new one each time |
 * | `FUZZ_ROUNDS=200 npm run fuzz` | 200 times as many as the test asks for | a new one for each round |
 *
 * A test asks for few: from one seed the same cases come each time, and more of them than it takes to notice a change are for
 * `npm run fuzz`, which meets new ones.
 *
 * FUZZ_SEED and FUZZ_PATH repeat a failure. Every property prints its seed and the number of its cases.
 */
import fastCheck, {
  type IAsyncProperty,
  type IProperty,
  type Parameters,
  type RunDetails,
} from '../../node_modules/fast-check/lib/fast-check.js';
import { expect } from '@jest/globals';
import { relative } from 'node:path';

export * from '../../node_modules/fast-check/lib/fast-check.js';

const { FUZZ, FUZZ_SECONDS, FUZZ_ROUNDS, FUZZ_SEED, FUZZ_PATH, FUZZ_QUIET } = process.env;
const FIXED_SEED = 20_261_125;

type Property<T> = IProperty<T> | IAsyncProperty<T>;

/** A time limit ends a slow run early, and one that was ended before it checked this share has shown nothing. */
const LEAST_SHARE = 0.2;
const LEAST_IN_FUZZ = 10;

function assert<T>(property: Property<T>, parameters: Parameters<T> = {}): Promise<void> | void {
  const rounds = FUZZ === undefined || FUZZ_ROUNDS === undefined ? 1 : Number(FUZZ_ROUNDS);
  if (rounds > 1) {
    return property.isAsync() ? inRounds(property, parameters, rounds) : inRoundsAtOnce(property, parameters, rounds);
  }
  const details: RunDetails<T> | Promise<RunDetails<T>> = fastCheck.check(property, runOf(parameters));
  return details instanceof Promise ? details.then(conclude) : conclude(details);
}

async function inRounds<T>(property: Property<T>, parameters: Parameters<T>, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    conclude(await fastCheck.check(property as IAsyncProperty<T>, { ...parameters, seed: randomSeed() }), round === 0);
  }
}

/** Nobody waits for the promise of a property that has none. */
function inRoundsAtOnce<T>(property: Property<T>, parameters: Parameters<T>, rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    conclude(fastCheck.check(property as IProperty<T>, { ...parameters, seed: randomSeed() }), round === 0);
  }
}

function runOf<T>(parameters: Parameters<T>): Parameters<T> {
  const repeated = {
    ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
    ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH, endOnFailure: true }),
  };
  if (FUZZ === undefined) {
    return { seed: FIXED_SEED, ...parameters, ...repeated };
  }
  return {
    ...parameters,
    seed: randomSeed(),
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: 1000 * Number(FUZZ_SECONDS ?? 60),
    ...repeated,
  };
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** Prints what was run, and fails with how to run it again. */
function conclude<T>(details: RunDetails<T>, isPrinted = true): void {
  const { failed, interrupted, numRuns, seed, runConfiguration } = details;
  const { currentTestName = '', testPath = '' } = expect.getState();
  if (isPrinted && FUZZ_QUIET === undefined) {
    process.stderr.write(`property: seed ${seed}, ${numRuns} cases: ${currentTestName}\n`);
  }
  if (failed) {
    const again = `FUZZ_SEED=${seed} FUZZ_PATH=${details.counterexamplePath ?? ''} npm run fuzz -- ${relative('', testPath)} -t '${currentTestName}'`;
    const message = fastCheck.defaultReportMessage(details) ?? 'the property failed';
    throw new Error(`${message}\n\nRun it again: ${again}`, { cause: details.errorInstance });
  }
  const least = FUZZ === undefined ? LEAST_SHARE * (runConfiguration.numRuns ?? 100) : LEAST_IN_FUZZ;
  if (interrupted && FUZZ_PATH === undefined && numRuns < least) {
    throw new Error(`the time limit ended the property after ${numRuns} cases, and it needs ${least} to show anything`);
  }
}

export default { ...fastCheck, assert };
