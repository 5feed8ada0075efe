/** The ports of the four servers, from the environment, and whether they can be had. */
import { createServer } from 'node:net';
import { StartError } from './start-error.js';

export interface Ports {
  readonly api: number;
  readonly page: number;
  readonly stranger: number;
  readonly proxy: number;
}

const SETTINGS = [
  { key: 'api', variable: 'API_PORT', usual: 3000 },
  { key: 'page', variable: 'PAGE_PORT', usual: 8080 },
  { key: 'stranger', variable: 'STRANGER_PORT', usual: 8081 },
  { key: 'proxy', variable: 'PROXY_PORT', usual: 3001 },
] as const;

/** 0 stands for any free port, as everywhere in Node. */
export function readPorts(env: Readonly<Record<string, string | undefined>>): Ports {
  const ports = { api: 0, page: 0, stranger: 0, proxy: 0 };
  for (const { key, variable, usual } of SETTINGS) {
    const text = env[variable]?.trim();
    const port = text === undefined || text === '' ? usual : Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new StartError(
        `${variable} is ${JSON.stringify(text)}, which is not a port: use a whole number up to 65535.`,
      );
    }
    const twin = SETTINGS.find((other) => other.key !== key && port !== 0 && ports[other.key] === port);
    if (twin) {
      throw new StartError(`${twin.variable} and ${variable} are both ${port}: each server needs a port of its own.`);
    }
    ports[key] = port;
  }
  return ports;
}

/**
 * Looks before anything is started, at both addresses of `localhost`: where another program holds only one of them,
 * listening on the other would succeed, and which of the two a browser reaches would be a matter of luck.
 */
export async function assertFree(ports: Ports): Promise<void> {
  const problems: string[] = [];
  for (const { key, variable, usual } of SETTINGS) {
    const port = ports[key];
    if (port === 0) {
      continue;
    }
    const codes = await Promise.all([tryPort(port, '127.0.0.1'), tryPort(port, '::1')]);
    const instead = `${variable}=${Math.max(port, usual) + 10} npm start`;
    if (codes.includes('EADDRINUSE')) {
      problems.push(`Port ${port} is taken. Stop what listens there, or choose another port: ${instead}`);
    } else if (codes.includes('EACCES')) {
      problems.push(`Port ${port} needs more rights than you have. Choose another port: ${instead}`);
    }
  }
  if (problems.length > 0) {
    throw new StartError(problems.join('\n'));
  }
}

/** The code of the error with which listening fails, if it does. A machine without IPv6 fails with one that nobody asks for. */
function tryPort(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
