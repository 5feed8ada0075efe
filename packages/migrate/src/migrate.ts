import { ts } from 'ts-morph';

import { groupByApplication, type Application, type Applications } from './applications.js';
import { decide, fileOf, placeOf, type Decision, type Decisions } from './decisions.js';
import { leaveComment } from './edits/comments.js';
import { addDecorator } from './edits/decorators.js';
import { FileEdits } from './edits/file-edits.js';
import { removeUnusedImports } from './edits/imports.js';
import { addModuleImport, mayAddImport } from './edits/module-import.js';
import { removeFinding, removeUnusedConstants } from './edits/removals.js';
import { findCors, type Finding } from './findings.js';
import { Entries } from './project/entries.js';
import { openProject, type Project } from './project/project.js';
import { isConfig, mayChange, type Sources } from './project/sources.js';

/** A line of the report. */
export interface Remark {
  /** Below the folder. */
  readonly file: string;
  /** Where it is now, and where it is once the changes are written. */
  readonly line: number;
  readonly lineAfter: number;
  readonly text: string;
}

export interface Migration {
  /** The new text of every file that changes, by its path below the folder. */
  readonly files: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  /** Left for a person to decide. */
  readonly left: readonly Remark[];
  /** What is different from now on. */
  readonly notes: readonly Remark[];
  /** Files that were passed over, each with a sentence. */
  readonly skipped: readonly { readonly file: string; readonly text: string }[];
  /** How many places were found. */
  readonly found: number;
}

export interface MigrateOptions {
  /** Where there is nothing to move: import `CorsModule.forRoot()` into the root module. */
  readonly add?: boolean;
}

export const FIRST_STEPS = 'No other origin is allowed until a route, or forRoot(), names some: @Cors({ origin: … })';

/** What would change in the folder. Nothing is written, and nothing of the application runs. */
export function migrate(sources: Sources, { add = false }: MigrateOptions = {}): Migration {
  const project = openProject(sources);
  const entries = new Entries(project);
  const findings = findCors(project, entries);
  const edits = new Edits(project);
  const applications = concerned(sources, groupByApplication(project, entries, findings));
  const decisions = decide(project, applications, (place) => edits.of('root' in place ? place.root.node : place.node));
  for (const decision of decisions.moved) {
    edits.move(decision);
  }
  if (add && countOf(applications) === 0) {
    edits.addModule(applications.all);
  }
  edits.tidy();
  for (const [finding, reasons] of decisions.left) {
    if (mayChange(sources, finding.node.getSourceFile().fileName)) {
      leaveComment(edits.of(finding.node), finding.node, reasons);
    }
  }
  return {
    files: edits.files(),
    left: remarksOnLeft(project, edits, decisions),
    notes: edits.notes(),
    skipped: [...project.deep].map((path) => ({
      file: path.slice(sources.root.length + 1),
      text: 'it is nested too deeply',
    })),
    found: findings.length,
  };
}

/** Without the applications that have nothing in the folder. */
function concerned(sources: Sources, { all, homeless }: Applications): Applications {
  const isIn = (node: ts.Node): boolean => mayChange(sources, node.getSourceFile().fileName);
  return {
    all: all.filter(({ root, whole, tests, classes }) =>
      [root, ...whole, ...tests, ...classes].some(({ node }) => isIn(node)),
    ),
    homeless: homeless.filter(({ node }) => isIn(node)),
  };
}

function countOf({ all, homeless }: Applications): number {
  const found = all.flatMap(({ whole, tests, classes }) => [...whole, ...tests, ...classes]);
  return new Set([...found, ...homeless]).size;
}

class Edits {
  readonly #byFile = new Map<ts.SourceFile, FileEdits>();
  readonly #constants = new Set<ts.VariableDeclaration>();
  readonly #removed = new Set<ts.Node>();
  readonly #decorated = new Set<Finding>();
  readonly #notes: { readonly node: ts.Node; readonly text: string }[] = [];

  constructor(private readonly project: Project) {}

  of(node: ts.Node): FileEdits {
    const file = node.getSourceFile();
    const edits = this.#byFile.get(file) ?? new FileEdits(file, this.project.names);
    this.#byFile.set(file, edits);
    return edits;
  }

