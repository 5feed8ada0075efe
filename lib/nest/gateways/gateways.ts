import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';

import { announcedBy } from '../../policy/decisions/preflight-steps.js';
import type { CorsDiagnosis } from '../../policy/diagnosis/diagnosis.js';
import type { DecisionReason } from '../../policy/model/decision.js';
import { thrownStack } from '../../policy/mistakes/safe-text.js';
import type { CorsConfigIssue } from '../../policy/mistakes/issue.js';
import type { Route } from '../../routing/route.js';
import type { AppPolicies } from '../policies/app-policies.js';
import { policyOfUpgrade } from '../policies/path-claim.js';
import type { AppLog } from '../report/app-log.js';
import type { DiagnosedQuestion } from '../request/diagnostician.js';
import { holdAdapter, type CreatedServer } from './adapter-hold.js';
import { Door, type DoorHost } from './door.js';
import { doorKey, GatewayGroups, type PolicyGroup, exploreGateways, type ExploredGateway } from './gateway.explorer.js';
import { findGatewayMistakes } from './gateway-mistakes.js';
import { diagnoseSocket } from './handshake-diagnosis.js';
import { HandshakeJudge, isForeignHandshake, type DecidedHandshake, type HandshakeVerdict } from './handshake.judge.js';
import { PollingResponder } from './polling.responder.js';
import { holdSocketIo, type NamespaceHold } from './socket-io.js';
import { isSocketIoNamespace, isSocketIoServer, isWsServer, propertyOf } from './socket-servers.js';
import { holdUpgrades, passUpgrade, type UpgradeGate } from './upgrades.js';

/** All doors of one application besides HTTP handlers: the socket servers of its gateways, and other code that takes upgrades. */
export class Gateways implements DoorHost {
  readonly judge: HandshakeJudge;
  targets: readonly ExploredGateway[] = [];
  groups = new GatewayGroups([]);
  readonly #doors = new Map<object, Door>();
  readonly #namespaces = new Map<Door, NamespaceHold>();
  /** The door at which an upgrade of the application's server was checked already. */
  readonly #judged = new WeakMap<IncomingMessage, Door>();
  readonly #polling = new PollingResponder(this);
  #server: unknown;
  #saidEarly = false;

