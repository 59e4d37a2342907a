import { mongo } from 'mongoose';
import type { ActivityQuery } from '../../src/modules/activity/activity-points.js';
import { principal } from '../factories/principal.factory.js';
import { collect, freshName, startActivityApp, type ActivityApp } from '../support/activity-app.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const START = Date.parse('2025-11-17T00:00:00Z');
const DAY = 86_400_000;

describe('activity points in MongoDB, gathered', () => {
  let engine: TestMongo;
  let sql: SqlTestDatabase;
  let app: ActivityApp;
  let replica: ActivityApp;
  let db: mongo.Db;
  let org: string;

  beforeAll(async () => {
    const [sqlite] = await sqlTestTargets();
    [engine, sql] = await Promise.all([startTestMongo(), sqlite!.create()]);
    const options = { mongoUri: engine.uri, databaseName: freshName('gathering'), sql };
    [app, replica] = [await startActivityApp(options), await startActivityApp(options)];
    db = app.connection.db!;
  });

  afterAll(async () => {
    await Promise.all([app.close(), replica.close()]);
    await Promise.all([engine.stop(), sql.drop()]);
  });

  beforeEach(async () => {
    org = freshName('Turbo');
    await db.collection('activity_writes').deleteMany({});
    await db.collection('activity_days').deleteMany({});
  });

  const query = (changes: Partial<ActivityQuery> = {}): ActivityQuery => ({
    org,
    user: { name: 'ben' },
    from: START,
    toExclusive: START + 10 * DAY,
    ...changes,
  });
  const line = (i: number, seconds = 5, user = 'ben') =>
    `afk_status,status=active,user=${user},org=${org} duration=${seconds} ${START + i * 10_000}000000`;
  const gather = (everything = true, one = app) => one.gathering.gather(new AbortController().signal, everything);
  const read = () => collect(app.store.afk(query()));
  const seconds = async () => (await read()).map(({ durationMs }) => durationMs / 1000);
  const writes = () => db.collection('activity_writes').countDocuments();
  const days = () => db.collection('activity_days').countDocuments();

  it('should make one document of the many of a day, and change nothing that is read', async () => {
    for (let i = 0; i < 100; i += 1) await app.write([line(i), line(i, 6, 'ann'), line(i + 8640, 7)]);
    const before = await read();
    const version = await app.store.dataVersion({ ...query(), users: [{ name: 'ben' }] });
    expect([before.length, await writes()]).toEqual([200, 300]);
    expect(await gather()).toBe(300);
    expect([await writes(), await days()]).toEqual([0, 3]);
    expect(await read()).toEqual(before);
    expect(await app.store.dataVersion({ ...query(), users: [{ name: 'ben' }] })).toBe(version);
    expect(await gather()).toBe(0);
  });

  it('should leave few and young writes alone', async () => {
    for (let i = 0; i < 10; i += 1) await app.write(line(i));
    expect(await gather(false)).toBe(0);
    for (let i = 10; i < 70; i += 1) await app.write(line(i));
    // There are enough of them, but what is still under way might belong between them.
    expect(await gather(false)).toBe(0);
    await makeOlder(60);
    expect(await gather(false)).toBe(70);
    await app.write(line(100));
    await makeOlder(60);
    expect(await gather(false)).toBe(0);
    await makeOlder(2 * 3600);
    expect(await gather(false)).toBe(1);
    expect(await read()).toHaveLength(71);
  });

  /** As if all that is stored had come so many seconds earlier. */
  async function makeOlder(seconds: number): Promise<void> {
    for (const name of ['activity_writes', 'activity_days']) {
      const rows = await db.collection(name).find().toArray();
      if (rows.length === 0) continue;
      await db.collection(name).deleteMany({});
      const older = rows.map((row) => ({
        ...row,
        at: new mongo.Timestamp({ t: row['at'].getHighBits() - seconds, i: row['at'].getLowBits() }),
      }));
      await db.collection(name).insertMany(older);
    }
  }

  it('T19 should let the new value win over what is gathered, through another replica too', async () => {
    await app.write([line(1, 30), line(2, 30)]);
    await gather();
    await replica.write(line(1, 45));
    expect(await seconds()).toEqual([45, 30]);
    await gather(true, replica);
    await app.write(line(1, 20));
    await gather();
    expect(await seconds()).toEqual([20, 30]);
    expect([await writes(), await days()]).toEqual([0, 1]);
  });

  it('T19 should order the writes of two replicas as they were acknowledged', async () => {
    for (let round = 0; round < 30; round += 1) {
      const [first, second] = round % 2 === 0 ? [app, replica] : [replica, app];
      await first.write(line(1, 2 * round));
      await second.write(line(1, 2 * round + 1));
      expect(await seconds()).toEqual([2 * round + 1]);
      if (round % 7 === 3) await gather();
    }
  });

  it('should read what a crash left of both as one', async () => {
    await app.write(line(1, 20));
    await gather();
    // A crash while they were being deleted: any of those may be left that the last version took.
    for (const places of [[0, 1, 2], [0], [1, 2], [0, 2], [2]]) {
      await app.write(line(1, 30));
      await app.write(line(1, 45));
      await app.write(line(2, 50));
      const left = await db.collection('activity_writes').find().toArray();
      await gather();
      await db.collection('activity_writes').insertMany(places.map((place) => left[place]!));
      const before = (await seconds()).slice(2);
      expect(await seconds()).toEqual([45, 50, ...before]);
      await app.write(line(3 + places.length, 60));
      const expected = [45, 50, ...(await seconds()).slice(2)];
      await gather();
      expect(await writes()).toBe(0);
      expect(await seconds()).toEqual(expected);
    }
  });

  it('D1 should lose nothing that is written after the clock was set back and the store started again', async () => {
    for (let i = 0; i < 3; i += 1) await app.write(line(i, 30));
    await gather();
    const version = () => app.store.dataVersion({ ...query(), users: [{ name: 'ben' }] });
    const before = await version();
    // All that was stored came an hour ahead of what comes now.
    await makeOlder(-3600);
    const ahead = await version();
    await app.write(line(1, 45));
    await app.write(line(5, 50));
    expect(await seconds()).toEqual([30, 45, 30, 50]);
    await gather();
    expect([await writes(), await days()]).toEqual([0, 1]);
    expect(await seconds()).toEqual([30, 45, 30, 50]);
    expect(new Set([before, ahead, await version()]).size).toBe(3);
    await app.write(line(5, 55));
    expect(await seconds()).toEqual([30, 45, 30, 55]);
  });

  it('should read a day as it is at one moment while others gather', async () => {
    let isOver = false;
    const gathering = (async () => {
      while (!isOver) await gather(true, replica);
    })();
    for (let round = 0; round < 60; round += 1) {
      await app.write(line(1, round));
      expect(await seconds()).toEqual([round]);
    }
    isOver = true;
    await gathering;
  });

  it('should gather once when two do it at the same time, and lose nothing that is written meanwhile', async () => {
    for (let round = 0; round < 5; round += 1) {
      const writing = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? app : replica).write(line(40 * round + i)));
      // Not `everything`: that is for one who is alone.
      await Promise.all([...writing, gather(false), gather(false, replica)]);
      await Promise.all([gather(), gather(true, replica)]);
      expect(await read()).toHaveLength(40 * (round + 1));
    }
    expect([await writes(), await days()]).toEqual([0, 1]);
  });

  it('should begin another run when one has grown large, and read them as one', async () => {
    const title = (i: number) => `${i}-${'x'.repeat(500)}`;
    const window = (i: number, seconds: number) =>
      `window_activity,app=A,user=ben,org=${org} title="${title(i)}",duration=${seconds} ${START + i * 1000}000000`;
    for (let part = 0; part < 3; part += 1) {
      await app.write(Array.from({ length: 5000 }, (_, i) => window(5000 * part + i, 1)));
      await gather();
    }
    expect(await days()).toBeGreaterThan(1);
    await app.write([window(1, 9), window(7000, 9)]);
    await gather();
    const rows = await collect(app.store.windows(query()));
    expect(rows).toHaveLength(15_000);
    expect(rows.filter(({ durationMs }) => durationMs === 9000).map(({ title: text }) => text)).toEqual([
      title(1),
      title(7000),
    ]);
  }, 60_000);

  it('should keep points of which each has another field', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `odd,org=${org} f${i % 900}=1 ${START + i * 1000}000000`);
    await app.write(lines);
    await gather();
    const id = (await app.orgs.findId(org))!;
    let count = 0;
    for await (const point of app.store.export({ id, name: org, createdAt: 0 }, null)) {
      expect(Object.keys(point.fields)).toHaveLength(1);
      count += 1;
    }
    expect(count).toBe(5000);
    expect(await days()).toBe(1);
  });

  it.each(['5', '5i', '5u'])('should take %s for a duration', async (duration) => {
    await app.write(`afk_status,status=active,user=ben,org=${org} duration=${duration} ${START}000000`);
    expect((await read()).map(({ durationMs }) => durationMs)).toEqual([5000]);
  });

  it('T19 should keep a field to the type of its first value, in one body, later, and among replicas', async () => {
    const x = (value: string, i: number) => `x,org=${org} f=${value} ${i}`;
    await expect(app.write([x('1i', 1), x('1.5', 2), x('2i', 3)])).rejects.toMatchObject({
      line: 2,
      message: expect.stringContaining('type conflict: the field f is integer, this value is float'),
    });
    await expect(app.write(x('1.5', 4))).rejects.toMatchObject({ line: 1 });
    await expect(replica.write([x('"a"', 4), x('5i', 5)])).rejects.toMatchObject({ line: 1 });
    // Of another organization it is another field.
    await app.write(`x,org=${org}-2 f=1.5 1`);
    const id = (await app.orgs.findId(org))!;
    const values: unknown[] = [];
    for await (const { fields } of app.store.export({ id, name: org, createdAt: 0 }, null)) values.push(fields['f']);
    expect(values.sort()).toEqual([1, 2, 5]);
  });

  it('should give a new field one type when two replicas write it at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const field = (value: string) => `y,org=${org} f${round}=${value} 1`;
      const owner = principal();
      const outcomes = await Promise.allSettled([
        app.write(field('1'), { caller: owner }),
        replica.write(field('1i'), { caller: owner }),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });

  it('should not let a line that is refused give a field its type', async () => {
    await app.write(`z,org=${org} a=1i 1`);
    await expect(app.write([`z,org=${org} a=1.5,b="x" 2`, `z,org=${org} b=2.5 3`])).rejects.toMatchObject({
      line: 1,
      message: expect.stringContaining('1 point was written'),
    });
    await app.write(`z,org=${org} b=3.5 4`);
  });

  it('should keep what InfluxDB keeps of numbers and times', async () => {
    await app.write([
      `n,org=${org} i=9223372036854775807i,u=18446744073709551615u,f=-1.5e-300,b=T 1763369520123456789`,
      `n,org=${org} i=-9223372036854775808i -9223372036854775806`,
    ]);
    await gather();
    const id = (await app.orgs.findId(org))!;
    const exported = [];
    for await (const { fields, time } of app.store.export({ id, name: org, createdAt: 0 }, null))
      exported.push({ fields, time });
    expect(exported).toContainEqual({
      fields: { i: '9223372036854775807', u: '18446744073709551615', f: -1.5e-300, b: true },
      time: '2025-11-17T08:52:00.123456789Z',
    });
    expect(exported).toContainEqual({ fields: { i: '-9223372036854775808' }, time: '1677-09-21T00:12:43.145224194Z' });
  });
});
