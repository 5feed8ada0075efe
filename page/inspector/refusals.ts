/** The refusals since the start of the application, polled each second while the page is visible. */
import { element } from '../picture/index.js';
import { askLink, questionAt, SOCKET } from './address.js';
import { loadRefusals, type PolicyReport, type RefusalReport } from './server.js';

type Row = RefusalReport['rows'][number];

const EACH = 1000;

const REASONS: Readonly<Record<Row['reason'], string>> = {
  'no-origin': 'the request has no Origin',
  'origin-malformed': 'Origin is not a valid origin',
  'origin-not-allowed': 'the origin is not allowed',
  closed: 'the route is closed',
  'method-not-allowed': 'the method is not allowed',
  'method-not-served': 'the method is not served',
  'header-not-allowed': 'a header is not allowed',
  'headers-malformed': 'the announced headers cannot be read',
};

const PHASES: Readonly<Record<Row['phase'], string>> = {
  preflight: 'at the preflight',
  request: 'the page could not read the answer',
  enforce: 'answered 403',
  rewritten: 'answered 403 after a rewrite',
  handshake: 'at the handshake of a socket',
};

export interface RefusalView {
  readonly node: HTMLElement;
  /** Begins to poll; reports the number of refusals. */
  watch(onCount: (count: number) => void): void;
}

export function viewRefusals({ routes }: PolicyReport): RefusalView {
  const status = element('p', { class: 'count', role: 'status' }, 'No refusals yet.');
  const failure = element('p', { class: 'failure', role: 'alert' });
  const rows = element('ul', { class: 'refusals' });
  const origins = element('ol', { class: 'origins' });
  const frequent = element('div', { class: 'frequent', hidden: '' }, element('h3', {}, 'Refused most often'), origins);
  const byName = new Map(routes.map((route) => [route.route, route]));

  function show(report: RefusalReport): void {
    const since = new Date(report.since).toLocaleTimeString();
    status.textContent =
      report.revision === 0
        ? `No refusals since ${since}.`
        : `${plural(report.revision, 'request')} refused since ${since}.`;
    rows.replaceChildren(...report.rows.map((row) => viewRow(row, byName.get(row.route ?? ''))));
    frequent.hidden = report.origins.length === 0;
    origins.replaceChildren(...report.origins.slice(0, MOST_SHOWN).map((each) => viewOrigin(each, report.revision)));
  }

  return {
    node: element('div', {}, status, failure, element('div', { class: 'tally' }, rows, frequent)),
    watch(onCount) {
      let revision: number | undefined;
      const look = async (): Promise<void> => {
        try {
          const report = document.hidden ? undefined : await loadRefusals(revision);
          failure.textContent = '';
          if (report !== undefined) {
            revision = report.revision;
            show(report);
            onCount(revision);
          }
        } catch {
          failure.textContent = 'The application does not answer. Is it still running?';
        }
        setTimeout(() => void look(), EACH);
      };
      void look();
    },
  };
}

const MOST_SHOWN = 20;

function viewRow(row: Row, route: PolicyReport['routes'][number] | undefined): HTMLElement {
  const where = route === undefined ? [] : [element('span', { class: 'path' }, `${route.method} ${route.path}`)];
  const asked = route && questionAt(route);
  const question =
    asked === undefined || row.last === undefined
      ? []
      : [
          askLink(`Ask about this ${asked['method'] === SOCKET ? 'socket' : 'request'}`, {
            origin: row.last,
            ...asked,
          }),
        ];
  return element(
    'li',
    {},
    element('span', { class: 'times' }, `${row.count}×`),
    element(
      'div',
      {},
      element('p', { class: 'what' }, element('b', {}, row.route ?? 'No controller'), ' ', ...where),
      element('p', {}, element('span', { class: 'step' }, row.step), ` ${REASONS[row.reason]}, ${PHASES[row.phase]}`),
      element(
        'p',
        { class: 'last' },
        'last ',
        element('time', { datetime: new Date(row.at).toISOString() }, new Date(row.at).toLocaleTimeString()),
        ...(row.last === undefined ? [] : [', from ', element('code', {}, row.last)]),
        ...question.flatMap((link) => [' · ', link]),
      ),
    ),
  );
}

function viewOrigin({ origin, count, excess }: RefusalReport['origins'][number], total: number): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', `${(100 * count) / Math.max(total, 1)}%`);
  const times = excess === 0 ? `${count}×` : `${count - excess} to ${count}×`;
  return element('li', {}, element('code', {}, origin), element('span', { class: 'times' }, times), bar);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
