/** In the frame: sends what the page around it names, and tells it what this document could read. */

import { experiments } from './scenarios.js';
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
  const { name, id } = event.data;
  const experiment = experiments.find((one) => one.name === name);
  if (!experiment) {
    return;
  }

  const outcome = await send(config.api, experiment.asked, id);
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
