import { ts } from 'ts-morph';

import type { Carrier } from '../options/carrier.js';
import { indentationAt, lineStart } from '../options/snippet.js';
import type { Translation } from '../options/translate.js';
import { elementsOfImports, propertyOf, type RootModule } from '../project/entries.js';
import { plain } from '../project/names.js';
import type { FileEdits } from './file-edits.js';
import { addImports, mayImport, wantedIn, type WantedImport } from './imports.js';
import { fits, indented, inStyle, styleOf, type Style } from './style.js';

export const PACKAGE = 'nestjs-cors';

/** What the root module is to import. */
export interface ModuleImport {
  readonly translation: Translation | undefined;
  readonly carrier: Carrier | undefined;
  /** A comment in front of it. */
  readonly comment?: string;
}

/** Whether the metadata can be added to: an object with a list of imports, a name for one, or none. */
export function mayAddImport({ metadata }: RootModule): boolean {
  const [object] = metadata?.arguments ?? [];
  if (metadata === undefined || (object !== undefined && !ts.isObjectLiteralExpression(object))) {
    return false;
  }
  const property = object && propertyOf(object, 'imports');
  if (property === undefined) {
    return object === undefined || !object.properties.some(ts.isSpreadAssignment);
  }
  // What is spread after it may have imports of its own.
  if (object?.properties.slice(object.properties.indexOf(property)).some(ts.isSpreadAssignment)) {
    return false;
  }
  const list = ts.isPropertyAssignment(property) ? plain(property.initializer) : undefined;
  return (
    ts.isShorthandPropertyAssignment(property) ||
    (list !== undefined && (ts.isArrayLiteralExpression(list) || ts.isIdentifier(list)))
  );
}

/** The names that the file of the root module needs. */
export function wantedImports(edits: FileEdits, root: RootModule, { carrier }: ModuleImport): readonly WantedImport[] {
  const service = carrier?.service;
  const config = { module: '@nestjs/config', name: 'ConfigModule', alias: 'ConfigModule' };
  return [
    { module: PACKAGE, name: 'CorsModule', alias: 'CorsModule' },
    ...(carrier?.usesOriginList ? [{ module: PACKAGE, name: 'originList', alias: 'originList' }] : []),
    ...(service ? [wantedIn(edits.file, service.type), ...(isConfigGlobal(root) ? [] : [config])] : []),
    ...(carrier?.imports ?? []).map((each) => wantedIn(edits.file, each)),
  ];
}

export function namesAreFree(edits: FileEdits, wanted: readonly WantedImport[]): WantedImport | undefined {
  return wanted.find((each) => !mayImport(edits, each));
}

export function addModuleImport(edits: FileEdits, root: RootModule, given: ModuleImport): void {
  const { metadata } = root;
  if (metadata === undefined) {
    return;
  }
  addImports(edits, wantedImports(edits, root, given));
  const render = (indentation: string): string => moduleText(edits, root, given, indentation);
  const [object] = metadata.arguments;
  if (object === undefined || !ts.isObjectLiteralExpression(object)) {
    const { unit, pad } = edits.style;
    const line = `{${pad}imports: [${render(unit)}]${pad}}`;
    const position = metadata.end - 1;
    edits.insert(
      position,
      given.comment === undefined && fits('', line)
        ? line
        : `{\n${unit}imports: [\n${unit}${unit}${render(unit + unit)},\n${unit}],\n}`,
    );
    return;
  }
  const property = propertyOf(object, 'imports');
  if (property === undefined) {
    addProperty(edits, object, given, render);
  } else if (ts.isPropertyAssignment(property) && ts.isArrayLiteralExpression(plain(property.initializer))) {
    addElement(edits, plain(property.initializer), given, render);
  } else {
    const list = ts.isPropertyAssignment(property) ? property.initializer.getText() : 'imports';
    const base = indentationAt(edits.file.text, property.getStart());
    const { unit, trailingComma } = edits.style;
    edits.replace(
      property.getStart(),
      property.end,
      `imports: [\n${base}${unit}...${list},\n${base}${unit}${render(base + unit)}${trailingComma}\n${base}]`,
    );
  }
}

function addProperty(
  edits: FileEdits,
  object: ts.ObjectLiteralExpression,
  given: ModuleImport,
  render: (indentation: string) => string,
): void {
  const { text } = edits.file;
  const { unit } = edits.style;
  const [first] = object.properties;
  const outer = indentationAt(text, object.getStart());
  const onOwnLine = first !== undefined && lineStart(text, first.getStart()) > object.getStart();
  const base = onOwnLine ? indentationAt(text, first.getStart()) : outer + unit;
  const single = render(base);
  const list =
    given.comment === undefined && fits(base, `imports: [${single}],`)
      ? `[${single}]`
      : `[\n${base}${unit}${render(base + unit)},\n${base}]`;
  if (first === undefined) {
    const short = `{ imports: ${list} }`;
    edits.replace(object.getStart(), object.end, fits(outer, short) ? short : `{\n${base}imports: ${list},\n${outer}}`);
  } else if (onOwnLine) {
    edits.insert(lineStart(text, first.getStart()) + base.length, `imports: ${list},\n${base}`);
  } else if (fits(outer, `{ imports: ${list}, ${object.getText().slice(1)}`)) {
    edits.insert(first.getStart(), `imports: ${list}, `);
  } else {
    const properties = object.properties.map((property) => `${base}${property.getText().replaceAll('\r', '')},\n`);
    edits.replace(object.getStart(), object.end, `{\n${base}imports: ${list},\n${properties.join('')}${outer}}`);
  }
}

