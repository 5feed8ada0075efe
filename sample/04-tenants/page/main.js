/** The page: lists the tenants, takes and removes their origins, and sends from both documents. */

import { element, tell } from '/picture.js';
import { address, member, place } from '/parts.js';
import { embedPeer } from '/peer.js';
import { send } from '/send.js';
import { SIDES } from '/view.js';
import { adminOf } from './api.js';
import { viewTenant } from './tenant.js';

/** @import { Config, Exchange, Side, Story, Tenant } from './types.js' */

/** @type {Config} */
const config = await (await fetch('/config.json')).json();

/** @type {Side} */
const here = location.origin === config.stranger ? 'stranger' : 'page';
const there = here === 'page' ? 'stranger' : 'page';
const names = { [here]: 'This page', [there]: 'The other page' };
const peer = embedPeer(config[there]);
const admin = adminOf(config.api);

place('file').textContent = config.file;
place('cast').append(
  member('This page', address(config[here]), element('p', {}, 'The document you are looking at.')),
  member('The other page', peer.frame),
  member('The API', address(config.api), element('p', {}, 'It asks the database whose pages may read.')),
);

try {
  place('tenants').append(...(await admin.list()).map(show));
} catch {
  place('failure').textContent =
    here === 'page'
      ? 'The tenants could not be read. Is the sample still running?'
      : `The API lists the tenants for one page only: ${config.page}`;
}

/** @param {Tenant} tenant */
function show(tenant) {
  const { name } = tenant;
  const view = viewTenant(tenant, config, names, {
    advice: async (origin) => (await attempt(() => admin.advice(origin))) ?? [],
    add: (origin) => change(`${origin} was added to ${name}.`, () => admin.add(name, origin)),
    remove: (origin) => change(`${origin} was removed from ${name}.`, () => admin.remove(name, origin)),
    send: sendFromBoth,
  });

  /** Writes, shows what is written, and sends again. @param {string} done @param {() => Promise<void>} write */
  async function change(done, write) {
    await attempt(async () => {
      await write();
      view.showOrigins((await admin.list()).find((one) => one.name === name)?.origins ?? []);
      place('status').textContent = done;
    });
    await sendFromBoth();
  }

  async function sendFromBoth() {
    for (const side of SIDES) {
      const story = await attempt(() => exchange(`/tenants/${name}/data`, side));
      if (story) {
        view.show(side, story);
      }
    }
  }
  return view.section;
}

/**
 * @param {string} path
 * @param {Side} side
 * @returns {Promise<Story>}
 */
async function exchange(path, side) {
  const id = crypto.randomUUID();
  const asked = { method: 'GET', path };
  const outcome = await (side === here ? send(config, asked, id) : peer.send(asked, id));
  /** @type {Exchange[]} */
  const exchanges = await (await fetch(`/exchanges/${id}`)).json();
  return tell({ asked, origin: config[side], exchanges, outcome });
}

/**
 * Undefined where it fails, and the page says why.
 * @template Result
 * @param {() => Promise<Result>} run
 */
async function attempt(run) {
  place('failure').textContent = '';
  try {
    return await run();
  } catch (error) {
    const isLost = error instanceof TypeError;
    place('failure').textContent = isLost ? 'There is no answer. Is the sample still running?' : String(error);
    return undefined;
  }
}
