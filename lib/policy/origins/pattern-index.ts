import { ANY_HOST, type OriginPattern } from './origin-pattern.js';
import { isHost, keepsHosts, originBounds } from './origin.js';

/** The domains of one scheme whose subdomains are allowed. */
interface Domains {
  /** Hosts of this scheme may have empty labels and upper case, which are not below a domain. */
  readonly kept: boolean;
  /** `example.com`, `example.com:8080`. */
  readonly withPort: Set<string>;
  /** `example.com` of `https://*.example.com:*`. */
  readonly anyPort: Set<string>;
}

/**
 * Origin patterns, looked up by the labels of the host: the cost depends on the origin asked about, not on the number
 * of patterns.
 *
 * It is tempting to test whether the origin ends in `.example.com`, but that takes a scan, and the next person to write
 * the suffix without its dot lets `evilexample.com` in. Whole labels cannot be mistaken.
 */
export class PatternIndex {
  /** `https://example.com` of `https://example.com:*`. */
  readonly #anyPort = new Set<string>();
  readonly #below = new Map<string, Domains>();
  /** The ports of `moz-extension://*`, by scheme. */
  readonly #anyHost = new Map<string, Set<string>>();

  constructor(patterns: readonly OriginPattern[]) {
    for (const pattern of patterns) {
      this.#add(pattern);
    }
  }

  /** True when a pattern matches; the origin must be well-formed, or `null`. */
  matches(origin: string): boolean {
    const { hostStart, hostEnd } = originBounds(origin);
    if (this.#anyPort.has(origin.slice(0, hostEnd))) {
      return true;
    }
    const scheme = origin.slice(0, Math.max(hostStart - 3, 0));
    const ports = this.#anyHost.get(scheme);
    if (ports !== undefined && (ports.has(':*') || ports.has(origin.slice(hostEnd)))) {
      return true;
    }
    const domains = this.#below.get(scheme);
    if (domains === undefined || !isBelow(domains, origin, hostStart, hostEnd)) {
      return false;
    }
    return !domains.kept || isHost(origin.slice(hostStart, hostEnd));
  }

  #add({ scheme, host, port, subdomains }: OriginPattern): void {
    if (host === ANY_HOST) {
      const ports = this.#anyHost.get(scheme) ?? new Set();
      this.#anyHost.set(scheme, ports.add(port));
      return;
    }
    if (!subdomains) {
      this.#anyPort.add(`${scheme}://${host}`);
      return;
    }
    const domains = this.#below.get(scheme) ?? { kept: keepsHosts(scheme), withPort: new Set(), anyPort: new Set() };
    this.#below.set(scheme, domains);
    if (port === ':*') {
      domains.anyPort.add(host);
    } else {
      domains.withPort.add(host + port);
    }
  }
}

/** Takes labels off the front, one by one: at least one, so that a domain is not below itself. */
function isBelow({ withPort, anyPort }: Domains, origin: string, hostStart: number, hostEnd: number): boolean {
  for (let dot = origin.indexOf('.', hostStart); dot !== -1; dot = origin.indexOf('.', dot + 1)) {
    if (withPort.has(origin.slice(dot + 1)) || anyPort.has(origin.slice(dot + 1, hostEnd))) {
      return true;
    }
  }
  return false;
}
