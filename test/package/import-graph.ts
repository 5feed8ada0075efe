/** Who imports whom in `lib`, and what the house says about it. Pure: a test can hand it a bad graph. */
import { posix } from 'node:path';
import ts from 'typescript';

/** A source file: its path from `lib/`, and its text. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface Layer {
  /** The folders it may import from. */
  readonly folders: readonly string[];
  /** The packages it may import, or all that the manifest declares. */
  readonly packages: readonly string[] | 'declared';
  /** The modules of Node it may import, or all of them. */
  readonly builtins: readonly string[] | 'any';
}

/** Slow to load, and needed by some apps only. */
const ON_DEMAND = ['tldts', '@eslint-community/regexpp', 'find-my-way', 'lru-cache'];

/** The arrows of the house: `policy ← routing ← nest`, and `testing` beside them on `policy` alone. */
const LAYERS: Readonly<Record<string, Layer>> = {
  // Policies and routing run in browsers as well: what they take of Node is in packages/node.ts, which has an equal there.
  policy: { folders: ['packages', 'policy'], packages: [], builtins: [] },
  // What only some apps need is loaded by them alone, and so is required in this one place.
  packages: { folders: [], packages: ON_DEMAND, builtins: ['node:crypto', 'node:http', 'node:path', 'node:util'] },
  routing: { folders: ['packages', 'policy', 'routing'], packages: ['path-to-regexp'], builtins: [] },
  nest: { folders: ['packages', 'policy', 'routing', 'nest'], packages: 'declared', builtins: 'any' },
  testing: { folders: ['packages', 'policy', 'testing'], packages: ['@nestjs/common'], builtins: 'any' },
  inspector: { folders: ['policy', 'nest', 'inspector'], packages: ['@nestjs/common'], builtins: 'any' },
  '': { folders: ['policy', 'routing', 'nest'], packages: [], builtins: [] },
};

/** The rooms of a folder, from the first to the last: each may import from those before it. Files beside the rooms come last. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  policy: ['model', 'mistakes', 'names', 'origins', 'layers', 'decisions', 'diagnosis', ''],
  nest: ['metadata', 'report', 'stores', 'routes', 'policies', 'response', 'platform', 'request', 'gateways', ''],
};

const MOST_LINES = 300;

/** Every import, export-from, `import x = require()`, `import()` and `require()` with a literal, and `typeof import('…')`. */
export function importsOf({ path, text }: SourceText): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) {
      found.push({ specifier: node.text, typeOnly });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnly(node.importClause));
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && isLoader(node.expression)) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) {
    return false;
  }
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) {
    return true;
  }
  if (clause.name !== undefined || clause.namedBindings === undefined) {
    return false;
  }
  return (
    ts.isNamedImports(clause.namedBindings) && clause.namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

function isLoader(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

/** Everything that is wrong with these files, one sentence each. */
export function layeringMistakes(files: readonly SourceText[], manifest: Manifest): string[] {
  const mistakes: string[] = [];
  const known = new Set(files.map((file) => file.path));
  const graph = new Map<string, string[]>();

  for (const file of files) {
    const targets: string[] = [];
    graph.set(file.path, targets);
    const folder = folderOf(file.path);
    const layer = LAYERS[folder];
    const rooms = ROOMS[folder];
    if (rooms !== undefined && !rooms.includes(roomOf(file.path))) {
      mistakes.push(`${file.path}: lib/${folder}/${roomOf(file.path)} has no place in the line of rooms`);
    }
    if (layer === undefined) {
      mistakes.push(`${file.path}: lib/${folder} is no layer of this house`);
      continue;
    }
    const lines = file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0);
    if (lines > MOST_LINES) {
      mistakes.push(`${file.path}: ${lines} lines, more than ${MOST_LINES}`);
    }

    // Parameter properties are the one exception: they cannot be written with a hash.
    for (const line of file.text.matchAll(/^  (?:private|protected) .*$/gm)) {
      mistakes.push(`${file.path}: private members begin with #: ${line[0].trim()}`);
    }

    for (const found of importsOf(file)) {
      if (found.specifier.startsWith('.')) {
        const target = sourceOf(posix.join(posix.dirname(file.path), found.specifier));
        if (!known.has(target)) {
          mistakes.push(`${file.path}: ${found.specifier} is no file of lib`);
        } else if (posix.basename(target) === 'index.ts') {
          mistakes.push(`${file.path} imports the index ${target}`);
        } else if (!layer.folders.includes(folderOf(target)) || isAgainstTheRooms(file.path, target)) {
          mistakes.push(`${file.path} imports ${target}`);
        }
        targets.push(target);
      } else {
        mistakes.push(...packageMistakes(file.path, found, layer, manifest));
      }
    }
  }
  return [...mistakes, ...cycles(graph).map((cycle) => `cycle: ${cycle.join(' → ')}`)];
}

function isAgainstTheRooms(from: string, to: string): boolean {
  const folder = folderOf(from);
  const rooms = ROOMS[folder];
  return rooms !== undefined && folderOf(to) === folder && rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(from));
}

/** `request` of `nest/request/cors.hook.ts`; empty beside the rooms. */
function roomOf(path: string): string {
  const [, room = '', ...file] = path.split('/');
  return file.length === 0 ? '' : room;
}

function packageMistakes(path: string, { specifier, typeOnly }: Import, layer: Layer, manifest: Manifest): string[] {
  if (specifier.startsWith('node:')) {
    return layer.builtins === 'any' || layer.builtins.includes(specifier) ? [] : [`${path} imports ${specifier}`];
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  if (!(name in manifest.dependencies) && !(name in manifest.peerDependencies)) {
    return [`${path} imports ${name}, which package.json does not declare`];
  }
  if (ON_DEMAND.includes(name) && !layer.packages.includes(name)) {
    return typeOnly ? [] : [`${path} imports ${name}, which only packages/on-demand.cts requires`];
  }
  if (layer.packages !== 'declared' && !layer.packages.includes(name)) {
    return [`${path} imports ${name}`];
  }
  return [];
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

/** The source of what an import names as it is called once built. */
export function sourceOf(built: string): string {
  return built.replace(/\.(c?)js$/, '.$1ts');
}

/** The cycles that a depth-first walk meets; each is named once, from where the walk entered it. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (file: string): void => {
    if (trail.includes(file)) {
      found.push([...trail.slice(trail.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) {
      return;
    }
    trail.push(file);
    for (const target of graph.get(file) ?? []) {
      walk(target);
    }
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) {
    walk(file);
  }
  return found;
}
