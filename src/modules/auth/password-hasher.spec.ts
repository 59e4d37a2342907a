import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { PasswordHashingBusyError } from './auth.errors.js';
import { isSupportedHash, PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('A10 should make Argon2id of the recommended strength and verify it', async () => {
    const stored = await hasher.hash('correct horse battery');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(stored, 'correct horse battery')).toBe(true);
    expect(await hasher.verify(stored, 'correct horse batterz')).toBe(false);
    expect(hasher.needsRehash(stored)).toBe(false);
  });

  it('A10 should not truncate', async () => {
    const long = 'x'.repeat(127);
    const stored = await hasher.hash(`${long}a`);
    expect(await hasher.verify(stored, `${long}b`)).toBe(false);
  });

  it.each(['2a', '2b', '2y'] as const)('should verify bcrypt %s and ask for a new hash', async (version) => {
    // The three differ only in how old implementations treated long and non-ASCII passwords.
    const stored = (await bcrypt('old password', 4)).replace('$2b$', `$${version}$`);
    expect(await hasher.verify(stored, 'old password')).toBe(true);
    expect(await hasher.verify(stored, 'another')).toBe(false);
    expect(hasher.needsRehash(stored)).toBe(true);
  });

  it('should verify a known vector of another implementation', async () => {
    const stored = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
    expect(await hasher.verify(stored, 'U*U')).toBe(true);
  });

  it('should ask for a new hash of weak Argon2 parameters', async () => {
    expect(hasher.needsRehash(await argon2('x', { memoryCost: 4096, timeCost: 2 }))).toBe(true);
  });

  it('A8 should take as long without a hash', async () => {
    const stored = await hasher.hash('correct horse battery');
    const times: number[][] = [[], []];
    for (let i = 0; i < 30; i++) {
      for (const [index, candidate] of [stored, null].entries()) {
        const before = performance.now();
        expect(await hasher.verify(candidate, 'wrong password')).toBe(false);
        times[index]!.push(performance.now() - before);
      }
    }
    // The quickest of each: what else the machine does only adds to them. Without hashing it would take no time at all.
    const [known, unknown] = times.map((list) => Math.min(...list));
    expect(Math.abs(known! - unknown!)).toBeLessThan(known! * 0.4);
  });

  it('A11 should turn away a flood instead of queueing it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => hasher.hash('x')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(100 - 4 - 64);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(PasswordHashingBusyError);
    await expect(hasher.hash('x')).resolves.toBeDefined();
  });

  it('should not take up hashes that would cost a core for minutes', () => {
    const body = 'C'.repeat(53);
    expect(isSupportedHash(`$2b$12$${body}`)).toBe(true);
    expect(isSupportedHash(`$2b$31$${body}`)).toBe(false);
    expect(isSupportedHash('$1$abc$def')).toBe(false);
    expect(isSupportedHash('plain text')).toBe(false);
  });
});
