import underPressure from '@fastify/under-pressure';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UnavailableError } from '../errors/domain.error.js';

/** A delay of the event loop above this means that requests arrive faster than they can be served. */
const MAX_EVENT_LOOP_DELAY_MS = 1500;
/** Longer than that delay: a sample in which the loop never turned counts as overload, as just after a slow start. */
const SAMPLE_INTERVAL_MS = 2000;

/** Route config of probes: they answer under any load, or an orchestrator kills a busy server. */
export const PROBE_ROUTE = { pressureHandler: () => undefined };

/** Refuses new work with 503 and `Retry-After` instead of collapsing. */
export async function registerLoadShedding(app: NestFastifyApplication): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    sampleInterval: SAMPLE_INTERVAL_MS,
    pressureHandler: () => {
      throw new UnavailableError('The server is overloaded; try again shortly', 2, 'OVERLOADED');
    },
  });
}
