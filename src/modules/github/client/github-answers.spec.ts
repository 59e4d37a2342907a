import fc from 'fast-check';
import { MalformedAnswerError, readHistoryPage, readRepositoryPage } from './github-answers.js';

const OID = '0123456789abcdef0123456789abcdef01234567';
const RATE = { limit: 5000, cost: 1, remaining: 4999, resetAt: '2026-01-05T10:00:00Z' };

const repository = () => ({
  id: 'R_1',
  name: 'web',
  owner: { login: 'ann' },
  url: 'https://github.com/ann/web',
  isPrivate: true,
  diskUsage: 12,
  languages: { edges: [{ size: 10, node: { name: 'Go' } }] },
  defaultBranchRef: { target: { oid: OID, committedDate: '2026-01-05T10:00:00Z', history: { totalCount: 3 } } },
});
const list = (...nodes: unknown[]) => ({
  rateLimit: RATE,
  owner: { login: 'ann', repositories: { totalCount: 1, pageInfo: { hasNextPage: true, endCursor: 'x' }, nodes } },
});
const commit = () => ({
  oid: OID,
  committedDate: '2026-01-05T10:00:00Z',
  authoredDate: '2026-01-04T10:00:00Z',
  parents: { totalCount: 2 },
  author: { email: 'Ann@Example.com', user: null },
  additions: 3,
  deletions: 1,
});
const history = (...nodes: unknown[]) => ({
  rateLimit: RATE,
  node: { object: { history: { totalCount: 9, pageInfo: { hasNextPage: false, endCursor: 'y' }, nodes } } },
});

describe('readRepositoryPage', () => {
  it('should read what GitHub lists', () => {
    expect(readRepositoryPage(list(repository()))).toEqual({
      rate: { limit: 5000, cost: 1, remaining: 4999, resetAt: Date.parse('2026-01-05T10:00:00Z') },
      repositories: [
        {
          id: 'R_1',
          owner: 'ann',
          name: 'web',
          url: 'https://github.com/ann/web',
          isPrivate: true,
          sizeKb: 12,
          languages: [{ name: 'Go', bytes: 10 }],
          head: { oid: OID, committedAt: Date.parse('2026-01-05T10:00:00Z'), commitCount: 3 },
        },
      ],
      owner: 'ann',
      named: [],
      missing: 0,
      nextCursor: 'x',
    });
  });

  it.each([
    ['an empty one', { defaultBranchRef: null }],
    ['one whose branch has no commit', { defaultBranchRef: { target: { oid: OID } } }],
    ['one whose branch has no target', { defaultBranchRef: { target: null } }],
  ])('should read %s', (_, changes) => {
    expect(readRepositoryPage(list({ ...repository(), ...changes }))?.repositories[0]?.head).toBeNull();
  });

  it('should count what is missing or makes no sense, and read the others', () => {
    const page = readRepositoryPage(list(null, { ...repository(), name: '../../etc' }, repository(), { id: 5 }, 'x'));
    expect(page).toMatchObject({ missing: 4, repositories: [{ name: 'web' }] });
  });

  it('should only name what GitHub could not tell everything about', () => {
    const { defaultBranchRef: _head, ...bare } = repository();
    const page = readRepositoryPage(
      list(repository(), { ...repository(), id: 'R_2' }, { ...bare, id: 'R_3' }),
      new Set([1]),
    );
    expect(page).toMatchObject({ repositories: [{ id: 'R_1' }], named: [{ id: 'R_2' }, { id: 'R_3' }], missing: 0 });
  });

  it('should tell that an organization is not there', () => {
    expect(readRepositoryPage({ rateLimit: RATE, owner: null })).toBeNull();
  });

  it.each(['..', '.', 'a/b', 'a b', '', 'x'.repeat(101), 'a\u0000', '-u=x\n'])(
    'should not take %j for a name',
    (name) => {
      expect(readRepositoryPage(list({ ...repository(), name }))?.repositories).toEqual([]);
      expect(readRepositoryPage(list({ ...repository(), owner: { login: name } }))?.repositories).toEqual([]);
    },
  );
});

describe('readHistoryPage', () => {
  it('should read commits', () => {
    expect(readHistoryPage(history(commit()))).toMatchObject({
      commitCount: 9,
      nextCursor: null,
      commits: [{ oid: OID, author: 'ann@example.com', isMerge: true, additions: 3, deletions: 1 }],
    });
  });

  it('should read commits without churn, authors by their account, and authors that are nobody', () => {
    const { additions: _a, deletions: _d, ...bare } = commit();
    const account = { ...bare, author: { email: 'x', user: { id: 'U_1' } } };
    const page = readHistoryPage(
      history(account, { ...bare, author: null }, { ...bare, author: { email: null, user: null } }),
    );
    expect(page?.commits.map(({ author, additions }) => [author, additions])).toEqual([
      ['user:U_1', null],
      ['', null],
      ['', null],
    ]);
  });

  it('should tell that a commit is gone', () => {
    expect(readHistoryPage({ rateLimit: RATE, node: null })).toBeNull();
    expect(readHistoryPage({ rateLimit: RATE, node: { object: null } })).toBeNull();
  });

  it.each([
    { oid: 'main' },
    { oid: `--upload-pack=${OID}` },
    { committedDate: 'yesterday' },
    { additions: -1 },
    { additions: 1.5 },
    { additions: '3' },
    { parents: null },
    { author: 'ann' },
  ])('should refuse %j', (changes) => {
    expect(() => readHistoryPage(history({ ...commit(), ...changes }))).toThrow(MalformedAnswerError);
  });
});

describe('X4 answers of any form', () => {
  /** The value with one part of it replaced by something else. */
  function mutate(value: unknown, at: number, by: unknown): unknown {
    let position = 0;
    const visit = (one: unknown): unknown => {
      position += 1;
      if (position - 1 === at) return by;
      if (Array.isArray(one)) return one.map(visit);
      if (typeof one === 'object' && one !== null)
        return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, visit(inner)]));
      return one;
    };
    return visit(value);
  }

  it.each([
    ['lists', readRepositoryPage, list(repository(), repository())],
    ['histories', readHistoryPage, history(commit(), commit())],
  ])('should be read, or refused as malformed, but never crash (%s)', (_, read, fixture) => {
    fc.assert(
      fc.property(fc.nat(60), fc.anything({ withNullPrototype: true, withBigInt: true }), (at, by) => {
        try {
          read(mutate(fixture, at, by));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedAnswerError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
