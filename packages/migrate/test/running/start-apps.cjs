// Starts applications from their sources, one after the other, in a process of their own, and prints what they answer:
// node start-apps.cjs <folder>… Each folder has a `main.ts` in it that starts an application with `listen()`.
'use strict';

const { readdirSync, readFileSync } = require('node:fs');
const { request } = require('node:http');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const ts = require('typescript');

const ROOT = resolve(__dirname, '../../../..');
const ORIGINS = [
  'https://app.example.com',
  'https://shop.example.com',
  'https://admin.example.com',
  'https://a.example.com',
  'https://partner.example.com',
  'http://localhost:3000',
  'http://localhost:4200',
  'http://localhost:5173',
  'https://evil.example',
];
/** Asked from everywhere; the other paths from some. */
const SOME = ['https://app.example.com', 'https://partner.example.com', 'https://evil.example'];
const PATHS = ['/', '/api', '/orders', '/missing', '/socket.io/?EIO=4&transport=polling'];

let folder = '';
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolved(name, ...rest) {
  const aliases = {
    'nestjs-cors': join(ROOT, 'dist/cjs/index.js'),
    '@app/common': join(folder, 'libs/common/src/index.ts'),
    '@acme/environment': join(folder, 'libs/environment/src/index.ts'),
  };
  return resolveFilename.call(this, aliases[name] ?? name, ...rest);
};

Module._extensions['.ts'] = function compile(module, file) {
  const text = readFileSync(file, 'utf8');
  const { outputText } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      // `import * as cors` is called by those who compile without it.
      esModuleInterop: !/import \* as cors/.test(text),
    },
  });
  module._compile(outputText, file);
};

Object.assign(process.env, {
  ALLOWED_ORIGINS: 'https://app.example.com,https://shop.example.com',
  CORS_ORIGINS: 'https://app.example.com,https://admin.example.com',
  NODE_ENV: 'test',
});

const { NestApplication } = require('@nestjs/core');
const { listen } = NestApplication.prototype;
let started;
NestApplication.prototype.listen = async function listenAnywhere() {
  try {
    this.useLogger(false);
    await listen.call(this, 0, '127.0.0.1');
    started.resolve(this);
  } catch (error) {
    started.reject(error);
  }
};
NestApplication.prototype.startAllMicroservices = async function none() {
  return this;
};

function ask(port, method, path, headers) {
  return new Promise((answer, fail) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
      response.resume();
      const cors = Object.entries(response.headers).filter(([name]) => name.startsWith('access-control-'));
      response.on('end', () => answer({ status: response.statusCode, headers: Object.fromEntries(cors) }));
    });
    sent.on('error', fail).end();
  });
}

async function exchanges(port) {
  const found = [];
  for (const path of PATHS) {
    for (const origin of path === '/' ? ORIGINS : SOME) {
      found.push({ path, origin, method: 'GET', answer: await ask(port, 'GET', path, { origin }) });
      for (const [asks, sends] of [
        ['GET', ['content-type']],
        ['GET', ['content-type', 'x-trace']],
        ['DELETE', []],
      ]) {
        const names = sends.length > 0 ? { 'access-control-request-headers': sends.join(',') } : {};
        const headers = { origin, 'access-control-request-method': asks, ...names };
        found.push({ path, origin, method: 'OPTIONS', asks, sends, answer: await ask(port, 'OPTIONS', path, headers) });
      }
    }
    found.push({ path, method: 'GET', answer: await ask(port, 'GET', path, {}) });
  }
  return found;
}

function mainsIn(dir) {
  return readdirSync(dir, { recursive: true })
    .filter((file) => /(^|[\\/])main\.ts$/.test(file))
    .toSorted((one, other) => one.localeCompare(other));
}

async function start(dir) {
  folder = dir;
  const results = {};
  for (const main of mainsIn(dir)) {
    started = Promise.withResolvers?.() ?? withResolvers();
    require(join(dir, main));
    const app = await started.promise;
    results[main] = await exchanges(app.getHttpServer().address().port);
    await app.close();
  }
  return results;
}

function withResolvers() {
  const given = {};
  given.promise = new Promise((resolve, reject) => Object.assign(given, { resolve, reject }));
  return given;
}

(async () => {
  const all = {};
  for (const dir of process.argv.slice(2)) {
    all[dir] = await start(resolve(dir));
  }
  process.stdout.write(`RESULTS ${JSON.stringify(all)}\n`, () => process.exit(0));
})().catch((error) => {
  process.stderr.write(`${folder}: ${error?.stack ?? error}\n`, () => process.exit(1));
});
