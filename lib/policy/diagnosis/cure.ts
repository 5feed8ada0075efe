import type { CorsPolicyOptions } from '../model/options.js';
import type { CorsPolicy } from '../model/policy.js';
import { isWellFormedOrigin } from '../origins/origin.js';
import { codeText, type CodeValue } from './code-text.js';
import type { CorsCure, DiagnosedRequest, DiagnosedTarget } from './diagnosis.js';
import { findingsOf, type Finding } from './finding.js';

/** The keys that a cure can change. */
interface Change {
  use?: string;
  origin?: string | readonly (string | RegExp)[];
  methods?: readonly string[];
  allowedHeaders?: readonly string[] | { readonly add: readonly string[] };
  credentials?: true;
}

/** A longer list of origins is too long for a line of code to copy: it belongs in the app's configuration. */
const MOST_ORIGINS = 30;

/**
 * The change that makes this request pass at this target. It allows no origin but the request's own, and is compiled and tried
 * before it is recommended. Undefined if there is no such change, and for targets that are closed on purpose, or left to the
 * app.
 *
 * It applies to the target itself, whichever layer wrote the value: in an outer layer it would open other routes, too.
 */
export function cureOf(target: DiagnosedTarget, request: DiagnosedRequest): CorsCure | undefined {
  const { origin = '' } = request;
  if (target.isUntouched || target.isShared || target.policy?.closed === true || !isWellFormedOrigin(origin)) {
    return undefined;
  }
  // A target without a policy inherits values once it names an origin: what it then lacks is part of the cure.
  const start = target.policy ?? target.compileWith({ origin });
  const change = start === undefined ? undefined : changeOf(start, target, request, origin);
  const cured = change === undefined ? undefined : target.compileWith(change);
  if (change === undefined || cured === undefined || findingsOf(cured, target, request).length > 0) {
    return undefined;
  }
  return written(change, target, request);
}

function changeOf(
  start: CorsPolicy,
  target: DiagnosedTarget,
  request: DiagnosedRequest,
  origin: string,
): Change | undefined {
  const steps = new Map(findingsOf(start, target, request).map((finding) => [finding.step, finding]));
  const change = { ...(target.policy === undefined ? { origin } : {}), ...lackingKeys(start, target, steps, request) };
  if (isOnly(start, origin)) {
    return change;
  }
  if (steps.has('method')) {
    // No page can call a handler whose only method is refused, so naming one origin takes it from no other page.
    return target.isOneMethod ? { ...change, origin } : undefined;
  }
  if (steps.has('credentials')) {
    // `*` cannot go with credentials; and the request says nothing about the other named origins.
    return start.fixedEveryone ? { ...change, origin } : undefined;
  }
  if (!steps.has('origin')) {
    return change;
  }
  const others = start.origins.list();
  // A function or a resolver refuses on purpose.
  return start.asks.length > 0 || others.length > MOST_ORIGINS ? undefined : { ...change, origin: [...others, origin] };
}

/** What the policy lacks besides the origin. */
function lackingKeys(
  { methods, allowedHeaders }: CorsPolicy,
  { kind }: DiagnosedTarget,
  steps: ReadonlyMap<Finding['step'], Finding>,
  { method }: DiagnosedRequest,
): Change {
  const change: Change = {};
  const names = (steps.get('headers')?.missing ?? []).map(spelled);
  if (steps.has('method') && typeof methods !== 'string') {
    change.methods = [...methods, method];
  }
  if (allowedHeaders !== '*' && names.length > 0) {
    // On a handler they are added to the inherited list. The policy of an entry has the whole list.
    change.allowedHeaders = kind === 'handler' ? { add: names } : [...allowedHeaders.spelled, ...names];
  }
  if (steps.has('credentials')) {
    change.credentials = true;
  }
  return change;
}

/** True if the policy allows this origin only. */
function isOnly({ origins, asks }: CorsPolicy, origin: string): boolean {
  const listed = origins.list();
  return asks.length === 0 && listed.length === 1 && listed[0] === origin;
}

/** `X-Trace` for `x-trace`, which is how browsers announce it. */
function spelled(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

const PLAIN_PATH = /^(?:\/[\w~@.-]+)+$|^\/$/;

/** The change as code; undefined if it has no place in code. */
function written(changed: Change, target: DiagnosedTarget, request: DiagnosedRequest): CorsCure | undefined {
  const { kind, place, use } = target;
  // A policy that is a name has no keys to change, and without `use` all that the name stands for would be lost.
  const change: Change = use === undefined ? changed : { use, ...changed };
  const options: CorsPolicyOptions = Object.freeze({ ...change });
  const code = codeText(inOrder(change));
  if (kind === 'handler' || kind === 'gateway') {
    return Object.freeze({ how: 'decorate', place, options, code: `@Cors(${code})` });
  }
  if (kind === 'entry') {
    return Object.freeze({ how: 'entry', place, options, code });
  }
  const path = request.url.replace(/[?#].*$/s, '');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (!PLAIN_PATH.test(path) || /\/\.\.?(?:\/|$)/.test(path) || method !== method.toUpperCase()) {
    return undefined;
  }
  const entry = `{ path: ${codeText(path)}, methods: [${codeText(method)}], policy: ${code} }`;
  return Object.freeze({ how: 'add-entry', place: 'forRoot({ paths })', options, code: entry });
}

/** In the order in which people write them. */
function inOrder({ use, origin, methods, allowedHeaders: names, credentials }: Change): CodeValue {
  return { use, origin, methods, allowedHeaders: names, credentials };
}
