/**
 * Two pictures side by side, or, where there is no room for that, one of them at a time, chosen by a tab. There they are closed
 * until one is asked for: the tabs say what became of each.
 */

import { element } from '/picture.js';

const narrow = matchMedia('(width < 60rem)');

/**
 * @param {string} label of both together
 * @param {readonly { id: string, title: string, content: HTMLElement }[]} parts
 */
export function tabbed(label, parts) {
  /** @type {number | undefined} */
  let chosen;
  const marks = parts.map(() => element('span', { class: 'mark' }));
  const tabs = parts.map(({ id, title }, index) =>
    element(
      'button',
      { type: 'button', role: 'tab', id: `${id}-tab`, 'aria-controls': `${id}-panel` },
      title,
      marks[index] ?? '',
    ),
  );
  const panels = parts.map(({ id, content }) => element('div', { class: 'panel', id: `${id}-panel` }, content));

  function apply() {
    tabs.forEach((tab, index) => {
      tab.setAttribute('aria-selected', String(index === chosen));
      tab.tabIndex = index === (chosen ?? 0) ? 0 : -1;
    });
    panels.forEach((panel, index) => {
      panel.hidden = narrow.matches && index !== chosen;
      // Side by side they are no tabs, and nothing has to be said about them.
      if (narrow.matches) {
        panel.setAttribute('role', 'tabpanel');
        panel.setAttribute('aria-labelledby', tabs[index]?.id ?? '');
      } else {
        panel.removeAttribute('role');
        panel.removeAttribute('aria-labelledby');
      }
    });
  }

  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => {
      chosen = chosen === index ? undefined : index;
      apply();
    });
    tab.addEventListener('keydown', ({ key }) => {
      const to = targetOf(key, index, tabs.length);
      if (to !== undefined) {
        chosen = to;
        apply();
        tabs[to]?.focus();
      }
    });
  });
  narrow.addEventListener('change', apply);
  apply();

  return {
    list: element('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, ...tabs),
    panels,
    /** Opens one, if none is open. */
    open() {
      chosen ??= 0;
      apply();
    },
    /** What became of a part. @param {number} index @param {string} text @param {string} kind */
    mark(index, text, kind) {
      const mark = marks[index];
      if (mark) {
        mark.textContent = text;
        mark.className = `mark ${kind}`;
      }
    },
  };
}

/** @param {string} key @param {number} from @param {number} count */
function targetOf(key, from, count) {
  switch (key) {
    case 'ArrowRight':
      return (from + 1) % count;
    case 'ArrowLeft':
      return (from + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
