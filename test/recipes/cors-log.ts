import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { CorsDecisionEvent } from 'nestjs-cors';
import type { Logger } from 'pino';

/** Logs refusals; at level debug also the diagnosis and the change to make. */
export function logRefusals(logger: Logger): () => void {
  const log = (message: unknown): void => {
    const event = message as CorsDecisionEvent;
    if (event.verdict === 'allowed' || event.reason === 'no-origin') {
      return;
    }
    const { route, phase, step, reason, origin } = event; // origin is already escaped and cut
    logger.warn({ route, phase, step, reason, origin }, 'CORS refused');
    if (logger.isLevelEnabled('debug')) {
      const { text, cures = [] } = event.diagnosis ?? {}; // computed when it is read, so only at this level
      logger.debug({ text, cures: cures.map(({ code, place }) => `${code} on ${place}`) }, 'CORS diagnosis');
    }
  };
  subscribe('nestjs-cors:decision', log);
  return () => void unsubscribe('nestjs-cors:decision', log);
}
