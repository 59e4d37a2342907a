import { DataSource } from 'typeorm';
import { UnavailableError } from '../../src/common/errors/domain.error.js';
import { TooManyAttemptsError } from '../../src/modules/auth/auth.errors.js';
import { PasswordHasher } from '../../src/modules/auth/password-hasher.js';
import { startAuth, TEST_PASSWORD, type AuthReplica } from '../support/auth.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const MINUTE = 60_000;

/** Hundreds of tries: what is tested is the counting, not Argon2. */
function useQuickHasher(replica: AuthReplica): void {
  const hasher = replica.module.get(PasswordHasher);
  hasher.hash = (password) => Promise.resolve(`$argon2id$${password}`);
  hasher.verify = (stored, password) => Promise.resolve(stored !== null && password === TEST_PASSWORD);
  hasher.needsRehash = () => false;
}

describe.each(await sqlTestTargets())('login limits on $dialect', (target) => {
  let database: SqlTestDatabase;
  let auth: AuthReplica;
  beforeEach(async () => {
    database = await target.create();
    auth = await startAuth(database);
    useQuickHasher(auth);
    await auth.register('ann', '192.0.2.1');
  });
  afterEach(async () => {
    await auth.close();
    await database.drop();
  });

  const fail = async (times: number, address: string, replica = auth, name = 'ann') => {
    const errors: unknown[] = [];
    for (let i = 0; i < times; i++)
      errors.push(await replica.login(name, 'wrong password', address).catch((e: unknown) => e));
    return errors;
  };
  const limited = (errors: unknown[]) => errors.filter((error) => error instanceof TooManyAttemptsError).length;

  it('A9 should stop the eleventh failure of an account from one address, not the owner elsewhere', async () => {
    expect(limited(await fail(10, '198.51.100.7'))).toBe(0);
    const [error] = await fail(1, '198.51.100.7');
    expect(error).toBeInstanceOf(TooManyAttemptsError);
    expect((error as TooManyAttemptsError).retryAfterSeconds).toBe(900);
    await expect(auth.login('ann', undefined, '198.51.100.7')).rejects.toBeInstanceOf(TooManyAttemptsError);
    await expect(auth.login('ann', undefined, '203.0.113.5')).resolves.toBeDefined();
    auth.clock.advance(15 * MINUTE);
    await expect(auth.login('ann', undefined, '198.51.100.7')).resolves.toBeDefined();
  });

  it('A9 should hold across replicas and restarts', async () => {
    const replica = await startAuth(database, {}, auth.clock);
    useQuickHasher(replica);
    await fail(5, '198.51.100.7');
    expect(limited(await fail(6, '198.51.100.7', replica))).toBe(1);
    await replica.close();
    const restarted = await startAuth(database, {}, auth.clock);
    useQuickHasher(restarted);
    expect(limited(await fail(1, '198.51.100.7', restarted))).toBe(1);
    await restarted.close();
  });

  it('should count parallel guesses', async () => {
    const errors = await Promise.all(
      Array.from({ length: 30 }, () => auth.login('ann', 'wrong password', '198.51.100.7').catch((e: unknown) => e)),
    );
    expect(limited(errors)).toBe(20);
  });

  it('should start anew after a right password', async () => {
    await fail(9, '198.51.100.7');
    await auth.login('ann', undefined, '198.51.100.7');
    expect(limited(await fail(10, '198.51.100.7'))).toBe(0);
  });

  it('A8 should treat an unknown e-mail like a known one', async () => {
    const known = await fail(11, '198.51.100.7');
    const unknown = await fail(11, '198.51.100.8', auth, 'nobody');
    const texts = (errors: unknown[]) => errors.map((error) => `${(error as Error).name}: ${(error as Error).message}`);
    expect(texts(unknown)).toEqual(texts(known));
  });

  it('should count a whole IPv6 network as one address', async () => {
    for (let i = 0; i < 10; i++) await fail(1, `2001:db8:1:2::${i + 1}`);
    expect(limited(await fail(1, '2001:db8:1:2:ffff::1'))).toBe(1);
    expect(limited(await fail(1, '2001:db8:1:3::1'))).toBe(0);
  });

  it('A9 should slow down a distributed attack after 100 failures and spare the known address', async () => {
    for (let i = 0; i < 10; i++) await fail(10, `198.51.100.${i}`);
    // The hundred are used up. One more try a minute, then two minutes later, and so on.
    expect(limited(await fail(2, '198.51.100.50'))).toBe(1);
    expect(limited(await fail(1, '198.51.100.51'))).toBe(1);
    auth.clock.advance(MINUTE);
    expect(limited(await fail(2, '198.51.100.52'))).toBe(1);
    auth.clock.advance(MINUTE);
    expect(limited(await fail(1, '198.51.100.53'))).toBe(1);
    await expect(auth.login('ann', undefined, '192.0.2.1')).resolves.toBeDefined();
    await expect(auth.login('ann', undefined, '203.0.113.5')).resolves.toBeDefined();
  });

  it('should not count a try whose password was never looked at', async () => {
    const hasher = auth.module.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    hasher.verify = () => Promise.reject(new UnavailableError('busy'));
    for (let i = 0; i < 15; i++) {
      await expect(auth.login('ann', undefined, '198.51.100.7')).rejects.toBeInstanceOf(UnavailableError);
    }
    hasher.verify = verify;
    await expect(auth.login('ann', undefined, '198.51.100.7')).resolves.toBeDefined();
  });

  it('should limit registrations of one address', async () => {
    const hasher = auth.module.get(PasswordHasher);
    hasher.hash = () => Promise.resolve('not looked at here');
    const errors: unknown[] = [];
    for (let i = 0; i < 101; i++) {
      errors.push(await auth.register(`user${i}`, '198.51.100.7').catch((error: unknown) => error));
    }
    expect(limited(errors)).toBe(1);
  });

  it('should limit tries to register one e-mail, from wherever they come', async () => {
    const errors: unknown[] = [];
    for (let i = 0; i < 12; i++) {
      errors.push(await auth.register('eve', `198.51.100.${i}`).catch((error: unknown) => error));
    }
    expect(limited(errors)).toBe(2);
  });

  it('should store neither e-mails nor addresses', async () => {
    await fail(1, '198.51.100.7');
    const rows = JSON.stringify(await auth.module.get(DataSource).query('SELECT * FROM login_attempts'));
    expect(rows).not.toMatch(/ann@|198\.51/);
  });
});
