import type { ts } from 'ts-morph';

import type { Application, Applications } from './applications.js';
import { mayAddImport, namesAreFree, wantedImports } from './edits/module-import.js';
import { wantedByDecorator } from './edits/decorators.js';
import type { FileEdits } from './edits/file-edits.js';
import type { Finding } from './findings.js';
import { Carrier } from './options/carrier.js';
import { mistakesIn, type Options } from './options/check.js';
import { BY_HAND, REASONS } from './options/reasons.js';
import { translate, type Translation, type TranslateOptions } from './options/translate.js';
import type { Project } from './project/project.js';
import { isTestFile, mayChange } from './project/sources.js';

export interface Translated {
  readonly translation: Translation;
  readonly carrier: Carrier;
}

/** What becomes of an application: all of it is moved, or none. */
export interface Decision {
  readonly application: Application;
  /** Of the whole application. Undefined: nothing answered for all of its routes. */
  readonly whole: Translated | undefined;
  /** Of the classes. */
  readonly classes: ReadonlyMap<Finding, Translated>;
  /** Tests that set the same options. */
  readonly tests: readonly Finding[];
}

export interface Decisions {
  readonly moved: readonly Decision[];
  readonly left: ReadonlyMap<Finding, readonly string[]>;
  /** Nothing is wrong with them, but something else of their application stays. */
  readonly waiting: ReadonlyMap<Finding, Finding>;
}

export function decide(
  project: Project,
  { all, homeless }: Applications,
  editsOf: (file: Finding | Application) => FileEdits,
): Decisions {
  const decider = new Decider(project, editsOf);
  for (const finding of homeless) {
    decider.leave(
      finding,
      finding.unclear ? REASONS[finding.unclear] : finding.receiver ? REASONS['unknown-app'] : REASONS.noApplication,
    );
  }
  const decided = all.map((application) => decider.decide(application));
  return settle(decided, decider.left, (decision) =>
    homeless.find((finding) => mayConcern(project, finding, decision)),
  );
}

/** Whether it may be for this application, as far as can be told: nothing of it is moved then. */
function mayConcern({ configs, sources }: Project, { classes, node }: Finding, { application }: Decision): boolean {
  const file = node.getSourceFile().fileName;
  const own = application.root.node.getSourceFile().fileName;
  return (
    classes.length === 0 &&
    !isTestFile(sources, file) &&
    !application.root.testing &&
    configs.folderOf(file) === configs.folderOf(own)
  );
}

function byHand({ kind }: Finding): string {
  return kind === 'option' || kind === 'route' || kind === 'gateway' ? BY_HAND[kind] : BY_HAND.call;
}

class Decider {
  readonly left = new Map<Finding, string[]>();

  constructor(
    private readonly project: Project,
    private readonly editsOf: (place: Finding | Application) => FileEdits,
  ) {}

  leave(finding: Finding, ...reasons: readonly string[]): undefined {
    const known = this.left.get(finding) ?? [];
    this.left.set(finding, [...known, ...reasons.filter((reason) => !known.includes(reason))]);
    return undefined;
  }

