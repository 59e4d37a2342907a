import type { ApiClient } from './api-client.js';

/** An event as the server must have it. */
export interface CountedEvent {
  name: string;
  /** Epoch milliseconds; null without a readable time. */
  time: number | null;
  person: string | null;
  properties?: Record<string, unknown>;
}

/** A project, a range and the events that lie in it. */
export interface CountedRange {
  client: ApiClient;
  projectKey: string;
  /** With project, range and zone. */
  query: string;
  zone: string;
  events: CountedEvent[];
}

/** A filter as it is written in a query and in a body, and what it means. */
export interface KnownFilter {
  query: string;
  body: Record<string, unknown>;
  holds: (properties: Record<string, unknown>) => boolean;
}

const isMissing = (value: unknown) => value === undefined || value === null || value === '';
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const countryOf = (properties: Record<string, unknown> = {}) =>
  isMissing(properties.country) ? '(none)' : asText(properties.country);
const planOf = (properties: Record<string, unknown>) => (properties.user as { plan?: unknown } | undefined)?.plan;

export const KNOWN_FILTERS: KnownFilter[] = [
  {
    query: 'filter[properties.country]=DE',
    body: { 'properties.country': 'DE' },
    holds: (properties) => properties.country === 'DE',
  },
  {
    query: 'filter[properties.country]=49',
    body: { 'properties.country': 49 },
    holds: ({ country }) => country === '49' || country === 49,
  },
  {
    query: 'filter[properties.country][neq]=DE',
    body: { 'properties.country': { neq: 'DE' } },
    holds: ({ country }) => country !== 'DE',
  },
  {
    query: 'filter[properties.country]=(none)',
    body: { 'properties.country': { eq: '(none)' } },
    holds: ({ country }) => isMissing(country),
  },
  {
    query: 'filter[properties.country][in]=DE,49&filter[properties.country][in]=(none)',
    body: { 'properties.country': { in: ['DE', '49', '(none)'] } },
    holds: (properties) => ['DE', '49', '(none)'].includes(countryOf(properties)),
  },
  {
    query: 'filter[properties.amount][gt]=10&filter[properties.amount][lt]=100',
    body: { 'properties.amount': { gt: 10, lt: 100 } },
    holds: ({ amount }) =>
      (typeof amount === 'number' || typeof amount === 'string') && Number(amount) > 10 && Number(amount) < 100,
  },
  {
    query: 'filter[properties.user.plan][exists]=true',
    body: { 'properties.user.plan': { exists: true } },
    holds: (properties) => !isMissing(planOf(properties)),
  },
  {
    query: 'filter[properties.user.plan][contains]=r',
    body: { 'properties.user.plan': { contains: 'r' } },
    holds: (properties) => String((planOf(properties) as string | boolean | undefined) ?? '').includes('r'),
  },
  {
    query: `filter[${encodeURIComponent('properties.$gt')}]=${encodeURIComponent('$ne')}&cache[$ne]=1`,
    body: { 'properties.$gt': '$ne' },
    holds: (properties) => properties.$gt === '$ne',
  },
];

export function groupBy<T>(items: readonly T[], key: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}

/** Local calendar text of an instant, asked of the platform. */
export function localText(time: number, zone: string, unit: 'day' | 'hour'): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  })
    .formatToParts(time)
    .reduce<Record<string, string>>((all, { type, value }) => ({ ...all, [type]: value }), {});
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  return unit === 'day' ? day : `${day} ${parts.hour}:00`;
}

/** The figures of the simple reports, counted by hand. */
export function figuresOf(events: readonly CountedEvent[]) {
  const persons = new Set(events.flatMap(({ person }) => person ?? []));
  const converted = new Set(events.flatMap(({ name, person }) => (name === 'buy' ? (person ?? []) : [])));
  const counts = [...groupBy(events, ({ name }) => name)].map(([eventName, list]) => ({
    eventName,
    count: list.length,
  }));
  counts.sort((a, b) => b.count - a.count || (a.eventName < b.eventName ? -1 : 1));
  return {
    totals: { totalEvents: events.length, uniqueUsers: persons.size, uniqueEventNames: counts.length },
    counts,
    conversion: {
      totalUsers: persons.size,
      convertedUsers: converted.size,
      conversionRate: persons.size === 0 ? 0 : converted.size / persons.size,
    },
  };
}

