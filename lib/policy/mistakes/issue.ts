import { encryptedOrigin } from './encrypted-origin.js';
import type { CorsConfigIssue, CorsConfigIssueCode, IssueOf } from './issue-data.js';
import { notAnOrigin } from './no-origin.js';
import { LONGEST_CURE, quotedCure, quotedValue, safeText } from './safe-text.js';

export type { CorsConfigIssue, CorsConfigIssueCode } from './issue-data.js';

/**
 * The sentence of a mistake: quotes the value, says what is wrong with it, and how to fix it. If the mistake may be
 * intended, the sentence usually says how to acknowledge it.
 *
 * What was written may itself be text from elsewhere (an environment variable), so every value is quoted with its
 * control characters escaped and cut to a length.
 */
export function describeIssue(issue: CorsConfigIssue): string {
  return sentenceOf(issue);
}

function sentenceOf<Code extends CorsConfigIssueCode>(issue: IssueOf<Code>): string {
  const sentence: Sentence<Code> = SENTENCES[issue.code];
  return sentence(issue, quotedValue(issue.value));
}

/** @param value - the issue's value, quoted. */
type Sentence<Code extends CorsConfigIssueCode> = (issue: IssueOf<Code>, value: string) => string;

/**
 * A record rather than a switch: it is just as exhaustive (a code without a sentence does not compile) and reads like a
 * list.
 */
