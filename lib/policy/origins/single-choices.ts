import type { AST } from '@eslint-community/regexpp';

/** A place where an expression makes a single character optional or gives alternatives, and the options there. */
export interface SingleChoice {
  readonly node: ChoiceNode;
  /** Counts of a quantifier, or positions of alternatives: the first is what the author had in mind. */
  readonly options: readonly [number, ...number[]];
}

export type ChoiceNode = AST.Quantifier | AST.Group | AST.CapturingGroup;

/** How many repetitions of a character are tried. */
const MOST_REPEATS = 2;

/**
 * The places where an expression makes a single character optional, or accepts another one: `www\.?example`, `com?`,
 * `app(\.|-)example`. The author means one name, but the expression spells out several. Classes (`[.-]`) are found elsewhere,
 * when hosts are read.
 *
 * Alternatives of whole labels, `(a|bc)\.example`, are a list of names, and are left out.
 */
export function singleChoicesIn(pattern: AST.Pattern): readonly SingleChoice[] {
  return pattern.alternatives.flatMap(choicesOf);
}

function choicesOf({ elements }: AST.Alternative): readonly SingleChoice[] {
  // The scheme is in front of the last slash.
  const host = elements.findLastIndex((element) => isCharacter(element, '/')) + 1;
  return elements.slice(host).flatMap((element, index) => choicesAt(element, elements, host + index));
}

function choicesAt(element: AST.Element, elements: readonly AST.Element[], index: number): readonly SingleChoice[] {
  switch (element.type) {
    case 'Quantifier':
      return [...optional(element), ...choicesAt(element.element, elements, index)];
    case 'Group':
    case 'CapturingGroup':
      return [
        ...(isWholeLabel(elements, index) ? [] : alternatives(element)),
        ...element.alternatives.flatMap(choicesOf),
      ];
    case 'Assertion':
    case 'Backreference':
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return [];
  }
}

function optional(node: AST.Quantifier): readonly SingleChoice[] {
  const { min, max, element } = node;
  if (min === max || widthOf(element) !== 1) {
    return [];
  }
  const counts = Array.from({ length: Math.min(max - min, MOST_REPEATS) + 1 }, (_, more) => min + more);
  // An optional character is meant to occur once.
  const meant = Math.max(min, 1);
  return [{ node, options: [meant, ...counts.filter((count) => count !== meant)] }];
}

function alternatives(node: AST.Group | AST.CapturingGroup): readonly SingleChoice[] {
  const isSingle =
    node.alternatives.length > 1 && node.alternatives.some(({ elements }) => sum(elements.map(widthOf)) === 1);
  return isSingle ? [{ node, options: [0, ...[...node.alternatives.keys()].slice(1)] }] : [];
}

/** Between a dot, or the slash of the scheme, and a dot. */
function isWholeLabel(elements: readonly AST.Element[], index: number): boolean {
  const [before, after] = [elements[index - 1], elements[index + 1]];
  return (isCharacter(before, '.') || isCharacter(before, '/')) && isCharacter(after, '.');
}

function isCharacter(element: AST.Element | undefined, character: string): boolean {
  return element?.type === 'Character' && element.value === character.codePointAt(0);
}

/** How many characters it can have at most. */
function widthOf(element: AST.Element): number {
  switch (element.type) {
    case 'Quantifier':
      return element.max === 0 ? 0 : element.max * widthOf(element.element);
    case 'Group':
    case 'CapturingGroup':
      return Math.max(...element.alternatives.map(({ elements }) => sum(elements.map(widthOf))));
    case 'Assertion':
      return 0;
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
    // An expression with one is refused before.
    case 'Backreference':
      return 1;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
