import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { mapProfile, mapRecord } from './record-mapping.js';
import { VendorRecordError } from './vendor-record.js';
import { RECORD_KINDS, type RecordKind } from './whoop-rows.js';

const COMMON = {
  user_id: 10129,
  created_at: '2026-01-14T12:31:00.000Z',
  updated_at: '2026-01-14T12:40:00.000Z',
  score_state: 'SCORED',
};
const SLEEP = {
  ...COMMON,
  id: '5133e000-0000-4000-8000-000000000002',
  cycle_id: 93842,
  start: '2026-01-14T03:55:00.000Z',
  end: '2026-01-14T11:28:00.000Z',
  timezone_offset: '-05:00',
  nap: false,
  score: {
    stage_summary: {
      total_light_sleep_time_milli: 5,
      total_slow_wave_sleep_time_milli: 3,
      total_rem_sleep_time_milli: 2,
    },
    sleep_needed: { baseline_milli: 100, need_from_sleep_debt_milli: 20, need_from_recent_nap_milli: -7 },
    sleep_performance_percentage: null,
  },
};
const WORKOUT = {
  ...COMMON,
  id: '0a7c0000-0000-4000-8000-000000000003',
  start: '2026-01-15T02:00:00.840Z',
  end: '2026-01-15T03:02:14.000Z',
  timezone_offset: '-05:00',
  sport_name: 'hiking-rucking',
  score: { strain: 12.4163, percent_recorded: 0.9998, distance_meter: null },
};
const CYCLE = { ...COMMON, id: 93842, start: '2026-01-14T03:55:00.000Z', timezone_offset: 'Z', score: { strain: 0 } };
const RECOVERY = {
  ...COMMON,
  cycle_id: 93842,
  sleep_id: SLEEP.id,
  score: { recovery_score: 0, hrv_rmssd_milli: 68.4127 },
};
const RECORDS: Record<RecordKind, object> = { sleep: SLEEP, cycles: CYCLE, recovery: RECOVERY, workouts: WORKOUT };

describe('mapRecord', () => {
  it('should take figures as they are and dates by the record’s offset', () => {
    expect(mapRecord('sleep', SLEEP)).toMatchObject({
      date: '2026-01-14',
      neededMs: 113,
      sleepPerformance: null,
      nap: false,
    });
    expect(mapRecord('workouts', WORKOUT)).toMatchObject({
      date: '2026-01-14',
      percentRecorded: expect.closeTo(99.98, 8),
      sportId: null,
      distanceMeters: null,
      startTime: Date.parse(WORKOUT.start),
    });
    expect(mapRecord('cycles', CYCLE)).toMatchObject({ cycleId: '93842', endTime: null, strain: 0 });
    expect(mapRecord('recovery', RECOVERY)).toMatchObject({ recoveryScore: 0, hrvRmssd: 68.4127, memberId: '10129' });
  });

  it('should keep nothing of a score that is not one, but its state, also a new one', () => {
    for (const state of ['PENDING_SCORE', 'UNSCORABLE', 'RECONSIDERED']) {
      const row = mapRecord('recovery', { ...RECOVERY, score_state: state });
      expect(row).toMatchObject({ scoreState: state, recoveryScore: null, hrvRmssd: null });
      expect(mapRecord('sleep', { ...SLEEP, score_state: state, score: undefined })).toMatchObject({ lightMs: null });
    }
  });

  it('should leave percents that are percents alone', () => {
    const score = { percent_recorded: 100 };
    expect(mapRecord('workouts', { ...WORKOUT, score })).toMatchObject({ percentRecorded: 100 });
  });

  it.each([
    ['sleep', { ...SLEEP, end: 'yesterday' }, 'end'],
    ['sleep', { ...SLEEP, timezone_offset: 'Berlin' }, 'timezone_offset'],
    ['sleep', { ...SLEEP, score: { stage_summary: 5 } }, 'score.stage_summary'],
    ['workouts', { ...WORKOUT, id: 5.5 }, 'id'],
    ['workouts', { ...WORKOUT, score: { strain: '12' } }, 'score.strain'],
    ['cycles', { ...CYCLE, user_id: null }, 'user_id'],
    ['recovery', null, 'record'],
  ] as const)('should name what is wrong with %s, and no value', (kind, record, field) => {
    expect(() => mapRecord(kind, record)).toThrow(new VendorRecordError(field));
  });

  it('X4 should map or refuse anything, and never crash', () => {
    const anything = fc.anything({ maxDepth: 3, withNullPrototype: true });
    fc.assert(
      fc.property(fc.constantFrom(...RECORD_KINDS), fc.string(), anything, (kind, name, value) => {
        const record = RECORDS[kind] as Record<string, unknown>;
        const names = [...Object.keys(record), name];
        for (const member of names) {
          const score = record['score'] as object;
          for (const mutant of [
            { ...record, [member]: value },
            { ...record, score: { ...score, [member]: value } },
          ]) {
            try {
              const row = mapRecord(kind, mutant);
              expect(Number.isFinite(row.startTime) && Number.isFinite(row.updatedAt)).toBe(true);
              expect(row.date).toMatch(/^[+-]?\d{4,6}-\d\d-\d\d$/);
            } catch (error) {
              expect(error).toBeInstanceOf(VendorRecordError);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  const folder = resolve('../shared/data/whoop/fixtures');
  const answers = existsSync(folder)
    ? readdirSync(folder).filter((name) => /-collection|-page|captured.*tennis/.test(name))
    : [];
  if (answers.length === 0) process.stderr.write(`SKIPPED: sample answers of WHOOP are not in ${folder}\n`);
  it.each(answers)('should read the sample %s', (name) => {
    const { body } = JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as { body: { records: object[] } };
    const kind = RECORD_KINDS.find((one) => name.includes(one.replace(/s$/, ''))) ?? 'sleep';
    for (const record of body.records) {
      const row = mapRecord(kind, record);
      if (row.scoreState !== 'SCORED') continue;
      if (name === 'captured.workout-2026-09-01-tennis.json') {
        expect(row).toMatchObject({ kilojoules: 2987.2983, percentRecorded: 100, sportId: 34, date: '2026-09-01' });
      }
    }
  });
});

describe('mapProfile', () => {
  it('should take what is there', () => {
    expect(mapProfile({ user_id: 10129, email: 'jo@example.com', first_name: 'Jo' }, 5)).toEqual({
      memberId: '10129',
      email: 'jo@example.com',
      firstName: 'Jo',
      lastName: '',
      updatedAt: 5,
    });
    expect(() => mapProfile({ first_name: 'Jo' }, 5)).toThrow(VendorRecordError);
  });
});
