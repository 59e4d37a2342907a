import fc from 'fast-check';
import type { ActivityQuery } from '../../src/modules/activity/activity-points.js';
import { principal } from '../factories/principal.factory.js';
import { collect, freshName, startActivityApp, type ActivityApp } from '../support/activity-app.js';
import { ACTIVITY_STORES } from '../support/activity-stores.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { NaiveActivity, toLine, type NaivePoint } from '../support/naive-activity.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 15);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string): number => Date.parse(`2025-11-${text}Z`);
const ns = (text: string): string => `${at(text)}000000`;

describe.each(ACTIVITY_STORES)('activity points in $name', (target) => {
  let mongo: TestMongo;
  let sql: SqlTestDatabase;
  let stop: () => Promise<void>;
  let app: ActivityApp;
  /** The organization of one test. */
  let org: string;

  beforeAll(async () => {
    const [sqlite] = await sqlTestTargets();
    [mongo, sql] = await Promise.all([startTestMongo(), sqlite!.create()]);
    const { env, stop: stopTarget } = await target.start();
    stop = stopTarget;
    app = await startActivityApp({ mongoUri: mongo.uri, databaseName: freshName('activity'), sql, env });
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([mongo.stop(), sql.drop(), stop()]);
  });

  beforeEach(() => (org = freshName('Turbo')));

  /** The 17th of November 2025 unless told otherwise. */
  const of = (name: string, changes: Partial<ActivityQuery> = {}): ActivityQuery => ({
    org,
    user: { name },
    from: at('17T00:00:00'),
    toExclusive: at('18T00:00:00'),
    ...changes,
  });

  describe('reading', () => {
    it('should give the rows of all four measurements, typed by column', async () => {
      await app.write([
        `afk_status,status=active,hostname=laptop,user=ben,org=${org} duration=9479 ${ns('17T08:52:00')}`,
        `afk_status,status=afk,hostname=laptop,user=ben,org=${org} duration=2040.5 ${ns('17T11:29:59')}`,
        `window_activity,app=VS\\ Code,hostname=laptop,user=ben,org=${org} title="a, \\"b\\"=c",duration=30 ${ns('17T09:00:00')}`,
        `window_activity,app=Excel,hostname=laptop,user=ben,org=${org} title="007",duration=754 ${ns('17T09:01:00')}`,
        `app_usage,app_name=Excel,hostname=laptop,user=ben,org=${org} duration_seconds=1537,event_count=2i ${ns('17T09:00:00')}`,
        `daily_metrics,date=2025-11-17,hostname=laptop,user=ben,org=${org} active_seconds=26220,idle_seconds=540,afk_seconds=2040,utilization_ratio=0.9104,app_switches=9i ${ns('17T23:59:59')}`,
      ]);
      const laptop = { user: 'ben', host: 'laptop' };
      expect(await collect(app.store.afk(of('ben')))).toEqual([
        { ...laptop, start: at('17T08:52:00'), durationMs: 9_479_000, status: 'active' },
        { ...laptop, start: at('17T11:29:59'), durationMs: 2_040_500, status: 'afk' },
      ]);
      expect(await collect(app.store.windows(of('ben')))).toEqual([
        { ...laptop, start: at('17T09:00:00'), durationMs: 30_000, app: 'VS Code', title: 'a, "b"=c' },
        { ...laptop, start: at('17T09:01:00'), durationMs: 754_000, app: 'Excel', title: '007' },
      ]);
      expect(await collect(app.store.appUsage(of('ben')))).toEqual([
        { ...laptop, start: at('17T09:00:00'), app: 'Excel', durationMs: 1_537_000, eventCount: 2 },
      ]);
      expect(await collect(app.store.dailyMetrics(of('ben')))).toEqual([
        {
          ...laptop,
          date: '2025-11-17',
          activeMs: 26_220_000,
          idleMs: 540_000,
          afkMs: 2_040_000,
          utilization: 0.9104,
          appSwitches: 9,
        },
      ]);
    });

    it.each([
      ['a number', '42'],
      ['a number with a point', '1e3'],
      ['a date', '2025-11-17T00:00:00Z'],
      ['true', 'true'],
      ['nothing', ''],
      ['commas and quotes', 'a,"b",""c"" , "'],
      ['a backslash', 'C:\\Users\\ben\\'],
      ['signs of CSV', '#datatype,string'],
      ['the error of a table', 'error,reference'],
      ['a NUL of text', '\\u0000'],
      ['other scripts', 'Отчёт — 报告 😀'],
      ['spaces around', '  report  '],
      ['a return', 'one\rtwo'],
    ])('should keep a title that is %s as it is', async (_, title) => {
      const point: NaivePoint = {
        measurement: 'window_activity',
        user: 'ben',
        host: 'h',
        label: 'App',
        start: at('17T10:00:00'),
        duration: 5,
        title,
      };
      await app.write(toLine(point, org));
      expect((await collect(app.store.windows(of('ben')))).map((row) => row.title)).toEqual([title]);
    });

    it.each([
      'with space',
      'a,b',
      'a=b',
      '"quoted"',
      'back\\slash',
      'pipe |> drop()',
      '${org}',
      "o'neill",
      'ünï😀',
      '") |> yield(name: "x") //',
      '$") |> filter(fn: (r) => true) //',
    ])('X6 should take %j for a name and nothing else, as user, host, app and organization', async (name) => {
      const named = `${name} ${org}`;
      const point: NaivePoint = {
        measurement: 'window_activity',
        user: name,
        host: name,
        label: name,
        start: at('17T10:00:00'),
        duration: 5,
        title: name,
      };
      await app.write([toLine(point, named), toLine({ ...point, user: 'other' }, named)]);
      expect(await collect(app.store.windows(of(name, { org: named })))).toEqual([
        { user: name, host: name, start: point.start, durationMs: 5000, app: name, title: name },
      ]);
      expect(await collect(app.store.windows(of(name)))).toEqual([]);
    });

    it.each([
      'a\nb',
      'x" or true or "',
      '\u0000',
      '\ud800',
      'a\r\nb',
      '\\" or r.user != "',
      '$") |> filter(fn: (r) => r.user == r.user) //',
    ])('X6 should find nothing under the name %j, and nobody else’s points', async (name) => {
      await app.write(`afk_status,status=active,user=ben,org=${org} duration=5 ${ns('17T10:00:00')}`);
      expect(await collect(app.store.afk(of(name)))).toEqual([]);
      expect(await collect(app.store.afk(of('ben', { org: name })))).toEqual([]);
      expect(await collect(app.store.afk(of('ben', { accountId: name, orgId: name })))).toHaveLength(1);
      expect(await app.store.dataVersion({ ...of(name), org: name, users: [{ name }] })).toEqual(expect.any(String));
    });

    it('should look back: activity that began before the range is seen in it', async () => {
      const line = (start: string, seconds: number) =>
        `afk_status,status=active,hostname=h,user=ben,org=${org} duration=${seconds} ${ns(start)}`;
      await app.write([
        line('16T22:00:00', 7200),
        line('16T23:00:00', 3601),
        line('16T23:30:00', 1800),
        line('03T00:00:00', 14 * 86_400),
        line('10T12:00:00', 7 * 86_400),
        line('17T00:00:00', 0),
        line('17T23:59:59', 60),
        line('18T00:00:00', 60),
      ]);
      const starts = (await collect(app.store.afk(of('ben')))).map(({ start }) => start);
      const expected = ['10T12:00:00', '16T23:00:00', '17T00:00:00', '17T23:59:59'].map(at);
      expect(starts.sort()).toEqual(expected.sort());
    });

    it('should give a day the same time in every range, also of what lasts longer than is looked back', async () => {
      const line = (tags: string, fields: string) =>
        `${tags},hostname=h,user=ben,org=${org} ${fields} ${ns('02T00:00:01')}`;
      await app.write([
        line('afk_status,status=afk', 'duration=2000000'),
        line('window_activity,app=Excel', 'title="Data",duration=2000000'),
      ]);
      /** What is left in the day that begins then. */
      const inDay = async (day: number, changes: Partial<ActivityQuery>) => {
        const points = [
          ...(await collect(app.store.afk(of('ben', changes)))),
          ...(await collect(app.store.windows(of('ben', changes)))),
        ];
        return points.map(({ start, durationMs }) =>
          Math.max(0, Math.min(start + durationMs, day + DAY) - Math.max(start, day)),
        );
      };
      const all = { from: at('10T00:00:00'), toExclusive: at('20T00:00:00') };
      for (const [date, expected] of [
        ['15T00:00:00', [DAY, DAY]],
        ['16T00:00:00', [1000, 1000]],
        ['17T00:00:00', [0, 0]],
      ] as const) {
        const day = at(date);
        const alone = await inDay(day, { from: day, toExclusive: day + DAY });
        expect([date, await inDay(day, all)]).toEqual([date, expected]);
        expect([date, alone]).toEqual([date, expected.filter((time) => time > 0)]);
      }
    });

    it('should narrow by ids where points carry such tags', async () => {
      const line = (tags: string, seconds: number) =>
        `afk_status,status=active,user=ben,org=${org}${tags} duration=${seconds} ${ns('17T10:00:00')}`;
      await app.write([
        line('', 1),
        line(',user_id=u1', 2),
        line(',user_id=u2', 3),
        line(',account_id=a1,user_id=u1', 4),
        line(',account_id=a2', 5),
        line(',org_id=o2', 6),
      ]);
      const seconds = async (changes: Partial<ActivityQuery>) =>
        (await collect(app.store.afk(of('ben', changes)))).map(({ durationMs }) => durationMs / 1000);
      expect(await seconds({})).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await seconds({ user: { name: 'ben', id: 'u1' } })).toEqual([1, 2, 4, 5, 6]);
      expect(await seconds({ accountId: 'a1', orgId: 'o1' })).toEqual([1, 2, 3, 4]);
      expect(await seconds({ user: { name: 'ben', id: 'u2' }, accountId: 'a1', orgId: 'o1' })).toEqual([1, 3]);
    });

    it('should leave out what is no usable point', async () => {
      await app.write([
        `afk_status,status=sleeping,user=ben,org=${org} duration=5 ${ns('17T10:00:00')}`,
        `afk_status,user=ben,org=${org} duration=5 ${ns('17T10:00:00')}`,
        `afk_status,status=active,user=ben,org=${org} duration=-5 ${ns('17T10:00:00')}`,
        `afk_status,status=idle,user=ben,org=${org} note="x" ${ns('17T10:00:00')}`,
        `window_activity,app=A,user=ben,org=${org} title="no duration" ${ns('17T10:00:00')}`,
        `window_activity,app=A,user=ben,org=${org} duration=7 ${ns('17T11:00:00')}`,
        `app_usage,app_name=A,user=ben,org=${org} event_count=7i ${ns('17T10:00:00')}`,
        `daily_metrics,date=today,user=ben,org=${org} active_seconds=7 ${ns('17T10:00:00')}`,
      ]);
      expect(await collect(app.store.afk(of('ben')))).toEqual([]);
      expect(await collect(app.store.windows(of('ben')))).toEqual([
        { user: 'ben', host: '', start: at('17T11:00:00'), durationMs: 7000, app: 'A', title: '' },
      ]);
      expect(await collect(app.store.appUsage(of('ben')))).toEqual([]);
      expect(await collect(app.store.dailyMetrics(of('ben')))).toEqual([]);
    });

    it('should give the hours of app_usage that overlap the range', async () => {
      const line = (start: string) =>
        `app_usage,app_name=A,hostname=h,user=ben,org=${org} duration_seconds=60,event_count=1i ${ns(start)}`;
      await app.write(['16T23:00:00', '16T23:00:01', '17T00:00:00', '17T23:00:00', '18T00:00:00'].map(line));
      const starts = (await collect(app.store.appUsage(of('ben')))).map(({ start }) => start);
      expect(starts.sort()).toEqual(['16T23:00:01', '17T00:00:00', '17T23:00:00'].map(at));
      const half = of('ben', { from: at('17T00:30:00'), toExclusive: at('17T01:00:00') });
      expect((await collect(app.store.appUsage(half))).map(({ start }) => start)).toEqual([at('17T00:00:00')]);
    });

    it('should give daily_metrics of all dates that may be days of the range somewhere, the latest of each host', async () => {
      const line = (date: string, host: string, active: number, time: string) =>
        `daily_metrics,date=2025-11-${date},hostname=${host},user=ben,org=${org} active_seconds=${active} ${ns(time)}`;
      await app.write([
        line('15', 'a', 1, '15T23:59:59'),
        line('16', 'a', 2, '16T00:00:00'),
        line('17', 'a', 3, '17T10:00:00'),
        line('17', 'a', 4, '17T23:59:59'),
        line('17', 'a', 5, '17T12:00:00'),
        line('17', 'b', 6, '17T01:00:00'),
        line('18', 'a', 7, '19T07:00:00'),
        line('19', 'a', 8, '19T10:00:00'),
      ]);
      const rows = await collect(app.store.dailyMetrics(of('ben')));
      expect(rows.map(({ date, host, activeMs }) => [date.slice(8), host, activeMs / 1000])).toEqual([
        ['16', 'a', 2],
        ['17', 'a', 4],
        ['18', 'a', 7],
        ['17', 'b', 6],
      ]);
    });

    it('should stop when it is told to', async () => {
      await app.write(`afk_status,status=active,user=ben,org=${org} duration=5 ${ns('17T10:00:00')}`);
      const stopped = AbortSignal.abort(new Error('enough'));
      await expect(collect(app.store.afk(of('ben'), stopped))).rejects.toThrow('enough');
    });
  });

  describe('writing', () => {
    const window = (fields: string, time = ns('17T10:00:00')) =>
      `window_activity,app=A,hostname=h,user=ben,org=${org} ${fields} ${time}`;
    const windows = async () =>
      (await collect(app.store.windows(of('ben')))).map(({ title, durationMs }) => [title, durationMs / 1000]);

    it('T19 should take the same point again for one point, with the new value', async () => {
      await app.write([window('title="a",duration=30'), window('title="a",duration=45')]);
      expect(await windows()).toEqual([['a', 45]]);
      await app.write(window('title="a",duration=20'));
      expect(await windows()).toEqual([['a', 20]]);
    });

    it('T19 should unite fields, within a body and over several', async () => {
      await app.write([window('title="a"'), window('duration=30')]);
      expect(await windows()).toEqual([['a', 30]]);
      await app.write(window('title="b"'));
      expect(await windows()).toEqual([['b', 30]]);
      await app.write(window('duration=31'));
      expect(await windows()).toEqual([['b', 31]]);
    });

    it('T19 should take tags in another order, and times in another precision, for the same point', async () => {
      await app.write(window('title="a",duration=30'));
      const other = `window_activity,org=${org},user=ben,hostname=h,app=A duration=45 ${at('17T10:00:00') / 1000}`;
      await app.write(other, { precision: 's' });
      expect(await windows()).toEqual([['a', 45]]);
    });

    it('should keep points apart that differ by a nanosecond or a tag', async () => {
      const time = ns('17T10:00:00');
      await app.write([
        window('duration=1', time),
        window('duration=2', `${time.slice(0, -1)}1`),
        `window_activity,app=A,hostname=h,user=ben,org=${org},user_id=7 duration=3 ${time}`,
      ]);
      expect((await windows()).map(([, seconds]) => seconds)).toEqual([1, 2, 3]);
    });

    it('should see a point that was made shorter no more where it does not reach', async () => {
      const start = ns('16T20:00:00');
      await app.write(window('duration=20000', start));
      expect(await windows()).toEqual([['', 20_000]]);
      await app.write(window('duration=60', start));
      expect(await windows()).toEqual([]);
    });

    it('should give points without the tag org that of the request, and those without a time its receipt', async () => {
      const receivedAt = at('17T10:00:00.123');
      const lines = [
        'afk_status,status=active,user=ben duration=5',
        `afk_status,status=afk,user=ben,org=${org}-2 duration=6`,
      ];
      await app.write(lines, { org, receivedAt });
      await app.write(lines, { org, receivedAt, precision: 's' });
      const starts = (await collect(app.store.afk(of('ben')))).map(({ start, status }) => [start, status]);
      expect(starts).toEqual([
        [at('17T10:00:00'), 'active'],
        [receivedAt, 'active'],
      ]);
      expect(await collect(app.store.afk(of('ben', { org: `${org}-2` })))).toHaveLength(2);
    });

    it('should write the good lines, and name the first bad one with the number of good ones', async () => {
      const body = [window('title="a",duration=30'), 'x,t= f=1', '', '# no point', window('duration='), 'x'];
      await expect(app.write(body)).rejects.toMatchObject({
        message:
          'line 2 was refused: the tag t has no value: x,t= f=1. 1 point was written; 3 lines were refused in all',
        line: 2,
        code: 'PARTIAL_WRITE',
      });
      expect(await windows()).toEqual([['a', 30]]);
      await expect(app.write('\n# nothing\n')).rejects.toMatchObject({ message: 'the body holds no points' });
    });

    it('should refuse a line whose organization belongs to others, and only that line', async () => {
      const [ann, bob] = [principal({ userId: freshName('ann') }), principal({ userId: freshName('bob') })];
      const hers = `afk_status,status=active,user=ann,org=${org} duration=5 ${ns('17T10:00:00')}`;
      await app.write(hers, { caller: ann });
      const his = `afk_status,status=active,user=bob,org=${org}-bob duration=5 ${ns('17T10:00:00')}`;
      await expect(app.write([his, hers.replace('=5', '=6'), his], { caller: bob })).rejects.toMatchObject({
        line: 2,
        message: expect.stringContaining(`the organization ${org} belongs to others`),
      });
      expect((await collect(app.store.afk(of('ann')))).map(({ durationMs }) => durationMs)).toEqual([5000]);
      expect(await collect(app.store.afk(of('bob', { org: `${org}-bob` })))).toHaveLength(1);
      // An administrator may write everywhere.
      await app.write(hers.replace('=5', '=7'), { caller: principal({ userId: freshName('root'), role: 'admin' }) });
      expect((await collect(app.store.afk(of('ann')))).map(({ durationMs }) => durationMs)).toEqual([7000]);
    });

    it('should accept measurements that no report reads', async () => {
      await app.write(`cpu,host=a,cpu=cpu-total,org=${org} usage_idle=97.5,usage_user=1i,ok=true ${ns('17T10:00:00')}`);
      const id = (await app.orgs.findId(org))!;
      const exported = [];
      for await (const point of app.store.export({ id, name: org, createdAt: 0 }, null)) exported.push(point);
      const fields = Object.assign({}, ...exported.map((point) => point.fields));
      expect(fields).toEqual({ usage_idle: 97.5, usage_user: 1, ok: true });
      expect(exported[0]).toMatchObject({ org, measurement: 'cpu', tags: { host: 'a', cpu: 'cpu-total' } });
    });

    it('should export and erase an organization, and no other', async () => {
      const line = (name: string) => `afk_status,status=active,user=ben,org=${name} duration=5 ${ns('17T10:00:00')}`;
      await app.write([line(org), line(`${org}-2`)]);
      await app.gathering.gather(new AbortController().signal, true);
      await app.write(line(org).replace('17', '18'));
      const id = (await app.orgs.findId(org))!;
      const row = { id, name: org, createdAt: 0 };
      await app.store.erase(row, new AbortController().signal);
      await app.store.erase(row, new AbortController().signal);
      expect(await collect(app.store.afk(of('ben', { toExclusive: at('30T00:00:00') })))).toEqual([]);
      expect(await collect(app.store.afk(of('ben', { org: `${org}-2` })))).toHaveLength(1);
    });
  });

  describe('the data version', () => {
    const version = (users = ['ben', 'ann'], changes: Partial<ActivityQuery> = {}) =>
      app.store.dataVersion({ ...of('ben', changes), users: users.map((name) => ({ name })) });
    const line = (user: string, time: string, seconds = 5) =>
      `afk_status,status=active,user=${user},org=${org} duration=${seconds} ${ns(time)}`;

    it('should change with the data of these users and days alone', async () => {
      await app.write([line('ben', '17T10:00:00'), line('eve', '17T10:00:00')]);
      const first = await version();
      expect(await version(['ann', 'ben'])).toBe(first);
      await app.write([line('eve', '17T11:00:00'), line('ben', '25T10:00:00'), line('ben', '01T10:00:00')]);
      expect(await version()).toBe(first);
      await app.write(line('ann', '17T10:00:00'));
      const second = await version();
      expect(second).not.toBe(first);
      await app.write(line('ben', '17T10:00:00', 6));
      const third = await version();
      expect(third).not.toBe(second);
      await app.write(line('ben', '16T10:00:00'));
      expect(await version()).not.toBe(third);
    });

    it('should differ by a title of another length, a daily figure, and an hour of an app', async () => {
      const seen = new Set([await version()]);
      for (const one of [
        `window_activity,app=A,user=ben,org=${org} title="a",duration=5 ${ns('17T10:00:00')}`,
        `window_activity,app=A,user=ben,org=${org} title="ab",duration=5 ${ns('17T10:00:00')}`,
        `daily_metrics,date=2025-11-17,user=ben,org=${org} active_seconds=5 ${ns('17T23:59:59')}`,
        `app_usage,app_name=A,user=ben,org=${org} duration_seconds=5,event_count=1i ${ns('17T10:00:00')}`,
      ]) {
        await app.write(one);
        const now = await version();
        expect(seen.has(now)).toBe(false);
        seen.add(now);
      }
    });
  });

  describe('at random', () => {
    const point = fc.record<NaivePoint>(
      {
        measurement: fc.constantFrom('afk_status', 'window_activity'),
        user: fc.constantFrom('ben', 'ann'),
        host: fc.constantFrom('laptop', 'desk top'),
        label: fc.constantFrom('active', 'idle', 'afk'),
        // Around three midnights, so that many begin before the range and the same point often comes again.
        start: fc.integer({ min: -30, max: 60 }).map((n) => at('17T00:00:00') + n * HOUR),
        duration: fc.constantFrom(0, 1, 1800, 3600, 7200, 100_000),
        title: fc.constantFrom('', 'a', '1', 'Ä, "b"'),
      },
      { requiredKeys: ['measurement', 'user', 'host', 'label', 'start'] },
    );
    const batches = fc.array(
      fc.array(
        point.filter(({ duration, title }) => duration !== undefined || title !== undefined),
        { maxLength: 20 },
      ),
      { minLength: 1, maxLength: 5 },
    );

    it('should give what a list of all writes would give, whatever is written anew, in any order', async () => {
      await fc.assert(
        fc.asyncProperty(batches, fc.nat(5), async (written, gatherAfter) => {
          org = freshName('Random');
          const naive = new NaiveActivity();
          for (const [index, batch] of written.entries()) {
            // A title is a field of windows alone.
            const points = batch.map((one) => (one.measurement === 'afk_status' ? { ...one, title: undefined } : one));
            const usable = points.filter(({ duration, title }) => duration !== undefined || title !== undefined);
            if (usable.length > 0) await app.write(usable.map((one) => toLine(one, org)));
            for (const one of usable) naive.add(defined(one));
            if (index === gatherAfter) await app.gathering.gather(new AbortController().signal, true);
          }
          for (const name of ['ben', 'ann']) {
            for (const query of [
              of(name),
              of(name, { from: at('16T12:30:00'), toExclusive: at('16T12:30:00') + 3 * DAY }),
            ]) {
              expect(await collect(app.store.afk(query))).toEqual(sorted(naive.afk(query)));
              expect(await collect(app.store.windows(query))).toEqual(sorted(naive.windows(query)));
            }
          }
        }),
        { numRuns: RUNS },
      );
    }, 120_000);
  });
});

function defined(point: NaivePoint): NaivePoint {
  return Object.fromEntries(Object.entries(point).filter(([, value]) => value !== undefined)) as unknown as NaivePoint;
}

function sorted<T>(points: T[]): T[] {
  return points.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