const SENTENCES: { readonly [Code in CorsConfigIssueCode]: Sentence<Code> } = {
  'unknown-option': ({ guess }, value) => `${value} is not known here; ${didYouMean(guess, 'remove it')}`,
  type: ({ expected }, value) => `${value} does not belong here; write ${expected}`,
  'unknown-policy': ({ guess, suggestion }, value) =>
    `${value} is not the name of a policy in forRoot({ policies }); ${didYouMean(suggestion ?? guess, 'add it there')}`,
  'nested-use': ({ suggestion }, value) =>
    suggestion !== undefined
      ? `${value} is an origin, not the name of a policy; did you mean ${suggestion}?`
      : `only @Cors and paths can use a named policy, not forRoot or another policy; write the options themselves in place of ${value}`,
  'opens-nothing': ({ named }) =>
    named !== undefined
      ? `the policy ${quotedValue(named)} is false, and options beside it cannot open it; remove them, or use another policy`
      : 'the inherited policy is closed (false), and only an origin opens it again; add origin, or remove these options',
  'nothing-to-extend': () =>
    'the inherited exposedHeaders is "*", which already covers every name; remove { add }, or write the whole list',

  // Origins.
  'origin-missing': ({ credentials }) =>
    `neither this policy nor one it inherits from names an origin; add origin (${credentials ? "such as 'https://app.example.com', or" : "'*' for any origin,"} false for none)`,
  'origin-undefined': ({ path }, value) =>
    `is ${value}, as when an environment variable is not set; set it, or ${
      isItem(path)
        ? // The list may be of originList(), where there is nothing to spread.
          'remove it, or make it optional: originList(value, { optional: true }), with ... before it within a list'
        : 'write false to allow no origin (originList(value, { optional: true }) for a list)'
    }`,
  'origin-invalid': ({ suggestion, value: written }, value) =>
    suggestion === undefined
      ? notAnOrigin(written, value)
      : `${value} is not a valid origin; did you mean ${quotedCure(suggestion)}?`,
  'origin-not-serialized': ({ right }, value) => `${value} is not how browsers write it; use ${quotedCure(right)}`,
  'origin-scheme': (_, value) =>
    `${value} can never match, as pages of the file scheme send "null"; serve the page from http://localhost`,
  'null-origin': ({ code }) =>
    `any sandboxed frame, data: page or redirected request can be "null"; name the origins, or ${meant(code)}`,
  'origin-list-in-string': ({ path, value: text }, value) =>
    `${value} holds more than one origin; ${isItem(path) ? 'write each as an item of its own' : 'write a list'}${originListFor(text, path)}`,
  'any-host-of-scheme': ({ scheme, code }, value) =>
    `${value} allows every extension or app with the scheme ${safeText(scheme)}, no matter who published it; name the hosts, or ${meant(code)}`,
  'wildcard-among-origins': ({ alone }) =>
    `the list contains "*", so its other origins have no effect; ${alone ? "write '*' alone, or remove it" : "remove '*', which cannot go with credentials either"}`,
  'wildcard-position': (_, value) =>
    `in ${value} the * is in the wrong place; it can stand for labels in front of a domain ("https://*.example.com"), for the port ("https://example.com:*"), and for the host of an extension or app ("moz-extension://*")`,
  'public-suffix': (issue) =>
    `anyone can register a name below ${theOrigin(issue)}, and the policy has ${theCredentials(issue)}; name the domains, or ${meant(issue.code)}`,
  'any-origin-with-credentials': ({ path, originFrom, credentialsFrom, where }) =>
    path === 'credentials'
      ? `cannot be true while origin is "*"${inherited(originFrom, where)}; name the origins`
      : `"*" cannot go with credentials${inherited(credentialsFrom, where)}; write credentials: false here, or name the origins`,
  'insecure-origin-with-credentials': (issue) =>
    `${theOrigin(issue)} is not encrypted, so anyone on the network can pose as it, and the policy has ${theCredentials(issue)}; use ${quotedCure(encryptedOrigin(issue.origin))}, or ${meant(issue.code)}`,
  'regexp-unsafe': ({ code }, value) =>
    `${value} may take very long for some origins (ReDoS); use a pattern such as "https://*.example.com", or ${meant(code)}`,
  'regexp-too-wide': (issue, value) => `${tooWide(issue, value)}, or ${meant(issue.code)}`,
  'regexp-matches-nothing': (_, value) =>
    `no origin matches ${value}, as a RegExp has to match the whole origin; write the scheme, the host in lower case, and a port only if it is not the default one, without a path or a slash at the end, as in /https:\\/\\/([a-z0-9-]+\\.)*example\\.com/, or use a pattern such as "https://*.example.com"`,
  'regexp-dot': ({ code }, value) =>
    `in ${value} a dot between letters stands for any character; write \\., or ${meant(code)}`,
  'resolver-missing': ({ isProvided }, value) =>
    isProvided
      ? `the provider ${value} has no method allowsOrigin(); add it, as { resolver: … } calls it with each origin`
      : `no module provides the resolver ${value}; add it to the providers of a module that the application imports`,
  'resolver-ambiguous': (_, value) =>
    `several modules provide the resolver ${value}, each with an instance of its own; provide it in one module that exports it, and import that module`,
  'resolver-scoped': (_, value) =>
    `the resolver ${value} is request-scoped or transient, but a preflight is answered before there is a scope; make it a static provider`,

  // Methods and headers.
  'method-invalid': ({ keyword, value: written }, value) =>
    keyword
      ? `${value} is not allowed in a list of methods; write ${/auto/i.test(String(written)) ? '"auto"' : '"*"'} alone, as a string`
      : `${value} is not a valid method name; write one such as "PUT"`,
  'method-forbidden': (_, value) => `no page can ever send ${value}; remove it`,
  'method-case': (_, value) =>
    `methods are case-sensitive, and ${value} is not ${value.toUpperCase()}; write ${value.toUpperCase()}`,
  'header-invalid': ({ keyword, alone }, value) =>
    keyword
      ? `${value} is not allowed in a list of headers; ${alone ? 'write it alone, as a string' : 'remove it, as it cannot go with credentials either'}`
      : `${value} is not a valid header name; write one such as "X-Total-Count"`,
  'header-forbidden': ({ reason }, value) => `${value} ${reason}; remove it`,
  'expose-any-with-credentials': ({ exposedFrom, credentialsFrom, where }) =>
    `with credentials${inherited(credentialsFrom, where)} browsers read "*"${inherited(exposedFrom, where)} as the name of a header; list the names`,
  'max-age': (_, value) =>
    `${value} is not a whole number of seconds from 0 to 86400, where browsers cap it; write one, or leave it out`,
  status: (_, value) =>
    `${value} is not a status that lets a preflight pass; write a whole number from 200 to 299, or leave it out for 204`,

  // Paths.
  'path-matches-nothing': ({ why }, value) => `no request can match ${value}: ${why}`,
  'path-of-a-route': ({ handlers }, value) =>
    `${value} is served by ${safeText(listed(handlers))}, so this entry has no effect; use @Cors there, or Cors(false)(TheirController) for a class that is not yours, or list in methods only those that they do not serve`,

  // The application as a whole.
  'no-options-handler': () =>
    'leaves preflights to an OPTIONS handler, but this path has none; add an @Options() handler, or remove it',
  'not-a-route': ({ place }) =>
    place === 'gateway'
      ? '@Cors has no effect here, as one socket carries all messages of a gateway; put it on the gateway class'
      : '@Cors has no effect here, as this is not an HTTP handler; remove it',
  'gateway-option': ({ reason }) => `has no effect on a gateway, as ${reason}; remove it`,
  'gateway-unjudged': (_, value) =>
    `${value} creates a server that nestjs-cors does not know, so its handshakes cannot be checked; use IoAdapter, WsAdapter or a subclass, or remove @Cors and check them there`,
  'lost-decorator': () =>
    '@Cors is lost: a decorator above it replaced the method with another function; move @Cors above that decorator',
  'lazy-module': () =>
    'CorsModule is loaded by LazyModuleLoader, but policies apply to routes that are registered at start; import CorsModule.forRoot() once, in the root module',
  'options-scoped': ({ value: name }) =>
    `the options depend on ${typeof name === 'string' ? `${safeText(name)}, which is request-scoped` : 'a request-scoped provider'}, but policies are compiled at start, before any request; inject only static providers, and use a resolver for what depends on a request`,
  'duplicate-module': () =>
    'CorsModule is imported twice, or without forRoot(); import CorsModule.forRoot() once, in the root module',
  'duplicate-cors': duplicateCors,
  'old-platform': ({ name }, value) =>
    `${name} ${value} is older than 11.1.10, the oldest that this package works with; update it to the version of @nestjs/core`,
};

