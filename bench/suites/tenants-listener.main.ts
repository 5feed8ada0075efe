/** Another instance: says when it is listening, and each time that it has dropped a list. */
import type { CorsBus } from '../../lib/index.js';
import { startTenants } from '../apps/tenants.js';
import { openBus } from '../apps/buses.js';

const [kind = '', url = ''] = process.argv.slice(2);
const { bus } = openBus(kind, url);

/** Hears what the application hears, right after it. */
const watched: CorsBus = {
  publish: (message) => bus.publish(message),
  subscribe: async (listener) => {
    const stop = await bus.subscribe((message) => {
      listener(message);
      if (message.includes('"changed"')) {
        process.send?.('dropped');
      }
    });
    process.send?.('listening');
    return stop;
  },
};
await startTenants('store', watched);
