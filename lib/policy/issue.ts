import type { CorsConfigIssue } from './issue-data.js';
import { quotedValue } from './quoted-value.js';
import { safeText } from './safe-text.js';

export type { CorsConfigIssue } from './issue-data.js';

/**
 * The sentence of a mistake: quotes the value, says what is wrong with it, and the cure. Where the mistake is one that can be meant,
 * the cure includes the way to say so.
 *
 * What was written may itself be text from elsewhere (an environment variable), so every value is quoted with its control characters
 * escaped and cut to a length.
 */
export function describeIssue(issue: CorsConfigIssue): string {
  const value = quotedValue(issue.value);
  switch (issue.code) {
    case 'unknown-option':
      return `${value} is not known here; ${didYouMean(issue.guess, 'remove it')}`;
    case 'type':
      return `${value} does not belong here; write ${issue.expected}`;
    case 'unknown-policy':
      if (issue.origin) return `${value} is no name in forRoot({ policies }); did you mean { origin: ${value} }?`;
      return `${value} is no name in forRoot({ policies }); ${didYouMean(issue.guess, 'add it there')}`;
    case 'nested-use':
      return `only @Cors and paths can use a named policy, and this is inside forRoot or policies; write the options of ${value} out`;
    case 'opens-nothing':
      return 'what lies underneath is closed (false), and only a layer that names an origin opens it again; add origin, or remove these options';
    case 'nothing-to-extend':
      return 'the inherited list is "*", which has every name in it; remove { add }, or write the whole list';
    case 'max-age':
      return `${value} is not a whole number of seconds from 0 to 86400, where browsers cap it; write one, or leave it out`;
    case 'status':
      return `${value} is not a status with which a preflight passes; write a whole number from 200 to 299, or leave it out for 204`;
    default:
      return describeOriginIssue(issue, value);
  }
}

type NestCode =
  'no-options-handler' | 'not-a-route' | 'duplicate-module' | 'duplicate-cors' | 'needs-restart' | `resolver-${string}`;
type NameCode = `method-${string}` | `header-${string}` | 'expose-any-with-credentials';
type NestIssue = Extract<CorsConfigIssue, { code: NestCode }>;
type NameIssue = Extract<CorsConfigIssue, { code: NameCode }>;
type OriginIssue = Extract<
  CorsConfigIssue,
  {
    code:
      | `${'origin' | 'wildcard' | 'regexp'}-${string}`
      | 'null-origin'
      | 'public-suffix'
      | `${string}-origin-with-credentials`;
  }
>;

/** Section 2 of the rules: how origins are written. */
function describeOriginIssue(issue: OriginIssue | NameIssue | NestIssue, value: string): string {
  switch (issue.code) {
    case 'origin-missing':
      return "neither this policy nor one that it inherits from names an origin; add origin ('*' for everyone, false for nobody)";
    case 'origin-undefined':
      return `is ${value}, often an environment variable that is not set; set it, or write false for nobody (originList(value, { optional: true }))`;
    case 'origin-invalid':
      if (issue.suggestion !== undefined)
        return `${value} has no scheme; did you mean ${quotedValue(issue.suggestion)}?`;
      return `${value} is no origin; write scheme://host or scheme://host:port, such as "https://app.example.com"`;
    case 'origin-not-serialized':
      return `${value} is not how browsers write it; use ${quotedValue(issue.right)}`;
    case 'origin-scheme':
      return `${value}: pages of the file scheme send the origin null, so this can never match; serve the page over http://localhost`;
    case 'null-origin':
      return `any sandboxed frame, data: page or redirect can be "null"; name the origins, or ${meant(issue.code)}`;
    case 'origin-list-in-string':
      return `${value} holds more than one origin; write a list, or originList(value) for an environment variable`;
    case 'wildcard-among-origins':
      return 'the list has "*" among other origins, which it makes pointless; write \'*\' alone, or remove it';
    case 'wildcard-position':
      return `in ${value} the * is in the wrong place; it can stand for whole labels in front of a domain ("https://*.example.com") and for the port ("https://example.com:*")`;
    default:
      return describeOriginDanger(issue, value);
  }
}

type OriginDanger = Extract<
  OriginIssue,
  { code: `regexp-${string}` | 'public-suffix' | `${string}-origin-with-credentials` }
