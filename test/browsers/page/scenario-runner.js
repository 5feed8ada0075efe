/**
 * Runs the steps of scenarios in the page that loads it, and says what the page saw. A task is
 * `{ key, steps: [{ call, url, init, body }] }`; the answer maps each key to one observation for every step.
 *
 * In a frame it does the same for its parent: `runScenarios(tasks, 'sandboxed')` opens that frame.
 */
(() => {
  const AT_ONCE = 4;

  globalThis.runScenarios = (tasks, frame) => (frame === undefined ? runHere(tasks) : runInFrame(tasks, frame));

  async function runHere(tasks) {
    const results = {};
    const queue = [...tasks];
    const work = async () => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        results[task.key] = [];
        for (const step of task.steps) {
          results[task.key].push(await observe(step));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return results;
  }

  function observe(step) {
    switch (step.call) {
      case 'event-source':
        return listen(step);
      case 'web-socket':
        return openSocket(step);
      case 'socket-io-websocket':
        return joinByWebSocket(step);
      case 'socket-io-polling':
        return joinByPolling(step);
      default:
        return call(step);
    }
  }

  async function call({ url, init, body }) {
    try {
      const response = await fetch(url, { ...init, ...makeBody(body) });
      const { type, status, redirected } = response;
      const text = await response.text();
      const verdict = type === 'opaque' || type === 'opaqueredirect' ? 'opaque' : 'readable';
      return { verdict, type, status, redirected, headers: [...response.headers], text };
    } catch (error) {
      return { verdict: 'blocked', error: error.name, message: error.message };
    }
  }

  function listen({ url, init }) {
    return new Promise((resolve) => {
      const source = new EventSource(url, { withCredentials: init.credentials === 'include' });
      const end = (observation) => {
        source.close();
        resolve(observation);
      };
      source.addEventListener('message', ({ data }) => end({ verdict: 'readable', text: data }));
      source.addEventListener('error', () => end({ verdict: 'blocked' }));
    });
  }

  function openSocket({ url, init }) {
    return new Promise((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'), init.protocols ?? []);
      socket.addEventListener('open', () => {
        socket.close();
        resolve({ verdict: 'readable', text: socket.protocol });
      });
      socket.addEventListener('error', () => resolve({ verdict: 'blocked' }));
    });
  }

  /** Joins the default namespace, in socket.io's own words. */
  function joinByWebSocket({ url }) {
    return new Promise((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'));
      socket.addEventListener('message', ({ data }) => {
        if (data.startsWith('0{')) {
          socket.send('40');
        } else if (data.startsWith('4')) {
          socket.close();
          resolve({ verdict: data.startsWith('40{') ? 'readable' : 'blocked' });
        }
      });
      socket.addEventListener('error', () => resolve({ verdict: 'blocked' }));
    });
  }

  /** The same over polling, and closes the session. */
  async function joinByPolling({ url }) {
    try {
      const opened = await (await fetch(url)).text();
      if (!opened.startsWith('0{')) {
        return { verdict: 'blocked' };
      }
      const session = `${url}&sid=${JSON.parse(opened.slice(1)).sid}`;
      await fetch(session, { method: 'POST', body: '40' });
      const joined = await (await fetch(session)).text();
      await fetch(session, { method: 'POST', body: '1' });
      return { verdict: joined.startsWith('40{') ? 'readable' : 'blocked' };
    } catch {
      return { verdict: 'blocked' };
    }
  }

  function makeBody(plan) {
    if (plan === undefined) {
      return {};
    }
    const { kind, size, type, text, fields } = plan;
    if (kind === 'text') {
      return { body: text };
    }
    if (kind === 'params') {
      return { body: new URLSearchParams(fields) };
    }
    if (kind === 'form') {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) {
        form.append(name, new Blob([value]), `${name}.txt`);
      }
      return { body: form };
    }
    const bytes = new Uint8Array(size);
    if (kind === 'blob') {
      return { body: new Blob([bytes], { type }) };
    }
    return kind === 'bytes' ? { body: bytes } : { body: new Blob([bytes]).stream(), duplex: 'half' };
  }

  async function runInFrame(tasks, kind) {
    const frame = document.createElement('iframe');
    if (kind === 'sandboxed') {
      frame.sandbox = 'allow-scripts';
      frame.src = '/page';
    } else {
      const script = await (await fetch('/scenario-runner.js')).text();
      // oxlint-disable-next-line no-useless-concat -- the page's own parser would take it for the end of the script
      frame.src = `data:text/html,${encodeURIComponent(`<script>${script}<` + '/script>')}`;
    }
    const answered = new Promise((resolve) => {
      addEventListener('message', ({ source, data }) => {
        if (source !== frame.contentWindow) {
          return;
        }
        if (data === 'ready') {
          source.postMessage(tasks, '*');
        } else {
          resolve(data);
        }
      });
    });
    document.body.append(frame);
    const results = await answered;
    frame.remove();
    return results;
  }

  if (parent !== globalThis) {
    addEventListener('message', async ({ data }) => parent.postMessage(await runHere(data), '*'));
    parent.postMessage('ready', '*');
  }
})();
