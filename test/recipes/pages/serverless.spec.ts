/** The functions of docs/guides/serverless.md, as the page has them: each is called with what its platform hands over. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { blocksOf } from '../../docs/blocks.js';
import { send } from '../../support/http-client.js';
import { EXPRESS } from '../../support/ways.js';
import { stage } from './page-nest-factory.js';

const PATH = 'docs/guides/serverless.md';
const FOLDER = fileURLToPath(new URL('.functions/', import.meta.url));

const text = readFileSync(new URL(`../../../${PATH}`, import.meta.url), 'utf8');
const blocks = blocksOf({ path: PATH, text });
const [appModule, ...functions] = blocks.filter(({ language }) => language === 'ts');
const [asked = '', answered = ''] =
  blocks
    .find(({ language }) => language === 'text')
    ?.code.trimEnd()
    .split('\n\n') ?? [];

stage.way = EXPRESS;
mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}app.module.ts`, appModule?.code ?? '');
afterAll(() => rmSync(FOLDER, { recursive: true }));

type Handler = (event: object, context: object, callback: () => void) => Promise<unknown>;

/** Runs the block of the page that imports this. */
async function load(adapter: string): Promise<Handler | undefined> {
  const code = functions.find((block) => block.code.includes(`from '${adapter}'`))?.code ?? '';
  const file = `${FOLDER}${adapter.replaceAll(/\W/g, '-')}.ts`;
  // Whatever else it does, it does to the same application.
  writeFileSync(
    file,
    code.replace("{ NestFactory } from '@nestjs/core'", "{ NestFactory } from '../page-nest-factory.js'"),
  );
  const { handler } = (await import(file)) as { handler?: Handler };
  return handler;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PREFLIGHT: Asked = {
  method: 'OPTIONS',
  path: '/cats',
  headers: {
    origin: 'https://app.example.com',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-a',
  },
};
const OF_ALLOWED: Asked = { method: 'GET', path: '/cats', headers: { origin: 'https://app.example.com' } };
const OF_STRANGER: Asked = { method: 'GET', path: '/cats', headers: { origin: 'https://evil.example' } };

/** What API Gateway hands to a function (payload format 1.0), and what it takes back. */
async function invoke(handle: Handler, { method, path, headers }: Asked): Promise<string> {
  const event = {
    version: '1.0',
    httpMethod: method,
    path,
    resource: '/{proxy+}',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: { httpMethod: method, path, stage: 'prod', identity: { sourceIp: '192.0.2.1' } },
    body: null,
    isBase64Encoded: false,
  };
  const answer = (await handle(event, {}, () => undefined)) as {
    statusCode: number;
    headers?: object;
    multiValueHeaders?: object;
  };
  return inText(answer.statusCode, { ...answer.headers, ...answer.multiValueHeaders });
}

function inText(status: number, headers: object): string {
  const ofCors = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')])
    .filter(([name = '']) => name === 'vary' || name.startsWith('access-control-'));
  return [status, ...ofCors.map(([name, value]) => `${name}: ${value}`)].join('\n');
}

const servers = new Set<Server>();
afterAll(() => {
  for (const server of servers) {
    server.close();
  }
});

/** A function behind the server that Google's platform runs it in. */
async function framework(): Promise<(question: Asked) => Promise<string>> {
  await load('@google-cloud/functions-framework');
  const server = getTestServer('api').listen(0, '127.0.0.1');
  servers.add(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async (question) => {
    const { status, headers } = await send(port, question);
    return inText(status, headers);
  };
}

async function lambda(adapter: string): Promise<(question: Asked) => Promise<string>> {
  const handler = await load(adapter);
  if (handler === undefined) {
    throw new Error(`${PATH} has no block that imports ${adapter} and exports a handler`);
  }
  return (question) => invoke(handler, question);
}

const ADAPTERS: readonly (readonly [string, (adapter: string) => Promise<(question: Asked) => Promise<string>>])[] = [
  ['@codegenie/serverless-express', lambda],
  ['serverless-http', lambda],
  ['@fastify/aws-lambda', lambda],
  ['@google-cloud/functions-framework', framework],
];

describe('docs/guides/serverless.md', () => {
  it('has no other functions than these', () => {
    expect(functions).toHaveLength(ADAPTERS.length);
  });

  it.each(ADAPTERS)('quotes the answers of the function with %s', async (adapter, start) => {
    const ask = await start(adapter);

    expect(asked).toBe(
      ['OPTIONS /cats', ...Object.entries(PREFLIGHT.headers).map((field) => field.join(': '))].join('\n'),
    );
    expect([await ask(PREFLIGHT), await ask(OF_ALLOWED), await ask(OF_STRANGER)]).toEqual([
      answered,
      [
        '200',
        'access-control-allow-origin: https://app.example.com',
        'access-control-allow-credentials: true',
        'access-control-expose-headers: X-Total',
        'vary: Origin',
      ].join('\n'),
      '200\nvary: Origin',
    ]);
  });
});
