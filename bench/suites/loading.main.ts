/** Loads one package, in a process of its own, after Nest: what an app pays for it at every start. */
import 'reflect-metadata';
import { createRequire } from 'node:module';

import type { LoadingFigures } from './loading.suite.js';

const [name = '', way = 'import'] = process.argv.slice(2);
const require = createRequire(import.meta.url);

await import('@nestjs/common');
await import('@nestjs/core');
const cpuBefore = process.cpuUsage();
const start = performance.now();
await (way === 'import' ? import(name) : require(name));
const wall = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
const figures: LoadingFigures = { wall, cpu: (user + system) / 1000 };
process.send?.(figures, () => process.exit());
