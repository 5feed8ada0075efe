import { ts } from 'ts-morph';

import type { Finding } from './findings.js';
import { isOpen, propertyOf, valueOf, type Entries, type Entry } from './project/entries.js';
import { plain } from './project/names.js';
import type { Project } from './project/project.js';

/** Finds the option `cors` of what creates an application. */
export class CreateOptions {
  constructor(
    private readonly project: Project,
    private readonly entries: Entries,
  ) {}

  /** `NestFactory.create(AppModule, { cors: … })`. */
  of(entry: Entry): Finding | undefined {
    for (const argument of entry.call.arguments) {
      for (const object of this.entries.objectsOf(argument)) {
        const property = propertyOf(object, 'cors');
        const value = property && valueOf(property);
        if (property !== undefined && value?.kind !== ts.SyntaxKind.FalseKeyword) {
          const options = value?.kind === ts.SyntaxKind.TrueKeyword ? undefined : value;
          const unclear = object.properties.some(isOpen)
            ? 'spread'
            : value === undefined || !this.#isOnlyFor(argument, object)
              ? 'not-a-statement'
              : undefined;
          return { kind: 'option', node: property, options, receiver: { entries: [entry] }, classes: [], unclear };
        }
      }
    }
    return undefined;
  }

  /** Whether it is written there, or in a variable of the same file that holds nothing else and nothing else reads or changes. */
  #isOnlyFor(node: ts.Node, object: ts.ObjectLiteralExpression): boolean {
    const value = plain(node);
    const { names, changes } = this.project;
    const declaration = ts.isIdentifier(value) ? names.localDeclarationOf(value) : undefined;
    if (value === object || declaration === undefined || !ts.isVariableDeclaration(declaration)) {
      return value === object;
    }
    const uses = names.usesOf(value.getSourceFile(), declaration.name.getText());
    const isUsed = (use: ts.Identifier): boolean =>
      use !== declaration.name &&
      names.localDeclarationOf(use) === declaration &&
      !this.entries.all.some(({ call }) => call.arguments.some((argument) => plain(argument) === use)) &&
      !(ts.isBinaryExpression(use.parent) && use.parent.left === use);
    return this.entries.valuesOf(value).length === 1 && !uses.some(isUsed) && !changes.isChanged(declaration, ['cors']);
  }
}
