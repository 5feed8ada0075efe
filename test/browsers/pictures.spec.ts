/**
 * The picture in the README: the exchange of its own program, drawn by the component that the samples draw with. `npm run
 * docs:picture` writes it; here it is drawn again, and compared.
 */
import { beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pageAt, type CorsExchange } from 'nestjs-cors/testing';
import type { Printed } from '../../page/print/types.js';
import type { Exchange, HeaderLine } from '../../page/picture/types.js';
import { startReadmeProgram } from '../support/readme-program.js';
import { EXPRESS } from '../support/ways.js';
import { describeInChromium, type Scheme, setLook } from './watched-page.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = 'https://app.example.com';
const API = 'https://api.example.com';

/** The headers that matter here, in the order in which the README shows them, as browsers and servers spell them. */
const SHOWN = [
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Content-Type',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
];

function headersOf(headers: Headers): HeaderLine[] {
  return SHOWN.flatMap((name): HeaderLine[] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
}

function exchangeOf({ request, response }: CorsExchange): Exchange {
  const { status = 0, headers = new Headers() } = response ?? {};
  const shown = headersOf(headers).filter(([name]) => name !== 'Content-Type');
  const answer = { status, reason: STATUS_CODES[status] ?? '', headers: shown };
  return { method: request.method, headers: headersOf(request.headers), answer };
}

/** The call that the README tells of, and what came of it. */
async function callProgram(): Promise<Printed> {
  const program = await startReadmeProgram(EXPRESS);
  try {
    const headers = { 'Content-Type': 'application/json' };
    const page = pageAt(PAGE, { api: API });
    const response = await page.fetch(program.app, '/cats/1', {
      method: 'PUT',
      headers,
      body: '{"name":"Tom"}',
      credentials: 'include',
    });
    return {
      title: 'A page',
      api: API,
      text:
        'The browser asks the API with an OPTIONS request whether https://app.example.com may send a PUT. ' +
        'The API allows it, so the browser sends the PUT, and lets the page read the answer.',
      facts: {
        asked: { method: 'PUT', path: '/cats/1', headers, credentials: true },
        origin: PAGE,
        exchanges: response.transcript.map(exchangeOf),
        outcome: {
          read: true,
          status: `${response.status} ${response.statusText}`,
          headers: [],
          body: await response.text(),
        },
      },
    };
  } finally {
    await program.close();
  }
}

/** What must not depend on the fonts of a machine. */
function withoutMeasures(svg: string): string {
  return svg.replace(/-?\d+(?:\.\d+)?/g, '0');
}

describeInChromium('the README’s picture', (browser) => {
  let printed: Printed;
  let script: string;

  beforeAll(async () => {
    printed = await callProgram();
    const bundle = [
      `${ROOT}node_modules/rolldown/bin/cli.mjs`,
      'page/print/index.ts',
      '--format',
      'iife',
      '--name',
      'it',
    ];
    script = (await promisify(execFile)(process.execPath, bundle, { cwd: ROOT })).stdout;
  }, 60_000);

  async function draw(scheme: Scheme): Promise<string> {
    const page = await browser().newPage();
    await setLook(page, { width: 720, scheme });
    await page.setContent(
      '<!doctype html><style>body, figure { margin: 0 } body { font: 16px/1.5 system-ui; color: var(--ink) }</style>',
    );
    await page.addStyleTag({ path: `${ROOT}page/picture/picture.css` });
    await page.addScriptTag({ content: script });
    return (await page.evaluate(`it.print(${JSON.stringify(printed)})`)) as string;
  }

  it.each(['light', 'dark'] as const)('shows the exchange of today’s program and component, %s', async (scheme) => {
    const file = `${ROOT}docs/exchange-${scheme}.svg`;
    const drawn = await draw(scheme);
    if (process.env['PICTURES'] === 'write') {
      await writeFile(file, drawn);
    }

    expect(withoutMeasures(await readFile(file, 'utf8'))).toBe(withoutMeasures(drawn));
  });
});
