/** The page: sends the scenarios from both origins, and shows what happened. */

import { element, ownHeaders, unbroken } from '/picture.js';
import { asking, viewAsking } from './ask.js';
import { drawOverview } from './overview.js';
import { address, member, place } from './parts.js';
import { embedPeer } from './peer.js';
import { scenarios } from './scenarios.js';
import { send } from './send.js';
import { tell } from './story.js';
import { SIDES, viewExperiment } from './view.js';

/** @import { Asked, Config, Diagnosis, Exchange, Experiment, Side, Story, View } from './types.js' */

// How much of one exchange the log keeps is limited. This is well below.
const OFTEN_ENOUGH = 4;

/** @type {Config} */
const config = await (await fetch('/config.json')).json();

/** @type {Side} */
const here = location.origin === config.stranger ? 'stranger' : 'page';
const there = here === 'page' ? 'stranger' : 'page';
const peer = embedPeer(config[there]);

/** The last exchange of each experiment and side, and how much of its log has been drawn. @type {Map<string, { id: string, drawn: number }>} */
const sent = new Map();

const names = { [here]: 'This page', [there]: there === 'page' ? 'The other page' : 'The stranger' };
const all = [...scenarios, asking].filter((scenario) => scenario.experiments.length > 0);
const overview = drawOverview(
  all,
  SIDES.map((side) => names[side] ?? side),
);
const views = all.flatMap((scenario) => {
  const section = element(
    'section',
    { class: 'scenario', id: scenario.name, 'aria-labelledby': `${scenario.name}-title` },
    element('h2', { id: `${scenario.name}-title` }, scenario.title),
    element('p', { class: 'about' }, ...unbroken(scenario.text, /(?= )/)),
  );
  place('scenarios').append(section);
  return scenario.experiments.map((experiment) => {
    const draw = scenario === asking ? viewAsking : viewExperiment;
    const view = draw(experiment, config, names);
    view.button.addEventListener('click', () => {
      view.open();
      run(view);
    });
    section.append(view.article);
    return view;
  });
});

place('sample').textContent = config.sample.slice(3).replaceAll('-', ' ');
place('file').textContent = config.file;
place('overview').append(overview.table);
place('cast').append(
  member(names[here] ?? here, address(config[here]), element('p', {}, 'The document you are looking at.')),
  member(names[there] ?? there, peer.frame),
  member(
    'The API',
    address(config.api),
    element('p', {}, `Its policy names ${config.page}. Each handler can have its own.`),
  ),
);

const given = views.filter(({ name }) => !asking.experiments.some((own) => own.name === name));
const sendAll = place('send-all');
sendAll.addEventListener('click', () => run(...given));
sendAll.removeAttribute('disabled');

/** A click while requests are under way waits for its turn: the cookie and the log are shared. */
let queue = Promise.resolve();

/** @param {...View} wanted */
function run(...wanted) {
  queue = queue.then(async () => {
    document.body.setAttribute('aria-busy', 'true');
    place('failure').textContent = '';
    try {
      for (const view of wanted) {
        await perform(view);
      }
      place('status').textContent = overview.summary(wanted.map(({ name }) => name));
    } catch {
      place('failure').textContent = 'The log could not be read. Is the sample still running?';
    }
    document.body.removeAttribute('aria-busy');
  });
}

/** @param {View} view */
async function perform(view) {
  const experiment = view.experiment();
  // Sending again takes something that was sent before.
  const first = views.find(({ name }) => name === experiment.again);
  if (first && SIDES.some((side) => (sent.get(`${first.name} ${side}`)?.drawn ?? Infinity) > OFTEN_ENOUGH)) {
    await perform(first);
  }

  // Cookies do not tell ports apart: one that this page sets for localhost goes to the API, too.
  if (experiment.cookie) {
    document.cookie = `${experiment.cookie}; path=/; max-age=3600; samesite=lax`;
  }

  // One after the other: the second finds the cookie that the first was given.
  for (const side of SIDES) {
    const story = await exchange(experiment, side);
    view.show(side, story);
    overview.enter(experiment.name, SIDES.indexOf(side), story.read);
  }
}

/**
 * @param {Experiment} experiment
 * @param {Side} side
 * @returns {Promise<Story>}
 */
async function exchange({ name, asked, again }, side) {
  const earlier = again ? sent.get(`${again} ${side}`) : undefined;
  const entry = earlier ?? { id: crypto.randomUUID(), drawn: 0 };

  const outcome = await (side === here ? send(config, asked, entry.id) : peer.send(asked, entry.id));
  /** @type {Exchange[]} */
  const log = await (await fetch(`/exchanges/${entry.id}`)).json();
  const exchanges = log.slice(entry.drawn);
  entry.drawn = log.length;
  sent.set(`${name} ${side}`, entry);
  const diagnosis = outcome.read || asked.via ? undefined : await diagnose(config[side], asked);
  return tell({ asked, origin: config[side], exchanges, outcome, again: Boolean(again), diagnosis });
}

/**
 * Refusals look alike on the wire, so the API is asked what it has against the request.
 * @param {string} origin
 * @param {Asked} asked
 * @returns {Promise<Diagnosis | undefined>}
 */
async function diagnose(origin, asked) {
  const query = new URLSearchParams({ origin, method: asked.method, url: asked.path });
  for (const name of ownHeaders(asked)) {
    query.append('header', name.toLowerCase());
  }
  if (asked.credentials) {
    query.set('credentials', '');
  }
  const { diagnosis } = await (await fetch(`/diagnosis?${query}`)).json();
  // A stranger is refused on purpose: there is nothing to change.
  return diagnosis && origin === config.stranger ? { ...diagnosis, cures: [] } : diagnosis;
}
