import { counter, histogram } from '../metrics/metrics.js';

/** Node.js parses three dozen methods; those beyond share one label. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const requests = counter({
  name: 'almanac_http_requests_total',
  help: 'HTTP requests by route template and class of the status; `unmatched` is any path without a route.',
  labelNames: ['method', 'route', 'status_class'],
});

const durations = histogram({
  name: 'almanac_http_request_duration_seconds',
  help: 'Time to answer HTTP requests, by route template; what was refused with 4xx has the route `refused`.',
  labelNames: ['method', 'route', 'status_class'],
  buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

/**
 * Counts a request that was answered. `route`: its template, never its path; undefined without one. A histogram is a
 * dozen series for each set of labels, so requests that were refused share a route there: whoever tries all routes
 * with all that is wrong adds one series for each.
 */
export function countRequest(method: string, route: string | undefined, status: number, seconds: number): void {
  const labels = {
    method: METHODS.has(method) ? method : 'other',
    route: route ?? 'unmatched',
    status_class: `${Math.floor(status / 100)}xx`,
  };
  requests.inc(labels);
  durations.observe(labels.status_class === '4xx' ? { ...labels, route: 'refused' } : labels, seconds);
}
