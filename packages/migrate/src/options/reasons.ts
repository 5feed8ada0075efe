/**
 * Why something stays as it is: what it is, and what to write instead. Each is a comment in the source and a line of the report.
 *
 * What this tool cannot translate in any form is to be moved by hand, and says so (`byHand`): else the next run would object to
 * what this one recommends.
 */
export const REASONS = {
  delegate:
    'the options depend on the request. Give the routes that differ a policy of their own with @Cors(); where the answer depends on the URL, use a resolver',
  originFunction: (byHand: string) =>
    `the origin is a function with a callback. Write it as (origin) => boolean, or a promise of one; it is not called for requests without an Origin, and false refuses, where an error was passed. To do so, ${byHand}`,
  regExp: (byHand: string) =>
    `the origin is a RegExp. Write a pattern such as 'https://*.example.com' instead; a RegExp has to match the whole origin in nestjs-cors, and must not match other sites. To do so, ${byHand}`,
  wildcardInList:
    "the list of origins contains '*'. Decide whether every origin is allowed (origin: '*') or only the others (remove it)",
  literalPattern: (origin: string, byHand: string) =>
    `"${origin}" was compared letter by letter until now and matched no page; in nestjs-cors it is a pattern. If it shall match, ${byHand}; if not, name the origins, or remove it`,
  noOrigin: "the origin has no value. Write '*' for any origin, or false for none",
  credentialsWithAny:
    "with credentials, every origin is allowed, so any page can act as its visitor. Name the origins, or remove credentials and write origin: '*'",
  spread: 'not all of the options are written here. Write them out in CorsModule.forRoot()',
  unknown: (text: string) =>
    `it is not known what ${short(text)} is. Write the options in CorsModule.forRoot(), or compute them in CorsModule.forRootAsync({ useFactory })`,
  shared: (name: string) =>
    `other code of this file uses ${name} as well. Move it to a file of its own that exports it, and run this again`,
  changed: (name: string) =>
    `other code changes ${name} after it is made. Write the options in CorsModule.forRoot(), or compute them in CorsModule.forRootAsync({ useFactory })`,
  condition: (text: string) =>
    `the origin depends on ${short(text)}, which the root module does not know. Decide it in CorsModule.forRootAsync({ useFactory })`,
  gatewayValue: (text: string) =>
    `it is not known what ${short(text)} is. Write @Cors({ … }) on the class, with values that are known when it is loaded`,
  option: (key: string) => `the option ${key} has no counterpart here. Remove it, or decide what replaces it`,
  ownOption: (key: string, byHand: string) => `the option ${key} is one of nestjs-cors. To use it, ${byHand}`,
  preflightContinue:
    'with preflightContinue the application answers preflights itself. Remove it, or set it with @Cors({ preflightContinue: true }) on the routes whose path has an @Options() handler',
  mistake: (sentence: string, byHand: string) =>
    `CorsModule would refuse the options at start: ${sentence}${sentence.includes('dangerouslyAllow') ? `. To add it, ${byHand}` : ''}`,
  names: (key: string, text: string) =>
    `it is not known which ${key} ${short(text)} are. Write the list in CorsModule.forRoot()`,
  'unknown-app':
    'it is not known which application this is for. Import CorsModule.forRoot() with these options into its root module, and remove this',
  conditional:
    'whether this runs is decided elsewhere. Decide it in the options: CorsModule.forRootAsync({ useFactory: () => ({ origin: condition && … }) }), where false allows no origin',
  mounted:
    "this is for some URLs only. Write it as an entry of paths in CorsModule.forRoot(), such as { path: '/files{/*rest}', policy: { … } }",
  'some-routes':
    'this is for routes that are given by their path, or leaves some out. Put @Cors({ … }) on their controllers and handlers; URLs without a controller are entries of paths',
  'not-a-statement':
    'this is part of another expression. Import CorsModule.forRoot() with these options into the root module, and remove this',
  stray:
    'this is a use of cors that is not known here. Once the root module imports CorsModule, preflights are answered before it: remove it, or make its URLs an entry of paths with untouched: true',
  server:
    'this is on a server that other code uses as well. Import CorsModule.forRoot() into the root module if only Nest answers there; else keep it for the other URLs only',
  'has-policy': 'the class has @Cors() already. Decide which of the two is right, and remove this',
  extended:
    'other classes extend this one, and would inherit its @Cors. Write it by hand, and on each of these classes what it shall have',
  'gateway-options':
    'the options of the gateway are written elsewhere. Write @Cors({ … }) on the class, and remove cors from them',
  hasModule: (name: string) => `${name} imports CorsModule already. Decide which of the two is right, and remove this`,
  rootMetadata: (name: string) =>
    `the imports of ${name} are not a list that can be added to. Import CorsModule.forRoot() with these options there, and remove this`,
  severalSources: (where: string) =>
    `other options for the same application are set in ${where}. Decide which of them are right, and remove the others`,
  otherEntry: (where: string, name: string) =>
    `${where} starts ${name} without CORS, and a policy in ${name} would be for both. Decide whether it shall be; else give each its own root module`,
  testOptions: (name: string) =>
    `from now on ${name} has the CORS policy, and this test sets other options. Remove this, or replace the options: overrideProvider(CORS_OPTIONS).useValue({ … })`,
  testOnly: (name: string) =>
    `only this test turns CORS on for ${name}. Decide whether the application shall have it; for the test alone, keep this`,
  nameTaken: (name: string) =>
    `the name ${name} means something else in the file that needs it. Rename it, and run this again`,
  outside: 'this is outside of the folder that is migrated. Run this on the whole workspace',
  noApplication:
    'no application of this folder imports this file. Run this on the folder of the application, or write @Cors({ … }) on the class by hand',
} as const;

/** How the options get where they belong without this tool. */
export const BY_HAND = {
  call: 'move the options to CorsModule.forRoot({ origin: … }) and delete this call',
  option: 'move the options to CorsModule.forRoot({ origin: … }) and delete the option cors',
  route: 'move the options to @Cors({ origin: … }) on the controllers and delete this call',
  gateway: 'move the options to @Cors({ origin: … }) on the class and delete the option cors',
} as const;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
