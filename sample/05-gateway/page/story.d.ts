import type { Facts, Story } from '../../../page/picture/types.js';

export function tell(facts: Facts): Story;
