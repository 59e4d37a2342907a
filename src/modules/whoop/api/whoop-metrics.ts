import { counter, gauge } from '../../../common/metrics/metrics.js';

/** `outcome`: a class of statuses, or `network`, `rate_limited`, `breaker_open`. Never an id or a value. */
export const whoopRequests = counter({
  name: 'almanac_whoop_requests_total',
  help: 'Requests to WHOOP, by what came of each.',
  labelNames: ['outcome'],
});

export const whoopBreakerState = gauge({
  name: 'almanac_whoop_breaker_state',
  help: 'Circuit breaker of WHOOP: 0 closed, 1 open, 2 trying again.',
});

export const tokenRefreshes = counter({
  name: 'almanac_whoop_token_refreshes_total',
  help: 'Renewals of the tokens at WHOOP, by what came of each.',
  labelNames: ['outcome'],
});
