/**
 * Copies a picture that a browser has laid out into an SVG without HTML or script: lines, boxes and text. READMEs show SVGs
 * as images, in which nothing else is certain to be drawn.
 *
 * It knows the component in `page/picture` and its few kinds of parts. Each text gets its width, so that it fits its place
 * with the fonts of another machine, too.
 */

interface Run {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
  readonly style: string;
}

/** What is drawn, from the back to the front. */
class Sheet {
  readonly #shapes: string[] = [];
  readonly #runs: Run[] = [];
  readonly #styles = new Map<string, string>();
  readonly #measure = document.createElement('canvas').getContext('2d');

  constructor(private readonly frame: DOMRect) {}

  box(at: DOMRect, attributes: Readonly<Record<string, string | number>>, grow = 0): void {
    const [width, height] = [at.width + 2 * grow, at.height + 2 * grow];
    this.shape('rect', { ...this.place(at.left - grow, at.top - grow), width, height, ...attributes });
  }

  shape(name: string, attributes: Readonly<Record<string, string | number>>): void {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${rounded(value)}"`);
    this.#shapes.push(`<${name}${written.join('')}/>`);
  }

  place(left: number, top: number): { x: number; y: number } {
    return { x: left - this.frame.left, y: top - this.frame.top };
  }

  /** One line of text. It is joined to the one before if that ends where this begins. */
  text(text: string, at: DOMRect, style: CSSStyleDeclaration): void {
    const font = `font:${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily};fill:${hex(style.color)}`;
    const { ascent } = this.#metrics(text, style);
    const { x, y } = this.place(at.left, at.top);
    const run = { x, y: y + ascent, width: at.width, text, style: this.#classOf(font.replaceAll('normal ', '')) };
    const before = this.#runs.at(-1);
    const gap = before ? run.x - before.x - before.width : Infinity;
    if (before && before.style === run.style && Math.abs(before.y - run.y) < 0.5 && gap > -1 && gap < 10) {
      const joint = gap > 1.5 ? ' ' : '';
      this.#runs.splice(-1, 1, { ...before, text: before.text + joint + text, width: run.x + run.width - before.x });
    } else {
      this.#runs.push(run);
    }
  }

  /** The width of a text that has no place of its own yet. */
  widthOf(text: string, style: CSSStyleDeclaration): number {
    return this.#metrics(text, style).width;
  }

  toString(title: string): string {
    const { width, height } = this.frame;
    const styles = [...this.#styles].map(([font, name]) => `.${name}{${font}}`);
    const texts = this.#runs.map(
      ({ x, y, width: length, text, style }) =>
        `<text class="${style}" x="${rounded(x)}" y="${rounded(y)}" textLength="${rounded(length)}">${escaped(text)}</text>`,
    );
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${rounded(width)}" height="${rounded(height)}" viewBox="0 0 ${rounded(width)} ${rounded(height)}" role="img">`,
      `<title>${escaped(title)}</title>`,
      `<style>${styles.join('')}text{white-space:pre}</style>`,
      ...this.#shapes,
      ...texts,
      '</svg>',
      '',
    ].join('\n');
  }

  #classOf(font: string): string {
    const name = this.#styles.get(font) ?? `t${this.#styles.size}`;
    this.#styles.set(font, name);
    return name;
  }

  #metrics(text: string, style: CSSStyleDeclaration): { ascent: number; width: number } {
    if (this.#measure === null) {
      throw new Error('This browser has no canvas to measure with.');
    }
    this.#measure.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const { fontBoundingBoxAscent: ascent, width } = this.#measure.measureText(text);
    return { ascent, width };
  }
}

/** The picture as the text of an SVG. */
export function trace(figure: HTMLElement, title: string): string {
  const frame = figure.getBoundingClientRect();
  const sheet = new Sheet(frame);
  walk(figure, sheet);
  return sheet.toString(title);
}

function walk(element: HTMLElement, sheet: Sheet): void {
  const style = getComputedStyle(element);
  if (style.display === 'none' || element.classList.contains('visually-hidden')) {
    return;
  }
  drawBox(element, style, sheet);
  if (element.classList.contains('steps')) {
    drawLanes(element, style, sheet);
  } else if (element.classList.contains('arrow')) {
    drawArrow(element, style, sheet);
  } else if (element.classList.contains('note')) {
    drawMark(element, style, sheet);
  }
  for (const child of element.childNodes) {
    if (child instanceof HTMLElement) {
      walk(child, sheet);
    } else if (child instanceof Text) {
      drawText(child, style, sheet);
    }
  }
  if (element.localName === 'dt') {
    const box = element.getBoundingClientRect();
    const text = getComputedStyle(element, '::after').content.replace(/^"|"$/g, '').trim();
    const width = sheet.widthOf(text, style);
    sheet.text(text, new DOMRect(box.right - sheet.widthOf(`${text} `, style), box.top, width, box.height), style);
  }
}