  constructor(
    config: ApplicationConfig,
    private readonly names: { nameOf(route: Route | undefined): string | undefined },
    private readonly policiesInForce: () => AppPolicies | undefined,
    private readonly logger: AppLog,
  ) {
    this.judge = new HandshakeJudge(this);
    holdAdapter(config, (created) => this.#learn(created));
  }

  get appPolicies(): AppPolicies | undefined {
    return this.policiesInForce();
  }

  /** @param firstId - the ids of gateways follow those of the routes. */
  explore(modules: ModulesContainer, firstId: number): void {
    this.targets = exploreGateways(modules, firstId);
    this.groups = new GatewayGroups(this.targets);
  }

  mistakes(appPolicies: AppPolicies): readonly CorsConfigIssue[] {
    const unknown = [...this.#doors.values()].flatMap(({ keys }) => [...keys]).find((key) => !this.groups.knows(key));
    if (unknown !== undefined) {
      // The policies of its gateways would be lost silently.
      throw new Error(
        `nestjs-cors cannot find the gateways of a socket server that Nest created; please report this: ${unknown}`,
      );
    }
    // Nest creates no socket server without a gateway.
    return this.targets.length === 0
      ? []
      : findGatewayMistakes(this.targets, this.#doors.values(), this.groups, appPolicies);
  }

  /** Judges all upgrades of the application's own server: from the moment on at which its policies are known. */
  holdServer(server: unknown): void {
    // Once, where init() is called again after a failure.
    if (server instanceof EventEmitter && server !== this.#server) {
      this.#server = server;
      holdUpgrades(
        server,
        this.#gateOf((request, url) => this.#judgeUpgrade(request, url)),
      );
    }
  }

  nameOf(route: Route | undefined): string | undefined {
    return this.names.nameOf(route);
  }

  targetOf(route: Route): ExploredGateway | undefined {
    return this.targets.find(({ id }) => id === route.id);
  }

  /** Why a handshake was refused, for somebody who listens on the diagnostics channel. */
  diagnose(
    { route, raw, appPolicies }: DecidedHandshake,
    _phase: string,
    reason: DecisionReason,
  ): CorsDiagnosis | undefined {
    const answer = reason === 'origin-not-allowed' ? false : undefined;
    // Of polling: a gateway may refuse its headers.
    const announced = announcedBy(raw);
    const question: DiagnosedQuestion = {
      phase: announced === undefined ? 'handshake' : 'preflight',
      origin: raw.headers.origin,
      method: announced ?? 'GET',
      url: raw.url ?? '/',
      headers: announced && raw.headers['access-control-request-headers'],
      credentials: undefined,
      appPolicies,
      request: raw,
      answerOf: () => answer,
    };
    return diagnoseSocket([route], question, (of) => this.targetOf(of));
  }

  /** What a handshake at this URL of the application's own server may be for. */
  groupsAt(url: string, appPolicies: AppPolicies): readonly PolicyGroup[] {
    const doors = [...this.#doors.values()].filter((door) => door.claims(this.#server, url));
    return doors.length > 0 ? doors.flatMap((door) => door.groups(appPolicies)) : [upgradeGroup(appPolicies, url)];
  }

  reportEarly(): void {
    if (!this.#saidEarly) {
      this.#saidEarly = true;
      this.logger.warn(
        'a page of another origin tried to open a socket before the application was ready; until then all of them are refused',
      );
    }
  }

  reportFault(error: unknown): void {
    const { appPolicies } = this;
    if (appPolicies === undefined) {
      this.logger.error('a socket was refused because nestjs-cors failed', thrownStack(error));
    } else {
      appPolicies.requestLog.fault(error, 'socket');
    }
  }

  reportLateFailure(error: unknown): void {
    this.appPolicies?.requestLog.appFailed(error);
  }

  #gateOf(judge: UpgradeGate['judge']): UpgradeGate {
    return { judge, onLateFailure: (error) => this.reportLateFailure(error) };
  }

  #learn({ server, port, path, namespace, adapter }: CreatedServer): void {
    const main: unknown = isSocketIoNamespace(server) ? propertyOf(server, 'server') : server;
    if (typeof main !== 'object' || main === null) {
      return;
    }
    const known = this.#doors.get(main);
    const door = known ?? new Door(this, main, adapter, port);
    door.addKey(doorKey(port, path));
    this.#doors.set(main, door);
    if (known === undefined) {
      this.#hold(door, main);
    }
    if (isSocketIoNamespace(server)) {
      // Held already where it was made by the server's own `of()` since.
      this.#namespaces.get(door)?.hold(server, namespace);
    }
  }

  #hold(door: Door, server: object): void {
    const gate = this.#gateOf((request) => this.#judged.get(request) === door || passesOf(door.judge(request)));
    if (isSocketIoServer(server)) {
      this.#namespaces.set(door, holdSocketIo(server, door, this.#polling, gate));
    } else if (isWsServer(server)) {
      const handleUpgrade = server.handleUpgrade.bind(server);
      server.handleUpgrade = (request, socket, head, done) =>
        passUpgrade(gate, request, socket, () => handleUpgrade(request, socket, head, done));
    }
  }

  #judgeUpgrade(request: IncomingMessage, url: string): boolean | Promise<boolean> {
    for (const door of this.#doors.values()) {
      if (door.claims(this.#server, url)) {
        this.#judged.set(request, door);
        return passesOf(door.judge(request));
      }
    }
    try {
      const { appPolicies } = this;
      if (appPolicies === undefined) {
        return !isForeignHandshake(request);
      }
      const groups = [upgradeGroup(appPolicies, url)];
      return passesOf(this.judge.judge({ raw: request, appPolicies, groups }));
    } catch (error) {
      this.reportFault(error);
      return false;
    }
  }
}

function upgradeGroup(appPolicies: AppPolicies, url: string): PolicyGroup {
  const policy = policyOfUpgrade(appPolicies, url);
  return policy === undefined ? [] : [{ policy, route: undefined }];
}

function passesOf(verdict: HandshakeVerdict | Promise<HandshakeVerdict>): boolean | Promise<boolean> {
  return verdict instanceof Promise ? verdict.then(({ passes }) => passes) : verdict.passes;
}
