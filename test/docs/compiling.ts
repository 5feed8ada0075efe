import ts from 'typescript';
import type { Block } from './blocks.js';
import { ROOT } from './pages.js';

/** Where the blocks stand for the compiler. Nothing is written there. */
const PLACE = `${ROOT}.cache/blocks/`;

/**
 * What a block without any `import` may use: a fragment reads better without them. Anything else that it needs, the
 * block declares.
 */
const FRAGMENT_SCOPE = [
  `import { Body, Controller, Delete, Get, Injectable, Module, Options, Param, Patch, Post, Put, Query, Sse } from '@nestjs/common';`,
  `import { NestFactory } from '@nestjs/core';`,
  `import { Test } from '@nestjs/testing';`,
  `import { CORS_OPTIONS, Cors, CorsConfigError, CorsInterceptor, CorsModule, CorsService, originList } from 'nestjs-cors';`,
  `import type { CorsModuleOptions, CorsOptionsFactory, CorsOriginQuestion, CorsOriginResolver } from 'nestjs-cors';`,
  `import { pageAt } from 'nestjs-cors/testing';`,
].join(' ');

/** What pages import of the reader's own application, from a file beside theirs or in its `src`. */
const APP_MODULE = 'export class AppModule {}';

function readersFiles(blocks: readonly Block[]): Map<string, string> {
  const folders = ['src', ...blocks.map(({ page }) => folderOf(page))];
  return new Map(folders.map((folder) => [`${PLACE}${folder}/app.module.ts`, APP_MODULE]));
}

function folderOf(page: string): string {
  return page.replaceAll('/', '-');
}

/** The code of a block as a module, on the lines that it has on its page. */
export function moduleOf({ line, code }: Block): string {
  const scope = /^\s*import\b/m.test(code) ? '' : FRAGMENT_SCOPE;
  return `${scope}${'\n'.repeat(line - 1)}${code}`;
}

/**
 * Compiles all blocks as modules of one program, against the sources of this package. Errors by page and line. What a block
 * declares about other modules would count for all blocks, so one that does so is a program of its own.
 */
export function errorsIn(blocks: readonly Block[]): string[] {
  const declares = ({ code }: Block): boolean => /^declare (?:module|global)\b/m.test(code);
  const programs = [blocks.filter((block) => !declares(block)), ...blocks.filter(declares).map((block) => [block])];
  return programs.flatMap((program) => errorsInProgram(program));
}

function errorsInProgram(blocks: readonly Block[]): string[] {
  const places = new Map(blocks.map((block) => [`${PLACE}${folderOf(block.page)}/${block.line}.ts`, block]));
  const texts = new Map([
    ...readersFiles(blocks),
    ...[...places].map(([name, block]) => [name, moduleOf(block)] as const),
  ]);
  const program = ts.createProgram([...places.keys()], ...compilerFor(texts));
  return [...places].flatMap(([name, { page }]) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const { line } = ts.getLineAndCharacterOfPosition(file ?? diagnostic.file!, diagnostic.start ?? 0);
      return `${page}:${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
    });
  });
}

/** The files on the disk, parsed once for all programs. */
const parsed = new Map<string, ts.SourceFile>();

function compilerFor(texts: ReadonlyMap<string, string>): [ts.CompilerOptions, ts.CompilerHost] {
  const options: ts.CompilerOptions = { ...optionsOfProject(), moduleDetection: ts.ModuleDetectionKind.Force };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile: read } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.directoryExists = (name) => `${name}/`.startsWith(PLACE) || ts.sys.directoryExists(name);
  host.readFile = (name) => texts.get(name) ?? read(name);
  host.getSourceFile = (name, target) => {
    const text = texts.get(name);
    if (text !== undefined) {
      return ts.createSourceFile(name, text, target);
    }
    const onDisk = parsed.get(name) ?? read(name);
    const file = typeof onDisk === 'string' ? ts.createSourceFile(name, onDisk, target) : onDisk;
    if (file !== undefined) {
      parsed.set(name, file);
    }
    return file;
  };
  return [options, host];
}

function optionsOfProject(): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  });
  if (config === undefined) {
    throw new Error('tsconfig.json cannot be read');
  }
  return config.options;
}

/** The JavaScript of a block, with the metadata that Nest reads. */
export function javaScriptOf(block: Block): string {
  const { outputText } = ts.transpileModule(moduleOf(block), {
    compilerOptions: {
      ...optionsOfProject(),
      noEmit: false,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      inlineSourceMap: true,
    },
    fileName: `${block.page}-${block.line}.ts`,
  });
  return outputText;
}
