import { compilePolicy } from '../../../../lib/policy/compile.js';
import { readNamedPolicies } from '../../../../lib/policy/layers/named-policies.js';
import { describeIssue } from '../../../../lib/policy/mistakes/issue.js';

/** Options as CorsModule would get them, with an example for each value that is configured. */
export type Options = Readonly<Record<string, unknown>>;

/**
 * What CorsModule would say about the options at start: its own compiler is asked, so the two cannot differ.
 *
 * @param root - The options of forRoot, where `options` are those of `@Cors` on a class.
 */
export function mistakesIn(options: Options, root?: Options): readonly string[] {
  const own = { where: 'these options', values: [options] };
  const layers = root === undefined ? [own] : [{ where: 'forRoot', values: [root] }, own];
  const { issues } = compilePolicy(layers, readNamedPolicies(undefined).named);
  return issues.map((issue) => `${issue.path === '' ? '' : `${issue.path}: `}${describeIssue(issue)} [${issue.code}]`);
}
