import { CommitFiguresBuilder, type CommitFacts } from './commit-figures.js';

const RULE = { gap: 7200, first: 1800 };

function figuresOf(...commits: Partial<CommitFacts & { at: string; authored: string }>[]) {
  const builder = new CommitFiguresBuilder();
  for (const { at = '2026-01-05T09:00:00Z', authored = at, ...commit } of commits) {
    builder.add({
      committedAt: Date.parse(at),
      authoredAt: Date.parse(authored),
      author: 'ann',
      isMerge: false,
      additions: 0,
      deletions: 0,
      ...commit,
    });
  }
  return builder.finish(RULE);
}

describe('CommitFiguresBuilder', () => {
  it('should have nothing to tell of no commits', () => {
    expect(figuresOf()).toEqual({
      commitCount: 0,
      firstCommitAt: null,
      activeDays: 0,
      additions: 0,
      deletions: 0,
      isChurnComplete: true,
      codingSeconds: 0,
      days: [],
    });
  });

  it('should count distinct UTC days, in whatever order commits come', () => {
    const figures = figuresOf(
      { at: '2026-01-06T00:00:00Z', additions: 4 },
      { at: '2026-01-04T23:59:59Z', additions: 1 },
      { at: '2026-01-06T23:59:59Z', deletions: 2 },
    );
    expect(figures).toMatchObject({ activeDays: 2, firstCommitAt: Date.parse('2026-01-04T23:59:59Z') });
    const day = Date.parse('2026-01-04') / 86_400_000;
    expect(figures.days).toEqual([
      { day, commits: 1, additions: 1, deletions: 0 },
      { day: day + 2, commits: 2, additions: 4, deletions: 2 },
    ]);
  });

  it('should take merges for commits, not for churn', () => {
    const figures = figuresOf({ additions: 3, deletions: 1 }, { additions: 500, deletions: 400, isMerge: true });
    expect(figures).toMatchObject({ commitCount: 2, additions: 3, deletions: 1, isChurnComplete: true });
  });

  it('should say when churn is not known of a commit that counts', () => {
    expect(figuresOf({ additions: 3 }, { additions: null, deletions: null })).toMatchObject({
      additions: 3,
      isChurnComplete: false,
    });
    expect(figuresOf({ additions: null, deletions: null, isMerge: true }).isChurnComplete).toBe(true);
  });

  it('should find the sessions of each author by when the work was done', () => {
    const rebased = '2026-02-01T10:00:00Z';
    const figures = figuresOf(
      { at: rebased, authored: '2026-01-05T09:00:00Z' },
      { at: rebased, authored: '2026-01-05T10:00:00Z' },
      { at: rebased, authored: '2026-01-05T09:30:00Z', author: 'bob' },
    );
    expect(figures.codingSeconds / 60).toBe(30 + 60 + 30);
    expect(figures.activeDays).toBe(1);
  });

  it('should hold long histories', () => {
    const builder = new CommitFiguresBuilder();
    for (let i = 0; i < 10_000; i += 1) {
      const at = i * 60_000;
      builder.add({ committedAt: at, authoredAt: at, author: 'ann', isMerge: false, additions: 1, deletions: 0 });
    }
    expect(builder.finish(RULE)).toMatchObject({
      commitCount: 10_000,
      additions: 10_000,
      codingSeconds: 1800 + 9999 * 60,
    });
  });
});
