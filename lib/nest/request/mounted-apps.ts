import type { IncomingMessage, ServerResponse } from 'node:http';

import type { RequestDecision } from '../../policy/model/decision.js';
import type { Mount, RequestHook } from '../platform/platform.js';
import type { AppRegistry } from './app-registry.js';
import type { Claim, ServedApp } from './served-app.js';

/**
 * The applications on an Express instance that is mounted in another one, as those on the outer instance see them: like one
 * application, which serves whatever lies below the mount path and may be answered there.
 */
export class MountedApps implements ServedApp {
  constructor(
    private readonly inner: AppRegistry,
    private readonly mount: Mount,
  ) {}

  /** The inner hook runs as early as the outer one would, so that code that answers before the mounted application gets its headers. */
  readonly onRequest: RequestHook = (request, reply, raw, response, done) => {
    const { url = raw.url ?? '/' } = this.mount.at(raw.method ?? 'GET', raw.url ?? '/') ?? {};
    this.inner.lead(response);
    receiveAt(url, this.inner.receive, request, reply, raw, response, done);
  };

  claims(method: string, url: string): readonly Claim[] {
    const at = this.mount.at(method, url);
    if (at === undefined) {
      return [];
    }
    // An Express application without CorsModule only holds others.
    const isTaken = this.inner.apps.length > 0 ? at.mayAnswer : this.inner.takes(method, at.url);
    return isTaken ? [{ position: at.position, isLast: true }] : [];
  }

  pathAt(method: string, url: string): string | undefined {
    return this.mount.at(method, url)?.path;
  }

  isAt(method: string, url: string): boolean {
    try {
      return this.mount.at(method, url) !== undefined;
    } catch {
      return true;
    }
  }

  skip(response: ServerResponse): void {
    this.inner.skip(response);
  }

  /** Only at URLs that it takes. */
  speaks(): boolean {
    return false;
  }

  isGone(): boolean {
    return false;
  }

  holds(): boolean {
    return false;
  }

  answerOf(response: ServerResponse): RequestDecision | undefined {
    return this.inner.apps.map((app) => app.answerOf(response)).find((decision) => decision !== undefined);
  }

  answer(response: ServerResponse, decision: RequestDecision | undefined): void {
    this.inner.apps.forEach((app) => app.answer(response, decision));
  }

  takeOver(reply: unknown): void {
    this.inner.apps[0]?.takeOver(reply);
  }
}

/** Runs a hook as if the request had this target. What comes after the hook sees the target as it was. */
export function receiveAt(
  url: string,
  hook: RequestHook,
  request: unknown,
  reply: unknown,
  raw: IncomingMessage,
  response: ServerResponse,
  done: () => void,
): void {
  const { url: sent } = raw;
  if (url === sent) {
    hook(request, reply, raw, response, done);
    return;
  }
  let isRestored = false;
  const restore = (): void => {
    if (!isRestored) {
      isRestored = true;
      raw.url = sent;
    }
  };
  raw.url = url;
  try {
    hook(request, reply, raw, response, () => {
      restore();
      done();
    });
  } finally {
    restore();
  }
}
