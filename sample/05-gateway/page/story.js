/**
 * Makes a story of a handshake: who said what to whom, and why there is a socket, or none.
 *
 * The facts are the API's log and what the page got.
 */

/** @import { Asked } from '../../01-quick-start/page/types.js' */
/** @import { Exchange, HeaderLine, Outcome, ShownHeader, Step, Story } from '../../../page/picture/types.js' */

/**
 * @param {{ asked: Asked, origin: string, exchanges: readonly Exchange[], outcome: Outcome }} facts
 * @returns {Story}
 */
export function tell({ asked, origin, exchanges: [handshake], outcome }) {
  const isPolling = asked.transport === 'polling';
  /** @type {Step[]} */
  const steps = [
    { kind: 'message', from: 'page', to: 'browser', title: asked.namespace ? 'io()' : 'new WebSocket()' },
    {
      kind: 'note',
      text: isPolling ? 'A simple request: send it at once.' : 'A handshake: send it at once, with the cookies.',
    },
  ];
  if (handshake) {
    const { method, headers, answer } = handshake;
    const shown = headers.map(([name, value]) => ({ name, value }));
    steps.push({ kind: 'message', from: 'browser', to: 'api', title: `${method} ${asked.path}`, headers: shown });
    if (answer) {
      const title = `${answer.status} ${answer.reason}`;
      const marked = answer.headers.map((line) => mark(line, outcome.read));
      steps.push({ kind: 'message', from: 'api', to: 'browser', title, headers: marked });
      steps.push(
        isLetIn(answer.status)
          ? { kind: 'note', text: isPolling ? 'A session, for this origin.' : 'A socket.', tone: 'good' }
          : { kind: 'note', text: isPolling ? 'No session.' : 'No socket.', tone: 'bad' },
      );
    }
  }
  steps.push(ending(outcome));
  return { steps, read: outcome.read, why: why({ asked, origin, handshake, outcome }), cures: [] };
}

/**
 * @param {Outcome} outcome
 * @returns {Step}
 */
function ending(outcome) {
  if (!outcome.read) {
    const [title = 'error'] = outcome.error.split(':');
    return { kind: 'message', from: 'browser', to: 'page', title, text: 'The page is not told why.', tone: 'bad' };
  }
  return { kind: 'message', from: 'browser', to: 'page', title: outcome.status, body: outcome.body, tone: 'good' };
}

/**
 * One sentence, in plain words.
 * @param {{ asked: Asked, origin: string, handshake: Exchange | undefined, outcome: Outcome }} facts
 */
function why({ asked, origin, handshake, outcome }) {
  if (!handshake) {
    return 'No handshake reached the API. Is it still running?';
  }
  if (!handshake.answer) {
    return 'The API closed the connection before it answered.';
  }
  if (isLetIn(handshake.answer.status) !== outcome.read) {
    return 'By the status, the result should be different: something else interfered.';
  }
  const whose = asked.namespace ? 'The policy of the gateway' : 'The policy of the application';
  if (outcome.read) {
    return `${whose} names the page’s origin, so the server accepted the handshake.`;
  }
  const otherwise = asked.transport === 'polling' ? 'no session is opened' : 'the browser would have opened the socket';
  return `${whose} does not name ${origin}, so the server refused it: ${otherwise}.`;
}

/**
 * @param {HeaderLine} line
 * @param {boolean} read
 * @returns {ShownHeader}
 */
function mark([name, value], read) {
  const decides = read && /^access-control-allow-origin$/i.test(name);
  return decides ? { name, value, tone: 'good' } : { name, value };
}

/** @param {number} status */
function isLetIn(status) {
  return status === 101 || status === 200;
}