function drawBox(element: HTMLElement, style: CSSStyleDeclaration, sheet: Sheet): void {
  const rx = Number.parseFloat(style.borderRadius) || 0;
  const line = Number.parseFloat(style.borderRightWidth);
  // A wash around a word is a shadow, so that it takes no room.
  const grow = Number.parseFloat(/0px 0px 0px ([\d.]+)px/.exec(style.boxShadow)?.[1] ?? '0');
  for (const box of element.getClientRects()) {
    if (!/, 0\)$|^transparent$/.test(style.backgroundColor)) {
      sheet.box(box, { rx: Math.min(rx + grow, box.height / 2), fill: hex(style.backgroundColor) }, grow);
    }
    if (line > 0 && style.borderRightStyle !== 'none') {
      sheet.box(box, { rx, fill: 'none', stroke: hex(style.borderRightColor), 'stroke-width': line }, -line / 2);
    }
  }
}

/** The three lanes are backgrounds, at the left end, where the browser stands, and at the right end. */
function drawLanes(steps: HTMLElement, style: CSSStyleDeclaration, sheet: Sheet): void {
  const { left, top, width, height } = steps.getBoundingClientRect();
  const browser = Number.parseFloat(style.getPropertyValue('--browser')) / 100;
  for (const share of [0, browser, 1]) {
    const { x, y } = sheet.place(left + share * (width - 1), top);
    sheet.shape('rect', { x, y, width: 1, height, fill: hex(style.getPropertyValue('--lane').trim()) });
  }
}

function drawArrow(arrow: HTMLElement, style: CSSStyleDeclaration, sheet: Sheet): void {
  const { left, right, top, height } = arrow.getBoundingClientRect();
  const [shaft, head] = [getComputedStyle(arrow, '::before'), getComputedStyle(arrow, '::after')];
  const start = sheet.place(left, top + height / 2);
  const end = sheet.place(right, top);
  const dashed = shaft.borderTopStyle === 'dashed' ? { 'stroke-dasharray': '4 3' } : {};
  sheet.shape('path', {
    d: `M${rounded(start.x)} ${rounded(start.y)}H${rounded(end.x)}`,
    stroke: hex(style.color),
    'stroke-width': 1.5,
    ...dashed,
  });
  // The points of its clip-path, from the tip.
  const [width, tall] = [Number.parseFloat(head.width), Number.parseFloat(head.height)];
  const isLeft = head.transform !== 'none';
  const [tip, back] = isLeft ? [start.x, 1] : [end.x, -1];
  const points = [
    [tip, 0.5],
    [tip + back * width, 0.92],
    [tip + back * width * 0.78, 0.5],
    [tip + back * width, 0.08],
  ] as const;
  sheet.shape('polygon', {
    points: points.map(([x, share]) => `${rounded(x)},${rounded(end.y + share * tall)}`).join(' '),
    fill: hex(style.color),
  });
}

/** What the browser thinks has a mark at its lane. */
function drawMark(note: HTMLElement, style: CSSStyleDeclaration, sheet: Sheet): void {
  const mark = getComputedStyle(note, '::before');
  const [size, line] = [Number.parseFloat(mark.width), Number.parseFloat(mark.borderTopWidth)];
  const box = note.getBoundingClientRect();
  const left = box.left + Number.parseFloat(style.paddingLeft) + Number.parseFloat(mark.marginLeft);
  const top = box.top + Number.parseFloat(style.paddingTop) + Number.parseFloat(mark.marginTop);
  const { x, y } = sheet.place(left, top);
  const [cx, cy, r] = [x + size / 2, y + size / 2, (size - line) / 2];
  sheet.shape('circle', {
    cx,
    cy,
    r,
    fill: hex(mark.backgroundColor),
    stroke: hex(mark.borderTopColor),
    'stroke-width': line,
  });
  // Drawn, not written: few fonts have these signs.
  const signs: Readonly<Record<string, string>> = {
    '"✓"': 'm-3.2 .3 2.2 2.4 4.2-5',
    '"✕"': 'm-2.6-2.6 5.2 5.2m0-5.2-5.2 5.2',
  };
  const sign = signs[mark.content];
  if (sign) {
    sheet.shape('path', {
      d: `M${rounded(cx)} ${rounded(cy)}${sign}`,
      fill: 'none',
      stroke: hex(mark.borderTopColor),
      'stroke-width': line,
    });
  }
}

/** Word by word, as a line may end after each. */
function drawText(text: Text, style: CSSStyleDeclaration, sheet: Sheet): void {
  for (const { index, 0: word } of text.data.matchAll(/\S+/g)) {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    // A word longer than a line is on several.
    const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
    const [rect] = rects;
    if (rects.length === 1 && rect) {
      sheet.text(word, rect, style);
    } else {
      drawLetters(text, index, word, style, sheet);
    }
  }
}

function drawLetters(text: Text, from: number, word: string, style: CSSStyleDeclaration, sheet: Sheet): void {
  Array.from(word).reduce((index, letter) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + letter.length);
    sheet.text(letter, range.getBoundingClientRect(), style);
    return index + letter.length;
  }, from);
}

/** `#1d6b57` for `rgb(29, 107, 87)`. */
function hex(color: string): string {
  const channels = /^rgba?\((.+)\)$/.exec(color)?.[1]?.split(',').slice(0, 3);
  return channels ? `#${channels.map((channel) => Number(channel).toString(16).padStart(2, '0')).join('')}` : color;
}

function rounded(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
