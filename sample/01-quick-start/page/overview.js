/** All results at a glance: one row for each request, one column for each origin. */

import { element } from '/picture.js';

/** @import { Scenario } from './types.js' */

/**
 * @param {readonly Scenario[]} scenarios
 * @param {readonly string[]} columns
 */
export function drawOverview(scenarios, columns) {
  /** @type {Map<string, HTMLTableCellElement[]>} */
  const cells = new Map();
  const body = element('tbody');
  for (const { experiments } of scenarios) {
    experiments.forEach(({ name, title }, index) => {
      const row = columns.map(() => element('td', {}, element('span', { class: 'visually-hidden' }, 'not sent yet')));
      cells.set(name, row);
      const heading = element('th', { scope: 'row' }, element('a', { href: `#${name}` }, title));
      body.append(element('tr', index === 0 ? { class: 'first' } : {}, heading, ...row));
    });
  }
  const heads = columns.map((column) => element('th', { scope: 'col' }, column));
  const table = element(
    'table',
    {},
    element('caption', { class: 'visually-hidden' }, 'Which answers each origin could read'),
    element('thead', {}, element('tr', {}, element('td'), ...heads)),
    body,
  );

  return {
    table,
    /** @param {string} name of the experiment @param {number} column @param {boolean} read */
    enter(name, column, read) {
      const cell = cells.get(name)?.[column];
      if (!cell) {
        return;
      }
      cell.className = read ? 'read' : 'refused';
      cell.replaceChildren(read ? '✓' : '✕', element('span', { class: 'said' }, read ? ' read' : ' refused'));
    },
    /** What to say aloud when these are done. @param {readonly string[]} names */
    summary(names) {
      const done = names.flatMap((name) => cells.get(name) ?? []);
      const read = done.filter((cell) => cell.className === 'read').length;
      return `${done.length} requests sent, ${read} answers read, ${done.length - read} refused.`;
    },
  };
}
