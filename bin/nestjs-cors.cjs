#!/usr/bin/env node
// `npx nestjs-cors migrate [dir]`: runs the package nestjs-cors-migrate. It brings a compiler of its own, so applications do not
// install it: where it is not there, npx fetches the version that belongs to this one.
'use strict';

const { spawnSync } = require('node:child_process');
const { dirname, join } = require('node:path');
const { version } = require('../package.json');

const TOOL = 'nestjs-cors-migrate';
const USAGE = `Usage: nestjs-cors migrate [options] [dir]

Moves a NestJS application from enableCors() and other CORS code to nestjs-cors. "nestjs-cors migrate --help" tells the options.
`;

/** How the tool is run: that of the application, that beside this package, or that of the registry. */
function toolCommand(cwd) {
  for (const folder of [cwd, __dirname]) {
    try {
      const manifest = require.resolve(`${TOOL}/package.json`, { paths: [folder] });
      return [process.execPath, [join(dirname(manifest), require(manifest).bin[TOOL])]];
    } catch {
      // It is not installed there.
    }
  }
  return ['npx', ['--yes', `${TOOL}@${version}`]];
}

/** @returns what `spawnSync` does. */
function runTool(args, options = {}) {
  const [command, first] = toolCommand(options.cwd ?? process.cwd());
  // npx is a script on Windows, which only a shell starts.
  const shell = command === 'npx' && process.platform === 'win32';
  const quoted = shell ? args.map((argument) => `"${argument.replaceAll('"', '')}"`) : args;
  return spawnSync(command, first.concat(quoted), { ...options, shell });
}

function main([command, ...args]) {
  if (command === 'migrate') {
    const { status, error } = runTool(args, { stdio: 'inherit' });
    if (error !== undefined) {
      process.stderr.write(`${TOOL} could not be run: ${error.message}\n`);
    }
    return status ?? 2;
  }
  const unknown =
    command === undefined || command === '--help' || command === '-h'
      ? ''
      : `"${command}" is not a command of nestjs-cors.\n`;
  process.stderr.write(unknown + USAGE);
  return 2;
}

module.exports = { runTool };
if (require.main === module) {
  process.exitCode = main(process.argv.slice(2));
}
