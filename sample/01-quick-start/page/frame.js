/** In the frame: sends what the page around it says, and tells it what this document could read. */

import { send } from './send.js';

/** @import { Config } from './types.js' */

/** @type {Config} */
const config = await (await fetch('/config.json')).json();
const parentOrigin = location.origin === config.page ? config.stranger : config.page;

const count = { sent: 0, read: 0 };
show('origin', location.origin);

addEventListener('message', async (event) => {
  if (event.origin !== parentOrigin || event.source !== parent) {
    return;
  }
  const { asked, id } = event.data;
  const outcome = await send(config, asked, id);
  count.sent += 1;
  if (outcome.read) {
    count.read += 1;
  }
  show('sent', String(count.sent));
  show('read', String(count.read));
  parent.postMessage({ id, outcome }, parentOrigin);
});
parent.postMessage({ ready: true }, parentOrigin);

/** @param {string} id @param {string} text */
function show(id, text) {
  const place = document.getElementById(id);
  if (place) {
    place.textContent = text;
  }
}
