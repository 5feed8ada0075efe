import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

// ---------------------------------------------------------------------------------------------------------------------
// The public names. One more or one less is a decision about the package's API: make it here, and in the CHANGELOG.
// ---------------------------------------------------------------------------------------------------------------------

const INDEX = [
  'CORS_BUS',
  'CORS_OPTIONS',
  'Cors',
  'CorsConfigError',
  'CorsInterceptor',
  'CorsModule',
  'CorsOriginStore',
  'CorsService',
  'checkOrigin',
  'originList',
];

const INDEX_TYPES = [
  'CheckOriginOptions',
  'CorsBus',
  'CorsConfigIssue',
  'CorsCure',
  'CorsDangerCode',
  'CorsDecisionEvent',
  'CorsDecisionReason',
  'CorsDecoratorValue',
  'CorsDiagnosis',
  'CorsDiagnosisReason',
  'CorsDiagnosisStep',
  'CorsEffectivePolicy',
  'CorsExplanation',
  'CorsModuleAsyncOptions',
  'CorsModuleOptions',
  'CorsNames',
  'CorsOptionsFactory',
  'CorsOrigin',
  'CorsOriginFunction',
  'CorsOriginIssue',
  'CorsOriginQuestion',
  'CorsOriginResolver',
  'CorsOriginStoreOptions',
  'CorsPathEntry',
  'CorsPathMatch',
  'CorsPathPolicy',
  'CorsPolicyName',
  'CorsPolicyNames',
  'CorsPolicyOptions',
  'CorsQuestion',
  'CorsRefusedStep',
  'CorsResolverToken',
  'CorsRootPolicy',
  'CorsRoute',
];

const INSPECTOR = ['CorsInspectorModule'];

const INSPECTOR_TYPES = ['CorsInspectorOptions'];

const TESTING = ['CorsBlockedError', 'pageAt', 'policyTable'];

// ---------------------------------------------------------------------------------------------------------------------

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface PublicName {
  readonly name: string;
  readonly isValue: boolean;
  readonly isDocumented: boolean;
}

const ENTRIES = [
  { entry: 'nestjs-cors', built: 'dist/esm/index.d.ts', values: INDEX, types: INDEX_TYPES as string[] | undefined },
  {
    entry: 'nestjs-cors/redis',
    built: 'dist/esm/redis.d.ts',
    values: ['RedisCorsBus'],
    types: ['IoRedisClient', 'NodeRedisClient', 'RedisCorsBusOptions'],
  },
  {
    entry: 'nestjs-cors/postgres',
    built: 'dist/esm/postgres.d.ts',
    values: ['PostgresCorsBus'],
    types: ['PostgresClient', 'PostgresCorsBusOptions', 'PostgresPool'],
  },
  {
    entry: 'nestjs-cors/inspector',
    built: 'dist/esm/inspector.d.ts',
    values: INSPECTOR,
    types: INSPECTOR_TYPES,
  },
  // The types of the testing entry point belong to its two names, and are not pinned one by one.
  { entry: 'nestjs-cors/testing', built: 'dist/esm/testing.d.ts', values: TESTING, types: undefined },
];

/** All entry points at once: each program of its own would read the types of Nest and Node again. */
const program = ts.createProgram(
  ENTRIES.map(({ built }) => `${ROOT}${built}`),
  {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
    types: ['node'],
    noEmit: true,
  },
);

/** What an entry point exports, types too, as a compiler sees it in the build that is published. */
function publicNames(built: string): PublicName[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(`${ROOT}${built}`);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) {
    throw new Error(`${built} is no module: is the package built?`);
  }
  return checker.getExportsOfModule(module).map((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return {
      name: symbol.name,
      isValue: (target.flags & ts.SymbolFlags.Value) !== 0,
      isDocumented: target.getDocumentationComment(checker).length > 0,
    };
  });
}

describe.each(ENTRIES)('$entry', ({ entry, built, values, types }) => {
  it('exports these names at run time, and no other', async () => {
    const module: object = await import(entry);

    expect(Object.keys(module).toSorted()).toEqual(values);
  });

  it('exports the same names to the compiler, and its types', () => {
    const names = publicNames(built);

    expect(names.filter((name) => name.isValue).map((name) => name.name)).toHaveLength(values.length);
    const found = names
      .filter((name) => !name.isValue)
      .map((name) => name.name)
      .toSorted();
    expect(found).toEqual(types ?? found);
    // Nest has one.
    expect(found).not.toContain('CorsOptions');
  });

  it('keeps a comment on every name in what is published', () => {
    const silent = publicNames(built).filter((name) => !name.isDocumented);

    expect(silent.map((name) => name.name)).toEqual([]);
  });
});
