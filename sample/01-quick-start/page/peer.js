/**
 * The other origin, as a frame in this page. It gets what to send, sends the request itself, and says what it could read: the
 * refusals are the browser's own.
 */

import { element } from '/picture.js';

/** @import { Asked, Outcome } from './types.js' */

/**
 * @param {string} origin of the document in the frame
 * @returns {{ frame: HTMLIFrameElement, send(asked: Asked, id: string): Promise<Outcome> }}
 */
export function embedPeer(origin) {
  const frame = element('iframe', { title: `A document from ${origin}`, class: 'peer' });
  /** @type {Map<string, (outcome: Outcome) => void>} */
  const waiting = new Map();
  /** @type {Promise<void>} */
  const ready = new Promise((resolve) => {
    addEventListener('message', (event) => {
      if (event.origin !== origin || event.source !== frame.contentWindow) {
        return;
      }
      if (event.data.ready) {
        return resolve();
      }
      waiting.get(event.data.id)?.(event.data.outcome);
      waiting.delete(event.data.id);
    });
  });
  frame.src = `${origin}/frame.html`;

  return {
    frame,
    async send(asked, id) {
      await ready;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        frame.contentWindow?.postMessage({ asked, id }, origin);
      });
    },
  };
}
