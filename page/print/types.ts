import type { Facts } from '../picture/types.js';

export interface Printed {
  readonly facts: Facts;
  readonly title: string;
  readonly api: string;
  /** What the image is for those who do not see it. */
  readonly text: string;
}