/** Events per local day or hour; a local hour that is repeated in autumn counts as one. */
export function perBucket(events: readonly CountedEvent[], zone: string, unit: 'day' | 'hour'): Record<string, number> {
  const timed = events.filter(({ time }) => time !== null);
  const groups = groupBy(timed, ({ time }) => localText(time!, zone, unit));
  return Object.fromEntries([...groups].map(([time, list]) => [time, list.length]));
}

/** The items of a series that are not 0, those of one name added up. */
export function filledItems(items: readonly { time: string; count: number }[]): Record<string, number> {
  const summed: Record<string, number> = {};
  for (const { time, count } of items) if (count > 0) summed[time] = (summed[time] ?? 0) + count;
  return summed;
}

const FROM_ROLLUPS = [
  'overview?',
  'top-events?',
  'conversion?eventName=buy&',
  ...['hour', 'day', 'week', 'month'].map((interval) => `events-timeseries?interval=${interval}&`),
  'funnel?steps=open,view,buy&window=10h&',
  ...['day', 'week', 'month'].map((interval) => `retention?interval=${interval}&`),
  'retention?startEvent=open&returnEvent=buy&',
  'retention?mode=24h&',
  'sessions?',
  'sessions?interval=hour&',
  'active-users?',
];
/** Need a range. */
const COMPARED = ['overview?compare=previous&', 'events-timeseries?compare=previous&interval=month&'];

/**
 * The reports that rollups may answer, byte for byte, whatever they are computed from. The client is an admin.
 *
 * @returns the reports that were computed from raw events though it was left open
 */
export async function expectSameFromRaw({ client, projectKey, query }: CountedRange): Promise<string[]> {
  const isBounded = new URLSearchParams(query).has('to');
  const asked = new Map<string, (source: string) => ReturnType<ApiClient['get']>>(
    [...FROM_ROLLUPS, ...(isBounded ? COMPARED : [])].map((path) => [
      path,
      (source) => client.get(`/v1/reports/${path}${query}${source}`),
    ]),
  );
  const { from, to, tz } = Object.fromEntries(new URLSearchParams(query));
  for (const window of [undefined, '3000m']) {
    const body = { projectKey, from, to, tz, window, steps: ['open', 'view', 'open', 'buy'] };
    asked.set(`POST funnel ${window}`, (source) => client.post(`/v1/reports/funnel?${source}`, body));
  }
  const raws: string[] = [];
  for (const [path, ask] of asked) {
    const answer = await ask('');
    if (answer.headers.get('x-report-source') === 'raw') raws.push(path);
    const raw = await ask('&source=raw');
    expect([path, raw.status, raw.headers.get('x-report-source')]).toEqual([path, 200, 'raw']);
    expect([path, raw.text]).toEqual([path, answer.text]);
  }
  return raws;
}

/** The reports under one filter. */
export async function expectFiltered(range: CountedRange, { query, holds }: KnownFilter): Promise<void> {
  const { client, zone } = range;
  const figures = figuresOf(range.events.filter(({ properties }) => holds(properties ?? {})));
  const asked = `${range.query}&${query}`;
  const overview = await client.get(`/v1/reports/overview?${asked}`);
  expect(overview.body).toMatchObject(figures.totals);
  expect(overview.headers.get('x-report-source')).toBe('raw');
  expect((await client.get(`/v1/reports/top-events?${asked}`)).body.items).toEqual(figures.counts);
  expect((await client.get(`/v1/reports/conversion?${asked}&eventName=buy`)).body).toMatchObject(figures.conversion);
  const series = await client.get(`/v1/reports/events-timeseries?${asked}`);
  expect(filledItems(series.body.items)).toEqual(
    perBucket(
      range.events.filter(({ properties }) => holds(properties ?? {})),
      zone,
      'day',
    ),
  );
}

