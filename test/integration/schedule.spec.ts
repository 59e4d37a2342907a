import type { DataSource } from 'typeorm';
import { LeaseEntity } from '../../src/infra/lease/lease.entity.js';
import { LeaseRepository } from '../../src/infra/lease/lease.repository.js';
import { LeaseService } from '../../src/infra/lease/lease.service.js';
import { ScheduleService } from '../../src/infra/schedule/schedule.service.js';
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

  it('should try again when the beginning failed', async () => {
    const service = await replica();
    await expect(service.runIfDue('test', CRON, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(await service.runIfDue('test', CRON, begin)).toBe(true);
    expect(await service.runIfDue('test', CRON, begin)).toBe(false);
    expect(begun).toHaveLength(1);
  });
});
