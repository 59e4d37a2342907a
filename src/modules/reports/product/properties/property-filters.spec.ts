import { filtersFromBody, filtersFromQuery } from './property-filters.js';

const country = ['country'];

describe('filtersFromQuery', () => {
  it.each<[Record<string, unknown>, object[]]>([
    [{ projectKey: 'a', limit: '1' }, []],
    [{ 'filter[properties.country]': 'DE' }, [{ path: country, operator: 'in', texts: ['DE'] }]],
    [{ 'filter[properties.country][eq]': 'DE, FR' }, [{ path: country, operator: 'in', texts: ['DE, FR'] }]],
    [{ 'filter[properties.country][neq]': '(none)' }, [{ path: country, operator: 'notIn', texts: ['(none)'] }]],
    [{ 'filter[properties.country][in]': 'DE, FR,,DE' }, [{ path: country, operator: 'in', texts: ['DE', 'FR'] }]],
    [
      { 'filter[properties.country][in]': ['DE,FR', 'AT'] },
      [{ path: country, operator: 'in', texts: ['DE', 'FR', 'AT'] }],
    ],
    [{ 'filter[properties.country][exists]': 'false' }, [{ path: country, operator: 'exists', exists: false }]],
    [{ 'filter[properties.amount][gt]': '10' }, [{ path: ['amount'], operator: 'gt', bound: 10 }]],
    [{ 'filter[properties.amount][lt]': '-1.5e3' }, [{ path: ['amount'], operator: 'lt', bound: -1500 }]],
    [{ 'filter[properties.amount][lt]': '2025-01-01' }, [{ path: ['amount'], operator: 'lt', bound: '2025-01-01' }]],
    [{ 'filter[properties.amount][gt]': '1e999' }, [{ path: ['amount'], operator: 'gt', bound: '1e999' }]],
    [{ 'filter[properties.a.$b.c]': '$x' }, [{ path: ['a', '$b', 'c'], operator: 'in', texts: ['$x'] }]],
    [{ 'filter[properties.a[0]][contains]': 'x' }, [{ path: ['a[0]'], operator: 'contains', text: 'x' }]],
    [
      { 'filter[properties.amount][gt]': '1', 'filter[properties.amount][lt]': '2' },
      [
        { path: ['amount'], operator: 'gt', bound: 1 },
        { path: ['amount'], operator: 'lt', bound: 2 },
      ],
    ],
    // Empty counts as absent, and what does not begin as a filter is some other parameter.
    [{ 'filter[properties.country]': '', 'filter[properties.country][in]': ',' }, []],
    [{ filters: 'x', 'filter.properties.country': 'DE', 'a[$ne]': '1' }, []],
  ])('should read %p', (query, filters) => {
    expect(filtersFromQuery(query)).toEqual(filters);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ filter: 'properties.country=DE' }, 'filter must be written'],
    [{ 'filter[properties.country': 'DE' }, 'must be written'],
    [{ 'filter[country]': 'DE' }, 'must name a property'],
    [{ 'filter[]': 'DE' }, 'must name a property'],
    [{ 'filter[properties.]': 'DE' }, 'must name a property'],
    [{ 'filter[properties.a..b]': 'DE' }, 'must name a property'],
    [{ 'filter[userId]': 'u1' }, 'must name a property'],
    [{ 'filter[$where]': '1' }, 'must name a property'],
    [{ 'filter[properties.country][$ne]': 'DE' }, 'has an unknown operator; known are eq, neq'],
    [{ 'filter[properties.country][regex]': 'D.*' }, 'has an unknown operator'],
    [{ 'filter[properties.country][]': 'DE' }, 'has an unknown operator'],
    [{ 'filter[properties.country][__proto__]': 'DE' }, 'has an unknown operator'],
    [{ 'filter[properties.country]': ['DE', 'FR'] }, 'must be given once'],
    [{ 'filter[properties.country][exists]': 'yes' }, 'must be true or false'],
    [{ 'filter[properties.country]': 'x'.repeat(201) }, 'must have at most 200 characters'],
    [{ 'filter[properties.country][in]': `DE,${'x'.repeat(201)}` }, 'must have at most 200 characters'],
    [{ [`filter[properties.${'x'.repeat(200)}]`]: 'DE' }, 'at most 10 levels and 200 characters'],
    [{ [`filter[properties.${'x.'.repeat(10)}x]`]: 'DE' }, 'at most 10 levels'],
    [
      { 'filter[properties.country][in]': Array.from({ length: 101 }, (_, i) => `${i}`).join() },
      'must have at most 100 values',
    ],
    [
      Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`filter[properties.p${i}]`, 'x'])),
      'filter may be given 10 times',
    ],
  ])('should refuse %p', (query, sentence) => {
    expect(() => filtersFromQuery(query)).toThrow(sentence);
  });

  it('should not repeat a long name in its error', () => {
    const read = () => filtersFromQuery({ [`filter[${'x'.repeat(10_000)}]`]: 'DE' });
    expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,300}$/) }));
  });
});

describe('filtersFromBody', () => {
  it.each<[unknown, object[]]>([
    [undefined, []],
    [null, []],
    [{}, []],
    [{ 'properties.country': 'DE' }, [{ path: country, operator: 'in', texts: ['DE'] }]],
    [{ 'properties.country': 10 }, [{ path: country, operator: 'in', texts: ['10'] }]],
    [{ 'properties.country': { neq: true } }, [{ path: country, operator: 'notIn', texts: ['true'] }]],
    [
      { 'properties.amount': { gt: 10, lt: '20' }, 'properties.country': { exists: true } },
      [
        { path: ['amount'], operator: 'gt', bound: 10 },
        { path: ['amount'], operator: 'lt', bound: 20 },
        { path: country, operator: 'exists', exists: true },
      ],
    ],
    [{ 'properties.country': { in: 'DE,FR' } }, [{ path: country, operator: 'in', texts: ['DE', 'FR'] }]],
    [{ 'properties.country': { in: ['a,b', 1, ''] } }, [{ path: country, operator: 'in', texts: ['a,b', '1'] }]],
    [{ 'properties.country': '' }, []],
  ])('should read %p', (filter, filters) => {
    expect(filtersFromBody(filter)).toEqual(filters);
  });

  it.each<[unknown, string]>([
    ['properties.country=DE', 'filter must be an object'],
    [[], 'filter must be an object'],
    [5, 'filter must be an object'],
    [{ country: 'DE' }, 'filter.country must name a property'],
    [{ properties: { country: 'DE' } }, 'filter.properties.country must name a property'],
    [{ 'properties.country': null }, '(none) stands for a missing value'],
    [{ 'properties.country': ['DE'] }, 'must be given once'],
    [{ 'properties.country': {} }, 'has no operator'],
    [{ 'properties.country': { $gt: '' } }, 'has an unknown operator'],
    [{ 'properties.country': { toString: 'x' } }, 'has an unknown operator'],
    [{ 'properties.country': { eq: { $gt: '' } } }, 'must be a text'],
    [{ 'properties.country': { in: [['DE']] } }, 'must be given once'],
    [{ 'properties.country': { in: [{ $gt: '' }] } }, 'must be a text'],
    [{ 'properties.country': { exists: 1 } }, 'must be true or false'],
  ])('should refuse %p', (filter, sentence) => {
    expect(() => filtersFromBody(filter)).toThrow(sentence);
  });
});
