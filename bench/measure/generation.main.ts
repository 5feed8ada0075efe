/** The process of one generation: runs all rounds of a scenario, and tells its parent the figures. */
import { loadScenario } from '../scenarios/index.js';
import { runRounds, type RoundSettings } from './rounds.js';

const [name = '', works = '[]', settings = '{}'] = process.argv.slice(2);
const scenario = await loadScenario(name);
const figures = await runRounds(scenario, JSON.parse(works) as string[], JSON.parse(settings) as RoundSettings);
process.send?.(figures, () => process.exit());
