/** Makes an element: `element('p', { class: 'why' }, 'text', otherElement)`. Text stays text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * Lets a line end between the parts of a text, but not at a hyphen inside one of them. A part too long for any line is left
 * to break where it must.
 */
export function unbroken(text: string, between: RegExp): (Node | string)[] {
  return text.split(between).flatMap((part, index) => {
    const space = /^ */.exec(part)?.[0] ?? '';
    const word = part.slice(space.length);
    const gap = index > 0 ? [space, element('wbr')] : [space];
    return [...gap, element('span', word.length > 32 ? {} : { class: 'unbroken' }, word)];
  });
}