function duplicateCors({ source, mounts, caller }: IssueOf<'duplicate-cors'>): string {
  const conflict = 'and two sources contradict each other';
  switch (source) {
    case 'socket-server':
      return 'the cors option of a socket server and its CORS policy contradict each other; remove the option, @Cors on the gateway replaces it';
    case 'enableCors':
      return `app.enableCors() is called as well${caller === undefined ? '' : `, at ${safeText(caller)}`}, ${conflict}; remove the call${isOfPackage(caller) ? ', or switch it off in that package' : ''}`;
    case 'option':
      return `the application is created with the option cors as well, ${conflict}; remove it from NestFactory.create(AppModule, { cors })`;
    case 'plugin':
      return `the plugin @fastify/cors is registered as well, ${conflict}; remove the registration`;
    case 'middleware':
      return mounts.length === 0
        ? `app.use(cors()) is active as well, for every URL, ${conflict}; remove it`
        : `app.use(${mounts.map((mount) => `'${safeText(mount)}'`).join(', ')}, cors()) is active as well, ${conflict} for the routes there; remove it, and use @Cors on these routes`;
    case 'unknown':
      break;
  }
  return `enableCors(), { cors }, cors() as middleware or @fastify/cors is active as well, ${conflict}; remove it`;
}

function isOfPackage(caller: string | undefined): boolean {
  return caller !== undefined && /node_modules[/\\]/.test(caller);
}

