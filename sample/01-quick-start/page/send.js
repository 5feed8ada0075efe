/** Sends what an experiment asks for, from whatever document this runs in, and tells what that document got. */

/** @import { Asked, Config, HeaderLine, Outcome } from './types.js' */

/**
 * @param {Pick<Config, 'api' | 'proxy'>} config
 * @param {Asked} asked
 * @param {string} id under which the API's log keeps the exchange
 * @returns {Promise<Outcome>}
 */
export async function send(config, asked, id) {
  try {
    const mark = `?exchange=${id}`;
    const response = await fetch(`${serverOf(config, asked)}${asked.path}${mark}`, fetchOptions(asked));
    return {
      read: true,
      status: `${response.status} ${response.statusText}`.trim(),
      headers: /** @type {HeaderLine[]} */ ([...response.headers]),
      // Nest's 404 repeats the URL, and the mark is this page's own.
      body: (await response.text()).replaceAll(mark, ''),
    };
  } catch (error) {
    return { read: false, error: String(error) };
  }
}

/**
 * The same call, for people to read.
 * @param {Pick<Config, 'api' | 'proxy'>} config
 * @param {Asked} asked
 */
export function fetchSource(config, asked) {
  const lines = [];
  const { method, headers, body, credentials } = fetchOptions(asked);
  if (method) {
    lines.push(`method: '${method}',`);
  }
  if (headers) {
    lines.push('headers: {');
    for (const [name, value] of Object.entries(headers)) {
      lines.push(`  '${name}': '${value}',`);
    }
    lines.push('},');
  }
  if (body) {
    lines.push(`body: '${body}',`);
  }
  if (credentials) {
    lines.push(`credentials: '${credentials}',`);
  }

  const url = `'${serverOf(config, asked)}${asked.path}'`;
  return lines.length === 0 ? `fetch(${url});` : `fetch(${url}, {\n${lines.map((line) => `  ${line}\n`).join('')}});`;
}

/**
 * @param {Pick<Config, 'api' | 'proxy'>} config
 * @param {Asked} asked
 */
export function serverOf({ api, proxy }, { via }) {
  return via === 'proxy' ? proxy : api;
}

/**
 * @param {Asked} asked
 * @returns {Pick<RequestInit, 'method' | 'body' | 'credentials'> & { headers?: Record<string, string> }}
 */
function fetchOptions({ method, headers, body, credentials }) {
  return {
    ...(method !== 'GET' && { method }),
    ...(headers && { headers: { ...headers } }),
    ...(body !== undefined && { body }),
    ...(credentials && { credentials: 'include' }),
  };
}
