import { describe, expect, it, jest } from '@jest/globals';

import { analyseRegExp } from '../../../lib/policy/origins/regexp-analysis.js';
import type { RegExpWidth, TooWide } from '../../../lib/policy/origins/regexp-width.js';
import { BudgetSpent, StepBudget } from '../../../lib/policy/origins/step-budget.js';

function width({ source, flags }: RegExp): RegExpWidth {
  return analyseRegExp(source, flags.replace(/[dgym]/g, '')).width;
}

/** In one word: `ok`, the stranger, or what is in the way of a proof. */
function verdict(tooWide: TooWide | undefined): string {
  return tooWide === undefined ? 'ok' : (tooWide.obstacle ?? tooWide.stranger ?? 'no example');
}

/** With the flags that a parser of this language version does not know in a literal. */
function withFlags(source: string, flags: string): RegExp {
  return new RegExp(source, flags);
}

describe('an expression that spells out its domains', () => {
  it.each([
    /https:\/\/([a-z0-9-]+\.)*example\.com/,
    /https:\/\/pr-\d+\.preview\.example\.com/,
    /https:\/\/(a\.example\.com|b\.example\.org)(:\d+)?/,
    /http:\/\/localhost:\d+/,
    /^https:\/\/[a-z0-9-]+\.example\.com$/,
    /^(?:https:\/\/(?<name>\w+)\.example[.]com)$/i,
    /https:\/\/.*\.example\.com/,
    /https:\/\/.+\.example\.co\.uk/,
    /https:\/\/\S+\.example\.com(?::[0-9]{1,5})?/,
    /https:\/\/[^.]+\.example\.com/s,
    /https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+example\.com/,
    /https:\/\/[a-z]{1,63}\.[a-z]{1,63}\.example\.com/,
    /https:\/\/.*[./]example\.com/,
    /https:\/\/(www\.)?example\.com/,
    /https:\/\/example\.(com|org|co\.uk)/,
    /https:\/\/(foo|bar)\.(com|org|net)/,
    /https:\/\/(example|example1)\.com/,
    /https:\/\/(a|bc)\.com/,
    /https:\/\/(?:a|b)\.(?:com|org)/,
    /https:\/\/(a\.com|b\.com)/,
    /https:\/\/(dev-|staging-)?example\.com/,
    /https:\/\/(a|b)[.]?\.example\.com/,
    /https:\/\/(x?y|y|xy)\.com/,
    /https:\/\/example\.(com|org)\.?/,
    /https:\/\/(\w+[-.]?\.)*example\.com/,
    /https:\/\/x{2}\.(com|org)/,
    /https:\/\/example\.com\.?/,
    /https:\/\/[a-z]+\.example\.com\.?(:\d+)?/,
    /https:\/\/([a-z0-9-]+\.)*example\.(com|de|fr|it|es|nl|at|ch|co\.uk|com\.au)(:\d+)?/,
    /https:\/\/(.*\.)?example\.(com|org|net|io|dev|app)(?::\d{1,5})?/,
    /https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*example\.(com|org|net|io|dev|app)(:[1-9]\d{0,4})?/,
    /https:\/\/(www\.)?(example|test)\.(com|org)\/?/,
    /https:\/\/example\.(com|org)(\/|:\d+)?/,
    /https:\/\/(example\.com\/?|example\.org[/\s]*)/,
    /https:\/\/my-site\.vercel\.app/,
    /https:\/\/[a-z]+\.my-site\.vercel\.app/,
    /https:\/\/vercel\.app/,
    /https:\/\/192\.168\.1\.(10|11)/,
    /https:\/\/\[2001:db8::1\](:8443)?/,
    /https:\/\/intranet/,
    /https:\/\/(\b[a-z-]+\b\.)*example\.com/,
    /https:\/\/a\Bb\.example\.com/,
    /https:\/\/(^|)a\.example\.com($|)/,
    /https:\/\/a\.example\.com|/,
    /https:\/\/[a-z]+\.x\.amazonaws\.com/,
    /https:\/\/s3\.amazonaws\.com/,
    /https:\/\/(?:a{0}){0,3}example\.com/,
    /https:\/\/pr-(\d|[a-z]{2})\.example\.com/,
    withFlags('https://pr-(?:\\b[\\w&&[a-z]]|ab)\\.example\\.com', 'v'),
    /https:\/\/a(|(?:b*){0}c\B)-x\.example\.com/,
    /https:\/\/\x65xample\.com/,
    /https:\/\/Example\.com/i,
    /https:\/\/exampſe\.com/iu,
    /https:\/\/\u212aelvin\.com/iu,
    /https:\/\/\p{Ll}+\.example\.com/u,
    /https:\/\/\p{Script=Latin}+\.example\.com/u,
    withFlags('https://[\\p{L}--z]+\\.example\\.com', 'v'),
    /https:\/\/[^\u{1f600}]+\.example\.com/u,
    withFlags('https://[\\w&&[a-z]]+\\.example\\.com', 'v'),
    /https:\/\/(?:127\.0\.0\.1|localhost)(:\d+)?/gimy,
    withFlags('https://(?:(?<a>x)|(?<b>y))\\.example\\.com', 'u'),
  ])('%s is accepted', (regexp) =>
    expect(analyseRegExp(regexp.source, regexp.flags.replace(/[dgym]/g, ''))).toEqual({
      quick: true,
      width: { nothing: false, tooWide: undefined, insecure: undefined },
    }),
  );

  it('is accepted with the whole loopback', () => {
    expect(verdict(width(/^https?:\/\/(?:(?:[^:]+\.)?localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/).tooWide)).toBe('ok');
    expect(width(/http:\/\/127\.\d+\.\d+\.\d+(:\d+)?/)).toMatchObject({ tooWide: undefined, insecure: undefined });
    expect(width(/http:\/\/(app\.)?localhost\.(:\d+)?/)).toMatchObject({ tooWide: undefined, insecure: undefined });
    expect(verdict(width(/https:\/\/a?localhost\./).tooWide)).toBe('ok');
    expect(width(/http:\/\/([a-z]+\.)+localhost/)).toMatchObject({ tooWide: undefined, insecure: undefined });
    expect(verdict(width(/http:\/\/\w*localhost/).tooWide)).toBe('http://alocalhost');
    expect(verdict(width(/http:\/\/12[78]\.0\.0\.\d+/).tooWide)).toBe('http://128.0.0.0');
    expect(verdict(width(/http:\/\/127\.0\.0\.[a-z]+/).tooWide)).toBe('http://127.0.0.a');
    expect(verdict(width(/http:\/\/\[::\d\]/).tooWide)).toBe('no example');
  });

  it('is accepted in whatever case a scheme keeps it', () => {
    const verdicts = ({ tooWide, insecure }: RegExpWidth): string[] => [verdict(tooWide), verdict(insecure)];
    expect(verdicts(width(/app:\/\/\./))).toEqual(['ok', 'app://.']);
    expect(verdicts(width(/app:\/\/a\.\.b/))).toEqual(['ok', 'app://a..b']);
    expect(verdicts(width(/custom:\/\/MyHost(:\d+)?/))).toEqual(['ok', 'custom://MyHost']);
    expect(verdicts(width(/custom:\/\/My(Host|Other)/))).toEqual(['ok', 'custom://MyHost']);
    expect(verdicts(width(/custom:\/\/MyHost/i))).toEqual(['ok', 'custom://myhost']);
    expect(verdicts(width(/custom:\/\/[Mm]yHost/))).toEqual(['ok', 'custom://myHost']);
    expect(verdicts(width(/(https|capacitor):\/\/example\.com/i))).toEqual(['ok', 'capacitor://example.com']);
    expect(verdicts(width(/.*\.example\.com/i))).toEqual(['ok', 'http://a.example.com']);
    expect(verdicts(width(/app:\/\/[\w.]+\.Example\.com/))).toEqual(['ok', 'app://a.Example.com']);
    expect(verdicts(width(/app:\/\/127\.0\.0\.1/))).toEqual(['ok', 'app://127.0.0.1']);
    expect(verdicts(width(/(https?|app):\/\/localhost(:\d+)?/i))).toEqual(['ok', 'ok']);
    expect(verdicts(width(/app:\/\/([a-z.]+\.)?localhost\.?|app:\/\/\[::1\]/))).toEqual(['ok', 'ok']);
  });
});

describe('an expression that lets strangers in', () => {
  it.each([
    [/https:\/\/[a-z0-9-]+\.com/, 'https://a.com'],
    [/https:\/\/.+\.vercel\.app/, 'https://a.vercel.app'],
    [/https:\/\/example\.com(\.[a-z]+)?/, 'https://example.com.a'],
    [/https:\/\/\d+example\.com/, 'https://0example.com'],
    [/.*/, 'a://a'],
    [/https:\/\/.*/, 'https://a'],
    [/http:\/\/[a-z.]+/, 'http://a'],
    [/^https?:\/\/.*$/, 'http://a'],
    [/https:\/\/.*example\.com/, 'https://aexample.com'],
    [/https:\/\/[a-z.]*example\.com$/, 'https://aexample.com'],
    [/https:\/\/[a-z]*.?example\.com/, 'https://aexample.com'],
    [/https:\/\/\w*example[.]com:3000/, 'https://aexample.com:3000'],
    [/https:\/\/example\.com.*/, 'https://example.coma'],
    [/https:\/\/example\.com.+/, 'https://example.coma'],
    [/(https:\/\/a\.example)|.+/, 'a://a'],
    [/https:\/\/app.example\.com/, 'https://appaexample.com'],
    [/https:\/\/www\.example.com/, 'https://www.exampleacom'],
    [/https:\/\/example\.[a-z]{2}/, 'https://example.aa'],
    [/https:\/\/example\d\.com/, 'https://example0.com'],
    [/https:\/\/example[1-5]\.com/, 'https://example1.com'],
    [/https:\/\/[ab][cd][ef]\.com/, 'https://ace.com'],
    [/https:\/\/[abc]{3}\.com/, 'https://aaa.com'],
    [/https:\/\/(ab)+\.com/, 'https://ab.com'],
    [/https:\/\/(a|b|ab)*c\.com/, 'https://c.com'],
    [/https:\/\/(a|b|c){5}\.com/, 'https://aaaaa.com'],
    [/https:\/\/((a|b|c){2}|x(a|b|c){5}\.com)/, 'https://aa'],
    [/https:\/\/([a-z]\.com|xa\.com)/, 'https://a.com'],
    [/https:\/\/([a-z]+|example)\.com/, 'https://a.com'],
    [/https:\/\/my-app-[a-z0-9-]+\.vercel\.app/, 'https://my-app-a.vercel.app'],
    [/https:\/\/pr-\d+--site\.netlify\.app/, 'https://pr-0--site.netlify.app'],
    [/https:\/\/[^.]+\.co\.uk/, 'https://a.co.uk'],
    [/https:\/\/[a-z]+\.github\.io/, 'https://a.github.io'],
    [/https:\/\/.+\.amazonaws\.com/, 'https://a.amazonaws.com'],
    [/https:\/\/[a-z]+\.internal/, 'https://a.internal'],
    [/https:\/\/.*\.example\.com\.?.*/, 'https://a.example.coma'],
    [/http:\/\/192\.168\.\d{1,3}\.\d{1,3}:3000/, 'http://192.168.0.0:3000'],
    [/http:\/\/[\d.]+/, 'http://0.0.0.0'],
    [/http:\/\/0x[0-9a-f]+\.?[a-z]*/, 'http://0xag'],
    [/http:\/\/\d+[a-z]?/, 'http://0a'],
    [/https:\/\/\[[0-9a-f:]+\]/, 'https://[::]'],
    [/https:\/\/\[[0-9a-f]:[0-9a-f:]+\]/, 'no example'],
    [/https:\/\/[a-z]{64}\.com/, 'no example'],
    [/chrome-extension:\/\/[a-p]{32}/, `chrome-extension://${'a'.repeat(32)}`],
    [/https:\/\/\b.*\bexample\.com/, 'https://a-example.com'],
    [/https:\/\/[a-z]+(\.example\.com)?/, 'https://a'],
    [/https:\/\/example\.com(:\d+)?|https:\/\/evil\w\.com:\d+/, 'https://evila.com:1'],
    [/https:\/\/[ſ]\w*\.example\.com|https:\/\/\W+xample\.com/iu, 'https://-xample.com'],
    [/https:\/\/www\.?example\.com/, 'https://wwwexample.com'],
    [/https:\/\/www(\.|)example\.com/, 'https://wwwexample.com'],
    [/https:\/\/www(?:\.)?example\.com/, 'https://wwwexample.com'],
    [/https:\/\/www\.*example\.com/, 'https://wwwexample.com'],
    [/https:\/\/www\.{0,1}?example\.com/, 'https://wwwexample.com'],
    [/https:\/\/(www)?\.?example\.com/, 'https://wwwexample.com'],
    [/https:\/\/(?:)(?:|a)\.?example\.com/, 'https://aexample.com'],
    [/https:\/\/www(\.|--)?example\.com/, 'https://www--example.com'],
    [/https:\/\/app[.-]example\.com/, 'https://app-example.com'],
    [/https:\/\/app(\.|-)example\.com/, 'https://app-example.com'],
    [/https:\/\/app(?:-|\.)?example\.com(:\d+)?/, 'https://appexample.com'],
    [/https:\/\/example\.com?/, 'https://example.co'],
    [/https:\/\/example\.co(m|)/, 'https://example.co'],
    [/https:\/\/example\.com?(:\d+)?/, 'https://example.co'],
    [/https:\/\/examples?\.com/, 'https://example.com'],
    [/https:\/\/(?:a{0}b|c)?x\.com/, 'https://x.com'],
    [/https:\/\/ex-?ample\.com/, 'https://example.com'],
    [/https:\/\/exx{0,2}ample\.com/, 'https://example.com'],
    [/https:\/\/example(1|2)\.com/, 'https://example2.com'],
    [/https:\/\/example[12]?\.com/, 'https://example1.com'],
    [/https:\/\/example[1-4]\.com/, 'https://example1.com'],
    [/https:\/\/a\.com|https:\/\/bb?\.com/, 'https://b.com'],
    [/https:\/\/(a\.com|bb?\.com)/, 'https://b.com'],
    [/https:\/\/10\.0\.0\.1\d?/, 'https://10.0.0.10'],
    [/https:\/\/my-?app\.vercel\.app/, 'https://myapp.vercel.app'],
    [/(^|x)https:\/\/a\.example\.com($|y)/, 'https://a.example.comy'],
    [/https:\/\/[^a-z]+\.com/u, 'https://0.com'],
    [/https:\/\/\P{Lu}+\.com/u, 'https://a.com'],
    [/[a-z-]+:\/\/.*/, 'a://a'],
    [/[a-z-]+:\/\/.*/i, 'a://a'],
    [/[a-z-]+:\/\/[A-Z]+/, 'a://A'],
    [/[a-z-]+:\/\/([A-Z]|[a-z])+/, 'a://a'],
    [/.*:\/\/\.+/, 'a://.'],
    [/.*MyHost/, 'a://aMyHost'],
    [/app:\/\/\w*MyHost/, 'app://aMyHost'],
    [/app:\/\/\w+MyHost:[1-9]00/, 'app://aMyHost:100'],
    [/app:\/\/[A-F]+-Host/, 'app://A-Host'],
    [/app:\/\/x.?Host/, 'app://xaHost'],
    [/app:\/\/..MyHost/, 'app://aaMyHost'],
    [/app:\/\/.*\.MyHost/, 'app://a.MyHost'],
    [/app:\/\/.*\.x\.\.com/, 'app://a.x..com'],
    [/app:\/\/[A-Z]+\.example\.com\.\./, 'app://A.example.com..'],
    [/app:\/\/127\.0\.0\.\d+/, 'app://127.0.0.0'],
    [/app:\/\/.*localhost/, 'app://alocalhost'],
    [/app:\/\/localhost\.\.+/, 'app://localhost..'],
    [/app:\/\/localhost[A-Z]/, 'app://localhostA'],
    [/safari-web-extension:\/\/[0-9A-F-]+/, 'safari-web-extension://0'],
    [/safari-web-extension:\/\/[A-F]{8}-0/, 'safari-web-extension://AAAAAAAA-0'],
    [/\w+:\/\/\bA\B[A-Z]\b/, 'a://AA'],
  ])('%s is refused: %s', (regexp, stranger) => {
    const found = width(regexp);
    expect(verdict(found.tooWide)).toBe(stranger);
    expect(stranger === 'no example' || new RegExp(`^(?:${regexp.source})$`, regexp.flags).test(stranger)).toBe(true);
    expect(found.nothing).toBe(false);
  });

  it('names the last domain that is spelled out, and the first that is too many', () => {
    const domains = (count: number): RegExp =>
      new RegExp(
        `https://(${Array.from({ length: count }, (_, index) => `${'abcdefgh'[index % 8]}x${index}`).join('|')})\\.com`,
      );
    expect(verdict(width(domains(64)).tooWide)).toBe('ok');
    expect(verdict(width(domains(65)).tooWide)).toBe('https://ax0.com');
  });

  it.each([
    [/.*\.example\.com/, 'http://a.example.com'],
    [/https?:\/\/example\.com/, 'http://example.com'],
    [/https?:\/\/(a\.com|b\.com)/, 'http://a.com'],
    [/\w+:\/\/example\.com:8443/, 'http://example.com:8443'],
    [/(^|x)https:\/\/a\.example\.com($|:1)/, 'xhttps://a.example.com'],
    [/wss:\/\/example\.com/, 'wss://example.com'],
    [/chrome-extension:\/\/abcdefghijklmnopabcdefghijklmnop/, 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
    [/http:\/\/127\.0\.0\.1\.example\.com/, 'http://127.0.0.1.example.com'],
    [/capacitor:\/\/localhost/, 'ok'],
    [/http:\/\/\[::1\]:3000/, 'ok'],
  ])('with credentials only, %s is refused: %s', (regexp, stranger) => {
    const { tooWide, insecure } = width(regexp);
    expect([verdict(tooWide), verdict(insecure)]).toEqual(['ok', stranger]);
  });
});

describe('an expression that nothing is proven of', () => {
  it.each([
    [/https:\/\/(?!.*evil).*/, 'look-around'],
    [/https:\/\/(?=a)[a-z]+\.example\.com/, 'look-around'],
    [/https:\/\/[a-z]+(?<!evil)\.example\.com/, 'look-around'],
    [/https:\/\/(?<=\/)[a-z]+\.example\.com/, 'look-around'],
    [/https:\/\/([a-z])\1\.example\.com/, 'back-reference'],
    [/https:\/\/(?<l>[a-z])\k<l>\.example\.com/, 'back-reference'],
    [withFlags('https://[\\q{app|www}]\\.example\\.com', 'v'), 'syntax'],
    [/.{0,320}/, 'size'],
    [/(((.?){9}){9}){9}/, 'size'],
    [/https:\/\/a{1000000000}\.example\.com/, 'size'],
    [/https:\/\/(?:){1000000000}\.example\.com/, 'size'],
    [new RegExp('('.repeat(101) + ')'.repeat(101)), 'size'],
    [new RegExp(`${String.raw`(\)[)]`.repeat(101)}${')'.repeat(101)}`), 'size'],
    [new RegExp(`${'[^'.repeat(101)}a${']'.repeat(101)}`, 'v'), 'size'],
    [new RegExp(`https://${'a'.repeat(2000)}`), 'size'],
  ])('%s is refused, because of: %s', (regexp, obstacle) => {
    const unproven = { stranger: undefined, obstacle };
    expect(width(regexp)).toEqual({ nothing: false, tooWide: unproven, insecure: unproven });
  });

  it.each(['(?i:https)://example\\.com', '('])('counts syntax that it does not know: %s', (source) => {
    expect(verdict(analyseRegExp(source, '').width.tooWide)).toBe('syntax');
  });

  /** 200 characters each, and as much work as these can make. */
  it.each([
    '.{0,9}'.repeat(33),
    `https://${'.*'.repeat(88)}\\.example\\.com`,
    `https://${'(.?){99}'.repeat(23)}`,
    `https://${'(a|b|.)'.repeat(24)}{0,99}`,
    `.*${'(x|y|\\w*)*'.repeat(18)}`,
    `https://${'[^.]{1,63}\\.'.repeat(14)}com`,
    `${'('.repeat(80)}.${'*)'.repeat(40)}${')'.repeat(40)}`,
    `https://(${'a|b|'.repeat(46)}c)+`,
    `https://${'[ab]?'.repeat(36)}\\.com`,
    `https://(${'\\b.\\B|'.repeat(30)}x)*`,
  ])('is given up after 30000 steps, however hostile it is: %s', (source) => {
    const spend = jest.spyOn(StepBudget.prototype, 'spend');
    const { tooWide, nothing } = analyseRegExp(source, '').width;
    const [budget] = spend.mock.contexts;
    const steps = (whose: (context: unknown) => boolean): number =>
      spend.mock.calls.reduce((sum, [each], index) => (whose(spend.mock.contexts[index]) ? sum + each : sum), 0);
    const forWidth = steps((context) => context === budget);
    const forEffort = steps((context) => context !== budget);
    spend.mockRestore();
    expect(source.length).toBeLessThanOrEqual(205);
    expect(forWidth).toBeLessThanOrEqual(31_000);
    expect(forEffort).toBeLessThanOrEqual(21_000);
    expect(tooWide !== undefined || nothing).toBe(true);
    expect(tooWide?.obstacle === 'size').toBe(forWidth > 30_000);
  });

  it('throws as soon as the steps are spent', () => {
    const budget = new StepBudget(2);
    budget.spend(2);
    expect(() => budget.spend(1)).toThrow(BudgetSpent);
  });
});

describe('an expression that matches no origin', () => {
  it('is found although it is nested 100 deep', () => {
    expect(width(new RegExp('('.repeat(100) + ')'.repeat(100)))).toMatchObject({ nothing: true });
  });

  it.each([
    /example\.com$/,
    /^example\.com/,
    /https:\/\/Example\.com/,
    /(https?|wss?|ftp):\/\/(Example\.com|\.|a\.\.b)/,
    /App:\/\/x/,
    /app:\/\/x\//,
    /app:\/\/é/,
    /app:\/\/\[A::1\]/,
    /app:\/\//,
    /app:\/\/(a b|a%20b)/,
    /https:\/\/example\.com\//,
    /https:\/\/example\.com\/.*/,
    /https:\/\/example\.com:443/,
    /http:\/\/example\.com:80/,
    /https:\/\/example\.com:0\d*/,
    /https:\/\/example\.com:\d{6}/,
    /https:\/\/example\.com:/,
    /https:\/\/\*\.example\.com/,
    /https:\/\/\.example\.com/,
    /https:\/\/a\.\.example\.com/,
    /https:\/\/example\.com$\.org/,
    /https:\/\/example\.com^/,
    /https:\/\/a\bb\.example\.com/,
    /https:\/\/\d+/,
    /https:\/\/1\.2\.3\.4\./,
    /https:\/\/01\.2\.3\.4/,
    /https:\/\/1\.2\.3\.4\.5/,
    /https:\/\/a\.0x1f/,
    /https:\/\/a\.1\.:8080/,
    /https:\/\/\[\]/,
    /https:\/\/\[::1\]\.example\.com/,
    /https:\/\/\[::g\]/,
    /file:\/\/localhost/,
    /1https:\/\/example\.com/,
    /https:\/example\.com/,
    /https:example\.com/,
    /null/,
    /(?:)/,
    /é/,
    /\u{1f600}/u,
  ])('%s', (regexp) => expect(width(regexp)).toEqual({ nothing: true, tooWide: undefined, insecure: undefined }));
});
