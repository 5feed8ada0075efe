/**
 * What only some policies need, as a chunk of its own: a build for browsers puts this module in the place of
 * lib/packages/on-demand.cts, and of the modules of lib that are named here.
 *
 * In the library these calls are synchronous, and loading in a browser is not. So a call for what is not there yet throws and is
 * noted, and the work is begun again when it is loaded; what came of it before is thrown away.
 */
const LOADERS = {
  tldts: async () => import('tldts'),
  regexpp: async () => import('@eslint-community/regexpp'),
  regExpAnalysis: async () => import('../../../lib/policy/origins/regexp-analysis.js'),
  registrableDomain: async () => import('../../../lib/policy/origins/registrable-domain.js'),
  issue: async () => import('../../../lib/policy/mistakes/issue.js'),
  closestName: async () => import('../../../lib/policy/mistakes/closest-name.js'),
} as const;

type Name = keyof typeof LOADERS;
type Module<Key extends Name> = Awaited<ReturnType<(typeof LOADERS)[Key]>>;

const loaded: { [Key in Name]?: Module<Key> } = {};
const wanted = new Set<Name>();

function need<Key extends Name>(name: Key): Module<Key> {
  const module = loaded[name];
  if (module === undefined) {
    wanted.add(name);
    throw new Error(`${name} is not loaded yet`);
  }
  return module;
}

const onDemand = {
  tldts: () => need('tldts'),
  regexpp: () => need('regexpp'),
};

// oxlint-disable-next-line import/no-default-export -- the module that it stands for has one
export { onDemand as default };

/** Stands for the module of the same name in lib. */
export const analyseRegExp: Module<'regExpAnalysis'>['analyseRegExp'] = (source, flags) =>
  need('regExpAnalysis').analyseRegExp(source, flags);

type Domains = Module<'registrableDomain'>;

/** Stand for the module of the same name in lib. */
export const isPublicSuffix: Domains['isPublicSuffix'] = (host) => need('registrableDomain').isPublicSuffix(host);
export const hasSuffixBelow: Domains['hasSuffixBelow'] = (domain) => need('registrableDomain').hasSuffixBelow(domain);
export const registrableDomain: Domains['registrableDomain'] = (name) =>
  need('registrableDomain').registrableDomain(name);

/** Stands for the module of the same name in lib. */
export const describeIssue: Module<'issue'>['describeIssue'] = (issue) => need('issue').describeIssue(issue);

/** Stands for the module of the same name in lib. */
export const closestName: Module<'closestName'>['closestName'] = (written, names) =>
  need('closestName').closestName(written, names);

/** True as long as nothing was asked for that is not loaded. */
export function isComplete(): boolean {
  return wanted.size === 0;
}

/** Runs it until it has all that it needs. */
export async function withPackages<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = await run().then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (isComplete()) {
      return result();
    }
    await loadWanted();
  }
}

async function loadWanted(): Promise<void> {
  const names = [...wanted];
  wanted.clear();
  await Promise.all(names.map(async (name) => load(name)));
}

async function load<Key extends Name>(name: Key): Promise<void> {
  const module: unknown = await LOADERS[name]();
  Object.assign(loaded, { [name]: module });
}
