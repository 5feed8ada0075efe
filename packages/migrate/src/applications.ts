import { ts } from 'ts-morph';

import type { Finding } from './findings.js';
import { callsOf, elementsOfImports, type Entries, type Entry, type RootModule } from './project/entries.js';
import { plain } from './project/names.js';
import type { Project } from './project/project.js';

/** A root module, with what starts it and what answers for CORS there. */
export interface Application {
  readonly root: RootModule;
  readonly entries: readonly Entry[];
  /** For all of its routes. */
  readonly whole: readonly Finding[];
  /** The same, in tests that start the application. */
  readonly tests: readonly Finding[];
  /** For single controllers and gateways. */
  readonly classes: readonly Finding[];
  /** Whether it imports CorsModule already. */
  readonly hasModule: boolean;
}

export interface Applications {
  readonly all: readonly Application[];
  /** Whose application is not known. */
  readonly homeless: readonly Finding[];
}

export function groupByApplication(project: Project, entries: Entries, findings: readonly Finding[]): Applications {
  const roots = [...new Set(entries.all.flatMap(({ root }) => root ?? []))];
  const reached = new Map(
    roots.map((root) => [root, root.testing ? new Set<string>() : filesReachedFrom(project, root)]),
  );
  const owners = new Map(findings.map((finding) => [finding, ownersOf(finding, roots, reached)]));
  const all = roots.map((root) => {
    const own = findings.filter((finding) => owners.get(finding)?.includes(root));
    const whole = own.filter(({ classes }) => classes.length === 0);
    return {
      root,
      entries: entries.all.filter((entry) => entry.root === root),
      whole: whole.filter((finding) => root.testing || !isOfTests(finding)),
      tests: whole.filter((finding) => !root.testing && isOfTests(finding)),
      classes: own.filter(({ classes }) => classes.length > 0),
      hasModule: importsCorsModule(project, root) || isImportedWithin(project, reached.get(root)),
    };
  });
  return { all, homeless: findings.filter((finding) => owners.get(finding)?.length === 0) };
}

function ownersOf(
  finding: Finding,
  roots: readonly RootModule[],
  reached: ReadonlyMap<RootModule, ReadonlySet<string>>,
): readonly RootModule[] {
  const { receiver, node } = finding;
  if (receiver === undefined) {
    return roots.filter((root) => reached.get(root)?.has(node.getSourceFile().fileName));
  }
  const own = receiver.entries.map(({ root }) => root);
  return own.every((root) => root !== undefined) ? [...new Set(own)] : [];
}

function isOfTests({ receiver }: Finding): boolean {
  const entries = receiver?.entries ?? [];
  return entries.length > 0 && entries.every(({ test }) => test);
}

/** Every file that the root module imports, and what these import. */
function filesReachedFrom({ names, files }: Project, root: RootModule): Set<string> {
  const reached = new Set<string>();
  const queue = [root.node.getSourceFile()];
  const known = new Set(files);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file.fileName)) {
      continue;
    }
    reached.add(file.fileName);
    for (const specifier of specifiersOf(file)) {
      const target = names.checker.getSymbolAtLocation(specifier)?.valueDeclaration;
      if (target && ts.isSourceFile(target) && known.has(target)) {
        queue.push(target);
      }
    }
  }
  return reached;
}

function specifiersOf(file: ts.SourceFile): ts.Expression[] {
  const specifiers = file.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? (statement.moduleSpecifier ?? []) : [],
  );
  // import('./lazy.module')
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]) {
      specifiers.push(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  if (file.text.includes('import(')) {
    visit(file);
  }
  return specifiers;
}

function importsCorsModule({ names }: Project, { metadata }: RootModule): boolean {
  const [object] = metadata?.arguments ?? [];
  const elements = object && ts.isObjectLiteralExpression(object) ? elementsOfImports(object) : [];
  return elements.some((element) => {
    const value = plain(element);
    const owner =
      ts.isCallExpression(value) && ts.isPropertyAccessExpression(value.expression)
        ? value.expression.expression
        : value;
    return names.isImport(owner, /^nestjs-cors$/, 'CorsModule');
  });
}

/** Whether a module that the root module imports has it: there can only be one. */
function isImportedWithin({ names, files }: Project, reached: ReadonlySet<string> | undefined): boolean {
  return files
    .filter(({ fileName, text }) => reached?.has(fileName) === true && text.includes('CorsModule'))
    .flatMap(callsOf)
    .some(
      ({ expression }) =>
        ts.isPropertyAccessExpression(expression) &&
        /^forRoot(Async)?$/.test(expression.name.text) &&
        names.isImport(expression.expression, /^nestjs-cors$/, 'CorsModule'),
    );
}
