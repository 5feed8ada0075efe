/** One application's start, in a process of its own: what it took, and what it keeps. Run with --expose-gc. */
import { startApp, type CorsWay, type PlatformName } from '../apps/start.js';
import type { StartFigures } from './start.suite.js';

const [platform = 'express', way = 'bare', routes = '10'] = process.argv.slice(2);

// The first start also loads and compiles: what is asked is what the routes cost.
await startApp(platform as PlatformName, way as CorsWay, 10);
const heapBefore = liveHeap();
const cpuBefore = process.cpuUsage();
const start = performance.now();
const app = await startApp(platform as PlatformName, way as CorsWay, Number(routes));
const wall = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
const figures: StartFigures = { wall, cpu: (user + system) / 1000, heap: (liveHeap() - heapBefore) / 1024 / 1024 };
await app.close();
process.send?.(figures, () => process.exit());

/** Bytes that survive a collection. */
function liveHeap(): number {
  for (let pass = 0; pass < 3; pass += 1) {
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