function addElement(
  edits: FileEdits,
  list: ts.Node,
  given: ModuleImport,
  render: (indentation: string) => string,
): void {
  if (!ts.isArrayLiteralExpression(list)) {
    return;
  }
  const { text } = edits.file;
  const { unit, trailingComma } = edits.style;
  const { elements } = list;
  const last = elements.at(-1);
  const outer = indentationAt(text, list.getStart());
  if (last !== undefined && lineStart(text, last.getStart()) > list.getStart()) {
    const base = indentationAt(text, last.getStart());
    const comma = elements.hasTrailingComma ? (/^\s*,/.exec(text.slice(last.end))?.[0].length ?? 0) : 0;
    // Comments behind the last element stay with it.
    const end = endOfLine(text, last.end + comma);
    if (comma === 0) {
      edits.insert(last.end, ',');
    }
    edits.insert(end, `\n${base}${render(base)}${comma > 0 ? ',' : ''}`);
    return;
  }
  const items = elements.map((element) => element.getText());
  const base = outer + unit;
  const line = `[${[...items, render(outer)].join(', ')}]`;
  const before = text.slice(lineStart(text, list.getStart()), list.getStart()).trimStart();
  if (given.comment === undefined && !line.includes('\n') && fits(outer, `${before}${line},`)) {
    edits.insert(last?.end ?? list.getStart() + 1, `${last ? ', ' : ''}${render(outer)}`);
  } else {
    const lines = [...items, render(base)].map(
      (item, index, all) => `${base}${item}${index === all.length - 1 ? trailingComma : ','}\n`,
    );
    edits.replace(list.getStart(), list.end, `[\n${lines.join('')}${outer}]`.replaceAll('\r', ''));
  }
}

/** The end of the line, if only a comment is left on it. */
function endOfLine(text: string, position: number): number {
  const rest = /^[ \t]*(\/\/[^\r\n]*|\/\*[^\r\n]*\*\/)?[ \t]*(?=\r?\n)/.exec(text.slice(position));
  return position + (rest?.[0].trimEnd().length ?? 0);
}

function moduleText(
  edits: FileEdits,
  root: RootModule,
  { translation, carrier, comment }: ModuleImport,
  indentation: string,
): string {
  const { style } = edits;
  const note = comment === undefined ? '' : `// ${comment}\n${indentation}`;
  if (translation === undefined || carrier === undefined) {
    return `${note}CorsModule.forRoot()`;
  }
  const from = styleOf(carrier.within.getSourceFile());
  const isAsync = carrier.readsEnvironment || carrier.service !== undefined;
  if (!isAsync) {
    const line =
      translation.oneLine && `CorsModule.forRoot(${inStyle(braces(translation.oneLine, style), from, style)})`;
    return (
      note +
      (line !== undefined && fits(indentation, `${line},`)
        ? line
        : `CorsModule.forRoot(${indented(inStyle(translation.lines, from, style), indentation)})`)
    );
  }
  const inner = indentation + style.unit;
  const parameters = carrier.service ? `${carrier.service.parameter}: ${carrier.service.type.alias}` : '';
  const factory = (options: string): string => `useFactory: (${parameters}) => (${options}),`;
  const short = translation.oneLine && factory(inStyle(braces(translation.oneLine, style), from, style));
  const options =
    short !== undefined && fits(inner, short)
      ? short
      : factory(indented(inStyle(translation.lines, from, style), inner));
  const lines = [
    ...(carrier.service && !isConfigGlobal(root) ? ['imports: [ConfigModule],'] : []),
    ...(carrier.service ? [`inject: [${carrier.service.type.alias}],`] : []),
    style.trailingComma === '' ? options.replace(/,$/, '') : options,
  ];
  return `${note}CorsModule.forRootAsync({\n${lines.map((line) => `${inner}${line}\n`).join('')}${indentation}})`;
}

function braces(text: string, { pad }: Style): string {
  return pad === '' ? text.replace(/^\{ /, '{').replace(/ \}$/, '}') : text;
}

/** Whether the root module says that the configuration is there for every module. */
function isConfigGlobal({ metadata }: RootModule): boolean {
  const [object] = metadata?.arguments ?? [];
  const elements = object && ts.isObjectLiteralExpression(object) ? elementsOfImports(object) : [];
  return elements.some((element) => /^ConfigModule\.forRoot\([\s\S]*\bisGlobal:\s*true\b/.test(element.getText()));
}