/** The reports broken down by country. */
export async function expectBrokenDown(range: CountedRange): Promise<void> {
  const { client, events, zone } = range;
  const asked = `${range.query}&breakdown=properties.country`;
  const byValue = (list: readonly CountedEvent[]) =>
    [...groupBy(list, ({ properties }) => countryOf(properties))].sort(
      ([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1),
    );
  const values = byValue(events).map(([value, list]) => ({ value, ...figuresOf(list) }));
  const overview = await client.get(`/v1/reports/overview?${asked}`);
  expect(overview.body).toMatchObject({ breakdown: values.map(({ value, totals }) => ({ value, ...totals })) });
  expect(overview.body.otherValues).toBe(0);
  expect((await client.get(`/v1/reports/top-events?${asked}`)).body.breakdown).toEqual(
    values.map(({ value, counts }) => ({ value, items: counts })),
  );
  expect((await client.get(`/v1/reports/conversion?${asked}&eventName=buy`)).body.breakdown).toEqual(
    values.map(({ value, conversion }) => ({ value, ...conversion })),
  );
  const series = await client.get(`/v1/reports/events-timeseries?${asked}&interval=hour`);
  const timed = events.filter(({ time }) => time !== null);
  expect(
    series.body.breakdown.map(({ value, items }: { value: string; items: [] }) => [value, filledItems(items)]),
  ).toEqual(byValue(timed).map(([value, list]) => [value, perBucket(list, zone, 'hour')]));
}

/** The reports on properties of some well-known events. */
export async function expectPropertyReports({ client, query, events, zone }: CountedRange): Promise<void> {
  const items = async (report: string) => (await client.get(`/v1/reports/${report}?${query}`)).body.items;
  const textOf = (value: unknown, missing: string) => (isMissing(value) ? missing : asText(value));
  const count = (name: string, label: (properties: Record<string, unknown>, event: CountedEvent) => unknown[]) => {
    const named = events.filter((event) => event.name === name);
    const groups = groupBy(named, (event) => JSON.stringify(label(event.properties ?? {}, event)));
    return [...groups].map(([key, list]) => [...(JSON.parse(key) as (string | number)[]), list.length]);
  };
  const byCount = (a: (string | number)[], b: (string | number)[]) => {
    const order = Number(b.at(-1)) - Number(a.at(-1));
    const differs = a.findIndex((part, i) => part !== b[i]);
    return order || (differs < 0 ? 0 : a[differs]! < b[differs]! ? -1 : 1);
  };
  const rows = (list: Record<string, unknown>[]) => list.map((item) => Object.values(item));

  const screens = count('screen_view', ({ screen_name }) => [textOf(screen_name, 'Unknown')]);
  expect(rows(await items('top-screens'))).toEqual(screens.sort(byCount));
  const buttons = count('button_click', ({ button_id, button_text }) => [
    textOf(button_id, 'unknown'),
    textOf(button_text, 'Unknown'),
  ]);
  expect(rows(await items('button-clicks'))).toEqual(buttons.sort(byCount));
  const viewed = count('view_item', ({ item_id, item_name }) => [
    textOf(item_id, 'unknown'),
    textOf(item_name, 'Unknown'),
  ]);
  expect(rows(await items('view-items'))).toEqual(viewed.sort(byCount));
  const hours = count('screen_view', ({ screen_name }, { time }) => [
    textOf(screen_name, 'Unknown'),
    time === null ? -1 : Number(localText(time, zone, 'hour').slice(11, 13)),
  ]).filter(([, hour]) => hour !== -1);
  const byScreen = ([a = '', hour = 0]: (string | number)[], [b = '', other = 0]: (string | number)[]) =>
    a === b ? Number(hour) - Number(other) : a < b ? -1 : 1;
  expect(rows(await items('screen-views-by-hour'))).toEqual(hours.sort(byScreen));
}

/** Overview and series beside those of the time before, in which `before` happened. */
export async function expectCompared(range: CountedRange, before: CountedEvent[]): Promise<void> {
  const { client, events, zone } = range;
  const [now, then] = [figuresOf(events).totals, figuresOf(before).totals];
  const change = (key: keyof typeof now) => (then[key] === 0 ? null : (now[key] - then[key]) / then[key]);
  const overview = await client.get(`/v1/reports/overview?${range.query}&compare=previous`);
  expect(overview.body).toMatchObject({
    ...now,
    previous: then,
    change: {
      totalEvents: change('totalEvents'),
      uniqueUsers: change('uniqueUsers'),
      uniqueEventNames: change('uniqueEventNames'),
    },
  });
  const series = await client.get(`/v1/reports/events-timeseries?${range.query}&compare=previous`);
  expect(filledItems(series.body.previous.items)).toEqual(perBucket(before, zone, 'day'));
  expect(series.body.previous.range).toEqual(overview.body.previous.range);
}