  decide(application: Application): Decision {
    this.#checkPlaces(application);
    const whole = this.#whole(application);
    const classes = new Map<Finding, Translated>();
    for (const finding of application.classes) {
      const other = application.classes.find(
        (each) => each !== finding && each.classes.some((node) => finding.classes.includes(node)),
      );
      if (other !== undefined) {
        this.leave(finding, REASONS.severalSources(this.#fileOf(other.node)));
      }
      const translated = this.#ofClass(finding, whole);
      if (translated !== undefined) {
        classes.set(finding, translated);
      }
    }
    const needsModule = whole !== undefined || classes.size > 0;
    if (needsModule && !application.hasModule) {
      this.#checkModule(application, whole, [...application.whole, ...classes.keys()]);
    }
    return { application, whole, classes, tests: this.#sameInTests(application, whole) };
  }

  /** The root module, and what is moved, have to be in the folder. */
  #checkPlaces({ root, whole, classes }: Application): void {
    const isIn = (node: ts.Node): boolean => mayChange(this.project.sources, node.getSourceFile().fileName);
    for (const finding of [...whole, ...classes]) {
      if (!isIn(root.node) || ![finding.node, ...finding.classes].every(isIn)) {
        this.leave(finding, REASONS.outside);
      }
    }
  }

  #whole(application: Application): Translated | undefined {
    const { whole, root, hasModule } = application;
    const translated = whole.map((finding) => {
      const result = finding.unclear
        ? this.leave(finding, REASONS[finding.unclear])
        : this.#translated(finding, { gateway: false });
      return { finding, result };
    });
    const [first, ...others] = translated;
    if (hasModule) {
      whole.forEach((finding) => this.leave(finding, REASONS.hasModule(root.name)));
    }
    const different = others.find(({ result }) => first?.result && result && !isSame(first.result, result));
    if (first && different) {
      this.leave(first.finding, REASONS.severalSources(this.#fileOf(different.finding.node)));
      this.leave(different.finding, REASONS.severalSources(this.#fileOf(first.finding.node)));
    }
    const silent = application.entries.find(
      (entry) =>
        !entry.test && !whole.some(({ receiver }) => receiver === undefined || receiver.entries.includes(entry)),
    );
    if (silent && !root.testing) {
      whole.forEach((finding) => this.leave(finding, REASONS.otherEntry(this.#fileOf(silent.call), root.name)));
    }
    return first?.result;
  }

  #ofClass(finding: Finding, whole: Translated | undefined): Translated | undefined {
    if (finding.unclear) {
      return this.leave(finding, REASONS[finding.unclear]);
    }
    const gateway = finding.kind === 'gateway';
    const roots = whole?.translation.examples ?? [];
    const how = { gateway, unlessGiven: gateway ? notInherited(roots) : {} };
    const translated = this.#translated(finding, how, whole !== undefined);
    for (const root of roots) {
      for (const example of translated?.translation.examples ?? []) {
        mistakesIn(example, root).forEach((mistake) => this.leave(finding, REASONS.mistake(mistake, byHand(finding))));
      }
    }
    const edits = finding.classes.map((node) => this.editsOf({ ...finding, node }));
    const taken =
      translated &&
      edits
        .map((each) => namesAreFree(each, wantedByDecorator(each, translated.carrier)))
        .find((each) => each !== undefined);
    return taken ? this.leave(finding, REASONS.nameTaken(taken.alias)) : translated;
  }

  #translated(finding: Finding, how: TranslateOptions, hasWhole = false): Translated | undefined {
    const inPlace = finding.classes.length > 0;
    const carrier = new Carrier(this.project, finding.node, inPlace, byHand(finding));
    const translation = translate(finding.options, carrier, how);
    if (translation === undefined) {
      return this.leave(finding, ...carrier.reasons);
    }
    // A decorator is evaluated when its file is loaded, middleware when the application starts: only literals are the same.
    if (
      finding.kind === 'route' &&
      (carrier.readsEnvironment ||
        finding.classes.some(
          (node) => node.getSourceFile() !== finding.node.getSourceFile() && carrier.follows.size > 0,
        ))
    ) {
      return this.leave(finding, REASONS.gatewayValue(finding.options?.getText() ?? ''));
    }
    if (finding.kind === 'route' && hasWhole) {
      carrier.note('a preflight for this controller was answered with the options of the application; now with these');
    }
    return { translation, carrier };
  }

  #checkModule(application: Application, whole: Translated | undefined, findings: readonly Finding[]): void {
    const { root } = application;
    const leaveAll = (reason: string): void => findings.forEach((finding) => this.leave(finding, reason));
    if (!mayAddImport(root)) {
      leaveAll(REASONS.rootMetadata(root.name));
      return;
    }
    const edits = this.editsOf(application);
    const taken = namesAreFree(
      edits,
      wantedImports(edits, root, { translation: whole?.translation, carrier: whole?.carrier }),
    );
    const { file } = edits;
    const hidden = [...(whole?.carrier.globals ?? [])].find((name) =>
      this.project.names.usesOf(file, name).some((use) => !this.project.names.isGlobal(use)),
    );
    const name = taken?.alias ?? hidden;
    if (name !== undefined) {
      leaveAll(REASONS.nameTaken(name));
    }
  }

  /** Tests that set other options stay: the application does not wait for them. */
  #sameInTests({ tests, root, hasModule }: Application, whole: Translated | undefined): readonly Finding[] {
    return tests.filter((finding) => {
      if (whole === undefined) {
        this.leave(finding, hasModule ? REASONS.testOptions(root.name) : REASONS.testOnly(root.name));
        return false;
      }
      const carrier = new Carrier(this.project, finding.node, false, byHand(finding));
      const translation = finding.unclear ? undefined : translate(finding.options, carrier, { gateway: false });
      const same = translation !== undefined && isSame(whole, { translation, carrier });
      if (!same) {
        this.leave(finding, REASONS.testOptions(root.name));
      }
      return same;
    });
  }

  /** Without the line, which moves with every comment. */
  #fileOf(node: ts.Node): string {
    return fileOf(node, this.project);
  }
}

/** What a gateway would inherit from forRoot, and did not have. */
function notInherited(roots: readonly Options[]): NonNullable<TranslateOptions['unlessGiven']> {
  return {
    ...(roots.some((root) => root['credentials'] === true) ? { credentials: ['false', false] as const } : {}),
    ...(roots.some((root) => root['allowedHeaders'] !== undefined) ? { allowedHeaders: [`'*'`, '*'] as const } : {}),
  };
}

function isSame(a: Translated, b: Translated): boolean {
  const text = ({ translation, carrier }: Translated): string =>
    JSON.stringify([
      translation.examples,
      carrier.readsEnvironment || carrier.service
        ? (translation.oneLine ?? translation.lines).replaceAll(/\s|,(?=\s*[}\]])/g, '')
        : '',
    ]);
  return text(a) === text(b);
}

/** All of an application is moved, or nothing: two sources for one application contradict each other. */
function settle(
  decided: readonly Decision[],
  left: ReadonlyMap<Finding, readonly string[]>,
  alsoConcerns: (decision: Decision) => Finding | undefined,
): Decisions {
  const ofApp = ({ application }: Decision): Finding[] => [...application.whole, ...application.classes];
  // Two applications may get one object: it is a finding of each.
  const shares = (one: Decision, other: Decision): boolean =>
    ofApp(one).some(({ node }) => ofApp(other).some((finding) => finding.node === node));
  const stuck = new Map<Decision, Finding>();
  for (let before = -1; before < stuck.size;) {
    before = stuck.size;
    for (const decision of decided) {
      const cause =
        ofApp(decision).find((finding) => left.has(finding)) ??
        alsoConcerns(decision) ??
        [...stuck].find(([other]) => shares(other, decision))?.[1];
      if (cause !== undefined && !stuck.has(decision)) {
        stuck.set(decision, cause);
      }
    }
  }
  const waiting = new Map<Finding, Finding>();
  const remaining = new Map(left);
  for (const [decision, cause] of stuck) {
    // A test waits as well, even where it sets other options than the application will have.
    decision.application.tests.forEach((finding) => remaining.delete(finding));
    for (const finding of [...ofApp(decision), ...decision.application.tests]) {
      if (!remaining.has(finding)) {
        waiting.set(finding, cause);
      }
    }
  }
  return { moved: decided.filter((decision) => !stuck.has(decision)), left: remaining, waiting };
}

export function placeOf(node: ts.Node, project: Project): string {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${fileOf(node, project)}:${line + 1}`;
}

/** Below the folder. */
export function fileOf(node: ts.Node, { sources }: Project): string {
  return node.getSourceFile().fileName.slice(sources.root.length + 1);
}
