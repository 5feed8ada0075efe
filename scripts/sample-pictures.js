/**
 * Takes the picture of each sample's README, `sample/NN/picture.webp`, from the page as it runs in Chromium. Needs the samples
 * built, and their usual ports.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { launch } from 'puppeteer-core';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** What a visitor would do on most of the pages. */
const SEND_ALL = `document.querySelector('#send-all').click()`;

/** A tenant takes the other page away, and both send. */
const REMOVE_OTHER = `(() => {
  const tenant = document.querySelector('#tenants > :first-child');
  const other = [...tenant.querySelectorAll('.picture .who code')].at(-1).textContent;
  const row = [...tenant.querySelectorAll('li')].find(({ textContent }) => textContent.includes(other));
  row.querySelector('button').click();
  const sent = new MutationObserver(() => {
    if (!tenant.contains(row)) {
      sent.disconnect();
      tenant.querySelector('button.primary').click();
    }
  });
  sent.observe(tenant, { childList: true, subtree: true });
})()`;

const ORIGIN = 'http://localhost:8080';

/**
 * What is done on each page, and which part of it is shown then.
 * @type {readonly { sample: string, part: string, act?: string, environment?: Record<string, string> }[]}
 */
const PICTURES = [
  { sample: '01-quick-start', part: '#post-here' },
  { sample: '02-fastify', part: 'header.intro' },
  {
    sample: '03-config-service',
    part: '#credentialed-content',
    environment: { CORS_ORIGINS: ORIGIN, CORS_MEMBER_ORIGINS: ORIGIN },
  },
  { sample: '04-tenants', part: '#tenants > :first-child', act: REMOVE_OTHER },
  { sample: '05-gateway', part: '#chat-websocket' },
];

const only = process.argv.slice(2);
const browser = await launch({
  browser: 'chrome',
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const picture of PICTURES.filter(({ sample }) => only.length === 0 || only.includes(sample))) {
    await take(picture);
  }
} finally {
  await browser.close();
}

/** @param {(typeof PICTURES)[number]} picture */
async function take({ sample, part, act = SEND_ALL, environment = {} }) {
  const child = spawn(process.execPath, ['sample/dist/runner/start.js', sample], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await addressOf(child);
    const page = await browser.newPage();
    await page.setViewport({ width: 1100, height: 800, deviceScaleFactor: 1.25 });
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: 'light' },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await page.goto(address, { waitUntil: 'networkidle0' });
    await page.waitForSelector('button:enabled');
    await page.evaluate(act);
    await page.waitForFunction(shows(part));
    await page.waitForFunction(`!document.body.hasAttribute('aria-busy')`);
    const path = /** @type {`${string}.webp`} */ (`sample/${sample}/picture.webp`);
    await page.screenshot({
      path,
      type: 'webp',
      quality: 60,
      clip: await placeOf(page, part),
      captureBeyondViewport: true,
    });
    await page.close();
    console.log(path);
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGINT');
      await once(child, 'close');
    }
  }
}

/** Whether a verdict stands in every picture of this part, or in the overview. @param {string} part */
function shows(part) {
  return `(() => {
    const shown = document.querySelector('${part}');
    const badges = [...shown.querySelectorAll('.badge')];
    return badges.length > 0
      ? badges.every(({ textContent }) => textContent !== '')
      : document.querySelector('#status').textContent !== '';
  })()`;
}

/**
 * The part with a margin around it.
 * @param {import('puppeteer-core').Page} page
 * @param {string} part
 */
async function placeOf(page, part) {
  const margin = part === 'header.intro' ? 0 : 28;
  const box = await (await page.$(part))?.boundingBox();
  if (!box) {
    throw new Error(`The page has no ${part}`);
  }
  const scroll = Number(await page.evaluate('scrollY'));
  return {
    x: box.x - margin,
    y: box.y + scroll - margin,
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (text) => {
      printed += text;
      const [, address] = /Open the page:\s+(http:\S+)[\s\S]*Ctrl-C/.exec(printed) ?? [];
      if (address) {
        resolve(address);
      }
    });
    child.once('close', () => reject(new Error(`The sample has ended:\n${printed}`)));
  });
}
