import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Cors } from 'nestjs-cors';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';

import { APP } from '../cases/cors-case.js';
import { rootModule, startApp, type RunningApp } from '../support/running-app.js';
import { BOTH_PLATFORMS, type Way } from '../support/ways.js';
import { logRefusals } from './cors-log.js';
import { countRefusals } from './cors-metrics.js';

const OTHER = 'https://other.example';

@Controller('cats')
class CatsController {
  @Get() list(): string {
    return 'list';
  }

  @Put(':id') @Cors({ allowedHeaders: ['X-A'] }) rename(): string {
    return 'rename';
  }
}

async function start(way: Way): Promise<RunningApp> {
  return startApp(way, rootModule({ controllers: [CatsController] }, { origin: APP }));
}

async function visit(app: RunningApp): Promise<void> {
  await app.send({ path: '/cats', origin: APP });
  await app.send({ path: '/cats' });
  await app.send({ path: '/cats', origin: OTHER });
  await app.send({ path: '/cats', origin: 'https://third.example' });
  await app.send({ path: '/nowhere', origin: OTHER });
  await app.preflight('/cats/1', 'PUT', APP, 'x-b');
}

describe.each(BOTH_PLATFORMS)('the recipes of docs/observability.md, on %s', (_, way) => {
  it('count refusals by route, step and reason, and never by origin', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter });
    const provider = new MeterProvider({ readers: [reader] });
    const app = await start(way);
    const stop = countRefusals(provider.getMeter('test'));
    await visit(app);
    stop();
    await visit(app);
    await provider.forceFlush();
    const points = exporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics[0]?.dataPoints ?? [];
    expect(points.map(({ attributes, value }) => ({ ...attributes, value }))).toEqual([
      { route: 'CatsController.list', step: 'origin', reason: 'origin-not-allowed', value: 2 },
      { route: 'other', step: 'origin', reason: 'origin-not-allowed', value: 1 },
      { route: 'CatsController.rename', step: 'headers', reason: 'header-not-allowed', value: 1 },
    ]);
    await provider.shutdown();
  });

  it.each(['info', 'debug'])('log refusals with pino, at the level %s', async (level) => {
    const lines: Record<string, unknown>[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    const app = await start(way);
    const logger = pino({ level, timestamp: false, formatters: { bindings: () => ({}) } }, stream);
    const stop = logRefusals(logger);
    await app.preflight('/cats/1', 'PUT', APP, 'x-b');
    await app.send({ path: '/cats', origin: APP });
    stop();
    const refused = {
      route: 'CatsController.rename',
      phase: 'preflight',
      step: 'headers',
      reason: 'header-not-allowed',
    };
    const diagnosis = {
      level: 20,
      text: 'CatsController.rename does not allow the request header x-b: its allowedHeaders are X-A (written by CatsController.rename).',
      cures: ["@Cors({ allowedHeaders: { add: ['X-B'] } }) on CatsController.rename"],
      msg: 'CORS diagnosis',
    };
    expect(lines).toEqual([
      { level: 40, ...refused, origin: APP, msg: 'CORS refused' },
      ...(level === 'debug' ? [diagnosis] : []),
    ]);
  });
});

it.each(['cors-metrics', 'cors-log'])('the documentation shows %s as it runs here', async (name) => {
  const recipe = await readFile(new URL(`${name}.ts`, import.meta.url), 'utf8');
  const page = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`ts\n${recipe}\`\`\`\n`);
});
