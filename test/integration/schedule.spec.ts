import type { DataSource } from 'typeorm';
import { LeaseEntity } from '../../src/infra/lease/lease.entity.js';
import { LeaseRepository } from '../../src/infra/lease/lease.repository.js';
import { LeaseService } from '../../src/infra/lease/lease.service.js';
import { ScheduledWorkJob } from '../../src/infra/schedule/scheduled-work.job.js';
import { ScheduleNotFoundError, ScheduleService, type ScheduleRun } from '../../src/infra/schedule/schedule.service.js';
import { ScheduledRunEntity } from '../../src/infra/schedule/scheduled-run.entity.js';
import { ScheduledRunsRepository } from '../../src/infra/schedule/scheduled-runs.repository.js';
import { TestClock } from '../support/auth.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const CRON = '17 3 * * *';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe.each(await sqlTestTargets())('ScheduleService on $dialect', (target) => {
  let database: SqlTestDatabase;
  let clock: TestClock;
  /** When something was begun. */
  let begun: string[];

  beforeEach(async () => {
    database = await target.create();
    clock = new TestClock();
    clock.time = Date.parse('2025-11-20T10:00:00Z');
    begun = [];
  });
  afterEach(() => database.drop());

  async function replica(): Promise<ScheduleService> {
    const dataSource: DataSource = await database.connect([ScheduledRunEntity, LeaseEntity]);
    const runs = new ScheduledRunsRepository(dataSource.getRepository(ScheduledRunEntity));
    return new ScheduleService(runs, new LeaseService(new LeaseRepository(dataSource)), clock);
  }

  const begin = async (): Promise<void> => {
    begun.push(new Date(clock.time).toISOString());
  };

  /** Lets all replicas look every half an hour for so long. */
  async function pass(replicas: ScheduleService[], duration: number): Promise<void> {
    for (let left = duration; left > 0; left -= 30 * MINUTE) {
      clock.advance(30 * MINUTE);
      await Promise.all(replicas.map((one) => one.runIfDue('test', CRON, begin)));
    }
  }

  it('J6 should begin once a day with three replicas', async () => {
    const replicas = [await replica(), await replica(), await replica()];
    await pass(replicas, 3 * DAY);
    expect(begun).toEqual([
      // Never done before.
      '2025-11-20T10:30:00.000Z',
      '2025-11-21T03:30:00.000Z',
      '2025-11-22T03:30:00.000Z',
      '2025-11-23T03:30:00.000Z',
    ]);
  });

  it('J6 should make up for one missed run after a restart', async () => {
    await pass([await replica()], HOUR);
    begun = [];
    clock.advance(4 * DAY);
    await pass([await replica()], HOUR);
    expect(begun).toEqual(['2025-11-24T11:30:00.000Z']);
  });

  it('J6 should begin at most once more when the clock jumps a day ahead and back', async () => {
    const replicas = [await replica(), await replica(), await replica()];
    await pass(replicas, HOUR);
    begun = [];
    clock.advance(DAY);
    await pass(replicas, HOUR);
    clock.advance(-DAY);
    await pass(replicas, 2 * DAY);
    expect(begun).toEqual(['2025-11-21T11:30:00.000Z', '2025-11-21T03:30:00.000Z', '2025-11-22T03:30:00.000Z']);
  });

  it('J6 should begin at most once more when the clock jumps a day back', async () => {
    const replicas = [await replica(), await replica()];
    await pass(replicas, HOUR);
    begun = [];
    clock.advance(-DAY);
    await pass(replicas, 2 * DAY);
    expect(begun).toEqual(['2025-11-20T03:30:00.000Z', '2025-11-21T03:30:00.000Z']);
  });

  it('J6 should not begin what a later holder of the lease has begun while this one was paused', async () => {
    const dataSource: DataSource = await database.connect([ScheduledRunEntity, LeaseEntity]);
    const runs = new ScheduledRunsRepository(dataSource.getRepository(ScheduledRunEntity));
    const other = await replica();
    // What it reads is true, and old by the time it goes on: its lease has run out and another replica has done the work.
    const findLastRun = runs.findLastRun.bind(runs);
    let reads = 0;
    runs.findLastRun = async (name) => {
      const last = await findLastRun(name);
      if (++reads < 2) return last;
      await dataSource.query('UPDATE leases SET expires_at = 0');
      expect(await other.runIfDue('test', CRON, begin)).toBe(true);
      return last;
    };
    const paused = new ScheduleService(runs, new LeaseService(new LeaseRepository(dataSource)), clock);
    expect(await paused.runIfDue('test', CRON, begin)).toBe(false);
    expect([reads, begun]).toEqual([2, ['2025-11-20T10:00:00.000Z']]);
    runs.findLastRun = findLastRun;
    clock.advance(DAY);
    expect(await paused.runIfDue('test', CRON, begin)).toBe(true);
    expect(begun).toHaveLength(2);
  });

  it('J6 should carry work out once among three replicas that look at the same time, and tell how long it took', async () => {
    const replicas = [await replica(), await replica(), await replica()];
    const work = async (): Promise<void> => {
      begun.push(new Date(clock.time).toISOString());
      clock.advance(90_000);
    };
    for (let day = 0; day < 3; day++) {
      await Promise.all([...replicas, ...replicas].map((one) => one.carryOut('test', CRON, work)));
      clock.advance(DAY - 90_000);
    }
    expect(begun).toEqual(['2025-11-20T10:00:00.000Z', '2025-11-21T10:00:00.000Z', '2025-11-22T10:00:00.000Z']);
    const startedAt = Date.parse('2025-11-22T10:00:00Z');
    expect(await replicas[2]!.lastCarriedOut('test')).toEqual({
      outcome: 'completed',
      startedAt,
      endedAt: startedAt + 90_000,
      error: null,
    });
  });

  it('J6 should carry out again what failed, and what its process did not live to end', async () => {
    const service = await replica();
    const failing = service.carryOut('test', CRON, () => Promise.reject(new Error('password=secret')));
    await expect(failing).rejects.toThrow('password');
    const failed = await service.lastCarriedOut('test');
    expect(failed).toMatchObject({ outcome: 'failed', error: expect.not.stringContaining('secret') });
    const dataSource: DataSource = await database.connect([]);
    const dying = service.carryOut('test', CRON, async () => {
      // Its process is killed here, and its lease runs out.
      await dataSource.query('UPDATE leases SET expires_at = 0');
      const other = await replica();
      expect(await other.lastCarriedOut('test')).toMatchObject({ outcome: 'running', endedAt: null });
      expect(await other.carryOut('test', CRON, begin)).toBe(true);
    });
    await dying;
    expect(begun).toHaveLength(1);
    expect(await service.lastCarriedOut('test')).toMatchObject({ outcome: 'completed' });
    expect(await service.carryOut('test', CRON, begin)).toBe(false);
    expect(await service.carryOut('test', null, begin)).toBe(true);
  });

  it('should not take back what another replica began by a clock that is a little ahead', async () => {
    const [ahead, behind] = [await replica(), await replica()];
    await pass([ahead], HOUR);
    begun = [];
    // To the minute at which it is due, by the one clock; by the other it is not yet that time.
    clock.time = Date.parse('2025-11-21T03:17:30Z');
    expect(await ahead.runIfDue('test', CRON, begin)).toBe(true);
    clock.advance(-MINUTE);
    expect(await behind.runIfDue('test', CRON, begin)).toBe(false);
    clock.advance(2 * MINUTE);
    expect(await behind.runIfDue('test', CRON, begin)).toBe(false);
    expect(begun).toHaveLength(1);
  });

  describe('work that is carried out here', () => {
    class TestJob extends ScheduledWorkJob {
      protected readonly schedule = { name: 'test', description: 'Does it', cron: CRON };
      protected report = (error: unknown): void => void begun.push(String(error));
      during: () => Promise<void> = () => Promise.resolve();

      protected async carryOut(): Promise<void> {
        await begin();
        await this.during();
      }
    }

    it('should be done once for those who ask while it is being done, and again for who asks after it', async () => {
      const job = new TestJob(await replica());
      const asked: Promise<void>[] = [];
      job.during = async () => {
        asked.push(job.run(), job.run());
        await Promise.resolve();
      };
      await job.run();
      await Promise.all(asked);
      expect(begun).toHaveLength(1);
      job.during = () => Promise.resolve();
      await job.look();
      expect(begun).toHaveLength(1);
      await job.run();
      expect(begun).toHaveLength(2);
    });

    it('should be done for who asks while it is found not to be due', async () => {
      const job = new TestJob(await replica());
      await job.look();
      begun = [];
      await Promise.all([job.look(), job.run()]);
      expect(begun).toHaveLength(1);
    });
  });

  it('should try again when the beginning failed', async () => {
    const service = await replica();
    await expect(service.runIfDue('test', CRON, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(await service.runIfDue('test', CRON, begin)).toBe(true);
    expect(await service.runIfDue('test', CRON, begin)).toBe(false);
    expect(begun).toHaveLength(1);
  });

  it('should tell of what is registered, and begin it when asked', async () => {
    const service = await replica();
    const runs: ScheduleRun[] = [];
    const lastRun = async () => runs.at(-1) ?? null;
    service.register({ name: 'test', description: 'Does it', cron: CRON, begin, lastRun });
    service.register({ name: 'asked', description: 'When asked', cron: null, begin, lastRun: async () => null });
    expect((await service.list()).map(({ name, nextRunAt }) => [name, nextRunAt])).toEqual([
      ['asked', null],
      ['test', clock.time],
    ]);
    runs.push({ outcome: 'completed', startedAt: 1, endedAt: 2, error: null });
    expect(await service.runNow('test')).toMatchObject({
      lastRun: runs[0],
      nextRunAt: Date.parse('2025-11-21T03:17:00Z'),
    });
    expect(begun).toHaveLength(1);
    expect(await service.runIfDue('test', CRON, begin)).toBe(false);
    await expect(service.runNow('other')).rejects.toThrow(ScheduleNotFoundError);
  });
});
