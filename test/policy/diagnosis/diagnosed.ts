import { runInThisContext } from 'node:vm';

import { diagnose } from '../../../lib/policy/diagnosis/diagnose.js';
import type {
  CorsDiagnosis,
  DiagnosedRequest,
  DiagnosedTarget,
  Situation,
} from '../../../lib/policy/diagnosis/diagnosis.js';
import type { CompiledPolicy } from '../../../lib/policy/compile.js';
import { compileWith } from '../policy-under-test.js';

export const A = 'https://a.example';
export const B = 'https://b.example';

/** A page's request; a preflight is announced by what is not safelisted. */
export function page(request: Partial<DiagnosedRequest> = {}): DiagnosedRequest {
  const base = { phase: 'request', origin: A, method: 'GET', url: '/cats/1', headers: undefined } as const;
  return { ...base, credentials: undefined, ...request };
}

/** Values of any type as they would be written: forRoot's, then the class's, then those of the handler. */
export interface Written {
  readonly policies?: unknown;
  readonly root?: unknown;
  readonly outer?: unknown;
  readonly handler?: readonly unknown[];
}

export function compiled({ policies = {}, root = {}, outer, handler = [] }: Written): CompiledPolicy {
  return compileWith(policies, root, outer === undefined ? [] : [outer], handler);
}

/** The target that stands for these values. */
export function target(written: Written, differing: Partial<DiagnosedTarget> = {}): DiagnosedTarget {
  const { policy, sources } = compiled(written);
  return {
    kind: 'handler',
    name: 'Cats.rename',
    policy,
    isUntouched: false,
    sources,
    place: differing.name ?? 'Cats.rename',
    isShared: false,
    isOneMethod: true,
    serves: () => true,
    alwaysAllowed: undefined,
    answer: undefined,
    compileWith: (options) => compiled({ ...written, handler: [...(written.handler ?? []), options] }).policy,
    ...differing,
  };
}

export function diagnosed(
  request: Partial<DiagnosedRequest>,
  targets: readonly DiagnosedTarget[],
  differing: Partial<Situation> = {},
): CorsDiagnosis | undefined {
  return diagnose({
    request: page(request),
    targets,
    served: [],
    isKnown: true,
    nearest: () => undefined,
    ...differing,
  });
}

/** The value that a printed decorator holds, read back as the engine reads it. */
export function valueOf(code: string): unknown {
  return runInThisContext(code.replace(/^@Cors/, ''));
}
