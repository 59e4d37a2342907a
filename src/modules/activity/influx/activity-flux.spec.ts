import { createRequire } from 'node:module';
import type { ParameterizedQuery } from '@influxdata/influxdb-client';
import fc from 'fast-check';
import type { ActivityQuery } from '../activity-points.js';
import { afkFlux, appUsageFlux, dailyMetricsFlux, exportFlux, versionFlux, windowsFlux } from './activity-flux.js';

// InfluxData's own parser, for the module system before this one.
const parser = createRequire(import.meta.url)('@influxdata/flux-lsp-node') as {
  is_valid_flux(script: string): boolean;
  parse(script: string): unknown;
};

interface Names {
  bucket: string;
  org: string;
  user: string;
  id: string;
  accountId: string;
  orgId: string;
}

/** Stand where names will stand, and nowhere else. */
const MARKS: Names = {
  bucket: 'mark-bucket',
  org: 'mark-org',
  user: 'mark-user',
  id: 'mark-id',
  accountId: 'mark-account',
  orgId: 'mark-org-id',
};

const QUERIES: [string, (names: Names) => ParameterizedQuery][] = [
  ['afk_status', (names) => afkFlux(names.bucket, queryOf(names))],
  ['window_activity', (names) => windowsFlux(names.bucket, queryOf(names))],
  ['app_usage', (names) => appUsageFlux(names.bucket, queryOf(names))],
  ['daily_metrics', (names) => dailyMetricsFlux(names.bucket, queryOf(names))],
  ['the export', ({ bucket, org, user }) => exportFlux(bucket, org, user)],
  [
    'the data version',
    (names) => versionFlux(names.bucket, { ...queryOf(names), users: [{ name: names.user }, { name: names.id }] }),
  ],
];

function queryOf({ org, user, id, accountId, orgId }: Names): ActivityQuery {
  const from = Date.parse('2025-11-17T00:00:00Z');
  return { org, user: { name: user, id }, accountId, orgId, from, toExclusive: from + 86_400_000 };
}

/** A tree with names in place of the marks, as text. */
function treeOf(query: ParameterizedQuery, names?: Names): string {
  const values = new Map(Object.entries(MARKS).map(([key, mark]) => [mark, names?.[key as keyof Names]]));
  return JSON.stringify(parser.parse(query.toString()), (key, value: unknown) => {
    if (key === 'location') return undefined;
    return names !== undefined && typeof value === 'string' && values.has(value) ? shown(values.get(value)!) : value;
  });
}

/** What can be sent at all: neither NUL nor half a character. */
function shown(name: string): string {
  return Buffer.from(name.replaceAll('\0', '\ufffd')).toString();
}

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        '\\',
        '\n',
        '\r',
        '\t',
        '\0',
        '|>',
        ' ',
        '$',
        '{',
        '}',
        '${r}',
        ')',
        '//',
        'or true',
        'drop()',
        '\ud800',
        '\u2028',
        '\\x22',
        '😀',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    '" or true or r.user == "',
    '") |> yield(name: "x") //',
    '\\" |> drop()',
    '$") |> filter(fn: (r) => true) //',
    '\\',
  ),
);

describe('the questions to InfluxDB', () => {
  it.each(QUERIES)('X6 should have names in %s as names, whatever they are', (_, build) => {
    const marked = build(MARKS);
    const names = fc.record({ bucket: name, org: name, user: name, id: name, accountId: name, orgId: name });
    fc.assert(
      fc.property(names, (given) => {
        const query = build(given);
        expect(parser.is_valid_flux(query.toString())).toBe(true);
        expect(treeOf(query)).toBe(treeOf(marked, given));
      }),
      { numRuns: 40 },
    );
  });
});
