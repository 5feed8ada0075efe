import { ts } from 'ts-morph';

import type { CarriedImport } from '../options/carrier.js';
import { folderOf } from '../project/compiler-options.js';
import { lineStart, nextLine } from '../options/snippet.js';
import { endOf, type FileEdits } from './file-edits.js';

/** What a file is to import. */
export interface WantedImport {
  readonly module: string;
  readonly name: string;
  readonly alias: string;
  readonly typeOnly?: boolean | undefined;
}

/** Whether the name is free in the file, or means this import already. */
export function mayImport({ file, names }: FileEdits, { module, name, alias, typeOnly }: WantedImport): boolean {
  return names.usesOf(file, alias).every((use) => {
    const imported = names.importOf(use);
    return (
      imported !== undefined &&
      imported.name === name &&
      imported.module === module &&
      (typeOnly === true || !isTypeOnly(imported.declaration))
    );
  });
}

/** `import type { … }`, `import { type … }`: no value. */
function isTypeOnly(declaration: ts.Node): boolean {
  return ts.isImportClause(declaration) || ts.isImportSpecifier(declaration)
    ? ts.isTypeOnlyImportOrExportDeclaration(declaration)
    : false;
}

/** As the import of another file would be written here. */
export function wantedIn(file: ts.SourceFile, { module, name, alias, from, typeOnly }: CarriedImport): WantedImport {
  if (!module.startsWith('.')) {
    return { module, name, alias, typeOnly };
  }
  return {
    module: relativePath(folderOf(file.fileName), resolved(folderOf(from.fileName), module)),
    name,
    alias,
    typeOnly,
  };
}

export function addImports(edits: FileEdits, wanted: readonly WantedImport[]): void {
  const byModule = new Map<string, WantedImport[]>();
  for (const each of wanted) {
    const known = byModule.get(each.module) ?? [];
    byModule.set(each.module, known);
    const isThere = edits.names.usesOf(edits.file, each.alias).some((use) => isNamedByImport(use));
    if (!isThere && !edits.imported.has(each.alias)) {
      edits.imported.add(each.alias);
      known.push(each);
    }
  }
  const added = [...byModule].filter(([, names]) => names.length > 0 && !extendImport(edits, names));
  if (added.length > 0) {
    insertImports(
      edits,
      added.map(([module, names]) => importText(edits, module, names)),
    );
  }
}

function isNamedByImport({ parent }: ts.Identifier): boolean {
  return (
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isBindingElement(parent)
  );
}

/** `import { Cors } from 'nestjs-cors'` gets another name. */
function extendImport(edits: FileEdits, wanted: readonly WantedImport[]): boolean {
  const [first] = wanted;
  const statement = edits.file.statements
    .filter(ts.isImportDeclaration)
    .find(
      ({ moduleSpecifier, importClause }) =>
        ts.isStringLiteral(moduleSpecifier) &&
        moduleSpecifier.text === first?.module &&
        importClause !== undefined &&
        importClause.phaseModifier === undefined,
    );
  const named = statement?.importClause?.namedBindings;
  if (
    named === undefined ||
    !ts.isNamedImports(named) ||
    wanted.some(({ name }) => name === '*' || name === 'default')
  ) {
    return false;
  }
  const last = named.elements.at(-1);
  if (last === undefined || edits.isRemoved(last.getStart(), last.end)) {
    return false;
  }
  const { text } = edits.file;
  const ownLines = text.slice(last.end).startsWith(',') && lineStart(text, last.getStart()) > named.getStart();
  const separator = ownLines
    ? `,${text.slice(lineStart(text, last.getStart()) - 1, last.getStart())}`.replaceAll('\r', '')
    : ', ';
  edits.insert(last.end, wanted.map((each) => `${separator}${specifierText(each)}`).join(''));
  return true;
}

function specifierText({ name, alias, typeOnly }: WantedImport): string {
  return `${typeOnly ? 'type ' : ''}${name === alias ? name : `${name} as ${alias}`}`;
}

function importText({ file, style }: FileEdits, module: string, wanted: readonly WantedImport[]): string {
  const from = `${style.quote}${module}${style.quote}`;
  const named = wanted.filter(({ name }) => name !== '*' && name !== 'default').map(specifierText);
  const braces = `{${style.pad}${named.join(', ')}${style.pad}}`;
  if (isCommonJs(file)) {
    return `const ${braces.replaceAll(' as ', ': ')} = require(${from})${style.semicolon}`;
  }
  if (wanted.every(({ typeOnly }) => typeOnly)) {
    return `import type ${braces.replaceAll('type ', '')} from ${from}${style.semicolon}`;
  }
  const whole = wanted.find(({ name }) => name === '*' || name === 'default');
  const clause = [
    ...(whole ? [whole.name === '*' ? `* as ${whole.alias}` : whole.alias] : []),
    ...(named.length > 0 ? [braces] : []),
  ];
  return `import ${clause.join(', ')} from ${from}${style.semicolon}`;
}

