import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { CorsDecisionEvent } from 'nestjs-cors';
import type { Logger } from 'pino';

/** Logs refusals, and at the level debug also why, and what to change. */
export function logRefusals(logger: Logger): () => void {
  const log = (message: unknown): void => {
    const event = message as CorsDecisionEvent;
    if (event.verdict === 'allowed' || event.reason === 'no-origin') {
      return;
    }
    const { route, phase, step, reason, origin } = event; // origin is escaped and cut already
    logger.warn({ route, phase, step, reason, origin }, 'CORS refused');
    if (logger.isLevelEnabled('debug')) {
      const { text, cures = [] } = event.diagnosis ?? {}; // made now, so not for every event in production
      logger.debug({ text, cures: cures.map(({ code, place }) => `${code} on ${place}`) }, 'CORS diagnosis');
    }
  };
  subscribe('nestjs-cors:decision', log);
  return () => void unsubscribe('nestjs-cors:decision', log);
}
