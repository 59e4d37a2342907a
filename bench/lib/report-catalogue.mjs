// @ts-check
import { anyRanges, closedRanges, weeks, wideRanges } from './report-ranges.mjs';
import { FUNNEL } from './shop-visits.mjs';

/** @typedef {import('./http-client.mjs').Call} Call */
/** @typedef {import('./report-ranges.mjs').ReportRange} ReportRange */
/**
 * @typedef {object} Report
 * @property {string} name
 * @property {(count: number) => ReportRange[]} ranges
 * @property {(projectKey: string, range: ReportRange) => Call} call
 * @property {boolean} [fromRaw] rollups do not hold it, so it is always read from raw events
 * @property {{million: number, tenMillion: number}} [targetMs] for the 95th percentile of warm calls
 */

const COUNTS_TARGET = { million: 20, tenMillion: 40 };
const CONVERSION_TARGET = { million: 100, tenMillion: 100 };
const FUNNEL_TARGET = { million: 150, tenMillion: 1500 };

const DE = { 'filter[properties.country]': 'DE' };
const BY_COUNTRY = { breakdown: 'properties.country' };

/** Every report that the server offers, with the ranges that make it dear. @type {Report[]} */
export const REPORTS = [
  { ...get('overview'), ranges: anyRanges, targetMs: COUNTS_TARGET },
  { ...get('top-events', { limit: '10' }), ranges: anyRanges, targetMs: COUNTS_TARGET },
  ...['hour', 'day', 'week', 'month'].map((interval) => ({
    ...get('events-timeseries', { interval }, `series by ${interval}`),
    ranges: anyRanges,
    targetMs: COUNTS_TARGET,
  })),
  { ...get('overview', { compare: 'previous' }, 'overview compared'), ranges: closedRanges },
  { ...get('events-timeseries', { compare: 'previous' }, 'series compared'), ranges: closedRanges },
  { ...get('conversion', { eventName: 'purchase_success' }), ranges: wideRanges, targetMs: CONVERSION_TARGET },
  { ...funnel('funnel, 4 steps', { window: '7d' }), ranges: wideRanges, targetMs: FUNNEL_TARGET },
  { ...funnel('funnel, no window', {}), ranges: wideRanges, targetMs: FUNNEL_TARGET },
  { ...get('retention', { interval: 'week' }, 'retention by week'), ranges: wideRanges },
  {
    ...get('retention', { interval: 'day', mode: '24h', startEvent: 'app_open' }, 'retention by 24 h'),
    ranges: wideRanges,
  },
  { ...get('sessions'), ranges: wideRanges },
  { ...get('active-users'), ranges: wideRanges },
  {
    name: 'event names',
    ranges: wideRanges,
    call: (projectKey, { from = '', to = '' }) => ({
      path: `/v1/projects/${projectKey}/events/names`,
      query: { from, to },
    }),
  },
  { ...get('top-screens'), ranges: wideRanges, fromRaw: true },
  { ...get('button-clicks'), ranges: wideRanges, fromRaw: true },
  { ...get('view-items'), ranges: wideRanges, fromRaw: true },
  { ...get('screen-views-by-hour', {}, 'screens by hour'), ranges: wideRanges, fromRaw: true },
  { ...get('sessions', { by: 'sessionId' }, 'sessions by id, 7 d'), ranges: weeks, fromRaw: true },
  ...[
    get('overview', DE, 'filtered'),
    get('overview', BY_COUNTRY, 'by country'),
    get('top-events', DE, 'top events filtered'),
    get('events-timeseries', BY_COUNTRY, 'series by country'),
    get('conversion', { eventName: 'purchase_success', ...DE }, 'conversion filtered'),
    funnel('funnel filtered', { filter: { 'properties.country': 'DE' } }),
    funnel('funnel by country', { breakdown: 'properties.country' }),
  ].flatMap((report) => [
    { ...report, name: `${report.name}, 7 d`, ranges: weeks, fromRaw: true },
    { ...report, name: `${report.name}, 90 d`, ranges: wideRanges, fromRaw: true },
  ]),
];

/** @param {string} route @param {Record<string, string>} [own] @param {string} [name] */
function get(route, own = {}, name = route) {
  return {
    name,
    /** @type {Report['call']} */
    call: (projectKey, range) => ({ path: `/v1/reports/${route}`, query: { projectKey, ...range, ...own } }),
  };
}

/** @param {string} name @param {object} own */
function funnel(name, own) {
  return {
    name,
    /** @type {Report['call']} */
    call: (projectKey, range) => ({
      method: 'POST',
      path: '/v1/reports/funnel',
      body: { projectKey, steps: FUNNEL, ...range, ...own },
    }),
  };
}
