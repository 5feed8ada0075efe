// `nest add nestjs-cors`: moves the CORS code of the application to CorsModule; where there is none, imports CorsModule into the
// root module. The tool gets the files of the schematic's tree and returns the new ones, so that --dry-run works.
'use strict';

const { posix } = require('node:path');
const { runTool } = require('../bin/nestjs-cors.cjs');

const SKIPPED = /^(\..*|node_modules|bower_components|dist|build|coverage|out|tmp)$/;
/** With its byte order mark, which is written again. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const READ = /(\.[mc]?ts|(^|\/)(tsconfig[^/]*|nest-cli)\.json)$/;

module.exports.default = function nestAdd({ sourceRoot = 'src' } = {}) {
  return (tree, { logger }) => {
    // Nest's CLI names the sources of the project. Its tests are beside them.
    const dir = posix.dirname(posix.join('/', sourceRoot));
    const files = {};
    collect(tree.root, files, (file) => logger.warn(`${file}  was not read: it is not UTF-8`));
    const input = JSON.stringify({ files, dir: dir === '/' ? '' : dir.slice(1) });
    const { stdout, stderr, error } = runTool(['--json', '--stdin', '--add'], {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    const result = parsed(stdout);
    if (result === undefined) {
      throw new Error(`The migration to nestjs-cors could not be run. ${error ? error.message : stderr.trim()}`);
    }
    for (const { file, text } of result.files) {
      tree.overwrite(`/${file}`, text);
    }
    for (const { file, lineAfter, text } of result.notes) {
      logger.info(`${file}:${lineAfter}  ${text}`);
    }
    for (const { file, text } of result.skipped) {
      logger.warn(`${file}  was not read: ${text}`);
    }
    for (const { file, lineAfter, text } of result.left) {
      logger.warn(`${file}:${lineAfter}  left for you to decide: ${text}`);
    }
    if (result.files.length === 0 && result.left.length === 0) {
      logger.info('Nothing was changed: import CorsModule.forRoot() into the root module by hand, if it is not there.');
    }
    return tree;
  };
};

/** What is in another encoding would come back as something else. */
function collect(dir, files, passOver) {
  for (const name of dir.subfiles) {
    const path = posix.join(dir.path, name);
    const content = READ.test(path) ? dir.file(name)?.content : undefined;
    if (content !== undefined && content.length <= 1_000_000) {
      try {
        files[path.slice(1)] = UTF8.decode(content);
      } catch {
        passOver(path.slice(1));
      }
    }
  }
  for (const name of dir.subdirs) {
    if (!SKIPPED.test(name)) {
      collect(dir.dir(name), files, passOver);
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