function didYouMean(guess: string | undefined, otherwise: string): string {
  return guess === undefined ? otherwise : `did you mean ${safeText(guess, LONGEST_CURE)}?`;
}

/** True for an item of a list. */
function isItem(path: string): boolean {
  return path.endsWith(']');
}

/** `originList()` splits at commas, and only there: it may have been given other separators. */
function originListFor(text: unknown, path: string): string {
  const isCommaList = typeof text === 'string' && !/[^,\s]\s+[^,\s]/.test(text) && text.includes(',');
  return isCommaList
    ? `, or ${isItem(path) ? '...' : ''}originList(value) for an environment variable`
    : '; in an environment variable, separate them by commas for originList(value)';
}

function theOrigin({
  origin,
  originFrom,
  where,
}: IssueOf<'public-suffix' | 'insecure-origin-with-credentials'>): string {
  return `${quotedValue(origin)}${inherited(originFrom, where)}`;
}

function theCredentials({
  credentialsFrom,
  where,
}: IssueOf<'public-suffix' | 'insecure-origin-with-credentials'>): string {
  return `credentials${inherited(credentialsFrom, where)}`;
}

/** Why nothing can be proven; each completes "it …". */
const OBSTACLES = {
  'look-around': 'has a look-around',
  'back-reference': 'has a back-reference',
  syntax: 'has syntax that cannot be analysed',
  size: 'is too complex to be analysed',
} as const;

const PATTERN = 'use a pattern such as "https://*.example.com"';

function tooWide({ stranger, obstacle, withCredentials, where }: IssueOf<'regexp-too-wide'>, value: string): string {
  if (withCredentials !== undefined) {
    const { origin, originFrom, credentialsFrom } = withCredentials;
    const expression = `${origin}${inherited(originFrom, where)}`;
    const credentials = `with credentials${inherited(credentialsFrom, where)}`;
    return obstacle === undefined
      ? `${expression} also accepts ${example(stranger, 'origins')}, which is neither https nor loopback, ${credentials}; ${encrypting(stranger)}`
      : `${expression} cannot be proven to accept https only, ${credentials}, as it ${OBSTACLES[obstacle]}; ${PATTERN}`;
  }
  return obstacle === undefined
    ? `${value} also accepts ${example(stranger, 'hosts')}, which it does not spell out; ${spellingOut(stranger)}`
    : `${value} cannot be proven to reject other sites, as it ${OBSTACLES[obstacle]}; write it without that, ${PATTERN}`;
}

/** Hosts of an extension or an app have no domain. */
function spellingOut(stranger: string | undefined): string {
  const scheme = schemeOfApp(stranger);
  return scheme === undefined
    ? `write the domain out, ${PATTERN}`
    : `write each host out, or use "${scheme}://*" for all of them`;
}

/** The origin of an extension or an app is not encrypted: with credentials, it has to be named. */
function encrypting(stranger: string | undefined): string {
  return schemeOfApp(stranger) === undefined
    ? 'begin it with https:\\/\\/'
    : `write the origins of extensions and apps as strings, such as ${quotedValue(stranger)}`;
}

function schemeOfApp(origin = ''): string | undefined {
  return /^(?!(?:http|ws)s?:)[^:]+(?=:)/.exec(origin)?.[0];
}

function example(stranger: string | undefined, kind: string): string {
  return stranger === undefined ? `other ${kind}` : quotedValue(stranger);
}

/** As many names as fit a line. */
function listed(names: readonly string[]): string {
  const more = names.length - LONGEST_LIST;
  return more > 0 ? `${names.slice(0, LONGEST_LIST).join(', ')} and ${more} more` : names.join(', ');
}

const LONGEST_LIST = 5;

function inherited(from: string, where: string): string {
  return from === where ? '' : ` (inherited from ${safeText(from)})`;
}

function meant(code: string): string {
  return `if this is intended, add dangerouslyAllow: ['${code}']`;
}