/** A JavaScript file that uses `require()` alone. */
function isCommonJs(file: ts.SourceFile): boolean {
  return (
    /\.c?js$/.test(file.fileName) && !file.statements.some(ts.isImportDeclaration) && /\brequire\(/.test(file.text)
  );
}

/** After the last import of a package, in front of those of the application. */
function insertImports(edits: FileEdits, lines: readonly string[]): void {
  const { file } = edits;
  const imports = file.statements.filter((statement) => moduleOf(statement) !== undefined);
  const packages = imports.filter((statement) => !moduleOf(statement)?.startsWith('.'));
  const last = packages.at(-1);
  const [first] = [...imports, ...file.statements];
  const text = lines.map((line) => `${line}\n`).join('');
  if (last !== undefined) {
    const end = nextLine(file.text, endOf(last));
    const hasEnd = file.text.slice(endOf(last), end).includes('\n');
    edits.insert(end, hasEnd ? text : `\n${text.trimEnd()}`);
  } else {
    edits.insert(first?.getStart() ?? file.text.length, text);
  }
}

function moduleOf(statement: ts.Statement): string | undefined {
  if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
    return statement.moduleSpecifier.text;
  }
  if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
    const { expression } = statement.moduleReference;
    return ts.isStringLiteral(expression) ? expression.text : undefined;
  }
  return ts.isVariableStatement(statement)
    ? /^(?:const|let|var)[^=]*=\s*require\(['"]([^'"]+)['"]\)/.exec(statement.getText())?.[1]
    : undefined;
}

/** Takes out what nothing uses any more, because its uses were taken out. */
export function removeUnusedImports(edits: FileEdits): void {
  for (const statement of edits.file.statements) {
    if (ts.isImportDeclaration(statement) && statement.importClause) {
      tidyImport(edits, statement, statement.importClause);
    } else if (ts.isImportEqualsDeclaration(statement) || ts.isVariableStatement(statement)) {
      tidyRequire(edits, statement);
    }
  }
}

function tidyImport(edits: FileEdits, statement: ts.ImportDeclaration, { name, namedBindings }: ts.ImportClause): void {
  const named = namedBindings && ts.isNamedImports(namedBindings) ? [...namedBindings.elements] : [];
  const names = [
    name,
    ...(namedBindings && ts.isNamespaceImport(namedBindings) ? [namedBindings.name] : []),
    ...named.map((each) => each.name),
  ];
  const all = names.filter((each) => each !== undefined);
  const gone = all.filter((each) => edits.lost(each) && edits.isUnused(each));
  if (gone.length === 0) {
    return;
  }
  if (gone.length === all.length) {
    edits.removeImport(statement);
    return;
  }
  if (namedBindings && ts.isNamedImports(namedBindings)) {
    const kept = named.filter((each) => !gone.includes(each.name));
    if (kept.length > 0) {
      removeSpecifiers(edits, namedBindings, kept);
    } else if (name !== undefined) {
      edits.remove(name.end, namedBindings.end);
    }
  }
  if (name !== undefined && namedBindings !== undefined && gone.includes(name)) {
    edits.remove(name.getStart(), namedBindings.getStart());
  }
}

function removeSpecifiers(edits: FileEdits, list: ts.NamedImports, kept: readonly ts.ImportSpecifier[]): void {
  const onOneLine = !list.getText().includes('\n');
  const removed = list.elements.filter((each) => !kept.includes(each));
  const last = kept.at(-1);
  for (const each of removed) {
    if (onOneLine && last !== undefined && each.pos > last.pos) {
      const previous = list.elements[list.elements.indexOf(each) - 1];
      edits.remove(previous?.end ?? each.getStart(), each.end);
    } else {
      edits.removeElement(each, list.elements);
    }
  }
}

/** `const cors = require('cors')`, `import cors = require('cors')`. */
function tidyRequire(edits: FileEdits, statement: ts.ImportEqualsDeclaration | ts.VariableStatement): void {
  if (moduleOf(statement) === undefined) {
    return;
  }
  if (ts.isImportEqualsDeclaration(statement)) {
    if (edits.lost(statement.name) && edits.isUnused(statement.name)) {
      edits.removeImport(statement);
    }
    return;
  }
  const [declaration, ...others] = statement.declarationList.declarations;
  if (declaration === undefined || others.length > 0) {
    return;
  }
  const names = ts.isIdentifier(declaration.name)
    ? [declaration.name]
    : declaration.name.elements.flatMap((element) =>
        ts.isBindingElement(element) && ts.isIdentifier(element.name) ? [element.name] : [],
      );
  if (names.some((name) => edits.lost(name)) && names.every((name) => edits.isUnused(name))) {
    edits.removeImport(statement);
  }
}

function resolved(folder: string, module: string): string {
  const parts = folder.split('/');
  for (const part of module.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '.') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

function relativePath(folder: string, target: string): string {
  const [from, to] = [folder.split('/'), target.split('/')];
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) {
    common += 1;
  }
  const up = from.slice(common).map(() => '..');
  return [...(up.length > 0 ? up : ['.']), ...to.slice(common)].join('/');
}
