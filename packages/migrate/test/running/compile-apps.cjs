// Compiles applications against the built library, as their own `tsc` would, and prints the mistakes:
// node compile-apps.cjs <folder>…
'use strict';

const { join, resolve } = require('node:path');
const ts = require('typescript');

const ROOT = resolve(__dirname, '../../../..');
const folders = process.argv.slice(2).map((folder) => resolve(folder));
/** What the test runner of an application declares. */
const GLOBALS = join(__dirname, 'globals.d.ts');
const named = (/** @type {string} */ file) =>
  folders.map((folder) => join(folder, file)).filter((path) => ts.sys.fileExists(path));

const program = ts.createProgram([GLOBALS, ...folders.flatMap((folder) => ts.sys.readDirectory(folder, ['.ts']))], {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  esModuleInterop: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node'],
  paths: {
    'nestjs-cors': [join(ROOT, 'dist/cjs/index.d.ts')],
    '@app/common': named('libs/common/src/index.ts'),
    '@acme/environment': named('libs/environment/src/index.ts'),
  },
});
const lines = ts
  .getPreEmitDiagnostics(program)
  .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
process.stdout.write(JSON.stringify(lines));
