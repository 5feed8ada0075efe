/** Opens the socket that an experiment asks for, from whatever document this runs in, and tells what that document got. */

import { io } from './socket.io.esm.min.js';

/** @import { Asked, Config, Outcome } from '../../01-quick-start/page/types.js' */

/**
 * @param {Pick<Config, 'api'>} config
 * @param {Asked} asked
 * @param {string} id under which the API's log keeps the handshake
 * @returns {Promise<Outcome>}
 */
export function send({ api }, asked, id) {
  return asked.namespace === undefined ? listen(api, asked, id) : chat(api, asked, id);
}

/**
 * Says something, and waits until the room has heard it.
 * @param {string} api @param {Asked} asked @param {string} id
 * @returns {Promise<Outcome>}
 */
function chat(api, { namespace, transport = 'websocket' }, id) {
  const socket = io(`${api}${namespace}`, {
    transports: [transport],
    query: { exchange: id },
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve) => {
    socket.once('connect', () => socket.emit('say', 'Hello, everyone!'));
    socket.once('said', (text) => {
      socket.disconnect();
      resolve({ read: true, status: 'said', headers: [], body: text });
    });
    socket.once('connect_error', ({ message }) => {
      socket.disconnect();
      resolve({ read: false, error: `connect_error: ${message}` });
    });
  });
}

/**
 * Waits for the first message.
 * @param {string} api @param {Asked} asked @param {string} id
 * @returns {Promise<Outcome>}
 */
function listen(api, { path }, id) {
  const socket = new WebSocket(`${socketOrigin(api)}${path}?exchange=${id}`);
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      socket.close();
      resolve({ read: true, status: 'message', headers: [], body: String(data) });
    });
    socket.addEventListener('error', () => resolve({ read: false, error: 'error: it says no more' }));
  });
}

/**
 * The same, for people to read.
 * @param {Pick<Config, 'api'>} config
 * @param {Asked} asked
 */
export function fetchSource({ api }, { path, namespace, transport }) {
  if (namespace === undefined) {
    return [`const ticker = new WebSocket('${socketOrigin(api)}${path}');`, 'ticker.onmessage = show;'].join('\n');
  }
  return [
    `const chat = io('${api}${namespace}', {`,
    `  transports: ['${transport}'],`,
    '});',
    `chat.emit('say', 'Hello, everyone!');`,
    `chat.on('said', show);`,
  ].join('\n');
}

/** @param {Pick<Config, 'api'>} config */
export function serverOf({ api }) {
  return api;
}

/** @param {string} api */
function socketOrigin(api) {
  return api.replace(/^http/, 'ws');
}
