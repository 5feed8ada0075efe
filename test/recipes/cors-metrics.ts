import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Meter } from '@opentelemetry/api';
import type { CorsDecisionEvent } from 'nestjs-cors';

/** Counts refusals by route, step and reason. Never by origin: clients choose it, and each one would be a time series. */
export function countRefusals(meter: Meter): () => void {
  const refusals = meter.createCounter('cors.refusals', { description: 'Requests that a CORS policy refused' });
  const count = (message: unknown): void => {
    const { verdict, route = 'other', step, reason } = message as CorsDecisionEvent;
    // Without an Origin it is not a CORS request: curl, health checks, the application's own pages.
    if (verdict === 'refused' && reason !== 'no-origin') {
      refusals.add(1, { route, step, reason });
    }
  };
  subscribe('nestjs-cors:decision', count);
  return () => void unsubscribe('nestjs-cors:decision', count);
}