>;

/** Origins that can be meant, but rarely are. */
function describeOriginDanger(issue: OriginDanger | NameIssue | NestIssue, value: string): string {
  switch (issue.code) {
    case 'any-origin-with-credentials':
      return `cannot be true while origin is "*"${inherited(issue.originFrom, issue.where)}; name the origins`;
    case 'insecure-origin-with-credentials':
      return `${quotedValue(issue.origin)}${inherited(issue.originFrom, issue.where)} is not encrypted, so anyone on the network can be this page, with credentials${inherited(issue.credentialsFrom, issue.where)}; use https, or ${meant(issue.code)}`;
    case 'public-suffix':
      return `below ${quotedValue(issue.origin)}${inherited(issue.originFrom, issue.where)} anyone can register a name, with credentials${inherited(issue.credentialsFrom, issue.where)}; name the domains, or ${meant(issue.code)}`;
    case 'regexp-unsafe':
      return `${value} can take time that grows with a power of the origin's length (ReDoS); use a pattern such as "https://*.example.com", or ${meant(issue.code)}`;
    case 'regexp-too-wide':
      return `${value} also accepts ${quotedValue(issue.probe)}; use a pattern such as "https://*.example.com", or ${meant(issue.code)}`;
    case 'regexp-dot':
      return `in ${value} a dot between letters stands for any character; write \\., or ${meant(issue.code)}`;
    default:
      return describeNameIssue(issue, value);
  }
}

/** Methods and header names. */
function describeNameIssue(issue: NameIssue | NestIssue, value: string): string {
  switch (issue.code) {
    case 'method-invalid':
      return issue.keyword
        ? `${value} cannot stand in a list of methods; write it alone, as a string`
        : `${value} is no method name; write one such as "PUT"`;
    case 'method-forbidden':
      return `no page can ever send ${value}; remove it`;
    case 'method-case':
      return `methods are case-sensitive, and ${value} is another method than its upper-case form; write ${value.toUpperCase()}`;
    case 'header-invalid':
      return issue.keyword
        ? `${value} cannot stand in a list of headers; write it alone, as a string`
        : `${value} is no header name; write one such as "X-Total-Count"`;
    case 'header-forbidden':
      return `${value} ${issue.reason}; remove it`;
    case 'expose-any-with-credentials':
      return `browsers read "*"${inherited(issue.exposedFrom, issue.where)} as a header of that name when there are credentials${inherited(issue.credentialsFrom, issue.where)}; list the names`;
    default:
      return describeNestIssue(issue, value);
  }
}

/** Mistakes that only the application as a whole can have. The switch has no default: a new code does not compile until it has a sentence. */
function describeNestIssue(issue: NestIssue, value: string): string {
  switch (issue.code) {
    case 'resolver-missing':
      return `no module provides the resolver ${value}; add it to the providers of a module that the application imports`;
    case 'resolver-ambiguous':
      return `several modules provide the resolver ${value}, each its own; provide it in one module that exports it, and import that`;
    case 'resolver-scoped':
      return `the resolver ${value} is request-scoped or transient, but preflights are answered before a request has a scope; make it a static provider`;
    case 'no-options-handler':
      return 'preflightContinue leaves preflights to an OPTIONS handler, and this path has none; add an @Options() handler, or remove it';
    case 'not-a-route':
      return '@Cors has no effect here, as this is no HTTP handler; remove it (a gateway can ask CorsService.allows() from its allowRequest)';
    case 'duplicate-module':
      return 'CorsModule is imported twice, or without forRoot(); import CorsModule.forRoot() once, in the root module';
    case 'duplicate-cors':
      return 'enableCors(), { cors } or @fastify/cors is active too, and two sources contradict each other; remove it';
    case 'needs-restart':
      return 'cannot be brought in by update() here, as guards are bound at start; restart with it';
  }
}

function didYouMean(guess: string | undefined, otherwise: string): string {
  return guess === undefined ? otherwise : `did you mean ${safeText(guess)}?`;
}

function inherited(from: string, where: string): string {
  return from === where ? '' : ` (inherited from ${safeText(from)})`;
}

function meant(code: string): string {
  return `if it is meant, dangerouslyAllow: ['${code}']`;
}