  move({ application, whole, classes, tests }: Decision): void {
    const { root, hasModule } = application;
    for (const finding of [...application.whole, ...tests]) {
      this.#remove(finding);
    }
    for (const [finding, { translation, carrier }] of classes) {
      this.#remove(finding);
      if (!this.#decorated.has(finding)) {
        this.#decorated.add(finding);
        finding.classes.forEach((node) => addDecorator(this.of(node), node, translation, carrier));
        this.#note(finding.node, carrier.notes);
      }
      this.#follow(carrier.follows);
    }
    const moves = whole !== undefined || classes.size > 0;
    if (moves && !hasModule) {
      addModuleImport(this.of(root.node), root, { translation: whole?.translation, carrier: whole?.carrier });
    }
    if (whole !== undefined) {
      const [first] = application.whole;
      this.#follow(whole.carrier.follows);
      this.#note(first?.node, [
        ...whole.carrier.notes,
        ...(whole.translation.hasMethods ? [] : [methodsNote(application)]),
      ]);
    }
  }

  addModule(applications: readonly Application[]): void {
    const open = applications.filter(
      ({ root, hasModule }) =>
        !root.testing &&
        !hasModule &&
        mayAddImport(root) &&
        mayChange(this.project.sources, root.node.getSourceFile().fileName),
    );
    const [only, ...others] = open;
    if (only !== undefined && others.length === 0) {
      addModuleImport(this.of(only.root.node), only.root, {
        translation: undefined,
        carrier: undefined,
        comment: FIRST_STEPS,
      });
    }
  }

  tidy(): void {
    for (const edits of this.#byFile.values()) {
      removeUnusedConstants(edits, this.#constants);
      removeUnusedImports(edits);
    }
  }

  files(): Migration['files'] {
    const changed = [...this.#byFile.values()].filter((edits) => !edits.isEmpty);
    return new Map(
      changed
        .map((edits): [string, { before: string; after: string }] => {
          const name = edits.file.fileName.slice(this.project.sources.root.length + 1);
          return [name, { before: edits.file.text, after: edits.apply() }];
        })
        .filter(([, { before, after }]) => before !== after)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  notes(): readonly Remark[] {
    return this.#notes.map(({ node, text }) => this.remark(node, text));
  }

  remark(node: ts.Node, text: string): Remark {
    const edits = this.of(node);
    const [file = '', line = ''] = placeOf(node, this.project).split(/:(?=\d+$)/);
    const lineAfter = edits.apply().slice(0, edits.positionAfter(node.getStart())).split('\n').length;
    return { file, line: Number(line), lineAfter, text };
  }

  #remove(finding: Finding): void {
    if (!this.#removed.has(finding.node)) {
      this.#removed.add(finding.node);
      removeFinding(this.of(finding.node), finding);
      this.#follow(this.#constantsIn(finding.node));
    }
  }

  /** `const middleware = cors();`, where the variable was used. */
  #constantsIn(node: ts.Node): Set<ts.VariableDeclaration> {
    const used = ts.isCallExpression(node) ? [node, ...node.arguments] : [node];
    const declarations = used.flatMap((each) =>
      ts.isIdentifier(each) ? (this.project.names.localDeclarationOf(each) ?? []) : [],
    );
    return new Set(declarations.filter(ts.isVariableDeclaration));
  }

  #follow(constants: ReadonlySet<ts.VariableDeclaration>): void {
    constants.forEach((constant) => this.#constants.add(constant));
  }

  #note(node: ts.Node | undefined, texts: readonly string[]): void {
    if (node !== undefined) {
      this.#notes.push(...texts.map((text) => ({ node, text })));
    }
  }
}

function methodsNote({ entries }: Application): string {
  const before = entries.some(({ fastify }) => fastify)
    ? 'GET, HEAD and POST'
    : 'GET, HEAD, PUT, PATCH, POST and DELETE';
  return `methods were not listed, which meant ${before}; now a preflight is told the methods that its URL serves`;
}

function remarksOnLeft(project: Project, edits: Edits, { left, waiting }: Decisions): readonly Remark[] {
  const decided = [...left].flatMap(([{ node }, reasons]) => reasons.map((reason) => edits.remark(node, reason)));
  const waits = [...waiting].map(([{ node }, cause]) => {
    return edits.remark(node, `this waits for ${fileOf(cause.node, project)}: an application is migrated as a whole`);
  });
  const broken = project.broken
    .filter(({ file }) => /enableCors|cors/i.test(file.text))
    .map(({ file, line, message }) => ({
      file: file.fileName.slice(project.sources.root.length + 1),
      line,
      lineAfter: line,
      text: `the file has a syntax error, so it was not read: ${message}`,
    }));
  return [...decided, ...waits, ...broken].toSorted((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line,
  );
}

/** Whether there is anything to read at all. */
export function hasSources({ texts }: Sources): boolean {
  return [...texts.keys()].some((path) => !isConfig(path));
}
