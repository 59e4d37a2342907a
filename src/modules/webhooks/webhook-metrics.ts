import { counter } from '../../common/metrics/metrics.js';
import type { CallOutcome } from './webhook.client.js';

const attempts = counter({
  name: 'almanac_webhook_deliveries_total',
  help: 'Attempts to deliver webhooks, by what came of them.',
  labelNames: ['outcome'],
});

export function countDelivery(outcome: CallOutcome | 'internal'): void {
  attempts.inc({ outcome });
}
