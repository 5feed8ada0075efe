/** There is nothing to ask oneself here: a socket has neither method nor headers. */

/** @import { Scenario } from '../../01-quick-start/page/types.js' */

/** @type {Scenario} */
export const asking = { name: 'ask-yourself', title: '', text: '', experiments: [] };

export { viewExperiment as viewAsking } from './view.js';
