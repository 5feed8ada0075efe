import { CodeError } from './code-error.js';

/** Sums of texts, and what numbers are multiplied, added and divided to. */
export function compute(operator: string, left: unknown, right: unknown, at: number): unknown {
  if (typeof left === 'string' && typeof right === 'string' && operator === '+') {
    return left + right;
  }
  if (typeof left !== 'number' || typeof right !== 'number') {
    throw new CodeError(`${operator} stands only between numbers here`, at);
  }
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      return left / right;
  }
}
