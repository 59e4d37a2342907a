import {
  childToken,
  firstRefreshToken,
  judgeRefresh,
  refreshTokenHash,
  refreshTokenSession,
  type TokenFamily,
} from './refresh-token.js';

const ID = '0123456789abcdef0123456789abcdef';
const NOW = 1_700_000_000_000;

describe('A5 refresh tokens', () => {
  const first = firstRefreshToken(ID);
  const second = childToken('key', ID, first);
  const third = childToken('key', ID, second);
  const family = (current: string, previous: string | null): TokenFamily => ({
    currentHash: refreshTokenHash(current),
    previousHash: previous && refreshTokenHash(previous),
    rotatedAt: NOW,
    expiresAt: NOW + 1_000_000,
    revokedAt: null,
  });
  const judge = (token: string, rows: TokenFamily, afterMs: number, keys: [string, ...string[]] = ['key']) =>
    judgeRefresh(ID, token, rows, keys, NOW + afterMs);

  it('should name its session and have 256 bits of its own', () => {
    expect(refreshTokenSession(first)).toBe(ID);
    expect(first).toMatch(/^alr_[0-9a-f]{32}\.[\w-]{43}$/);
    expect(refreshTokenSession(second)).toBe(ID);
    for (const bad of ['', 'alr_', `${first}x`, first.slice(4), ` ${first}`])
      expect(refreshTokenSession(bad)).toBeNull();
  });

  const table: [string, string, TokenFamily, number, string][] = [
    ['the live token', first, family(first, null), 0, 'rotate'],
    ['the live token much later', second, family(second, first), 500_000, 'rotate'],
    ['the previous token after 9 s', first, family(second, first), 9000, 'repeat'],
    ['the previous token after 10 s', first, family(second, first), 10_000, 'repeat'],
    ['the previous token after 11 s', first, family(second, first), 11_000, 'reuse'],
    ['an older token after 1 s', first, family(third, second), 1000, 'reuse'],
    ['an older token after 11 s', first, family(third, second), 11_000, 'reuse'],
    ['a token made up for the session', firstRefreshToken(ID), family(second, first), 0, 'reuse'],
    ['any token of a revoked family', first, { ...family(first, null), revokedAt: NOW }, 0, 'refused'],
    ['any token of an expired family', first, family(first, null), 1_000_000, 'refused'],
  ];
  it.each(table)('should judge %s', (_, token, rows, afterMs, kind) => {
    expect(judge(token, rows, afterMs).kind).toBe(kind);
  });

  it('should give the same child again', () => {
    expect(judge(first, family(first, null), 0)).toEqual({ kind: 'rotate', child: second });
    expect(judge(first, family(second, first), 9000)).toEqual({ kind: 'repeat', child: second });
  });

  it('should find the child again after the secret was changed', () => {
    expect(judge(first, family(second, first), 9000, ['new key', 'key'])).toEqual({ kind: 'repeat', child: second });
  });
});
