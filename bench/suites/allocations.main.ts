/** What one contender allocates for a request, by V8's sampling heap profiler. */
import { Session } from 'node:inspector/promises';

import { loadScenario } from '../scenarios/index.js';

/** Bytes between two samples, on average: far apart enough to disturb nothing, and still a hundred thousand of them. */
const INTERVAL = 8192;

const [contender = '', work = '', times = '1000'] = process.argv.slice(2);
const scenario = await loadScenario('hook');
// What stands on Node's prototype for the library is part of every contender's response.
await scenario.prepare('nestjs-cors');
const task = (await scenario.prepare(contender)).get(work);
if (task === undefined) {
  throw new Error(`unknown work: ${work}`);
}
await task.run(Math.min(Number(times), 100_000));

const session = new Session();
session.connect();
await session.post('HeapProfiler.startSampling', {
  samplingInterval: INTERVAL,
  // Most of it is dead before anybody looks.
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
});
await task.run(Number(times));
const { profile } = await session.post('HeapProfiler.stopSampling');
process.send?.(bytesIn(profile.head) / Number(times), () => process.exit());

interface Node {
  readonly selfSize: number;
  readonly children: readonly Node[];
}

function bytesIn(node: Node): number {
  return node.selfSize + node.children.reduce((sum, child) => sum + bytesIn(child), 0);
}
