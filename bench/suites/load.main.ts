/** The load generator's process: loads the port it is told of, for as long as it is told, and says what came back. */
import autocannon from 'autocannon';

import { ALLOWED } from '../apps/policies.js';

/** What it is told. */
export interface LoadOrder {
  readonly port: number;
  readonly seconds: number;
}

/** What it says. */
export interface LoadReport {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Responses that were no success, and requests without one. */
  readonly faults: number;
}

process.on('disconnect', () => process.exit());
process.on('message', ({ port, seconds }: LoadOrder) => {
  const loading = autocannon({
    url: `http://127.0.0.1:${port}/resource5/4711`,
    connections: 20,
    duration: seconds,
    headers: { origin: ALLOWED },
  });
  loading.then(
    ({ requests, latency, non2xx, errors }) =>
      process.send?.({
        requestsPerSecond: requests.average,
        p99: latency.p99,
        faults: non2xx + errors,
      } satisfies LoadReport),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
