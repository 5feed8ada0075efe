import type { Facts, Story } from '../../../page/picture/index.js';

export function tell(facts: Facts): Story;
