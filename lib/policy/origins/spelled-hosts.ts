import type { Edge, Node } from './matched-origins.js';
import { hasSuffixBelow, registrableDomain } from './registrable-domain.js';
import { ShortestOrigin } from './shortest-origin.js';
import type { StepBudget } from './step-budget.js';

/** How many domains one expression can spell out. A longer list is a list of strings. */
const MOST_DOMAINS = 64;

const MAX_HOST_LENGTH = 253;

/**
 * URL standard, "ends in a number checker": such a host is an IPv4 address. A name with an empty label is no domain, and is
 * a host in some schemes.
 */
const NO_DOMAIN = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$|\]$|^\.|\.\.|\.$/;

/** Nodes, each with the shortest text that completes the origin from there: what is left of the host, and a port or nothing. */
type Rests = ReadonlyMap<Node, string>;

/** The end of hosts, read backwards up to one character. */
interface Ending {
  /** In lower case. */
  readonly text: string;
  /** Where the graph can be in front of the text. */
  readonly all: Rests;
  /** The part of these that has spelled out the whole text. */
  readonly spelled: ReadonlySet<Node>;
}

/**
 * Looks for hosts that an expression matches without spelling them out, or the registrable domain that they lie below.
 *
 * A name is owned from its end: `x.example.com` belongs to whom `example.com` belongs to. So hosts are read backwards, all
 * of them at once, one ending after another. As long as each character is one that the expression spells out, there are
 * few endings. Where a dot stands in front of a registrable domain, everything before it belongs to the same owner.
 * Where only a wildcard allows a character before that, the expression accepts other sites. Upper case, which some schemes
 * keep, makes no other owner.
 */
class HostReader {
  /** Of the origins whose host is not spelled out. */
  readonly strangers = new ShortestOrigin();
  /** Of the others. */
  readonly #shared = new ShortestOrigin();
  readonly domains = new Set<string>();
  readonly #budget: StepBudget;
  readonly #owned: ReadonlySet<string> | undefined;

  constructor(budget: StepBudget, owned: ReadonlySet<string> | undefined) {
    this.#budget = budget;
    this.#owned = owned;
  }

  #isOwned(domain: string): boolean {
    return this.#owned?.has(domain) !== false;
  }

  readAll(ends: Rests): void {
    let endings: readonly Ending[] = [{ text: '', all: ends, spelled: new Set(ends.keys()) }];
    while (endings.length > 0 && this.domains.size + endings.length <= MOST_DOMAINS) {
      endings = endings.flatMap((ending) => this.#longer(ending));
    }
    if (this.domains.size + endings.length > MOST_DOMAINS) {
      this.strangers.take(this.#shared);
      endings.forEach(({ all }) => this.#offer(this.strangers, all));
    }
  }

  /** The endings that are one character longer, as far as it is not settled whose they are. */
  #longer(ending: Ending): readonly Ending[] {
    this.#readWhole(ending);
    const owner = ownerOf(ending.text);
    const settled = owner !== undefined && !hasSuffixBelow(nameOf(ending.text));
    const endings = this.#spelledOut(ending, settled);
    for (const [node, rest] of ending.all) {
      for (const { from, characters, written } of hostEdges(node)) {
        this.#budget.spend(2);
        let known = true;
        for (const [index, character] of Array.from(characters).entries()) {
          const text = written.charAt(index) + rest;
          const longer = endings.get(character);
          if (longer !== undefined) {
            keepShortest(longer.all, from, text);
          } else if (settled && character === '.') {
            this.domains.add(owner);
            const shortest = this.#isOwned(owner) ? this.#shared : this.strangers;
            shortest.offer(from.prefix, text);
          } else if (known) {
            known = false;
            this.strangers.offer(from.prefix, text);
          }
        }
      }
    }
    return [...endings.values()].filter(({ text }) => text.length <= MAX_HOST_LENGTH);
  }

  /** By the character in front, without all the nodes that only wildcards lead to. */
  #spelledOut({ text, spelled }: Ending, settled: boolean): Map<string, Ending & { readonly all: Map<Node, string> }> {
    const endings = new Map<string, { text: string; all: Map<Node, string>; spelled: Set<Node> }>();
    for (const node of spelled) {
      for (const { from, characters, choices } of hostEdges(node)) {
        this.#budget.spend(1);
        // What leaves a choice is a wildcard, however small: `app[.-]example` also names what belongs to somebody else.
        for (const character of choices > 1 ? '' : characters) {
          const longer = endings.get(character) ?? {
            text: character + text,
            all: new Map<Node, string>(),
            spelled: new Set<Node>(),
          };
          longer.spelled.add(from);
          endings.set(character, longer);
        }
      }
    }
    if (settled) {
      endings.delete('.');
    }
    return endings;
  }

  /** The text may be a host already. */
  #readWhole({ text, all, spelled }: Ending): void {
    const whole = new Map([...all].filter(([{ origin }]) => origin.beforeHost));
    if (whole.size === 0) {
      return;
    }
    const owner = ownerOf(text);
    const below = owner !== undefined && owner !== nameOf(text);
    if (below || [...spelled].some(({ origin }) => origin.beforeHost)) {
      const domain = owner ?? text;
      this.domains.add(domain);
      this.#offer(this.#isOwned(domain) ? this.#shared : this.strangers, whole);
    } else {
      this.#offer(this.strangers, whole);
    }
  }

  #offer(to: ShortestOrigin, all: Rests): void {
    this.#budget.spend(all.size);
    for (const [{ prefix }, rest] of all) {
      to.offer(prefix, rest);
    }
  }
}

export interface ReadHosts {
  /** The shortest origin whose host is not spelled out; undefined where there is none. */
  readonly strangers: ShortestOrigin | undefined;
  /** The domains that are spelled out: registrable ones, and other hosts as a whole. */
  readonly domains: ReadonlySet<string>;
}

/** @param owned - the only domains that are not other sites, however they are spelled out; left out: all that are spelled out. */
export function readHosts(nodes: readonly Node[], budget: StepBudget, owned?: ReadonlySet<string>): ReadHosts {
  const reader = new HostReader(budget, owned);
  reader.readAll(hostEnds(nodes));
  const { strangers, domains } = reader;
  return { strangers: strangers.found ? strangers : undefined, domains };
}

/** In front of the first character of the host there is nothing more to read. */
function hostEdges(node: Node): readonly Edge[] {
  return node.origin.beforeHost ? [] : node.into;
}

function keepShortest(rests: Map<Node, string>, node: Node, rest: string): void {
  const known = rests.get(node);
  if (known === undefined || rest.length < known.length) {
    rests.set(node, rest);
  }
}

/** Where hosts end, each with the shortest port that may follow. Loopback hosts are left out: they are not another site. */
function hostEnds(nodes: readonly Node[]): Rests {
  const ends = new Map<Node, string>();
  for (const node of nodes) {
    if (node.accepted && node.origin.afterHost && !node.origin.loopback) {
      ends.set(node, '');
    }
    for (const { from, characters } of node.into) {
      if (from.origin.afterHost && characters === ':' && !from.origin.loopback) {
        keepShortest(ends, from, characters + node.suffix);
      }
    }
  }
  return ends;
}

/** Without the dot at the end of a fully qualified name. */
function nameOf(host: string): string {
  return host.replace(/\.$/, '');
}

/** The registrable domain; undefined for what has none, a public suffix and a single label: they have to be whole. */
function ownerOf(host: string): string | undefined {
  const name = nameOf(host);
  return NO_DOMAIN.test(name) ? undefined : registrableDomain(name);
}
