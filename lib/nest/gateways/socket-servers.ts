import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * What is used of socket.io and ws. Neither is a dependency: they are recognised by their methods, whichever copy the
 * application's adapter has loaded.
 */

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** `Server` of socket.io. */
export interface SocketIoServer {
  of(name: unknown, listener?: unknown): SocketIoNamespace;
  path(): unknown;
  /** Called with each engine that the server is put on: at once, or when it is attached later. */
  bind(engine: unknown): unknown;
}

/** `Namespace` of socket.io, or the parent of those that a RegExp or a function names. */
export interface SocketIoNamespace {
  use(middleware: SocketIoMiddleware): unknown;
}

export type SocketIoMiddleware = (socket: SocketIoSocket, next: (error?: Error) => void) => void;

/** `Socket` of socket.io, before it is connected to its namespace. */
export interface SocketIoSocket {
  /** The request of the handshake; none where the session came over WebTransport. */
  readonly request: IncomingMessage | null | undefined;
  /** The session, whichever transport it has now. */
  readonly conn: Connection;
}

/** What a client may close: a connection of Node's, or a session of engine.io. */
export interface Connection {
  once(event: 'close', listener: () => void): unknown;
  readonly destroyed?: boolean | undefined;
  readonly readyState?: string | undefined;
}

/** `Server` of engine.io, attached to an HTTP server of Node's. */
export interface Engine {
  handleRequest(request: IncomingMessage, response: ServerResponse): unknown;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): unknown;
}

/** `WebSocketServer` of ws. */
export interface WsServer extends EventEmitter {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: unknown): unknown;
  shouldHandle(request: IncomingMessage): unknown;
}

export function isSocketIoServer(server: unknown): server is SocketIoServer {
  return hasMethods(server, 'of', 'path', 'bind', 'attach');
}

/** What an adapter returns where it was asked for a namespace. */
export function isSocketIoNamespace(server: unknown): server is SocketIoNamespace {
  return hasMethods(server, 'use', 'emit') && isSocketIoServer(propertyOf(server, 'server'));
}

export function isWsServer(server: unknown): server is WsServer {
  return hasMethods(server, 'handleUpgrade', 'shouldHandle', 'emit');
}

/** Not the engine over µWebSockets.js, whose requests are not Node's. */
export function isEngine(engine: unknown): engine is Engine {
  return hasMethods(engine, 'handleRequest', 'handleUpgrade', 'attach') && engine.constructor.name !== 'uServer';
}

/** A property of a value of any type. */
export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The method of that name; undefined where there is none. */
export function methodOf(target: unknown, name: string): Method | undefined {
  const method = propertyOf(target, name);
  return isMethod(method) ? method : undefined;
}

function hasMethods(value: unknown, ...names: readonly string[]): value is object {
  return typeof value === 'object' && value !== null && names.every((name) => methodOf(value, name) !== undefined);
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
