import type { AST } from '@eslint-community/regexpp';

/** A place where an expression leaves a single character to choose, and how it can be decided. */
export interface SingleChoice {
  readonly node: ChoiceNode;
  /** Counts of a quantifier, positions of alternatives: the first is what the writer had in mind. */
  readonly options: readonly [number, ...number[]];
}

export type ChoiceNode = AST.Quantifier | AST.Group | AST.CapturingGroup;

/** How often a character that may be repeated is tried out. */
const MOST_REPEATS = 2;

/**
 * Where an expression leaves a single character out, or takes another one: `www\.?example`, `com?`, `app(\.|-)example`. People who
 * write that mean one name, and spell out several. Classes (`[.-]`) are found where hosts are read.
 *
 * An alternative of whole labels, `(a|bc)\.example`, is a list of names.
 */
export function singleChoicesIn(pattern: AST.Pattern): readonly SingleChoice[] {
  return pattern.alternatives.flatMap(choicesOf);
}

function choicesOf({ elements }: AST.Alternative): readonly SingleChoice[] {
  // What stands in front of the last slash is the scheme.
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
  const others = Array.from({ length: Math.min(max - min, MOST_REPEATS) + 1 }, (_, more) => min + more);
  // Once, where it can be left out.
  return [{ node, options: [Math.max(min, 1), ...others] }];
}

function alternatives(node: AST.Group | AST.CapturingGroup): readonly SingleChoice[] {
  const isSingle =
    node.alternatives.length > 1 && node.alternatives.some(({ elements }) => sum(elements.map(widthOf)) === 1);
  return isSingle ? [{ node, options: [0, ...node.alternatives.keys()] }] : [];
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
    case 'Backreference':
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return 1;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
