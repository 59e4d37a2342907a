import { setTimeout as sleep } from 'node:timers/promises';
import { LeaseEntity } from '../../src/infra/lease/lease.entity.js';
import { LeaseRepository } from '../../src/infra/lease/lease.repository.js';
import { LeaseService } from '../../src/infra/lease/lease.service.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

describe.each(await sqlTestTargets())('leases on $dialect', (target) => {
  let database: SqlTestDatabase;
  let leases: LeaseService;
  /** A second process: its own connection to the same database. */
  let other: LeaseService;

  beforeAll(async () => {
    database = await target.create();
    leases = new LeaseService(new LeaseRepository(await database.connect([LeaseEntity])));
    other = new LeaseService(new LeaseRepository(await database.connect([LeaseEntity])));
  });
  afterAll(() => database.drop());

  it('should have one holder at a time', async () => {
    const attempts = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? leases : other).acquire('single', 10_000)),
    );
    expect(attempts.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('should be free again after release, with a larger token', async () => {
    const first = await leases.acquire('reuse', 10_000);
    expect(await other.acquire('reuse', 10_000)).toBeNull();
    await leases.release(first!);
    const second = await other.acquire('reuse', 10_000);
    expect(second!.fencingToken).toBeGreaterThan(first!.fencingToken);
    // The first holder can neither renew nor release what is no longer its own.
    expect(await leases.renew(first!, 10_000)).toBeNull();
    await leases.release(first!);
    expect(await leases.acquire('reuse', 10_000)).toBeNull();
  });

  it('should run out by the clock of the database', async () => {
    const first = await leases.acquire('expiry', 150);
    expect(Math.abs(first!.expiresAt - Date.now())).toBeLessThan(5000);
    await sleep(250);
    expect(await leases.renew(first!, 150)).toBeNull();
    const second = await other.acquire('expiry', 10_000);
    expect(second!.fencingToken).toBe(first!.fencingToken + 1);
  });

  it('should push the expiry forward on renewal', async () => {
    const lease = await leases.acquire('renewal', 20_000);
    const renewed = await leases.renew(lease!, 80_000);
    expect(renewed!.expiresAt).toBeGreaterThan(lease!.expiresAt + 50_000);
  });

  it('should renew while the work runs longer than the lease', async () => {
    let stolen: unknown = 'not tried';
    const ran = await leases.withLease('long work', 3000, async (signal) => {
      await sleep(6000);
      stolen = await other.acquire('long work', 3000);
      expect(signal.aborted).toBe(false);
    });
    expect(ran).toBe(true);
    expect(stolen).toBeNull();
    expect(await other.acquire('long work', 3000)).not.toBeNull();
  });

  it('should not run while another holder works', async () => {
    const lease = await leases.acquire('busy', 10_000);
    expect(await other.withLease('busy', 10_000, () => Promise.reject(new Error('must not run')))).toBe(false);
    await leases.release(lease!);
  });

  it('should abort the work when the lease is lost', async () => {
    let reason: unknown;
    await leases.withLease('lost', 400, async (signal, lease) => {
      await leases.release(lease);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      reason = signal.reason;
    });
    expect(String(reason)).toContain('was lost');
  });

  it('should release the lease and pass on what the work throws', async () => {
    await expect(leases.withLease('throws', 10_000, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await other.acquire('throws', 100)).not.toBeNull();
  });
});
