import { ts } from 'ts-morph';

import type { Carrier } from '../options/carrier.js';
import { indentationAt } from '../options/snippet.js';
import type { Translation } from '../options/translate.js';
import type { Names } from '../project/names.js';
import { decoratorOf } from '../project/entries.js';
import type { FileEdits } from './file-edits.js';
import { addImports, wantedIn, type WantedImport } from './imports.js';
import { PACKAGE } from './module-import.js';
import { fits, indented, inStyle, styleOf } from './style.js';

export function wantedByDecorator({ file }: FileEdits, carrier: Carrier): readonly WantedImport[] {
  return [
    { module: PACKAGE, name: 'Cors', alias: 'Cors' },
    ...(carrier.usesOriginList ? [{ module: PACKAGE, name: 'originList', alias: 'originList' }] : []),
    ...carrier.imports.map((each) => wantedIn(file, each)),
  ];
}

/** `@Cors(…)` below the decorator that makes the class a controller or a gateway. */
export function addDecorator(
  edits: FileEdits,
  node: ts.ClassDeclaration,
  translation: Translation,
  carrier: Carrier,
): void {
  addImports(edits, wantedByDecorator(edits, carrier));
  const indentation = indentationAt(edits.file.text, node.getStart());
  const from = styleOf(carrier.within.getSourceFile());
  const line = translation.oneLine && `@Cors(${inStyle(translation.oneLine, from, edits.style)})`;
  const text =
    line !== undefined && fits(indentation, line)
      ? line
      : `@Cors(${indented(inStyle(translation.lines, from, edits.style), indentation)})`;
  const above = nestDecoratorOf(node, edits.names);
  edits.insert(above?.parent.end ?? node.getStart(), above ? `\n${indentation}${text}` : `${text}\n${indentation}`);
}

function nestDecoratorOf(node: ts.ClassDeclaration, names: Names): ts.CallExpression | undefined {
  return (
    decoratorOf(node, names, '@nestjs/websockets', 'WebSocketGateway') ??
    decoratorOf(node, names, '@nestjs/common', 'Controller')
  );
}
